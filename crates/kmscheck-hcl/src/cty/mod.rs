//! The values of the Terraform language, with what is not known of them.
//!
//! Named after `cty`, the library in which Terraform has them. Where `cty` has unknown values, these have an identity:
//! an unknown is the value of a reference, or was made from some. A string may hold them among its known parts.

mod convert;
mod equal;
mod number;
mod types;
mod unify;
mod value;

pub(crate) use convert::{convert, convert_alike};
pub(crate) use equal::{equal, equal_elements, set_of};
pub(crate) use number::Number;
pub(crate) use types::{Attribute, Shape, Type};
pub(crate) use unify::{type_of, unify};
pub(crate) use value::{Entries, Items, Kind, Lazy, Unknown, Value};

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Terraform reports an error too. `try` and `can` see it.
    Error(String),
    /// Terraform may have a value; this analysis does not find it out.
    Limit(String),
}

impl Fault {
    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self::Error(message.into())
    }

    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self::Limit(message.into())
    }

    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Error(message) | Self::Limit(message) => message,
        }
    }
}
