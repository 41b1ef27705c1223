//! From JSON to values.

use std::fmt;

use kmscheck_model::Attributes;
use kmscheck_value::{Kind, Map, Number, Text, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::strings::{Interner, Str};

/// Reads any JSON value.
#[derive(Clone, Copy)]
pub(crate) struct ValueSeed<'i>(pub(crate) &'i Interner);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::null())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::new(Kind::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::new(Kind::Number(Number::Integer(value))))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        let number = i64::try_from(value).map_or_else(|_| float(value), Number::Integer);
        Ok(Value::new(Kind::Number(number)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::new(Kind::Number(Number::Float(value))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::new(Kind::Text(Text::literal(self.0.get(text)))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::new(Kind::List(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Str<'de>>()? {
            entries.push((self.0.get(&key), map.next_value_seed(self)?));
        }
        Ok(Value::new(Kind::Map(Map::from_iter(entries))))
    }
}

/// An integer beyond `i64`: no attribute of AWS is that large.
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what Terraform's number means to JSON")]
fn float(value: u64) -> Number {
    Number::Float(value as f64)
}

/// Reads the attributes of an object that matter and skips the others; `None` for null.
#[derive(Clone, Copy)]
pub(crate) struct AttributesSeed<'i> {
    pub(crate) interner: &'i Interner,
    pub(crate) attributes: Attributes,
}

impl<'de> DeserializeSeed<'de> for AttributesSeed<'_> {
    type Value = Option<Map>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AttributesSeed<'_> {
    type Value = Option<Map>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the attributes of a resource")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(self.attributes.count().unwrap_or_default());
        while let Some(key) = map.next_key::<Str<'de>>()? {
            if self.attributes.contains(&key) {
                entries.push((self.interner.get(&key), map.next_value_seed(ValueSeed(self.interner))?));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Some(entries.into_iter().collect()))
    }
}
