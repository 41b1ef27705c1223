//! Answers that may be undetermined.

use std::fmt;
use std::sync::Arc;

/// Why something is undetermined, and what would settle it, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Because {
    /// The fact that is missing, as a clause: "its policy is unknown until apply".
    pub reason: Arc<str>,
    /// What a person can do to settle it, as an imperative, where something can be done.
    pub settle: Option<Arc<str>>,
}

impl Because {
    /// A reason that nothing but time settles.
    pub fn new(reason: impl Into<Arc<str>>) -> Self {
        Self { reason: reason.into(), settle: None }
    }

    /// Adds what would settle it.
    #[must_use]
    pub fn settled_by(mut self, settle: impl Into<Arc<str>>) -> Self {
        self.settle = Some(settle.into());
        self
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// Something that is known, or not known for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Knowledge<T> {
    /// Known for certain.
    Known(T),
    /// Not known.
    Undetermined(Because),
}

impl<T> Knowledge<T> {
    /// Not known, for this reason.
    pub fn undetermined(reason: impl Into<Arc<str>>) -> Self {
        Self::Undetermined(Because::new(reason))
    }

    /// The value if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Undetermined(_) => None,
        }
    }

    /// The reason if it is not known.
    pub fn because(&self) -> Option<&Because> {
        match self {
            Self::Known(_) => None,
            Self::Undetermined(because) => Some(because),
        }
    }

    /// Borrows what is known.
    pub fn as_ref(&self) -> Knowledge<&T> {
        match self {
            Self::Known(value) => Knowledge::Known(value),
            Self::Undetermined(because) => Knowledge::Undetermined(because.clone()),
        }
    }

    /// Applies `f` to what is known.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Knowledge<U> {
        match self {
            Self::Known(value) => Knowledge::Known(f(value)),
            Self::Undetermined(because) => Knowledge::Undetermined(because),
        }
    }

    /// Applies `f`, which may not know, to what is known.
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Knowledge<U>) -> Knowledge<U> {
        match self {
            Self::Known(value) => f(value),
            Self::Undetermined(because) => Knowledge::Undetermined(because),
        }
    }

    /// `Ok` for what is known, so that `?` passes the reason on.
    ///
    /// # Errors
    /// The reason, if it is not known.
    pub fn ok(self) -> Result<T, Because> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Undetermined(because) => Err(because),
        }
    }
}

impl<T> From<Result<T, Because>> for Knowledge<T> {
    fn from(result: Result<T, Because>) -> Self {
        match result {
            Ok(value) => Self::Known(value),
            Err(because) => Self::Undetermined(because),
        }
    }
}

impl Knowledge<bool> {
    /// Whether all hold. One that is known not to hold decides, whatever the others are.
    pub fn all(facts: impl IntoIterator<Item = Self>) -> Self {
        Self::decide(facts, false)
    }

    /// Whether any holds. One that is known to hold decides, whatever the others are.
    pub fn any(facts: impl IntoIterator<Item = Self>) -> Self {
        Self::decide(facts, true)
    }

    fn decide(facts: impl IntoIterator<Item = Self>, decisive: bool) -> Self {
        let mut open = None;
        for fact in facts {
            match fact {
                Self::Known(value) if value == decisive => return fact,
                Self::Known(_) => {}
                Self::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Self::Known(!decisive), Self::Undetermined)
    }

    /// The same, without the reason.
    pub fn truth(&self) -> Truth {
        match self {
            Self::Known(true) => Truth::Yes,
            Self::Known(false) => Truth::No,
            Self::Undetermined(_) => Truth::Unknown,
        }
    }
}

/// Kleene's three-valued logic: yes, no, unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// True for certain.
    Yes,
    /// False for certain.
    No,
    /// Neither is certain.
    Unknown,
}

impl Truth {
    /// Both. One `No` decides, whatever the other is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Either. One `Yes` decides, whatever the other is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }

    /// The contrary.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    /// True for certain.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// False for certain.
    pub fn is_no(self) -> bool {
        self == Self::No
    }

    /// Whether any of `truths` holds.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::No, Self::or)
    }

    /// Whether all of `truths` hold.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::Yes, Self::and)
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// Whether a thing exists once the change is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existence {
    /// It does.
    Certain,
    /// It may, any number of times: its `count` or `for_each` is not known.
    Possible(Because),
}

#[cfg(test)]
mod tests {
    use super::Truth::{No, Unknown, Yes};
    use super::*;

    #[test]
    fn one_no_decides_a_conjunction_and_one_yes_a_disjunction() {
        assert_eq!(Unknown.and(No), No);
        assert_eq!(Unknown.and(Yes), Unknown);
        assert_eq!(Unknown.or(Yes), Yes);
        assert_eq!(Unknown.or(No), Unknown);
        assert_eq!(Truth::any([]), No);
        assert_eq!(Truth::all([]), Yes);
    }

    #[test]
    fn a_missing_fact_matters_only_if_the_others_do_not_decide() {
        let missing = || Knowledge::<bool>::undetermined("no region");
        assert_eq!(Knowledge::all([missing(), Knowledge::Known(false)]), Knowledge::Known(false));
        assert_eq!(Knowledge::any([missing(), Knowledge::Known(true)]), Knowledge::Known(true));
        assert_eq!(Knowledge::all([Knowledge::Known(true), missing()]), missing());
        assert_eq!(Knowledge::any([]), Knowledge::Known(false));
    }

    #[test]
    fn a_missing_fact_keeps_its_reason_through_a_chain() {
        let missing: Knowledge<u32> = Knowledge::undetermined("no region");
        let chained = missing.map(|n| n + 1).and_then(Knowledge::Known);
        assert_eq!(chained.because().map(ToString::to_string).as_deref(), Some("no region"));
    }
}
