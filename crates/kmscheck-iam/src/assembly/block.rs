//! `statement` blocks, and the statements that they are.

use kmscheck_value::{Knowledge, Origin, Text, Truth};

use crate::{
    Actions, Clause, Condition, Effect, List, Operator, Principal, PrincipalCategory, Statement, parse, texts,
};

/// A `statement` block.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// `sid`.
    pub sid: Option<Text>,
    /// `effect`; `Allow` when left out.
    pub effect: Option<Text>,
    /// `principals`, by their type.
    pub principals: List<(Text, List<Text>)>,
    /// `not_principals`, by their type.
    pub not_principals: List<(Text, List<Text>)>,
    /// `actions`.
    pub actions: List<Text>,
    /// `not_actions`.
    pub not_actions: List<Text>,
    /// `resources`.
    pub resources: List<Text>,
    /// `not_resources`.
    pub not_resources: List<Text>,
    /// `condition`: test, variable and values.
    pub conditions: List<(Text, Text, List<Text>)>,
}

impl Block {
    pub(super) fn statement(&self) -> Statement {
        let interpolated = |list: &List<Text>| list.map(policy_variables);
        Statement {
            index: 0,
            sid: self.sid.clone().filter(|sid| sid.as_str() != Some("")),
            effect: self.effect(),
            principals: self.all_principals(),
            actions: Actions::new(clause(self.actions.clone(), self.not_actions.clone())),
            resources: clause(interpolated(&self.resources), interpolated(&self.not_resources)),
            conditions: self.joined_conditions(),
            origin: Origin::default(),
        }
    }

    /// Not known either for a statement that AWS refuses.
    fn effect(&self) -> Knowledge<Effect> {
        if let Some(element) = self.doubled() {
            return Knowledge::undetermined(format!("a statement has `{element}` in both forms"));
        }
        if self.has_conditions_that_may_be_one() {
            return Knowledge::undetermined("whether two conditions are about the same key is not known");
        }
        match self.effect.as_ref().map(Text::as_str) {
            None | Some(Some("Allow" | "")) => Knowledge::Known(Effect::Allow),
            Some(Some("Deny")) => Knowledge::Known(Effect::Deny),
            Some(_) => Knowledge::undetermined("the effect of a statement is not known before apply"),
        }
    }

    /// The element that stands in both forms.
    fn doubled(&self) -> Option<&'static str> {
        let both = [
            ("Principal", !self.principals.items.is_empty() && !self.not_principals.items.is_empty()),
            ("Action", !self.actions.items.is_empty() && !self.not_actions.items.is_empty()),
            ("Resource", !self.resources.items.is_empty() && !self.not_resources.items.is_empty()),
        ];
        both.into_iter().find_map(|(element, both)| both.then_some(element))
    }

    /// A block without identifiers is written all the same.
    fn all_principals(&self) -> Clause<Principal> {
        match (self.principals.is_empty(), self.not_principals.is_empty()) {
            (false, _) => Clause::Only(principals(&self.principals)),
            (true, false) => Clause::Not(principals(&self.not_principals)),
            (true, true) => Clause::Absent,
        }
    }

    /// The values of all blocks with one test and one variable stand in one list, so that any of them may match. Blocks
    /// that are not known may add to any list.
    fn joined_conditions(&self) -> List<Condition> {
        let more = &self.conditions.more;
        let mut joined = List { items: Vec::<Condition>::new(), more: more.clone() };
        for (test, variable, values) in &self.conditions {
            let List { items, more: rest } = values.map(policy_variables);
            let same = |other: &&mut Condition| {
                is_same(&other.operator.written, test).and(is_same(&other.key, variable)).is_yes()
            };
            match joined.items.iter_mut().find(same) {
                Some(other) => {
                    other.values.items.extend(items);
                    other.values.more = other.values.more.take().or(rest);
                }
                None => joined.items.push(Condition {
                    operator: Operator::parse(test.clone()),
                    key: variable.clone(),
                    values: List { items, more: rest.or_else(|| more.clone()) },
                    origin: Origin::default(),
                }),
            }
        }
        joined
    }

    fn has_conditions_that_may_be_one(&self) -> bool {
        let all = &self.conditions.items;
        all.iter().enumerate().any(|(index, (test, variable, _))| {
            all.iter()
                .skip(index + 1)
                .any(|(other, key, _)| is_same(test, other).and(is_same(variable, key)) == Truth::Unknown)
        })
    }
}

