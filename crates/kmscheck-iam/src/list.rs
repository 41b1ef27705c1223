//! Lists that may be open.

use kmscheck_value::{Because, Truth};

/// A list that may hold more than what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    /// The elements that are known, in the order in which they were written.
    pub items: Vec<T>,
    /// Why there may be further elements; `None` for a list that is known as a whole.
    pub more: Option<Because>,
}

impl<T> List<T> {
    /// A list that is known as a whole.
    pub fn closed(items: Vec<T>) -> Self {
        Self { items, more: None }
    }

    /// A list of which nothing is known.
    pub fn unknown(because: Because) -> Self {
        Self { items: Vec::new(), more: Some(because) }
    }

    /// Whether there is certainly nothing in it.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.more.is_none()
    }

    /// The elements that are known.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// Whether `holds` is true of any element, of which there may be more than are known.
    pub fn any(&self, holds: impl FnMut(&T) -> Truth) -> Truth {
        Truth::any(self.items.iter().map(holds)).or(self.rest(Truth::No))
    }

    /// Whether `holds` is true of all elements, of which there may be more than are known.
    pub fn all(&self, holds: impl FnMut(&T) -> Truth) -> Truth {
        Truth::all(self.items.iter().map(holds)).and(self.rest(Truth::Yes))
    }

    /// What elements that are not known contribute: `neutral` if there are none.
    fn rest(&self, neutral: Truth) -> Truth {
        if self.more.is_some() { Truth::Unknown } else { neutral }
    }

    pub(crate) fn map<U>(&self, apply: impl FnMut(&T) -> U) -> List<U> {
        List { items: self.items.iter().map(apply).collect(), more: self.more.clone() }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::closed(Vec::new())
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_list_may_hold_what_is_asked_for_but_what_is_known_decides() {
        let open = List { items: vec![1, 2], more: Some(Because::new("a variable is unknown")) };
        assert_eq!(open.any(|n| (*n == 2).into()), Truth::Yes);
        assert_eq!(open.any(|n| (*n == 3).into()), Truth::Unknown);
        assert_eq!(open.all(|n| (*n > 1).into()), Truth::No);
        assert_eq!(open.all(|n| (*n > 0).into()), Truth::Unknown);
        assert_eq!(List::closed(vec![1]).any(|n| (*n == 3).into()), Truth::No);
    }
}
