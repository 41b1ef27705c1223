//! The output depends on the input and nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{Case, cases, kmscheck, repository, temporary};

/// One plan of each check, and the general ones.
fn sample() -> impl Iterator<Item = Case> {
    cases().into_iter().filter(|case| case.name == "bad" || case.check == "general")
}

#[test]
fn one_thread_and_many_print_the_same() {
    for case in sample() {
        for format in ["full", "json"] {
            let run = |threads: &str| {
                kmscheck(&["--format", format, "--show-undetermined", "--threads", threads, &case.plan()])
                    .run()
                    .stdout
            };
            assert_eq!(run("1"), run("2"), "{}/{}", case.check, case.name);
        }
    }
}

#[test]
fn the_order_of_a_plan_does_not_matter() {
    for case in sample() {
        let plan: Value = serde_json::from_str(&case.read("plan.json")).unwrap();
        let mut shuffled = plan.clone();
        shuffle(&mut shuffled);
        for format in ["full", "json"] {
            let run = |plan: &Value| {
                kmscheck(&["--format", format, "--show-undetermined"]).stdin(plan.to_string()).run().stdout
            };
            assert_eq!(run(&plan), run(&shuffled), "{}/{}", case.check, case.name);
        }
    }
}

/// Reverses every list of resources and modules.
fn shuffle(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                let lists = ["resources", "child_modules", "resource_changes", "resource_drift"];
                if let (true, Value::Array(items)) = (lists.contains(&name.as_str()), &mut *value) {
                    items.reverse();
                }
                shuffle(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shuffle),
        _ => {}
    }
}

/// All source among the recorded plans, in a repository whose files are made in the order of their names, or against it.
fn tree(name: &str, is_reversed: bool) -> PathBuf {
    let plans = repository().join("testdata/plans");
    let mut files = Vec::new();
    source_under(&plans, &mut files);
    files.sort();
    if is_reversed {
        files.reverse();
    }
    for file in &files {
        let below = file.strip_prefix(&plans).unwrap().to_str().unwrap();
        temporary(&format!("determinism/{name}/{below}"), fs::read(file).unwrap());
    }
    let head = temporary(&format!("determinism/{name}/.git/HEAD"), "");
    head.parent().and_then(Path::parent).unwrap().to_owned()
}

fn source_under(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => source_under(&entry, files),
            false if entry.extension().is_some_and(|extension| extension == "tf") => files.push(entry),
            false => {}
        }
    }
}

#[test]
fn a_tree_of_source_says_the_same_with_any_threads_and_in_any_order_of_its_files() {
    let trees = [(tree("forwards", false), "1"), (tree("backwards", true), "2")];
    for arguments in [&["--format", "json"][..], &["--show-undetermined"], &["inspect"]] {
        let [one, other] = trees.clone().map(|(directory, threads)| {
            kmscheck(&[arguments, &["--threads", threads, directory.to_str().unwrap()]].concat()).run()
        });
        assert!(one.stdout.len() > 1_000_000, "{}", one.stderr);
        assert!(one.stdout == other.stdout && one.stderr == other.stderr, "{arguments:?}");
    }
}

#[test]
fn the_order_of_inputs_does_not_matter() {
    let inputs = [
        "testdata/plans/general",
        "testdata/plans/key-lockout",
        "testdata/plans/missing-replica/bad/plan.json",
    ];
    let run = |inputs: Vec<&str>| kmscheck(&[&["--format", "json"], inputs.as_slice()].concat()).run().stdout;
    assert_eq!(run(inputs.to_vec()), run(inputs.iter().rev().copied().collect()));
}
