//! Large plans in a real plan's proportions: a recorded plan of one module, repeated.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The recorded plan of ten keys in one module, and the name of that module.
const KEYS: (&str, &str) = ("testdata/plans/general/ten-keys/plan.json", "team_0");

/// The recorded plan of ten times four resources that have nothing to do with KMS.
const OTHERS: (&str, &str) = ("testdata/plans/general/no-keys/plan.json", "net_0");

/// The keys that one copy of [`KEYS`] adds.
pub(crate) const KEYS_PER_MODULE: usize = 10;

/// A plan of this many modules of each kind.
pub(crate) struct Size {
    pub(crate) key_modules: usize,
    pub(crate) other_modules: usize,
}

/// The text of a plan of `size`.
pub(crate) fn plan(root: &Path, size: &Size) -> Result<String, String> {
    let keys = Template::read(root, KEYS)?;
    let others = Template::read(root, OTHERS)?;
    let copies = || keys.copies(size.key_modules).chain(others.copies(size.other_modules));
    let mut text = String::new();
    text.push_str(r#"{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"child_modules":["#);
    join(&mut text, copies().map(|copy| copy.planned));
    text.push_str(r#"]}},"resource_changes":["#);
    join(&mut text, copies().map(|copy| copy.changes));
    text.push_str(r#"],"prior_state":{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"child_modules":["#);
    join(&mut text, copies().map(|copy| copy.prior));
    text.push_str(r#"]}}},"configuration":{"provider_config":"#);
    text.push_str(&keys.providers);
    text.push_str(r#","root_module":{"module_calls":{"#);
    join(&mut text, copies().map(|copy| copy.call));
    text.push_str(
        r#"}}},"timestamp":"2026-01-01T00:00:00Z","applyable":true,"complete":true,"errored":false}"#,
    );
    Ok(text)
}

/// The parts of a recorded plan that belong to its one module.
struct Template {
    module: &'static str,
    providers: String,
    parts: Parts,
}

struct Parts {
    planned: String,
    changes: String,
    prior: String,
    call: String,
}

impl Template {
    fn read(root: &Path, (path, module): (&str, &'static str)) -> Result<Self, String> {
        let bytes = fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        let plan: Value = serde_json::from_slice(&bytes).map_err(|error| format!("{path}: {error}"))?;
        let at = |pointer: &str| plan.pointer(pointer).cloned().unwrap_or(Value::Null);
        let changes = at("/resource_changes").as_array().cloned().unwrap_or_default();
        let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
        let call = at(&format!("/configuration/root_module/module_calls/{module}"));
        let parts = Parts {
            planned: at("/planned_values/root_module/child_modules/0").to_string(),
            changes: changes.join(","),
            prior: at("/prior_state/values/root_module/child_modules/0").to_string(),
            call: format!("\"{module}\":{call}"),
        };
        Ok(Self { module, providers: at("/configuration/provider_config").to_string(), parts })
    }

    fn copies(&self, count: usize) -> impl Iterator<Item = Parts> {
        (0..count).map(|number| {
            let name = self.module.replace('0', &number.to_string());
            let copy = |part: &str| part.replace(self.module, &name);
            Parts {
                planned: copy(&self.parts.planned),
                changes: copy(&self.parts.changes),
                prior: copy(&self.parts.prior),
                call: copy(&self.parts.call),
            }
        })
    }
}

fn join(text: &mut String, parts: impl Iterator<Item = String>) {
    for (position, part) in parts.enumerate() {
        if position > 0 {
            text.push(',');
        }
        text.push_str(&part);
    }
}
