//! The recorded answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use kmscheck_value::Symbol;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::testdata;
use crate::cty::{Attribute, Kind, Number, Type, Unknown, Value};

/// An expression, and what Terraform makes of it.
pub(super) struct Case {
    pub(super) group: String,
    pub(super) expression: String,
    pub(super) answer: Answer,
}

#[derive(Debug)]
pub(super) enum Answer {
    /// A value of this type. Nulls and empty collections do not show theirs.
    Value {
        value: Value,
        of: Type,
    },
    Error(String),
    /// One that Terraform can't write down, or that is another each time.
    Elusive,
    Either(Vec<Answer>),
}

#[derive(Deserialize)]
struct Line {
    group: String,
    expression: String,
    answer: Written,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "type")]
    of: Option<Json>,
    value: Option<Box<RawValue>>,
    #[serde(default)]
    unknown: Json,
    #[serde(default)]
    sensitive: Json,
    error: Option<Message>,
    other: Option<String>,
    #[serde(default)]
    either: Vec<Written>,
}

#[derive(Deserialize)]
struct Message {
    summary: String,
    detail: String,
}

/// All cases of all files.
pub(super) fn all() -> Vec<Case> {
    let files = fs::read_dir(testdata().join("answers")).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<_> = files.collect();
    let texts = files.into_iter().map(|file| fs::read_to_string(file).unwrap());
    texts.flat_map(|text| text.lines().map(case).collect::<Vec<_>>()).collect()
}

fn case(line: &str) -> Case {
    let Line { group, expression, answer } = serde_json::from_str(line).unwrap();
    let answer = answer.read(&expression);
    Case { group, expression, answer }
}

impl Written {
    /// What is not known is named after the expression.
    fn read(self, expression: &str) -> Answer {
        if let Some(Message { summary, detail }) = self.error {
            return Answer::Error(format!("{summary}: {detail}"));
        }
        if self.other.is_some() {
            return Answer::Elusive;
        }
        let Some(of) = self.of.as_ref().map(type_of_json) else {
            return Answer::Either(self.either.into_iter().map(|one| one.read(expression)).collect());
        };
        let marks = Marks { unknown: &self.unknown, sensitive: &self.sensitive };
        let value = marks.value(self.value.as_deref(), &of, &Symbol::new(expression, ""));
        Answer::Value { value, of }
    }
}

fn type_of_json(json: &Json) -> Type {
    match json {
        Json::String(name) => match name.as_str() {
            "string" => Type::String,
            "number" => Type::Number,
            "bool" => Type::Bool,
            _ => Type::Any,
        },
        Json::Array(parts) => match (parts[0].as_str().unwrap(), &parts[1]) {
            ("list", of) => Type::list(type_of_json(of)),
            ("set", of) => Type::set(type_of_json(of)),
            ("map", of) => Type::map(type_of_json(of)),
            ("tuple", Json::Array(types)) => Type::Tuple(types.iter().map(type_of_json).collect()),
            ("object", Json::Object(attributes)) => {
                let attribute = |(name, of): (&String, &Json)| {
                    (Arc::from(name.as_str()), Attribute { of: type_of_json(of), optional: None })
                };
                Type::Object(Arc::new(attributes.iter().map(attribute).collect()))
            }
            other => panic!("{other:?} is no type"),
        },
        other => panic!("{other:?} is no type"),
    }
}

/// What of a value is unknown, and what is sensitive.
#[derive(Clone, Copy)]
struct Marks<'j> {
    unknown: &'j Json,
    sensitive: &'j Json,
}

impl Marks<'_> {
    fn value(self, raw: Option<&RawValue>, of: &Type, name: &Symbol) -> Value {
        let sensitive = *self.sensitive == Json::Bool(true);
        if *self.unknown == Json::Bool(true) {
            return Value::from(Unknown::of(name.clone(), of.clone())).marked(sensitive);
        }
        let raw = raw.map_or("null", RawValue::get);
        let value = match of {
            Type::Any if raw == "null" => Value::NULL,
            _ if raw == "null" => Value::null_of(of.clone()),
            Type::Bool => Value::from(raw == "true"),
            Type::Number => Value::from(Number::parse(raw).unwrap()),
            Type::String => Value::from(serde_json::from_str::<String>(raw).unwrap()),
            Type::List(_) => Kind::List(self.items(raw, |_| of.element(), name)).into(),
            Type::Set(_) => Kind::Set(self.items(raw, |_| of.element(), name)).into(),
            Type::Tuple(types) => Kind::Tuple(self.items(raw, |at| types[at].clone(), name)).into(),
            Type::Map(of) => self.map(raw, of, name),
            Type::Object(attributes) => self.object(raw, attributes, name),
            Type::Any | Type::Null => panic!("{raw} has no type"),
        };
        value.marked(sensitive)
    }

    fn items(self, raw: &str, of: impl Fn(usize) -> Type, name: &Symbol) -> Arc<[Value]> {
        let items: Vec<&RawValue> = serde_json::from_str(raw).unwrap();
        let item = |(at, item): (usize, &&RawValue)| {
            let marks = Marks { unknown: &self.unknown[at], sensitive: &self.sensitive[at] };
            marks.value(Some(*item), &of(at), name)
        };
        items.iter().enumerate().map(item).collect()
    }

    fn entry(self, values: &BTreeMap<String, &RawValue>, key: &str, of: &Type, name: &Symbol) -> Value {
        let marks = Marks { unknown: &self.unknown[key], sensitive: &self.sensitive[key] };
        marks.value(values.get(key).copied(), of, name)
    }

    fn map(self, raw: &str, of: &Type, name: &Symbol) -> Value {
        let values: BTreeMap<String, &RawValue> = serde_json::from_str(raw).unwrap();
        let unknown = self.unknown.as_object().into_iter().flatten();
        let unknown = unknown.filter(|(_, mark)| **mark == Json::Bool(true)).map(|(key, _)| key);
        let keys: BTreeSet<_> = values.keys().chain(unknown).collect();
        Value::map(keys.into_iter().map(|key| (key.as_str(), self.entry(&values, key, of, name))))
    }

    fn object(self, raw: &str, attributes: &BTreeMap<Arc<str>, Attribute>, name: &Symbol) -> Value {
        let values: BTreeMap<String, &RawValue> = serde_json::from_str(raw).unwrap();
        let attribute =
            |(key, of): (&Arc<str>, &Attribute)| (Arc::clone(key), self.entry(&values, key, &of.of, name));
        Value::object(attributes.iter().map(attribute))
    }
}
