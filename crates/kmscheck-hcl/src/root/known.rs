//! What a plan knows and its source does not.

use kmscheck_value::{Kind as Shown, Number as Exact};

use super::Root;
use super::object::ResourceObject;
use crate::cty::{Number, Value};

impl Root<'_> {
    /// The value of an attribute that the plan shows.
    pub(super) fn shown_by_plan(&self, object: &ResourceObject<'_>, name: &str) -> Option<Value> {
        let known = self.inputs.known?;
        value(&known(&object.address(), name)?)
    }
}

/// The value, if all of it is known.
fn value(shown: &kmscheck_value::Value) -> Option<Value> {
    let value = match &shown.kind {
        Shown::Bool(flag) => (*flag).into(),
        Shown::Number(Exact::Integer(number)) => (*number).into(),
        Shown::Number(Exact::Float(float)) => Number::from_f64(*float)?.into(),
        Shown::Text(text) => Value::from(text.as_str()?),
        Shown::List(items) => Value::list(items.iter().map(value).collect::<Option<Vec<_>>>()?),
        Shown::Map(map) => {
            let entries = map.iter().map(|(name, shown)| Some((name, value(shown)?)));
            Value::object(entries.collect::<Option<Vec<_>>>()?)
        }
        Shown::Null | Shown::Unset | Shown::Choice(_) | Shown::Unknown(_) => return None,
    };
    Some(value.marked(shown.is_sensitive()))
}
