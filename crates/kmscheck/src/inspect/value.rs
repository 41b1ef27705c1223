//! Values as a plan shows them: what is known in `after`, what is not in `after_unknown`.

use kmscheck_value::{Kind, Map, Number, Text, Value};
use serde_json::{Map as Object, Value as Json};

/// What stands for a sensitive value.
const HIDDEN: &str = "(sensitive value)";

/// The known part of an object, as in `after`: what is unknown is left out.
pub(super) fn known(map: &Map) -> Json {
    let known = map.iter().filter_map(|(name, value)| Some((name.to_owned(), known_value(value)?)));
    Json::Object(known.collect())
}

/// Where an object is unknown, as in `after_unknown`: `true` for a value, nothing for a known attribute, and nothing at
/// all if the object is known as a whole.
pub(super) fn unknown(map: &Map) -> Json {
    if map.iter().any(|(_, value)| has_unknown(value)) { marks(map) } else { Json::Object(Object::default()) }
}

fn marks(map: &Map) -> Json {
    let marks = map.iter().map(|(name, value)| (name.to_owned(), mark(value)));
    Json::Object(marks.filter(|(_, mark)| *mark != Json::Bool(false)).collect::<Object<_, _>>())
}

/// `None` for what is unknown as a whole.
fn known_value(value: &Value) -> Option<Json> {
    if is_unknown(value) {
        return None;
    }
    if value.is_sensitive() {
        return Some(Json::from(HIDDEN));
    }
    Some(match &value.kind {
        Kind::Bool(flag) => Json::from(*flag),
        Kind::Number(Number::Integer(number)) => Json::from(*number),
        Kind::Number(Number::Float(number)) => Json::from(*number),
        Kind::Text(text) => Json::from(text.to_string()),
        // A list keeps its length: Terraform writes null for an element that is unknown.
        Kind::List(items) => items.iter().map(|item| known_value(item).unwrap_or(Json::Null)).collect(),
        Kind::Map(map) => known(map),
        Kind::Null | Kind::Unset | Kind::Choice(_) | Kind::Unknown(_) => Json::Null,
    })
}

fn mark(value: &Value) -> Json {
    match &value.kind {
        _ if is_unknown(value) => Json::Bool(true),
        _ if value.is_sensitive() => Json::Bool(false),
        Kind::List(items) => items.iter().map(mark).collect(),
        Kind::Map(map) => marks(map),
        _ => Json::Bool(false),
    }
}

fn has_unknown(value: &Value) -> bool {
    match &value.kind {
        Kind::List(items) => items.iter().any(has_unknown),
        Kind::Map(map) => map.iter().any(|(_, value)| has_unknown(value)),
        _ => is_unknown(value),
    }
}

/// A plan has no symbols, no choices, and no other word for what the provider will fill in: all of them are unknown.
fn is_unknown(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(_) | Kind::Unset | Kind::Choice(_) => true,
        Kind::Text(text) => is_symbolic(text),
        _ => false,
    }
}

fn is_symbolic(text: &Text) -> bool {
    text.as_str().is_none()
}

#[cfg(test)]
mod tests {
    use kmscheck_value::{Symbol, Unknown};
    use serde_json::json;

    use super::*;

    #[test]
    fn values_have_the_shape_of_a_plan() {
        let unknown_value = || Value::new(Kind::Unknown(Unknown::default()));
        let symbol = Text::symbol(Symbol::new("aws_kms_key.a", "arn"));
        let map = Map::from_iter([
            ("arn".into(), unknown_value()),
            ("days".into(), Value::new(Kind::Number(Number::Integer(7)))),
            ("key".into(), Value::new(Kind::Text(symbol))),
            ("names".into(), Value::new(Kind::List(vec![Value::text("a"), unknown_value()]))),
            ("none".into(), Value::null()),
            ("password".into(), Value::text("hunter2").into_sensitive()),
            ("tags".into(), Value::new(Kind::Map(Map::default()))),
        ]);
        assert_eq!(
            known(&map),
            json!({"days": 7, "names": ["a", null], "none": null, "password": HIDDEN, "tags": {}})
        );
        let known_map = Map::from_iter([("tags".into(), Value::new(Kind::Map(Map::default())))]);
        assert_eq!(unknown(&known_map), json!({}));
        assert_eq!(unknown(&map), json!({"arn": true, "key": true, "names": [false, true], "tags": {}}));
    }
}
