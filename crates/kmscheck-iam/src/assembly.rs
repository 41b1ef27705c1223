//! Documents that are put together from blocks and other documents, as `aws_iam_policy_document` does it.
//!
//! Source: provider, `internal/service/iam/policy_document_data_source.go`; every rule observed with provider 5.100.

use kmscheck_value::{Because, Knowledge, Text, Truth};

pub use self::block::Block;
pub(crate) use self::block::policy_variables;
pub use self::losses::{Dropped, Place, Replaced};
use crate::parse::{self, Dialect};
use crate::{Document, DocumentError, List, Statement, texts};

mod block;
mod losses;

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
}
