//! Values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use kmscheck_value::{Piece, Symbol, Text};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{Number, Type, type_of};

/// A value, and whether it may be shown.
#[derive(Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    pub(crate) sensitive: bool,
}

pub(crate) type Items = Arc<[Value]>;
pub(crate) type Entries = Arc<BTreeMap<Arc<str>, Value>>;

/// What a [`Value`] is.
#[derive(Clone, PartialEq)]
pub(crate) enum Kind {
    /// Of a type: that of a `null` that nothing was converted to is [`Type::Null`].
    Null(Type),
    Bool(bool),
    Number(Number),
    /// A string, of known parts and of symbols that are known to be strings (or what becomes one) but not which.
    String(Text),
    List(Items),
    /// In the order in which Terraform iterates over it, without duplicates.
    Set(Items),
    Tuple(Items),
    Map(Entries),
    Object(Entries),
    /// One of at least two, by a condition that is not known. None of them is a choice.
    Choice(Items),
    /// A resource or module instance, whose attributes are evaluated when somebody asks for them.
    Lazy(Lazy),
    Unknown(Unknown),
}

/// An object of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lazy {
    /// Where the evaluation finds it.
    pub(crate) id: usize,
    /// Its address.
    pub(crate) symbol: Symbol,
}

/// A value that is not known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unknown {
    /// What it is the value of, or what stands for nothing but this value: two unknowns of one symbol are equal.
    pub(crate) symbol: Option<Symbol>,
    /// What it was made from: nothing, if it is the value of its symbol.
    pub(crate) sources: Arc<BTreeSet<Symbol>>,
    pub(crate) of: Type,
    /// Whether it is certainly not null.
    pub(crate) not_null: bool,
}

impl Unknown {
    /// The value of a reference.
    pub(crate) fn of(symbol: Symbol, of: Type) -> Self {
        Self { symbol: Some(symbol), sources: Arc::default(), of, not_null: false }
    }

    /// What was made from these.
    pub(crate) fn made_from(sources: BTreeSet<Symbol>, of: Type) -> Self {
        Self { symbol: None, sources: Arc::new(sources), of, not_null: false }
    }

    /// Whether it is the value of a reference itself.
    pub(crate) fn is_reference(&self) -> bool {
        self.symbol.is_some() && self.sources.is_empty()
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind, sensitive: false }
    }
}

impl From<Unknown> for Value {
    fn from(unknown: Unknown) -> Self {
        Kind::Unknown(unknown).into()
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Kind::Bool(flag).into()
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Kind::Number(number).into()
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Number::from(number).into()
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Number::from(number).into()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        if is_normal(text) { Kind::String(Text::literal(text)).into() } else { Self::from(text.to_owned()) }
    }
}

/// Terraform has all strings in normal form C.
impl From<String> for Value {
    fn from(text: String) -> Self {
        let text = if is_normal(&text) { text } else { text.nfc().collect() };
        Kind::String(Text::literal(text)).into()
    }
}

fn is_normal(text: &str) -> bool {
    text.is_ascii() || is_nfc(text)
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Kind::String(text).into()
    }
}

impl Value {
    pub(crate) const NULL: Self = Self { kind: Kind::Null(Type::Null), sensitive: false };

    /// A null of a type.
    pub(crate) fn null_of(of: Type) -> Self {
        Kind::Null(of).into()
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Kind::List(items.into_iter().collect()).into()
    }

    pub(crate) fn tuple(items: impl IntoIterator<Item = Self>) -> Self {
        Kind::Tuple(items.into_iter().collect()).into()
    }

