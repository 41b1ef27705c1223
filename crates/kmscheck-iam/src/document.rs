//! Policy documents.

use kmscheck_value::{Because, Symbol, Text, Truth};

use crate::{Actions, Condition, DocumentError, Statement, parse, texts};

/// A policy document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// `Version`. Left out it is 2008-10-17.
    pub version: Option<Text>,
    /// `Id`.
    pub id: Option<Text>,
    /// The statements that are known.
    pub statements: Vec<Statement>,
    /// Why there may be further statements; `None` if all are known.
    pub more: Option<Because>,
}

impl Document {
    /// Reads a document as AWS does: in any order, with single elements and lists, numbers and booleans. Of two
    /// elements with one name the later one counts, as for the JSON readers that a document passes on its way.
    /// A symbol stands for a string, or outside of one for something unknown.
    ///
    /// # Errors
    /// If it is not JSON or not a policy document.
    pub fn parse(text: &Text) -> Result<Self, DocumentError> {
        parse::parse(text, parse::Dialect::Aws)
    }

    /// The same document with what its symbols stand for: `meaning` says it where it knows it.
    #[must_use]
    pub fn resolve_symbols(&self, meaning: &dyn Fn(&Symbol) -> Option<Text>) -> Self {
        let statements = self.statements.iter().map(|statement| statement.resolve(meaning)).collect();
        Self { statements, ..self.clone() }
    }

    /// Whether `${…}` in it is a policy variable, not plain text.
    /// Source: IAM user guide, "IAM JSON policy elements: Version".
    pub fn has_policy_variables(&self) -> Truth {
        self.version.as_ref().map_or(Truth::No, |version| texts::equal(version, &"2012-10-17".into()))
    }

    /// Whether a statement or a part of one is not known. Symbols are known: they stand for one thing.
    pub fn is_open(&self) -> bool {
        self.openness().is_some()
    }

    /// Why a statement or a part of one is not known, if that is so.
    pub fn openness(&self) -> Option<&Because> {
        self.more.as_ref().or_else(|| self.statements.iter().find_map(Statement::openness))
    }
}

impl Statement {
    /// Why a part of it is not known, if that is so.
    pub fn openness(&self) -> Option<&Because> {
        let principals = self.principals.list().and_then(|list| list.more.as_ref());
        let actions = || self.actions.list().and_then(|list| list.more.as_ref());
        let resources = || self.resources.list().and_then(|list| list.more.as_ref());
        let values = || self.conditions.iter().find_map(|condition| condition.values.more.as_ref());
        (self.effect.because())
            .or(principals)
            .or_else(actions)
            .or_else(resources)
            .or(self.conditions.more.as_ref())
            .or_else(values)
    }

    fn resolve(&self, meaning: &dyn Fn(&Symbol) -> Option<Text>) -> Self {
        let text = |text: &Text| texts::resolve(text, meaning);
        Self {
            principals: self.principals.map(|principal| principal.resolve(meaning)),
            actions: Actions::new(self.actions.written().map(text)),
            resources: self.resources.map(text),
            conditions: self.conditions.map(|condition| condition.resolve(meaning)),
            ..self.clone()
        }
    }
}

impl Condition {
    fn resolve(&self, meaning: &dyn Fn(&Symbol) -> Option<Text>) -> Self {
        Self {
            key: texts::resolve(&self.key, meaning),
            values: self.values.map(|value| texts::resolve(value, meaning)),
            ..self.clone()
        }
    }
}
