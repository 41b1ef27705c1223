//! Documents that are put together from blocks and other documents, as `aws_iam_policy_document` does it.
//!
//! Source: provider, `internal/service/iam/policy_document_data_source.go`; every rule observed with provider 5.100.

use kmscheck_value::{Because, Knowledge, Origin, Text, Truth};

use crate::parse::{self, Dialect};
use crate::{
    Actions, Clause, Condition, Document, DocumentError, Effect, List, Operator, Principal,
    PrincipalCategory, Statement, texts,
};

/// What a document is put together from.
#[derive(Debug, Clone, Default)]
pub struct Assembly {
    /// `version`; 2012-10-17 when left out.
    pub version: Option<Text>,
    /// `policy_id`.
    pub id: Option<Text>,
    /// `source_policy_documents`, in order.
    pub sources: List<Part>,
    /// The `statement` blocks, in order.
    pub statements: List<Block>,
    /// `override_policy_documents`, in order.
    pub overrides: List<Part>,
}

/// A document that another is put together from.
#[derive(Debug, Clone)]
pub enum Part {
    /// Its text.
    Text(Text),
    /// A document that was put together itself.
    Document(Document),
    /// Not known.
    Unknown(Because),
}

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

impl Assembly {
    /// The document. A statement replaces an earlier one of the same `Sid` in its place; one without is added.
    ///
    /// # Errors
    /// If a source or override document can't be read.
    pub fn document(&self) -> Result<Document, DocumentError> {
        let own = self.version.clone().unwrap_or_else(|| "2012-10-17".into());
        let mut merged = Merged { document: Document { version: Some(own), ..Document::default() } };
        merged.add_parts(&self.sources)?;
        merged.set_id(self.id.as_ref());
        for block in &self.statements {
            merged.add(block.statement());
        }
        if let Some(because) = &self.statements.more {
            merged.add_unknown(because);
        }
        merged.add_parts(&self.overrides)?;
        for (index, statement) in merged.document.statements.iter_mut().enumerate() {
            statement.index = index;
        }
        Ok(merged.document)
    }
}

struct Merged {
    document: Document,
}

impl Merged {
    fn add_parts(&mut self, parts: &List<Part>) -> Result<(), DocumentError> {
        for part in parts {
            match part {
                Part::Text(text) if text.as_str() == Some("") => {}
                Part::Text(text) => self.add_document(parse::parse(text, Dialect::Provider)?),
                Part::Document(document) => self.add_document(document.clone()),
                Part::Unknown(because) => self.add_unknown(because),
            }
        }
        if let Some(because) = &parts.more {
            self.add_unknown(because);
        }
        Ok(())
    }

    fn add_document(&mut self, document: Document) {
        let lower = |own: &Text, other: &Text| {
            own.as_str().zip(other.as_str()).is_some_and(|(own, other)| own < other)
        };
        if let (Some(own), Some(other)) = (&self.document.version, &document.version)
            && lower(own, other)
        {
            self.document.version = document.version.clone();
        }
        self.set_id(document.id.as_ref());
        if let Some(because) = &document.more {
            self.add_unknown(because);
        }
        document.statements.into_iter().for_each(|statement| self.add(statement));
    }

    /// The last id that is given stays.
    fn set_id(&mut self, id: Option<&Text>) {
        if id.is_some_and(|id| id.as_str() != Some("")) {
            self.document.id = id.cloned();
        }
    }

    fn add(&mut self, statement: Statement) {
        let Some(sid) = &statement.sid else {
            self.document.statements.push(statement);
            return;
        };
        let same = |other: &Statement| other.sid.as_ref().map_or(Truth::No, |other| texts::equal(sid, other));
        if let Some(replaced) = self.document.statements.iter_mut().find(|other| same(other).is_yes()) {
            *replaced = statement;
            return;
        }
        for other in self.document.statements.iter_mut().filter(|other| same(other) == Truth::Unknown) {
            other.effect = Knowledge::undetermined(format!("another statement may have its `Sid`, `{sid}`"));
        }
        self.document.statements.push(statement);
    }

