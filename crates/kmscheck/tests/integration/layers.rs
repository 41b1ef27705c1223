//! The house: which crate may use which, and what none may use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use assert_cmd::Command;
use serde_json::Value;

use crate::common::repository;

/// The arrows between the crates. What is not here is not allowed.
const ARROWS: [(&str, &[&str]); 9] = [
    ("kmscheck-value", &[]),
    ("kmscheck-model", &["kmscheck-value"]),
    ("kmscheck-iam", &["kmscheck-value"]),
    ("kmscheck-plan", &["kmscheck-model", "kmscheck-value"]),
    ("kmscheck-graph", &["kmscheck-iam", "kmscheck-model", "kmscheck-value"]),
    ("kmscheck-checks", &["kmscheck-graph", "kmscheck-iam", "kmscheck-model", "kmscheck-value"]),
    ("kmscheck-report", &["kmscheck-checks", "kmscheck-model", "kmscheck-value"]),
    ("kmscheck-hcl", &["kmscheck-iam", "kmscheck-model", "kmscheck-value"]),
    ("kmscheck-ingest", &["kmscheck-hcl", "kmscheck-model", "kmscheck-plan", "kmscheck-value"]),
];

/// The crates that read files and start threads.
const IMPURE: [&str; 3] = ["kmscheck", "kmscheck-ingest", "xtask"];

#[test]
fn arrows_between_crates_run_one_way() {
    let allowed: BTreeMap<_, _> = ARROWS.into_iter().collect();
    for (name, dependencies) in members() {
        if name == "kmscheck" || name == "xtask" {
            continue;
        }
        let allowed =
            allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in the table of arrows"));
        let ours = dependencies.iter().filter(|dependency| dependency.starts_with("kmscheck"));
        let wrong: Vec<_> = ours.filter(|dependency| !allowed.contains(&dependency.as_str())).collect();
        assert!(wrong.is_empty(), "{name} must not use {wrong:?}");
    }
}

#[test]
fn the_core_has_no_threads_no_c_code_and_no_allocator() {
    let locked = locked();
    for (name, dependencies) in members().into_iter().filter(|(name, _)| !IMPURE.contains(&name.as_str())) {
        let forbidden = |dependency: &String| {
            dependency.starts_with("rayon")
                || dependency.ends_with("-sys")
                || dependency.ends_with("alloc")
                || dependency == "cc"
        };
        let external = dependencies.into_iter().filter(|dependency| !dependency.starts_with("kmscheck"));
        let wrong: Vec<_> = closure(external.collect(), &locked).into_iter().filter(forbidden).collect();
        assert!(wrong.is_empty(), "{name} must not use {wrong:?}");
    }
}

#[test]
fn nothing_that_is_banned_is_locked() {
    let policy: toml::Table = toml::from_str(&read("deny.toml")).unwrap();
    let locked = locked();
    let banned = policy["bans"]["deny"].as_array().unwrap();
    assert!(banned.len() > 10);
    for entry in banned {
        let name = entry["crate"].as_str().unwrap();
        assert!(!locked.contains_key(name), "{name} is banned in deny.toml");
    }
}

#[test]
fn there_are_few_dependencies() {
    assert!(locked().len() <= 170, "{} packages are locked", locked().len());
}

/// The members of the workspace with their dependencies outside tests.
fn members() -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]).current_dir(repository());
    let metadata: Value = serde_json::from_slice(&cargo.output().unwrap().stdout).unwrap();
    let member = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
        let names = normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
        (package["name"].as_str().unwrap().to_owned(), names.collect())
    };
    metadata["packages"].as_array().unwrap().iter().map(member).collect()
}

/// All locked packages with their dependencies, on whatever platform.
fn locked() -> BTreeMap<String, BTreeSet<String>> {
    let lock: toml::Table = toml::from_str(&read("Cargo.lock")).unwrap();
    let mut locked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let dependencies = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        // Where two versions are locked the entry is `name version`.
        let names = dependencies.map(|name| name.as_str().unwrap().split(' ').next().unwrap().to_owned());
        locked.entry(package["name"].as_str().unwrap().to_owned()).or_default().extend(names);
    }
    locked
}

fn closure(names: BTreeSet<String>, locked: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut rest: Vec<_> = names.into_iter().collect();
    while let Some(name) = rest.pop() {
        if seen.insert(name.clone()) {
            rest.extend(locked.get(&name).into_iter().flatten().cloned());
        }
    }
    seen
}

fn read(file: &str) -> String {
    fs::read_to_string(repository().join(file)).unwrap()
}
