//! `cargo xtask conformance modules`: what kmscheck makes of the source of each recorded plan, held against the plan.
//!
//! Every attribute is what Terraform has, unless it depends on something that nobody knows without AWS or without a plan:
//! then the reason is counted, and found in the value itself. Nothing else is an exception.

mod compare;
mod planned;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use kmscheck_graph::Everything;
use kmscheck_ingest::{Input, Options, Stdin, ingest};
use kmscheck_model::{Attributes, Interest, Project, Resource};
use kmscheck_value::Existence;
use rayon::prelude::*;
use serde_json::Value as Json;

use self::compare::Comparison;
use self::planned::{Plan, Planned};

/// The account that all plans are recorded in.
const ACCOUNT: &str = "123456789012";

/// What came of all plans.
#[derive(Debug, Default)]
pub(super) struct Summary {
    plans: usize,
    resources: usize,
    attributes: Comparison,
}

/// Compares, and prints the numbers.
///
/// # Errors
/// If something is different.
pub(super) fn run(root: &Path) -> Result<(), String> {
    let Summary { plans, resources, attributes } = summary(root)?;
    println!("{plans} plans, {resources} resources, {} attributes", attributes.count());
    println!("{:>6} equal", attributes.equal);
    for (reason, count) in &attributes.reasons {
        println!("{count:>6} {reason}");
    }
    println!("{:>6} different", attributes.different.len());
    match attributes.different.as_slice() {
        [] => Ok(()),
        different => Err(format!("the source says something else than the plan:\n{}", different.join("\n"))),
    }
}

/// Compares all recorded plans with their source.
pub(super) fn summary(root: &Path) -> Result<Summary, String> {
    let directories = directories(&root.join("testdata/plans"))?;
    let cases = directories.iter().map(|check| self::directories(check)).collect::<Result<Vec<_>, _>>()?;
    let cases = cases.concat().into_par_iter().filter(|case| case.join("plan.json").is_file());
    let summaries = cases.map(|case| of_case(&case)).collect::<Result<Vec<_>, _>>()?;
    let mut all = Summary::default();
    for Summary { plans, resources, attributes } in summaries {
        all.plans += plans;
        all.resources += resources;
        all.attributes.add(attributes);
    }
    Ok(all)
}

fn directories(path: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut directories: Vec<_> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    directories.sort_unstable();
    Ok(directories)
}

fn of_case(case: &Path) -> Result<Summary, String> {
    let file = case.join("plan.json");
    let text = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let json: Json = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let plan = Plan::of(&json);
    let mut summary = Summary { plans: 1, ..Summary::default() };
    let source = source(case, &json);
    for resource in source.iter().flat_map(|project| project.resources()).map(|(_, resource)| resource) {
        summary.resources += 1;
        compare_resource(case, resource, &plan, &mut summary.attributes);
    }
    let known: Vec<_> = source.iter().flat_map(addresses).collect();
    for address in plan.managed(&|kind| Everything.attributes(kind) != Attributes::None) {
        if !known.iter().any(|known| known == address) {
            summary.attributes.different.push(format!("{}: {address} is not in the source", case.display()));
        }
    }
    Ok(summary)
}

/// What the source says, with the values that the variables had when the plan was made.
fn source(case: &Path, plan: &Json) -> Vec<Project> {
    let variables = plan.get("variables").and_then(Json::as_object).into_iter().flatten();
    let variables = variables.filter_map(|(name, variable)| {
        let value = match variable.get("value")? {
            Json::Null => return None,
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some((name.as_str().into(), value))
    });
    let options =
        Options { account: Some(ACCOUNT.into()), variables: variables.collect(), ..Options::default() };
    let inputs = [Input::Path(case.join("main.tf"))];
    ingest(&inputs, &options, &Everything, Stdin::Stream(&mut std::io::empty())).projects
}

fn addresses(project: &Project) -> Vec<String> {
    project.resources().map(|(_, resource)| resource.address.to_string()).collect()
}

fn compare_resource(case: &Path, resource: &Resource, plan: &Plan<'_>, attributes: &mut Comparison) {
    let address = resource.address.to_string();
    let name = format!("{}: {address}", case.display());
    let Some(after) = &resource.after else { return };
    match plan.resource(&address) {
        Planned::There { after: planned, unknown } => {
            for (attribute, value) in after.iter() {
                let place = format!("{name}.{attribute}");
                match exception(resource, attribute) {
                    Some(reason) => attributes.reason(reason),
                    None => {
                        attributes.attribute(&place, value, planned.get(attribute), unknown.get(attribute));
                    }
                }
            }
        }
        Planned::LeftOut(reason) => attributes.reason(reason),
        Planned::Missing if is_possible(resource) => {
            attributes.reason("whether there is such a resource is not known");
        }
        Planned::Missing => attributes.different.push(format!("{name} is not in the plan")),
    }
}

/// Why a plan does not have what the source says, whatever that is.
fn exception(resource: &Resource, attribute: &str) -> Option<&'static str> {
    let source = resource.source.as_ref();
    if source.is_some_and(|source| source.declaration.lifecycle.ignores_changes_of(attribute)) {
        return Some("changes of it are ignored");
    }
    attribute.ends_with("_wo").then_some("write-only: no plan has it")
}

fn is_possible(resource: &Resource) -> bool {
    matches!(resource.existence, Existence::Possible(_))
}
