//! What gets lost when documents are put together.

use kmscheck_value::{Because, Text, Truth};

use super::{Assembly, Part};
use crate::parse::{self, Dialect};
use crate::{Condition, Document, DocumentError, Effect, List, Statement, texts};

/// Where a statement comes from: the position among the source documents, blocks or override documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `source_policy_documents`.
    Source(usize),
    /// `statement`.
    Block(usize),
    /// `override_policy_documents`.
    Override(usize),
}

/// A condition that the provider leaves out, because its value is a JSON number.
/// Source: provider, `internal/service/iam/policy_model.go`; observed with provider 5.100.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The document.
    pub place: Place,
    /// The statement with the condition, as it was meant.
    pub statement: Statement,
    /// The condition.
    pub condition: Condition,
}

/// A `Deny` in whose place an `Allow` of the same `Sid` stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// What brings the `Allow`.
    pub by: Place,
    /// What was there first.
    pub denied: Statement,
    /// What is there in the end.
    pub allowed: Statement,
}

/// A statement that has a `Sid`, and what stood in its place before.
struct Slot {
    sid: Text,
    place: Place,
    statement: Statement,
    denied: Option<Statement>,
}

impl Statement {
    /// Whether it may be about an action of AWS KMS.
    pub fn is_about_kms(&self) -> bool {
        !self.actions.coverage().possible.is_empty()
    }
}

impl Assembly {
    /// The statements that are known, each with where it comes from, in the order in which they are put together.
    ///
    /// # Errors
    /// If a source or override document can't be read.
    pub fn known_statements(&self) -> Result<Vec<(Place, Statement)>, DocumentError> {
        let mut found = Vec::new();
        for (position, part) in self.sources.iter().enumerate() {
            found.extend(statements(Place::Source(position), part)?);
        }
        let blocks = self.statements.iter().enumerate();
        found.extend(blocks.map(|(position, block)| (Place::Block(position), block.statement())));
        for (position, part) in self.overrides.iter().enumerate() {
            found.extend(statements(Place::Override(position), part)?);
        }
        Ok(found)
    }

    /// The conditions that get lost, and why there may be more.
    ///
    /// # Errors
    /// If a source or override document can't be read.
    pub fn dropped(&self) -> Result<(Vec<Dropped>, Option<Because>), DocumentError> {
        let sources = self.sources.iter().enumerate().map(|(position, part)| (Place::Source(position), part));
        let overrides =
            self.overrides.iter().enumerate().map(|(position, part)| (Place::Override(position), part));
        let mut open = self.sources.more.clone().or_else(|| self.overrides.more.clone());
        let mut found = Vec::new();
        for (place, part) in sources.chain(overrides) {
            if let Part::Unknown(because) = part {
                open.get_or_insert_with(|| because.clone());
            }
            let (Some(kept), Some(meant)) = (read(part, Dialect::Provider)?, read(part, Dialect::Meant)?)
            else {
                continue;
            };
            for (kept, statement) in kept.statements.iter().zip(meant.statements) {
                let is_lost =
                    |condition: &&Condition| !kept.conditions.iter().any(|other| other == *condition);
                let lost: Vec<_> = statement.conditions.iter().filter(is_lost).cloned().collect();
                let dropped = |condition| Dropped { place, statement: statement.clone(), condition };
                found.extend(lost.into_iter().map(dropped));
            }
        }
        Ok((found, open))
    }

    /// The statements of which a `Deny` becomes an `Allow`, and why there may be more. That two source documents share a
    /// `Sid` is an error, and replaces nothing.
    ///
    /// # Errors
    /// If a source or override document can't be read.
    pub fn replaced(&self) -> Result<(Vec<Replaced>, Option<Because>), DocumentError> {
        let mut slots: Vec<Slot> = Vec::new();
        let mut open = self.may_be_replaced()?;
        for (place, statement) in self.known_statements()? {
            let Some(sid) = statement.sid.clone() else { continue };
            let same: Vec<_> = slots.iter().map(|slot| texts::equal(&slot.sid, &sid)).collect();
            if let Some(slot) = same.iter().position(|same| same.is_yes()).and_then(|at| slots.get_mut(at)) {
                slot.put(place, statement);
                continue;
            }
            if same.contains(&Truth::Unknown) {
                let because = || {
                    Because::new(format!(
                        "which statement has the `Sid` that `{sid}` stands for is not known"
                    ))
                };
                open.get_or_insert_with(because);
            }
            slots.push(Slot { sid, place, statement, denied: None });
        }
        let replaced = slots.iter().filter_map(Slot::replaced).collect();
        Ok((replaced, open.or_else(|| slots.iter().find_map(Slot::unclear))))
    }

