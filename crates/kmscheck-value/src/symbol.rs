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

/// How the symbols of accounts and Regions begin. No address does.
const ACCOUNT: &str = "account of ";
const REGION: &str = "Region of ";

impl Symbol {
    /// The attribute `path` of the object at the absolute address `object`; an empty path is the whole object.
    pub fn new(object: impl Into<Arc<str>>, path: impl Into<Arc<str>>) -> Self {
        Self { object: object.into(), path: path.into() }
    }

    /// An account that is known only by what leads there. It stands for twelve digits.
    pub fn account(of: &str) -> Self {
        Self::new(format!("{ACCOUNT}{of}"), "")
    }

    /// A Region that is known only by what is there. It stands for the name of a Region.
    pub fn region(of: &str) -> Self {
        Self::new(format!("{REGION}{of}"), "")
    }

    /// Whether it is an account.
    pub fn is_account(&self) -> bool {
        self.object.starts_with(ACCOUNT)
    }

    /// Whether it stands for a name: letters, digits and hyphens, and so for no wildcard and no separator.
    pub fn is_name(&self) -> bool {
        self.is_account() || self.object.starts_with(REGION)
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
