//! Types.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::Value;

/// A type, or a constraint that types fulfil.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    /// Not known, or any.
    Any,
    /// That of null, and of the elements of a collection that has none: any will do.
    Null,
    Bool,
    Number,
    String,
    List(Arc<Self>),
    Set(Arc<Self>),
    Map(Arc<Self>),
    Tuple(Arc<[Self]>),
    Object(Arc<BTreeMap<Arc<str>, Attribute>>),
}

/// An attribute of an object type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attribute {
    pub(crate) of: Type,
    /// Whether it may be left out, and what it then is.
    pub(crate) optional: Option<Value>,
}

/// A class of types. No value of one is converted to a type of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Primitive,
    Sequence,
    Keyed,
}

impl Type {
    pub(crate) fn list(of: Self) -> Self {
        Self::List(Arc::new(of))
    }

    pub(crate) fn set(of: Self) -> Self {
        Self::Set(Arc::new(of))
    }

    pub(crate) fn map(of: Self) -> Self {
        Self::Map(Arc::new(of))
    }

    /// The type of all elements, if they have one.
    pub(crate) fn element(&self) -> Self {
        match self {
            Self::List(of) | Self::Set(of) | Self::Map(of) => (**of).clone(),
            _ => Self::Any,
        }
    }

    /// The type of the attribute or element `name`; `None` if there can't be one.
    pub(crate) fn attribute(&self, name: &str) -> Option<Self> {
        match self {
            Self::Any | Self::Null => Some(Self::Any),
            Self::Map(of) => Some((**of).clone()),
            Self::Object(attributes) => attributes.get(name).map(|attribute| attribute.of.clone()),
            _ => None,
        }
    }

    /// Whether values of the type are strings, numbers or booleans.
    pub(crate) fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// Whether a value of the type has parts.
    pub(crate) fn is_collection(&self) -> bool {
        !self.is_primitive() && !matches!(self, Self::Any | Self::Null)
    }

    /// Whether a part of it is any.
    pub(crate) fn holds_any(&self) -> bool {
        match self {
            Self::Any => true,
            Self::Null | Self::Bool | Self::Number | Self::String => false,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.holds_any(),
            Self::Tuple(types) => types.iter().any(Self::holds_any),
            Self::Object(attributes) => attributes.values().any(|attribute| attribute.of.holds_any()),
        }
    }

    /// Whether nothing of it is left open.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::Any | Self::Null => false,
            Self::Bool | Self::Number | Self::String => true,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.is_complete(),
            Self::Tuple(types) => types.iter().all(Self::is_complete),
            Self::Object(attributes) => attributes.values().all(|attribute| attribute.of.is_complete()),
        }
    }

    /// What its values can be converted to at all; `None` if that is not known.
    pub(crate) fn shape(&self) -> Option<Shape> {
        match self {
            Self::Any | Self::Null => None,
            Self::Bool | Self::Number | Self::String => Some(Shape::Primitive),
            Self::List(_) | Self::Set(_) | Self::Tuple(_) => Some(Shape::Sequence),
            Self::Map(_) | Self::Object(_) => Some(Shape::Keyed),
        }
    }
}

/// As Terraform names it in messages.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any | Self::Null => f.write_str("dynamic"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(of) => write!(f, "list of {of}"),
            Self::Set(of) => write!(f, "set of {of}"),
            Self::Map(of) => write!(f, "map of {of}"),
            Self::Tuple(_) => f.write_str("tuple"),
            Self::Object(_) => f.write_str("object"),
        }
    }
}
