//! `for` expressions, and what they and templates iterate over.

use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_value::Truth;

use super::evaluator::made_from;
use super::{Evaluator, Outcome, Scope};
use crate::cty::{Fault, Kind, Type, Value};
use crate::lang::For;

/// What is made of one item.
struct Item {
    key: Option<Arc<str>>,
    value: Value,
}

impl Evaluator {
    pub(super) fn for_expr(&self, parts: &For, scope: Scope<'_>) -> Outcome {
        let of = self.eval(&parts.of, scope)?;
        self.of_each(of, |of| {
            let Some(items) = self.items_of(of)? else {
                self.risk.set(true);
                return Ok(made_from([of], Type::Any).not_null());
            };
            let mut made = Vec::new();
            let mut sensitive = false;
            for (key, value) in &items {
                let item = self.item(parts, (key, value), &mut sensitive, scope)?;
                match item {
                    Ok(item) => made.extend(item),
                    // What is in the result depends on something that is not known.
                    Err(hidden) => {
                        self.risk.set(true);
                        let hidden = made_from(hidden.iter().chain([of]), Type::Any).not_null();
                        return Ok(hidden.marked(sensitive));
                    }
                }
            }
            collected(parts, made).map(|value| value.marked(sensitive))
        })
    }

    /// One item, if it is in the result; or the values that this depends on and that are not known. If its key or whether
    /// it is there is sensitive, so is the whole.
    fn item(
        &self,
        parts: &For,
        (key, value): (&Value, &Value),
        sensitive: &mut bool,
        scope: Scope<'_>,
    ) -> Result<Result<Option<Item>, Vec<Value>>, Fault> {
        let names: Vec<_> = parts.key.iter().map(|name| (name, key)).chain([(&parts.value, value)]).collect();
        scope.with(&names, |scope| {
            if let Some(condition) = &parts.condition {
                let condition = self.eval(condition, scope)?;
                *sensitive |= condition.sensitive;
                match self.truth(&condition)? {
                    Truth::Yes => {}
                    Truth::No => return Ok(Ok(None)),
                    Truth::Unknown => return Ok(Err(vec![condition])),
                }
            }
            let value = self.eval(&parts.item, scope)?;
            let Some(item_key) = &parts.item_key else { return Ok(Ok(Some(Item { key: None, value }))) };
            let key = self.eval(item_key, scope)?;
            *sensitive |= key.sensitive;
            match self.key(&key)? {
                Some(key) => Ok(Ok(Some(Item { key: Some(key), value }))),
                None => Ok(Err(vec![key, value])),
            }
        })
    }

    /// The keys and values that are iterated over; `None` if they are not known.
    pub(crate) fn items_of(&self, of: &Value) -> Result<Option<Vec<(Value, Value)>>, Fault> {
        match &of.kind {
            Kind::List(items) | Kind::Tuple(items) => {
                Ok(Some(items.iter().enumerate().map(|(index, item)| (index.into(), item.clone())).collect()))
            }
            Kind::Set(items) => Ok(Some(items.iter().map(|item| (item.clone(), item.clone())).collect())),
            Kind::Map(entries) | Kind::Object(entries) => {
                Ok(Some(entries.iter().map(|(key, value)| ((**key).into(), value.clone())).collect()))
            }
            Kind::Unknown(unknown) if !unknown.of.is_primitive() => Ok(None),
            Kind::Lazy(_) => Ok(None),
            Kind::Null(_) => Err(Fault::error("a null value can't be iterated over")),
            _ => Err(Fault::error("this value can't be iterated over")),
        }
    }
}

fn collected(parts: &For, made: Vec<Item>) -> Outcome {
    if parts.item_key.is_none() {
        return Ok(Value::tuple(made.into_iter().map(|item| item.value)));
    }
    let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for Item { key, value } in made {
        let Some(key) = key else { continue };
        let group = groups.entry(Arc::clone(&key)).or_default();
        if !group.is_empty() && !parts.grouping {
            return Err(Fault::error(format!("two items have the key {key:?}")));
        }
        group.push(value);
    }
    if parts.grouping {
        return Ok(Value::object(groups.into_iter().map(|(key, group)| (key, Value::tuple(group)))));
    }
    Ok(Value::object(
        groups
            .into_iter()
            .flat_map(|(key, group)| group.into_iter().map(move |value| (Arc::clone(&key), value))),
    ))
}
