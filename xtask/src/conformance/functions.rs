//! `terraform metadata functions -json`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the functions take and give.
#[derive(Debug, Deserialize)]
pub(super) struct Functions {
    format_version: String,
    function_signatures: BTreeMap<String, Signature>,
}

/// Parameters and return type, without the descriptions.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Signature {
    return_type: Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) parameters: Vec<Parameter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) variadic_parameter: Option<Parameter>,
}

/// One parameter.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Parameter {
    name: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_nullable: bool,
    #[serde(rename = "type")]
    pub(super) kind: Value,
}

impl Functions {
    /// Reads what Terraform says. Every function is there twice; the names with `core::` are left out.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let mut functions: Self =
            serde_json::from_slice(text).map_err(|error| format!("terraform metadata functions: {error}"))?;
        functions.function_signatures.retain(|name, _| !name.starts_with("core::"));
        Ok(functions)
    }

    /// The signature of a function.
    pub(super) fn get(&self, name: &str) -> Option<&Signature> {
        self.function_signatures.get(name)
    }

    /// The names of all functions.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.function_signatures.keys().map(String::as_str)
    }

    /// JSON with one function a line.
    pub(super) fn to_text(&self) -> Result<String, String> {
        let mut text = format!("{{\"format_version\":\"{}\",\"function_signatures\":{{", self.format_version);
        let mut separator = "";
        for (name, signature) in &self.function_signatures {
            let signature = serde_json::to_string(signature).map_err(|error| error.to_string())?;
            write!(text, "{separator}\n\"{name}\":{signature}").map_err(|error| error.to_string())?;
            separator = ",";
        }
        Ok(text + "\n}}\n")
    }
}
