//! Statements and what they consist of.

use kmscheck_value::{Knowledge, Origin, Text, Truth};

use crate::{Action, ActionSet, List, Operator, Pattern, Principal};

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
    pub actions: Clause<Text>,
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
        let covered = self.coverage();
        match (covered.certain.contains(action), covered.possible.contains(action)) {
            (true, _) => Truth::Yes,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::No,
        }
    }

    /// The actions of AWS KMS that its `Action` or `NotAction` covers.
    pub fn coverage(&self) -> Coverage {
        let all = ActionSet::matching("*");
        match &self.actions {
            Clause::Only(list) => Coverage::of(list),
            Clause::Not(list) => {
                let not = Coverage::of(list);
                Coverage { certain: all.without(not.possible), possible: all.without(not.certain) }
            }
            Clause::Absent => Coverage::default(),
        }
    }

    /// Whether it has this effect.
    pub fn has_effect(&self, effect: Effect) -> Truth {
        self.effect.known().map_or(Truth::Unknown, |own| (*own == effect).into())
    }
}

/// The actions that a statement covers for certain, and those that it may cover.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// For certain.
    pub certain: ActionSet,
    /// For certain or perhaps.
    pub possible: ActionSet,
}

impl Coverage {
    fn of(list: &List<Text>) -> Self {
        let nothing_known = if list.more.is_some() { ActionSet::matching("*") } else { ActionSet::default() };
        let start = Self { certain: ActionSet::default(), possible: nothing_known };
        list.iter().fold(start, |coverage, text| {
            let (certain, possible) = match text.as_str() {
                Some(pattern) => (ActionSet::matching(pattern), ActionSet::matching(pattern)),
                None => symbolic(text),
            };
            Self { certain: coverage.certain.union(certain), possible: coverage.possible.union(possible) }
        })
    }
}

/// The actions that a pattern with symbols matches for certain, and those that it may match.
fn symbolic(text: &Text) -> (ActionSet, ActionSet) {
    let pattern = Pattern::action(text);
    let matched = |wanted: fn(Truth) -> bool| {
        Action::all().iter().filter(|action| wanted(pattern.matches(&action.name.into()))).collect()
    };
    (matched(Truth::is_yes), matched(|truth| !truth.is_no()))
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