    /// Statements that are not known may replace any that has a `Sid`.
    fn add_unknown(&mut self, because: &Because) {
        self.document.more.get_or_insert_with(|| because.clone());
        for statement in self.document.statements.iter_mut().filter(|statement| statement.sid.is_some()) {
            statement.effect = Knowledge::Undetermined(because.clone());
        }
    }
}

impl Block {
    fn statement(&self) -> Statement {
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
    use kmscheck_value::Symbol;

    use super::*;

    fn block(sid: &str, effect: &str) -> Block {
        Block {
            sid: Some(sid.into()),
            effect: Some(effect.into()),
            actions: List::closed(vec!["kms:Decrypt".into()]),
            ..Block::default()
        }
    }

    fn part(sid: &str, effect: &str) -> Part {
        let text = format!(
            r#"{{"Statement": [{{"Sid": "{sid}", "Effect": "{effect}", "Action": "kms:Encrypt"}}]}}"#
        );
        Part::Text(text.as_str().into())
    }

    fn shown(assembly: &Assembly) -> Vec<String> {
        let document = assembly.document().unwrap();
        let show = |statement: &Statement| {
            let sid = statement.sid.as_ref().map(ToString::to_string).unwrap_or_default();
            let effect = statement.effect.known().map_or("?", |effect| effect.name());
            let actions: Vec<_> =
                statement.actions.list().into_iter().flatten().map(ToString::to_string).collect();
            format!("{} {sid} {effect} {}", statement.index, actions.join(","))
        };
        document.statements.iter().map(show).collect()
    }

    #[test]
    fn a_statement_replaces_the_one_of_its_sid_in_place() {
        let assembly = Assembly {
            sources: List::closed(vec![part("A", "Deny"), part("B", "Deny")]),
            statements: List::closed(vec![block("A", "Allow"), block("", "Allow"), block("", "Deny")]),
            overrides: List::closed(vec![part("B", "Allow"), part("", "Deny")]),
            ..Assembly::default()
        };
        assert_eq!(
            shown(&assembly),
            [
                "0 A Allow kms:Decrypt",
                "1 B Allow kms:Encrypt",
                "2  Allow kms:Decrypt",
                "3  Deny kms:Decrypt",
                "4  Deny kms:Encrypt"
            ]
        );
    }

    #[test]
    fn what_is_not_known_may_replace_what_comes_before_it() {
        let unknown = || List::closed(vec![Part::Unknown(Because::new("a variable is unknown"))]);
        let statements = || List::closed(vec![block("A", "Deny"), block("", "Deny")]);
        let before = Assembly { sources: unknown(), statements: statements(), ..Assembly::default() };
        assert_eq!(shown(&before), ["0 A Deny kms:Decrypt", "1  Deny kms:Decrypt"]);
        let after = Assembly { overrides: unknown(), statements: statements(), ..Assembly::default() };
        assert_eq!(shown(&after), ["0 A ? kms:Decrypt", "1  Deny kms:Decrypt"]);
        assert!(after.document().unwrap().more.is_some());
    }

    #[test]
    fn a_sid_that_is_not_known_may_be_any() {
        let unknown = Block { sid: Some(Text::symbol(Symbol::new("var.sid", ""))), ..block("", "Allow") };
        let statements = List::closed(vec![block("A", "Deny"), unknown]);
        assert_eq!(
            shown(&Assembly { statements, ..Assembly::default() }),
            ["0 A ? kms:Decrypt", "1 ${var.sid} Allow kms:Decrypt"]
        );
    }

    #[test]
    fn the_newest_version_and_the_last_id_stay() {
        let source = |text: &str| List::closed(vec![Part::Text(text.into())]);
        let old = || Some("2008-10-17".into());
        let assembly = Assembly {
            version: old(),
            id: Some("own".into()),
            sources: source(r#"{"Version": "2012-10-17", "Id": "source"}"#),
            ..Assembly::default()
        };
        let document = assembly.document().unwrap();
        assert_eq!((document.version, document.id), (Some("2012-10-17".into()), Some("own".into())));
        let overridden = Assembly { overrides: source(r#"{"Id": "override"}"#), ..assembly };
        assert_eq!(overridden.document().unwrap().id, Some("override".into()));
        assert_eq!(Assembly::default().document().unwrap().version, Some("2012-10-17".into()));
    }

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