    /// Why a statement that is not known may be a `Deny` that is replaced, or replace one.
    fn may_be_replaced(&self) -> Result<Option<Because>, DocumentError> {
        let known = self.known_statements()?;
        let with_sid = |wanted: Effect, after_sources: bool| {
            known.iter().any(|(place, statement)| {
                let is_after = !matches!(place, Place::Source(_));
                let has_effect = !statement.has_effect(wanted).is_no();
                statement.sid.is_some() && has_effect && (is_after || !after_sources)
            })
        };
        let later = unknown(&self.overrides).or(self.statements.more.as_ref());
        let open = match (unknown(&self.sources), later) {
            (Some(because), None) => Some(because).filter(|_| with_sid(Effect::Allow, true)),
            (None, Some(because)) => Some(because).filter(|_| with_sid(Effect::Deny, false)),
            (Some(because), Some(_)) => Some(because),
            (None, None) => None,
        };
        Ok(open.cloned())
    }
}

/// Why some of the documents may have statements that are not known.
fn unknown(parts: &List<Part>) -> Option<&Because> {
    parts.iter().find_map(unknown_part).or(parts.more.as_ref())
}

fn unknown_part(part: &Part) -> Option<&Because> {
    match part {
        Part::Unknown(because) => Some(because),
        Part::Document(document) => document.more.as_ref(),
        Part::Text(_) => None,
    }
}

impl Slot {
    fn put(&mut self, place: Place, statement: Statement) {
        let former = std::mem::replace(&mut self.statement, statement);
        self.place = place;
        if former.has_effect(Effect::Deny).is_yes() {
            self.denied.get_or_insert(former);
        }
    }

    fn replaced(&self) -> Option<Replaced> {
        let denied = self.denied.clone()?;
        let allowed = self.statement.clone();
        allowed.has_effect(Effect::Allow).is_yes().then_some(Replaced { by: self.place, denied, allowed })
    }

    fn unclear(&self) -> Option<Because> {
        self.denied.as_ref()?;
        self.statement.effect.because().cloned()
    }
}

fn statements(place: Place, part: &Part) -> Result<Vec<(Place, Statement)>, DocumentError> {
    let document = read(part, Dialect::Provider)?.unwrap_or_default();
    Ok(document.statements.into_iter().map(|statement| (place, statement)).collect())
}

