//! JSON as policies are read from it: a string without escapes stays in the text that it stands in.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A JSON value.
#[derive(Debug)]
pub(crate) enum Json<'t> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'t, str>),
    Array(Vec<Self>),
    Object(Object<'t>),
}

/// A JSON object, in the order of the names.
#[derive(Debug)]
pub(crate) struct Object<'t> {
    elements: Vec<(Name<'t>, Json<'t>)>,
    repeated: bool,
}

/// Read as a value is, so that a name without escapes is not copied either.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'t>(Cow<'t, str>);

impl<'t> Object<'t> {
    /// Of two elements with one name the later one counts.
    fn new(mut elements: Vec<(Name<'t>, Json<'t>)>) -> Self {
        elements.reverse();
        elements.sort_by(|(a, _), (b, _)| a.cmp(b));
        let written = elements.len();
        elements.dedup_by(|(earlier, _), (later, _)| earlier == later);
        let repeated = elements.len() < written;
        Self { elements, repeated }
    }

    /// Whether there were two elements with one name.
    pub(crate) fn has_repeated(&self) -> bool {
        self.repeated
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Json<'t>> {
        self.iter().find(|(own, _)| *own == name).map(|(_, json)| json)
    }

    pub(crate) fn len(&self) -> usize {
        self.elements.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Json<'t>)> {
        self.elements.iter().map(|(name, json)| (&*name.0, json))
    }
}

impl Json<'_> {
    pub(crate) fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }
}

impl<'t> Deserialize<'t> for Json<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

impl<'t> Deserialize<'t> for Name<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct JsonVisitor;

impl<'t> Visitor<'t> for JsonVisitor {
    type Value = Json<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'t>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'t>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'t>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'t>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'t>, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Json<'t>, E> {
        Ok(Json::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'t>, E> {
        Ok(Json::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut elements: A) -> Result<Json<'t>, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut elements: A) -> Result<Json<'t>, A::Error> {
        let mut object = Vec::new();
        while let Some(element) = elements.next_entry()? {
            object.push(element);
        }
        Ok(Json::Object(Object::new(object)))
    }
}

struct NameVisitor;

impl<'t> Visitor<'t> for NameVisitor {
    type Value = Name<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Name<'t>, E> {
        Ok(Name(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Name<'t>, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn read(text: &str) -> Result<Json<'_>, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn elements_are_in_order_and_the_last_of_two_counts() {
        let Ok(Json::Object(object)) = read(r#"{"b": 1, "\u0061": 2, "b": 3}"#) else { panic!() };
        let elements: Vec<_> = object.iter().map(|(name, json)| (name, format!("{json:?}"))).collect();
        assert_eq!(elements, [("a", "Number(Number(2))".to_owned()), ("b", "Number(Number(3))".to_owned())]);
        assert!(object.get("b").is_some_and(|json| !json.is_string()) && object.get("c").is_none());
    }

    fn same(json: &Json<'_>, value: &Value) -> bool {
        match (json, value) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(a), Value::Bool(b)) => a == b,
            (Json::Number(a), Value::Number(b)) => a == b,
            (Json::String(a), Value::String(b)) => a == b,
            (Json::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Json::Object(a), Value::Object(b)) => {
                a.elements.len() == b.len()
                    && a.iter().zip(b).all(|((name, a), (key, b))| name == key && same(a, b))
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_as_serde_json_reads_it(text in r#"([\[\]{},:"a\\n1e.\-]|null|"[ab]": ?|true){0,24}"#) {
            match (read(&text), serde_json::from_str::<Value>(&text)) {
                (Ok(json), Ok(value)) => prop_assert!(same(&json, &value)),
                (Err(ours), Err(theirs)) => prop_assert_eq!(ours.to_string(), theirs.to_string()),
                (ours, theirs) => prop_assert!(false, "{ours:?} {theirs:?}"),
            }
        }
    }
}
