//! Statements in the form in which they are written.

use kmscheck_value::{Because, Piece, Text, Truth};

use super::set::{self, OneOrMany};
use super::tree::{self, Tree};
use crate::texts;

/// A statement that is ready to be written.
#[derive(Debug)]
pub(super) struct Written {
    /// If it is not empty.
    pub(super) sid: Option<Text>,
    pub(super) tree: Tree,
}

/// The elements of a statement.
#[derive(Debug, Default)]
pub(super) struct Elements {
    pub(super) sid: Option<Text>,
    pub(super) effect: Option<Text>,
    pub(super) action: Option<Tree>,
    pub(super) not_action: Option<Tree>,
    pub(super) resource: Option<Tree>,
    pub(super) not_resource: Option<Tree>,
    pub(super) principal: Option<Tree>,
    pub(super) not_principal: Option<Tree>,
    pub(super) condition: Option<Tree>,
}

/// A comparison of a `Condition`: operator, key and values.
pub(super) type Comparison = (Text, Text, Vec<Text>);

impl Elements {
    /// In the order of the provider's structure; what is empty is left out.
    pub(super) fn written(self) -> Written {
        let not_empty = |text: &Text| text.as_str() != Some("");
        let sid = self.sid.filter(not_empty);
        let tree = tree::elements([
            ("Sid", sid.clone().map(Tree::Text)),
            ("Effect", self.effect.filter(not_empty).map(Tree::Text)),
            ("Action", self.action),
            ("NotAction", self.not_action),
            ("Resource", self.resource),
            ("NotResource", self.not_resource),
            ("Principal", self.principal),
            ("NotPrincipal", self.not_principal),
            ("Condition", self.condition),
        ]);
        Written { sid, tree }
    }
}

impl Written {
    /// Whether it takes the place of `other`. A `Sid` that may be empty is nobody's for certain.
    pub(super) fn replaces(&self, other: &Self) -> Truth {
        let (Some(own), Some(other)) = (&self.sid, &other.sid) else { return Truth::No };
        let has_literal = own.pieces().iter().any(|piece| matches!(piece, Piece::Literal(_)));
        match texts::equal(own, other) {
            Truth::Yes if !has_literal => Truth::Unknown,
            equal => equal,
        }
    }
}

/// `Condition`. The values for one key are joined in the order of the comparisons.
pub(super) fn condition(comparisons: Vec<Comparison>) -> Result<Option<Tree>, Because> {
    let by_operator = comparisons.into_iter().map(|(operator, key, values)| (operator, (key, values)));
    let mut operators = Vec::new();
    for (operator, keys) in set::group(by_operator)? {
        let mut written = Vec::new();
        for (key, values) in set::group(keys)? {
            written.push((key, OneOrMany::flat(values.concat()).tree()));
        }
        operators.push((operator, Tree::Object(written)));
    }
    Ok(Some(operators).filter(|all| !all.is_empty()).map(Tree::Object))
}
