//! `after_unknown` and `after_sensitive`: which parts of a value are unknown, or must not be shown.

use std::fmt;

use kmscheck_model::{Attributes, InstanceKey};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::references::Step;
use crate::strings::{Entries, Str};

/// The marks of a value, without the parts that have none.
#[derive(Debug, Default)]
pub(crate) enum Marks<'a> {
    /// No part is marked.
    #[default]
    None,
    /// The value is marked as a whole.
    Whole,
    /// Some attributes are marked, or parts of them.
    Entries(Entries<'a, Self>),
    /// Some elements are marked, or parts of them.
    Items(Vec<Self>),
}

impl<'a> Marks<'a> {
    /// The marks in a part of a plan; none if the part is missing.
    pub(crate) fn read(raw: Option<&'a RawValue>) -> serde_json::Result<Self> {
        raw.map_or(Ok(Self::None), |raw| serde_json::from_str(raw.get()))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether anything at or below the path is marked.
    pub(crate) fn any_at(&self, path: &[Step<'_>]) -> bool {
        let Some((step, rest)) = path.split_first() else { return !self.is_none() };
        match (self, step) {
            (Self::None, _) => false,
            (Self::Whole, _) => true,
            (Self::Entries(entries), Step::Attribute(name)) => entry(entries, name, rest),
            (Self::Entries(entries), Step::Index(InstanceKey::Key(name))) => entry(entries, name, rest),
            (Self::Items(items), Step::Index(InstanceKey::Index(index))) => {
                let item = usize::try_from(*index).ok().and_then(|index| items.get(index));
                item.is_some_and(|marks| marks.any_at(rest))
            }
            _ => true,
        }
    }
}

fn entry(entries: &Entries<'_, Marks<'_>>, name: &str, rest: &[Step<'_>]) -> bool {
    entries.get(name).is_some_and(|marks| marks.any_at(rest))
}

impl<'de: 'a, 'a> Deserialize<'de> for Marks<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        MarksSeed(Attributes::All).deserialize(deserializer)
    }
}

/// Reads the marks of these attributes. What has a form that Terraform does not write is marked as a whole.
#[derive(Clone, Copy)]
pub(crate) struct MarksSeed(pub(crate) Attributes);

impl<'de> DeserializeSeed<'de> for MarksSeed {
    type Value = Marks<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MarksSeed {
    type Value = Marks<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, or an object or list of them")
    }

    fn visit_bool<E>(self, marked: bool) -> Result<Self::Value, E> {
        Ok(if marked { Marks::Whole } else { Marks::None })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Marks::None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Marks::Whole)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Marks::Whole)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Marks::Whole)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Marks::Whole)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut marks = Vec::new();
        while let Some(item) = items.next_element::<Marks<'de>>()? {
            marks.push(item);
        }
        Ok(if marks.iter().all(Marks::is_none) { Marks::None } else { Marks::Items(marks) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut marks = Vec::new();
        while let Some(name) = map.next_key::<Str<'de>>()? {
            if !self.0.contains(&name) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: Marks<'de> = map.next_value()?;
            if !value.is_none() {
                marks.push((name, value));
            }
        }
        Ok(if marks.is_empty() { Marks::None } else { Marks::Entries(marks.into_iter().collect()) })
    }
}

/// Whether the JSON object has the attribute.
pub(crate) fn has_attribute(raw: Option<&RawValue>, name: &str) -> bool {
    let object = raw.and_then(|raw| serde_json::from_str::<Entries<'_, IgnoredAny>>(raw.get()).ok());
    object.is_some_and(|object| object.get(name).is_some())
}
