//! Plans of real configurations, as Terraform wrote them.

use std::fs;
use std::path::{Path, PathBuf};

use kmscheck_plan::{ReadOptions, read};
use kmscheck_value::{Kind, Value};

use super::Aws;

fn plans(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            plans(&path, found);
        } else if path.file_name().is_some_and(|name| name == "plan.json") {
            found.push(path);
        }
    }
}

/// Every source of an unknown value is a resource of the same plan, if its type is one that was read.
fn check(value: &Value, objects: &[String], place: &str) {
    match &value.kind {
        Kind::Unknown(unknown) => {
            for source in unknown.sources.iter().filter(|source| source.object().contains("aws_")) {
                assert!(objects.iter().any(|object| object == source.object()), "{place}: {source}");
            }
        }
        Kind::List(items) => items.iter().for_each(|item| check(item, objects, place)),
        Kind::Map(map) => map.iter().for_each(|(_, value)| check(value, objects, place)),
        _ => {}
    }
}

#[test]
fn every_recorded_plan_is_read_and_its_symbols_lead_to_its_resources() {
    let mut found = Vec::new();
    plans(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/plans"), &mut found);
    for path in found {
        let name = path.display().to_string();
        let bytes = fs::read(&path).unwrap();
        let project = read(&bytes, &ReadOptions::named(&*name), &Aws).expect(&name).project;
        let objects: Vec<_> = project.resources().map(|(_, resource)| resource.address.to_string()).collect();
        for (_, resource) in project.resources() {
            let attributes = resource.after.iter().flat_map(|after| after.iter());
            attributes.for_each(|(attribute, value)| check(value, &objects, &format!("{name}: {attribute}")));
        }
    }
}