/// The document that a part is; `None` if it is not known, or empty.
fn read(part: &Part, dialect: Dialect) -> Result<Option<Document>, DocumentError> {
    match part {
        Part::Text(text) if text.as_str() == Some("") => Ok(None),
        Part::Text(text) => parse::parse(text, dialect).map(Some),
        Part::Document(document) => Ok(Some(document.clone())),
        Part::Unknown(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Block;

    fn text(statements: &str) -> Part {
        Part::Text(format!(r#"{{"Statement": [{statements}]}}"#).as_str().into())
    }

    fn part(sid: &str, effect: &str) -> Part {
        text(&format!(r#"{{"Sid": "{sid}", "Effect": "{effect}", "Action": "kms:Decrypt"}}"#))
    }

    fn block(sid: &str, effect: &str) -> Block {
        Block { sid: Some(sid.into()), effect: Some(effect.into()), ..Block::default() }
    }

    fn assembly(sources: Vec<Part>, blocks: Vec<Block>, overrides: Vec<Part>) -> Assembly {
        Assembly {
            sources: List::closed(sources),
            statements: List::closed(blocks),
            overrides: List::closed(overrides),
            ..Assembly::default()
        }
    }

    fn replaced(assembly: &Assembly) -> Vec<(String, Place)> {
        let (replaced, _) = assembly.replaced().unwrap();
        replaced.iter().map(|one| (one.denied.sid.as_ref().unwrap().to_string(), one.by)).collect()
    }

    #[test]
    fn a_deny_is_replaced_by_what_comes_later() {
        let by_block =
            assembly(vec![part("A", "Deny"), part("B", "Deny")], vec![block("B", "Allow")], vec![]);
        assert_eq!(replaced(&by_block), [("B".to_owned(), Place::Block(0))]);
        let by_override =
            assembly(vec![], vec![block("A", "Deny")], vec![part("x", "Deny"), part("A", "Allow")]);
        assert_eq!(replaced(&by_override), [("A".to_owned(), Place::Override(1))]);
        let others = assembly(vec![part("A", "Deny")], vec![block("a", "Allow"), block("", "Allow")], vec![]);
        assert!(replaced(&others).is_empty());
        let allowed = assembly(vec![part("A", "Allow")], vec![block("A", "Allow")], vec![part("A", "Deny")]);
        assert!(replaced(&allowed).is_empty());
        let denied_again =
            assembly(vec![part("A", "Deny")], vec![block("A", "Allow")], vec![part("A", "Deny")]);
        assert!(replaced(&denied_again).is_empty(), "what is there in the end counts");
    }

    #[test]
    fn what_is_not_known_may_replace_too() {
        let open = |assembly: &Assembly| assembly.replaced().unwrap().1.is_some();
        let unknown = || Part::Unknown(Because::new("a variable is unknown"));
        assert!(open(&assembly(vec![part("A", "Deny")], vec![], vec![unknown()])));
        assert!(!open(&assembly(vec![part("A", "Allow")], vec![block("", "Deny")], vec![unknown()])));
        assert!(open(&assembly(vec![unknown()], vec![block("A", "Allow")], vec![])));
        assert!(!open(&assembly(vec![unknown()], vec![block("A", "Deny"), block("", "Allow")], vec![])));
        assert!(open(&assembly(vec![unknown()], vec![], vec![unknown()])));
        assert!(!open(&assembly(vec![part("A", "Deny")], vec![block("B", "Allow")], vec![])));
        let symbol = || Text::symbol(kmscheck_value::Symbol::new("var.x", ""));
        let sid = Block { sid: Some(symbol()), ..Block::default() };
        assert!(open(&assembly(vec![part("A", "Deny")], vec![sid], vec![])));
        let effect = Block { effect: Some(symbol()), ..block("A", "Allow") };
        assert!(open(&assembly(vec![part("A", "Deny")], vec![effect], vec![])));
    }

    #[test]
    fn numbers_are_dropped_and_nothing_else() {
        let dropped = |value: &str| {
            let part = text(&format!(
                r#"{{"Effect": "Deny", "Action": "kms:*"}},
                   {{"effect": "Deny", "condition": {{"NumericLessThan": {{"kms:A": {value}, "kms:B": "1"}}}}}}"#
            ));
            let (dropped, open) = assembly(vec![], vec![], vec![part]).dropped().unwrap();
            assert_eq!(open, None);
            dropped
                .iter()
                .map(|one| (one.statement.index, one.condition.key.to_string(), one.place))
                .collect::<Vec<_>>()
        };
        assert_eq!(dropped("7"), [(1, "kms:A".to_owned(), Place::Override(0))]);
        assert_eq!(dropped("1.5").len(), 1);
        for kept in [r#""7""#, r#"["7"]"#, "true", r#"["7", "8"]"#] {
            assert!(dropped(kept).is_empty(), "{kept}");
        }
        let unknown = Part::Unknown(Because::new("a variable is unknown"));
        assert!(assembly(vec![unknown], vec![], vec![]).dropped().unwrap().1.is_some());
        assert!(assembly(vec![text("{")], vec![], vec![]).dropped().is_err());
    }

    #[test]
    fn what_is_about_kms_covers_one_of_its_actions() {
        let about = |action: &str| {
            let part = text(&format!(r#"{{"Effect": "Deny", "Action": "{action}"}}"#));
            assembly(vec![part], vec![], vec![])
                .known_statements()
                .unwrap()
                .iter()
                .any(|(_, one)| one.is_about_kms())
        };
        assert!(about("kms:Decrypt") && about("*") && !about("s3:*"));
    }
}
