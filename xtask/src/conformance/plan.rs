//! `terraform show -json`: the values of the cases.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::Answered;

/// What is read of it.
#[derive(Deserialize)]
pub(super) struct Plan {
    output_changes: BTreeMap<String, Change>,
    resource_changes: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    change: Sensitive,
}

#[derive(Deserialize)]
struct Sensitive {
    after_sensitive: Value,
}

#[derive(Deserialize)]
struct Change {
    after: Option<Box<RawValue>>,
    #[serde(default)]
    after_unknown: Value,
}

impl Plan {
    /// Reads a plan.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("terraform show: {error}"))
    }

    /// The value of a case, which has a type, two outputs and a resource.
    pub(super) fn take(&mut self, name: &str, kind: Value) -> Result<Answered, String> {
        let exact = self.output_changes.remove(&format!("{name}_exact")).and_then(|found| found.after);
        let change = self.output_changes.remove(name).ok_or("an output is missing")?;
        let value = match exact {
            Some(exact) => Some(decode(&exact)?),
            // serde takes null for nothing; a value of which nothing is known is left out.
            None if change.after_unknown == Value::Bool(true) => None,
            None => change.after,
        };
        let resource = self.resource_changes.iter_mut().find(|resource| resource.name == name);
        let sensitive = resource.and_then(|found| found.change.after_sensitive.get_mut("input"));
        let sensitive = sensitive.map(Value::take).unwrap_or_default();
        Ok(Answered { kind, value, unknown: change.after_unknown, sensitive })
    }
}

/// JSON in a JSON string.
fn decode(text: &RawValue) -> Result<Box<RawValue>, String> {
    let inner: String = serde_json::from_str(text.get()).map_err(|error| format!("jsonencode: {error}"))?;
    RawValue::from_string(inner).map_err(|error| format!("jsonencode: {error}"))
}
