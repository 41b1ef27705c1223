//! The output depends on the input and nothing else.

use serde_json::Value;

use crate::common::{Case, cases, kmscheck};

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
