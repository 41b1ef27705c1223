//! Unknowns with an identity.

use std::fmt;
use std::sync::Arc;

/// A reference whose value is not known: an absolute address and an attribute of what lies there.
/// Two occurrences of one symbol are equal; two different symbols may or may not be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol {
    object: Arc<str>,
    path: Arc<str>,
}

impl Symbol {
    /// The attribute `path` of the object at the absolute address `object`; an empty path is the whole object.
    pub fn new(object: impl Into<Arc<str>>, path: impl Into<Arc<str>>) -> Self {
        Self { object: object.into(), path: path.into() }
    }

    /// The absolute address of the object.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The attribute, empty for the whole object.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.object);
        }
        write!(f, "{}.{}", self.object, self.path)
    }
}
