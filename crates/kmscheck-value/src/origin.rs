//! Where a value was written.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One step into a value: a map key (an attribute or block type) or a position in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The attribute, block type or map key of this name.
    Key(Arc<str>),
    /// The element at this position, counted from 0.
    Index(usize),
}

/// A path from a resource to a part of it: `policy.statement[2].principal`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributePath(Vec<Step>);

impl AttributePath {
    /// The path that names the whole.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path and one attribute further.
    #[must_use]
    pub fn key(self, name: impl Into<Arc<str>>) -> Self {
        self.further(Step::Key(name.into()))
    }

    /// This path and one element further.
    #[must_use]
    pub fn index(self, position: usize) -> Self {
        self.further(Step::Index(position))
    }

    /// Most paths have one step, and a graph keeps many.
    fn further(mut self, step: Step) -> Self {
        self.0.reserve_exact(1);
        self.0.push(step);
        self
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The attribute that the path begins with.
    pub fn attribute(&self) -> Option<&str> {
        match self.0.first() {
            Some(Step::Key(name)) => Some(name),
            _ => None,
        }
    }
}

impl FromIterator<Step> for AttributePath {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(name) if position == 0 => write!(f, "{name}")?,
                Step::Key(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A place that a value was written at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A byte range of a source file.
    Source {
        /// The file, relative to the repository.
        file: Arc<str>,
        /// The bytes in it.
        bytes: Range<usize>,
    },
    /// A part of an object that a plan or state shows.
    Object {
        /// The object's address.
        address: Arc<str>,
        /// The part of it.
        path: AttributePath,
    },
}

/// Where a value came from. Without a place of its own a value comes from where its container does, one step
/// further in: a plan need not spell out what an address and a path already say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Origin(Option<Arc<Place>>);

impl Origin {
    /// The value was written here.
    pub fn at(place: Place) -> Self {
        Self(Some(Arc::new(place)))
    }

    /// The place, if the value has one of its own.
    pub fn place(&self) -> Option<&Place> {
        self.0.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_terraform_writes_it() {
        let path = AttributePath::root().key("rule").index(0).key("kms_key_id");
        assert_eq!(path.to_string(), "rule[0].kms_key_id");
        assert_eq!(path.attribute(), Some("rule"));
    }
}
