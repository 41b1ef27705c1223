//! Plans go in, projects come out.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests"
)]

mod deployments;
mod inputs;
mod interests;
mod properties;
mod recorded;
mod references;
mod values;
mod workers;

use kmscheck_model::{Attributes, Interest, Project, Resource};
use kmscheck_plan::{ReadOptions, Reading, read};
use kmscheck_value::{Kind, Value};
use serde_json::{Value as Json, json};

/// All attributes of the types of AWS.
struct Aws;

impl Interest for Aws {
    fn attributes(&self, resource_type: &str) -> Attributes {
        if resource_type.starts_with("aws_") { Attributes::All } else { Attributes::None }
    }
}

fn reading(plan: &Json) -> Reading {
    read(plan.to_string().as_bytes(), &ReadOptions::named("plan.json"), &Aws).expect("a plan")
}

fn project(plan: &Json) -> Project {
    reading(plan).project
}

/// A plan of these changes, with this root module and these provider configurations.
fn plan(changes: Json, root_module: Json, providers: Json) -> Json {
    json!({
        "format_version": "1.2",
        "resource_changes": changes,
        "configuration": { "provider_config": providers, "root_module": root_module },
    })
}

/// The entry of a managed resource that is created.
fn created(address: &str, after: Json, after_unknown: Json) -> Json {
    changed(address, json!(["create"]), Json::Null, after, after_unknown)
}

fn changed(address: &str, actions: Json, before: Json, after: Json, after_unknown: Json) -> Json {
    let parsed: kmscheck_model::Address = address.parse().unwrap();
    let mut change = json!({
        "address": address,
        "mode": if parsed.mode == kmscheck_model::Mode::Data { "data" } else { "managed" },
        "type": &*parsed.resource_type,
        "name": &*parsed.name,
        "change": { "actions": actions, "before": before, "after": after, "after_unknown": after_unknown },
    });
    if !parsed.module.is_root() {
        change["module_address"] = json!(parsed.module.to_string());
    }
    match parsed.key {
        Some(kmscheck_model::InstanceKey::Index(index)) => change["index"] = json!(index),
        Some(kmscheck_model::InstanceKey::Key(key)) => change["index"] = json!(&*key),
        _ => {}
    }
    change
}

/// The block of a managed resource.
fn block(address: &str, expressions: Json) -> Json {
    let parsed: kmscheck_model::Address = address.parse().unwrap();
    json!({
        "address": address,
        "mode": if parsed.mode == kmscheck_model::Mode::Data { "data" } else { "managed" },
        "type": &*parsed.resource_type,
        "name": &*parsed.name,
        "provider_config_key": "aws",
        "expressions": expressions,
    })
}

fn references(references: &[&str]) -> Json {
    json!({ "references": references })
}

fn resource<'p>(project: &'p Project, address: &str) -> &'p Resource {
    let id = project.find(&address.parse().unwrap()).unwrap_or_else(|| panic!("no {address}"));
    project.resource(id).unwrap()
}

fn after<'p>(project: &'p Project, address: &str, attribute: &str) -> &'p Value {
    resource(project, address).after(attribute).unwrap_or_else(|| panic!("no {attribute} in {address}"))
}

/// What an unknown value was made from, with `?name` for what was lost.
fn sources(value: &Value) -> Vec<String> {
    let Kind::Unknown(unknown) = &value.kind else { panic!("{value:?} is not unknown") };
    let lost = unknown.lost.iter().map(|name| format!("?{name}"));
    unknown.sources.iter().map(ToString::to_string).chain(lost).collect()
}
