//! The actions of AWS KMS that a statement covers.

use kmscheck_value::{Text, Truth};

use crate::{Action, ActionSet, Clause, List, Pattern};

/// `Action` or `NotAction` of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    written: Clause<Text>,
    /// Asked for again and again, so worked out once.
    coverage: Coverage,
}

impl Actions {
    /// The element as it is written.
    pub(crate) fn new(written: Clause<Text>) -> Self {
        let coverage = Coverage::of(&written);
        Self { written, coverage }
    }

    /// The element as it is written.
    pub fn written(&self) -> &Clause<Text> {
        &self.written
    }

    /// The actions that are listed, in either form.
    pub fn list(&self) -> Option<&List<Text>> {
        self.written.list()
    }

    /// The actions of AWS KMS that it covers.
    pub fn coverage(&self) -> Coverage {
        self.coverage
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
    fn of(written: &Clause<Text>) -> Self {
        match written {
            Clause::Only(list) => Self::of_list(list),
            Clause::Not(list) => {
                let (all, not) = (ActionSet::all(), Self::of_list(list));
                Self { certain: all.without(not.possible), possible: all.without(not.certain) }
            }
            Clause::Absent => Self::default(),
        }
    }

    fn of_list(list: &List<Text>) -> Self {
        let nothing_known = if list.more.is_some() { ActionSet::all() } else { ActionSet::default() };
        let start = Self { certain: ActionSet::default(), possible: nothing_known };
        list.iter().map(Self::of_element).fold(start, |coverage, element| Self {
            certain: coverage.certain.union(element.certain),
            possible: coverage.possible.union(element.possible),
        })
    }

    /// The actions that one element of `Action` or `NotAction` stands for.
    pub fn of_element(text: &Text) -> Self {
        let (certain, possible) =
            text.as_str().map(ActionSet::matching).map_or_else(|| symbolic(text), |set| (set, set));
        Self { certain, possible }
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
