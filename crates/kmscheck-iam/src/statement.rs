//! Statements and what they consist of.

use kmscheck_value::{Knowledge, Origin, Text, Truth};

use crate::{Action, Actions, List, Operator, Principal};

/// A statement of a policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its position in the document, counted from 0.
    pub index: usize,
    /// `Sid`, if it has one that is not empty.
    pub sid: Option<Text>,
    /// `Effect`. Undetermined also where another statement may replace this one.
    pub effect: Knowledge<Effect>,
    /// `Principal` or `NotPrincipal`.
    pub principals: Clause<Principal>,
    /// `Action` or `NotAction`.
    pub actions: Actions,
    /// `Resource` or `NotResource`.
    pub resources: Clause<Text>,
    /// `Condition`: all of them must hold.
    pub conditions: List<Condition>,
    /// Where it was written.
    pub origin: Origin,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// An element of a statement that also exists with `Not`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause<T> {
    /// These.
    Only(List<T>),
    /// All but these.
    Not(List<T>),
    /// The statement has neither form of the element.
    Absent,
}

/// One comparison of a statement's `Condition`: an operator, a key and the values, one of which must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The operator.
    pub operator: Operator,
    /// The condition key: `kms:ViaService`.
    pub key: Text,
    /// The values, as strings.
    pub values: List<Text>,
    /// Where it was written.
    pub origin: Origin,
}

impl Statement {
    /// Whether its `Action` or `NotAction` covers `action`.
    pub fn covers(&self, action: &Action) -> Truth {
        let covered = self.actions.coverage();
        match (covered.certain.contains(action), covered.possible.contains(action)) {
            (true, _) => Truth::Yes,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::No,
        }
    }

    /// Whether it has this effect.
    pub fn has_effect(&self, effect: Effect) -> Truth {
        self.effect.known().map_or(Truth::Unknown, |own| (*own == effect).into())
    }
}

impl<T> Clause<T> {
    /// Whether it covers what `matches` looks for in its list.
    pub(crate) fn covers(&self, matches: impl FnOnce(&List<T>) -> Truth) -> Truth {
        match self {
            Self::Only(list) => matches(list),
            Self::Not(list) => matches(list).negate(),
            Self::Absent => Truth::No,
        }
    }

    /// The elements that are listed, in either form.
    pub fn list(&self) -> Option<&List<T>> {
        match self {
            Self::Only(list) | Self::Not(list) => Some(list),
            Self::Absent => None,
        }
    }

    pub(crate) fn map<U>(&self, apply: impl FnMut(&T) -> U) -> Clause<U> {
        match self {
            Self::Only(list) => Clause::Only(list.map(apply)),
            Self::Not(list) => Clause::Not(list.map(apply)),
            Self::Absent => Clause::Absent,
        }
    }
}

impl Effect {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}
