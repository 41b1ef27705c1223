//! How the configuration shows expressions: constants, references, nested blocks, or nothing at all.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::strings::{Entries, Str};

/// An argument or nested block of the configuration.
#[derive(Debug)]
pub(crate) enum Expression<'a> {
    /// A value that is written out.
    Constant(&'a RawValue),
    /// What the expression refers to. What it makes of that is not shown.
    References(Vec<Str<'a>>),
    /// A constant that takes a function call to compute, such as `toset(["a"])`; or an empty block.
    Computed,
    /// A nested block, or nested blocks with labels.
    Block(Entries<'a, Self>),
    /// Nested blocks in the order of the source. Those of a `dynamic` block are not among them.
    Blocks(Vec<Self>),
}

/// The arguments and nested blocks of a block.
pub(crate) type Expressions<'a> = Entries<'a, Expression<'a>>;

/// Reads the expressions of each block once, however many instances it has.
#[derive(Debug, Default)]
pub(crate) struct ExpressionCache<'a>(RefCell<FxHashMap<usize, Rc<Expressions<'a>>>>);

impl<'a> ExpressionCache<'a> {
    /// The expressions; none if there are none, or if they have a form that Terraform does not write.
    pub(crate) fn get(&self, raw: Option<&'a RawValue>) -> Rc<Expressions<'a>> {
        let Some(raw) = raw else { return Rc::default() };
        let place = raw.get().as_ptr().addr();
        let read = || Rc::new(serde_json::from_str(raw.get()).unwrap_or_default());
        Rc::clone(self.0.borrow_mut().entry(place).or_insert_with(read))
    }
}

impl<'a> Expression<'a> {
    /// All references in it and in its nested blocks.
    pub(crate) fn references(&self) -> Vec<&[Str<'a>]> {
        match self {
            Self::Constant(_) | Self::Computed => Vec::new(),
            Self::References(references) => vec![references],
            Self::Block(entries) => entries.iter().flat_map(|(_, inner)| inner.references()).collect(),
            Self::Blocks(blocks) => blocks.iter().flat_map(Self::references).collect(),
        }
    }

    /// Whether it is the constant `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Constant(raw) if raw.get() == "null")
    }

    /// Whether it is the constant `""`.
    pub(crate) fn is_empty_string(&self) -> bool {
        matches!(self, Self::Constant(raw) if raw.get() == "\"\"")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Expression<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(ExpressionVisitor)? {
            Item::Expression(expression) => Ok(expression),
            Item::Reference(_) => Err(de::Error::custom("a reference stands where an expression should")),
        }
    }
}

/// An element of a JSON array in an expression.
enum Item<'a> {
    Expression(Expression<'a>),
    Reference(Str<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExpressionVisitor)
    }
}

struct ExpressionVisitor;

impl<'de> Visitor<'de> for ExpressionVisitor {
    type Value = Item<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an expression")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Item::Reference(Str::from(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Item::Reference(Str::from(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (mut blocks, mut references) = (Vec::new(), Vec::new());
        while let Some(item) = items.next_element()? {
            match item {
                Item::Expression(block) => blocks.push(block),
                Item::Reference(reference) => references.push(reference),
            }
        }
        Ok(Item::Expression(if blocks.is_empty() && !references.is_empty() {
            Expression::References(references)
        } else {
            Expression::Blocks(blocks)
        }))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Str<'de>>()? {
            if &*key == "constant_value" {
                entries.push((key, Expression::Constant(map.next_value()?)));
                continue;
            }
            entries.push((key, map.next_value()?));
        }
        // `references` of an argument is a list of strings; a block of that name would be a list of objects.
        Ok(Item::Expression(match entries.as_slice() {
            [] => Expression::Computed,
            [(name, Expression::Constant(_) | Expression::References(_))]
                if matches!(&**name, "constant_value" | "references") =>
            {
                entries.pop().map_or(Expression::Computed, |(_, expression)| expression)
            }
            _ => Expression::Block(entries.into_iter().collect()),
        }))
    }
}