    pub(crate) fn object<K: Into<Arc<str>>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Kind::Object(Arc::new(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())).into()
    }

    pub(crate) fn map<K: Into<Arc<str>>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Kind::Map(Arc::new(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())).into()
    }

    /// One of these. Equal ones are one; of too many nobody keeps track.
    pub(crate) fn one_of(options: impl IntoIterator<Item = Self>) -> Self {
        const MANY: usize = 16;
        let mut flat: Vec<Self> = Vec::new();
        let mut add = |option: Self| {
            let is_there = |other: &Self| {
                *other == option || other.is_null() && option.is_null() && other.sensitive == option.sensitive
            };
            if !flat.iter().any(is_there) {
                flat.push(option);
            }
        };
        for option in options {
            match option.kind {
                Kind::Choice(inner) => inner.iter().for_each(|one| add(one.clone().marked(option.sensitive))),
                _ => add(option),
            }
        }
        match flat.as_slice() {
            [one] => one.clone(),
            [] => Self::NULL,
            many if many.len() > MANY => {
                let sensitive = many.iter().any(|option| option.sensitive);
                let sources = many.iter().flat_map(Self::sources).collect();
                Self::from(Unknown::made_from(sources, Type::Any)).marked(sensitive)
            }
            _ => Kind::Choice(flat.into()).into(),
        }
    }

    /// The same, and not to be shown if `sensitive` says so.
    #[must_use]
    pub(crate) fn marked(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// The same, and all its parts, without a word on whether they may be shown.
    #[must_use]
    pub(crate) fn unmarked(&self) -> Self {
        let each = |items: &Items| items.iter().map(Self::unmarked).collect();
        let all = |entries: &Entries| {
            Arc::new(entries.iter().map(|(key, value)| (Arc::clone(key), value.unmarked())).collect())
        };
        Self::from(match &self.kind {
            Kind::List(items) => Kind::List(each(items)),
            Kind::Set(items) => Kind::Set(each(items)),
            Kind::Tuple(items) => Kind::Tuple(each(items)),
            Kind::Choice(options) => Kind::Choice(each(options)),
            Kind::Map(entries) => Kind::Map(all(entries)),
            Kind::Object(entries) => Kind::Object(all(entries)),
            other => other.clone(),
        })
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// The same, where something unknown is certainly not null.
    #[must_use]
    pub(crate) fn not_null(self) -> Self {
        match self.kind {
            Kind::Unknown(unknown) => {
                Self { kind: Kind::Unknown(Unknown { not_null: true, ..unknown }), ..self }
            }
            _ => self,
        }
    }

    /// Whether it is of this type and not null, whatever it is.
    pub(crate) fn is_certain(&self, of: &Type) -> bool {
        match &self.kind {
            Kind::Unknown(unknown) => unknown.not_null && unknown.of == *of,
            Kind::Choice(options) => options.iter().all(|option| option.is_certain(of)),
            Kind::Lazy(_) | Kind::Null(_) => false,
            _ => type_of(self) == *of,
        }
    }

    /// The string, if it is one that is known in full.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => text.as_str(),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The elements of a list, a set or a tuple.
    pub(crate) fn items(&self) -> Option<&Items> {
        match &self.kind {
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map or an object.
    pub(crate) fn entries(&self) -> Option<&Entries> {
        match &self.kind {
            Kind::Map(entries) | Kind::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether it is known itself; its parts need not be.
    pub(crate) fn is_known(&self) -> bool {
        match &self.kind {
            Kind::Unknown(_) | Kind::Lazy(_) | Kind::Choice(_) => false,
            Kind::String(text) => text.as_str().is_some(),
            _ => true,
        }
    }

    /// Whether it and all its parts are known.
    pub(crate) fn is_wholly_known(&self) -> bool {
        let parts_are = match (self.items(), self.entries()) {
            (Some(items), _) => items.iter().all(Self::is_wholly_known),
            (_, Some(entries)) => entries.values().all(Self::is_wholly_known),
            _ => true,
        };
        self.is_known() && parts_are
    }

    /// Whether the elements are known to be iterated over as they stand here: not those of a set with something
    /// unknown, which may stand anywhere, and may be the same as another.
    pub(crate) fn has_order(&self) -> bool {
        match &self.kind {
            Kind::Set(items) => items.len() < 2 || self.is_wholly_known(),
            _ => true,
        }
    }

    /// Whether it, or a part of it, is not to be shown.
    pub(crate) fn holds_sensitive(&self) -> bool {
        let inside = match &self.kind {
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) | Kind::Choice(items) => {
                items.iter().any(Self::holds_sensitive)
            }
            Kind::Map(entries) | Kind::Object(entries) => entries.values().any(Self::holds_sensitive),
            _ => false,
        };
        self.sensitive || inside
    }

    /// All that is not known in it.
    pub(crate) fn sources(&self) -> BTreeSet<Symbol> {
        let mut sources = BTreeSet::new();
        self.add_sources(&mut sources);
        sources
    }

    fn add_sources(&self, sources: &mut BTreeSet<Symbol>) {
        match &self.kind {
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => {}
            Kind::String(text) if text.as_str().is_some() => {}
            Kind::String(text) => sources.extend(text.pieces().iter().filter_map(|piece| match piece {
                Piece::Symbol(symbol) => Some(symbol.clone()),
                Piece::Literal(_) => None,
            })),
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) | Kind::Choice(items) => {
                items.iter().for_each(|item| item.add_sources(sources));
            }
            Kind::Map(entries) | Kind::Object(entries) => {
                entries.values().for_each(|value| value.add_sources(sources));
            }
            Kind::Lazy(lazy) => sources.extend([lazy.symbol.clone()]),
            Kind::Unknown(unknown) if unknown.is_reference() => sources.extend(unknown.symbol.clone()),
            Kind::Unknown(unknown) => sources.extend(unknown.sources.iter().cloned()),
        }
    }
}

/// Nothing that is not to be shown.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive {
            return f.write_str("(sensitive value)");
        }
        match &self.kind {
            Kind::Null(_) => f.write_str("null"),
            Kind::Bool(flag) => flag.fmt(f),
            Kind::Number(number) => number.fmt(f),
            Kind::String(text) => text.fmt(f),
            Kind::List(items) => f.debug_list().entries(items.iter()).finish(),
            Kind::Set(items) => f.debug_set().entries(items.iter()).finish(),
            Kind::Tuple(items) => f.debug_list().entries(items.iter()).finish(),
            Kind::Map(entries) | Kind::Object(entries) => f.debug_map().entries(entries.iter()).finish(),
            Kind::Choice(options) => f.debug_tuple("choice").field(options).finish(),
            Kind::Lazy(lazy) => f.debug_tuple("lazy").field(&lazy.symbol).finish(),
            Kind::Unknown(unknown) => f.debug_tuple("unknown").field(&unknown.symbol).finish(),
        }
    }
}
