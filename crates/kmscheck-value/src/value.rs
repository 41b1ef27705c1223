//! The value tree.

use std::fmt;
use std::sync::Arc;

use crate::{Map, Origin, Symbol, Text};

/// A value, with its origin and whether it may be shown.
#[derive(Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written.
    pub origin: Origin,
    sensitive: bool,
}

/// What a [`Value`] is.
#[derive(Clone, PartialEq)]
pub enum Kind {
    /// Terraform's `null`.
    Null,
    /// No such argument was given, and who decides instead (the provider, AWS) has not decided yet.
    Unset,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(Text),
    /// A list, set or tuple.
    List(Vec<Value>),
    /// A map, an object or a block.
    Map(Map),
    /// One of these, by a condition that is not known.
    Choice(Vec<Value>),
    /// Not known before apply.
    Unknown(Unknown),
}

/// A number, exact for integers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// Any other.
    Float(f64),
}

/// A value that is not known, and what it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// The unknown things that the value was made from, sorted.
    pub sources: Arc<[Symbol]>,
    /// Why the sources are not all of them: a name that could not be followed to what it stands for
    /// (`local.x` in a plan). `None` if they are all.
    pub lost: Option<Arc<str>>,
}

impl Unknown {
    /// The one thing the value was made from, if it is a single one and nothing is missing.
    pub fn sole_source(&self) -> Option<&Symbol> {
        match (&*self.sources, &self.lost) {
            ([symbol], None) => Some(symbol),
            _ => None,
        }
    }
}

impl Value {
    /// A value that may be shown, written where its container is.
    pub fn new(kind: Kind) -> Self {
        Self { kind, origin: Origin::default(), sensitive: false }
    }

    /// A known string.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::new(Kind::Text(Text::literal(text)))
    }

    /// Null.
    pub fn null() -> Self {
        Self::new(Kind::Null)
    }

    /// The same value, with its own origin.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same value, marked (with all its parts) as one that must not be shown.
    #[must_use]
    pub fn into_sensitive(mut self) -> Self {
        self.sensitive = true;
        self.kind = match self.kind {
            Kind::Text(text) => Kind::Text(text.into_sensitive()),
            Kind::List(items) => Kind::List(items.into_iter().map(Self::into_sensitive).collect()),
            Kind::Choice(items) => Kind::Choice(items.into_iter().map(Self::into_sensitive).collect()),
            Kind::Map(map) => {
                Kind::Map(map.into_iter().map(|(key, value)| (key, value.into_sensitive())).collect())
            }
            plain => plain,
        };
        self
    }

    /// Whether it must not be shown.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// Whether it, or anything in it, must not be shown.
    pub fn holds_sensitive(&self) -> bool {
        let inside = || match &self.kind {
            Kind::List(items) | Kind::Choice(items) => items.iter().any(Self::holds_sensitive),
            Kind::Map(map) => map.iter().any(|(_, value)| value.holds_sensitive()),
            _ => false,
        };
        self.sensitive || inside()
    }

    /// Whether it is null or was not given: nothing was asked for.
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, Kind::Null | Kind::Unset)
    }

    /// What is unknown about it, if it is unknown as a whole.
    pub fn unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The string if it is one, with its symbols.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The string if it is one that is known in full. For analysis, not for showing.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::as_str)
    }

    /// The boolean. Terraform's conversion holds: the strings `"true"` and `"false"` are booleans.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            Kind::Text(text) => match text.as_str() {
                Some("true") => Some(true),
                Some("false") => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The whole number. Terraform's conversion holds: a string of digits is a number.
    pub fn as_integer(&self) -> Option<i64> {
        match &self.kind {
            Kind::Number(Number::Integer(value)) => Some(*value),
            Kind::Text(text) => text.as_str().and_then(|text| text.parse().ok()),
            _ => None,
        }
    }

    /// The elements if it is a list; nothing for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The map if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The attribute `name` if it is a map that has one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_map()?.get(name)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive {
            return f.write_str("(sensitive value)");
        }
        self.kind.fmt(f)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Unset => f.write_str("unset"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(Number::Integer(value)) => value.fmt(f),
            Self::Number(Number::Float(value)) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::List(items) => items.fmt(f),
            Self::Map(map) => map.fmt(f),
            Self::Choice(items) => f.debug_tuple("choice").field(items).finish(),
            Self::Unknown(unknown) => f.debug_tuple("unknown").field(&unknown.sources).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_a_sensitive_value_can_be_shown() {
        let map = Map::from_iter([("password".into(), Value::text("hunter2"))]);
        let secret = Value::new(Kind::List(vec![Value::new(Kind::Map(map))])).into_sensitive();
        assert_eq!(format!("{secret:?}"), "(sensitive value)");
        assert_eq!(format!("{:?}", secret.kind), "[(sensitive value)]");
        let inner = secret.items().first().and_then(|item| item.get("password"));
        assert_eq!(inner.and_then(Value::as_str), Some("hunter2"));
        assert_eq!(format!("{inner:?}"), "Some((sensitive value))");
    }

    #[test]
    fn null_unset_and_unknown_are_three_things() {
        let unknown = Value::new(Kind::Unknown(Unknown::default()));
        let unset = Value::new(Kind::Unset);
        assert_ne!(Value::null(), unset);
        assert_ne!(unset, unknown);
        assert!(Value::null().is_absent() && unset.is_absent() && !unknown.is_absent());
    }

    #[test]
    fn terraform_converts_strings_to_booleans_and_numbers() {
        assert_eq!(Value::text("true").as_bool(), Some(true));
        assert_eq!(Value::text("1").as_bool(), None);
        assert_eq!(Value::text("30").as_integer(), Some(30));
    }

    #[test]
    fn what_holds_something_sensitive_says_so() {
        let secret = || Value::text("hunter2").into_sensitive();
        let list = |item| Value::new(Kind::List(vec![Value::null(), item]));
        let map = |value| Value::new(Kind::Map([("a".into(), value)].into_iter().collect()));
        assert!(secret().holds_sensitive() && list(secret()).holds_sensitive());
        assert!(map(list(secret())).holds_sensitive());
        assert!(!map(list(Value::text("open"))).holds_sensitive());
    }
}