fn principals(blocks: &List<(Text, List<Text>)>) -> List<Principal> {
    let mut all = List { items: Vec::new(), more: blocks.more.clone() };
    for (category, identifiers) in blocks {
        let category = match category.as_str() {
            Some("*") => PrincipalCategory::Bare,
            _ => parse::category(category.clone()),
        };
        let principal =
            |text: &Text| Principal::new(category.clone(), policy_variables(text), Origin::default());
        all.items.extend(identifiers.iter().map(principal));
        all.more = all.more.or_else(|| identifiers.more.clone());
    }
    all
}

fn clause<T>(only: List<T>, not: List<T>) -> Clause<T> {
    match (only.is_empty(), not.is_empty()) {
        (false, _) => Clause::Only(only),
        (true, false) => Clause::Not(not),
        (true, true) => Clause::Absent,
    }
}

/// Whether two texts are the same. Of two symbols a plan does not say what is written around them.
fn is_same(a: &Text, b: &Text) -> Truth {
    match texts::equal(a, b) {
        Truth::Yes if a.as_str().is_none() => Truth::Unknown,
        equal => equal,
    }
}

/// In these places `&{…}` is written for a policy variable, which Terraform would take for its own interpolation.
pub(crate) fn policy_variables(text: &Text) -> Text {
    texts::map_literals(text, |literal| literal.replace("&{", "${"))
}

#[cfg(test)]
mod tests {
    use kmscheck_value::{Because, Symbol};

    use super::*;

    #[test]
    fn principals_and_variables_are_written_in_blocks() {
        let everyone = |category: &str| Block {
            principals: List::closed(vec![(category.into(), List::closed(vec!["*".into()]))]),
            resources: List::closed(vec!["arn:aws:s3:::&{aws:username}".into()]),
            ..Block::default()
        };
        for category in ["*", "AWS"] {
            let statement = everyone(category).statement();
            assert_eq!(
                statement.principals.list().map(|list| list.any(Principal::is_everyone)),
                Some(Truth::Yes)
            );
            let resources: Vec<_> =
                statement.resources.list().into_iter().flatten().map(ToString::to_string).collect();
            assert_eq!(resources, ["arn:aws:s3:::${aws:username}"]);
        }
        assert_eq!(Block::default().statement().principals, Clause::Absent);
    }

    fn with_conditions(conditions: List<(Text, Text, List<Text>)>) -> Statement {
        Block { conditions, ..Block::default() }.statement()
    }

    fn condition(key: Text, values: &[&str]) -> (Text, Text, List<Text>) {
        let values = values.iter().map(|value| Text::from(*value)).collect();
        ("StringEquals".into(), key, List::closed(values))
    }

    #[test]
    fn blocks_of_one_condition_are_one_list_of_which_any_may_match() {
        let statement = with_conditions(List::closed(vec![
            condition("kms:ViaService".into(), &["a"]),
            condition("kms:CallerAccount".into(), &["1"]),
            condition("kms:ViaService".into(), &["b", "c"]),
        ]));
        let shown: Vec<_> = statement
            .conditions
            .iter()
            .map(|one| (one.key.to_string(), one.values.iter().map(ToString::to_string).collect::<String>()))
            .collect();
        assert_eq!(
            shown,
            [
                ("kms:ViaService".to_owned(), "abc".to_owned()),
                ("kms:CallerAccount".to_owned(), "1".to_owned())
            ]
        );
    }

    #[test]
    fn blocks_that_are_not_known_may_add_values() {
        let more = Some(Because::new("a variable is unknown"));
        let items = vec![condition("kms:ViaService".into(), &["a"])];
        let statement = with_conditions(List { items, more: more.clone() });
        assert_eq!(statement.conditions.more, more);
        assert!(statement.conditions.iter().all(|condition| condition.values.more == more));
    }

    #[test]
    fn the_effect_of_a_block_that_is_refused_or_may_join_conditions_is_undetermined() {
        let one = || List::closed(vec!["a".into()]);
        let principals = || List::closed(vec![("AWS".into(), one())]);
        let symbolic = || condition(Text::symbol(Symbol::new("var.key", "")), &["a"]);
        let conditions = List::closed(vec![symbolic(), condition("kms:ViaService".into(), &["b"])]);
        for block in [
            Block { actions: one(), not_actions: one(), ..Block::default() },
            Block { resources: one(), not_resources: one(), ..Block::default() },
            Block { principals: principals(), not_principals: principals(), ..Block::default() },
            Block { conditions, ..Block::default() },
            Block { conditions: List::closed(vec![symbolic(), symbolic()]), ..Block::default() },
        ] {
            assert!(block.statement().effect.because().is_some(), "{block:?}");
        }
    }
}
