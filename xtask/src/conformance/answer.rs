//! What Terraform said, as it is written down.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A value, an error, or why neither can be written down.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Value(Answered),
    Error { error: Failure },
    Other { other: &'static str },
}

/// A value that may be unknown or sensitive, in whole or in part.
#[derive(Clone, Serialize)]
pub(super) struct Answered {
    #[serde(rename = "type")]
    pub(super) kind: Value,
    /// Raw, since a number may have more digits than an `f64` holds. Missing if nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "is_nothing")]
    pub(super) unknown: Value,
    #[serde(skip_serializing_if = "is_nothing")]
    pub(super) sensitive: Value,
}

impl Answer {
    /// JSON on one line.
    pub(super) fn to_text(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|error| error.to_string())
    }
}

/// What Terraform complained of first.
#[derive(Clone, Serialize)]
pub(super) struct Failure {
    pub(super) summary: String,
    pub(super) detail: String,
}

/// Whether marks mark nothing.
fn is_nothing(marks: &Value) -> bool {
    match marks {
        Value::Array(parts) => parts.iter().all(is_nothing),
        Value::Object(parts) => parts.values().all(is_nothing),
        other => *other != Value::Bool(true),
    }
}
