//! The examples in the documentation are plans that were really made, and they show what they say.

use kmscheck_checks::{Documentation, ExampleKind, Severity, registry};
use serde_json::Value;

use crate::common::{Case, cases, kmscheck};

fn case(check: &str, name: &str) -> Option<Case> {
    cases().into_iter().find(|case| case.check == check && case.name == name)
}

#[test]
fn the_examples_of_every_check_are_recorded_plans() {
    let mut wrong = Vec::new();
    for check in registry::all().iter().map(|check| check.metadata()) {
        let documentation = Documentation::of(check);
        let examples = [
            (ExampleKind::Bad, "bad", "main.tf"),
            (ExampleKind::Good, "good", "main.tf"),
            (ExampleKind::Before, "bad", "before/main.tf"),
        ];
        for (kind, name, file) in examples {
            let recorded = case(check.id, name).map(|case| case.read(file)).unwrap_or_default();
            let documented = documentation.example(kind).unwrap_or_default();
            if recorded != documented {
                wrong.push(format!("{}: {name}/{file} is not the example in the documentation", check.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The faults that no example can do without: a policy is lost only with a key that is replaced.
const INSEPARABLE: [(&str, &str); 1] = [("policy-lost-on-replace", "key-destroyed")];

#[test]
fn a_bad_example_shows_its_fault_and_no_other() {
    each_example("bad", |check, gating| match gating {
        [one] if one == check => None,
        [other, one] if one == check && INSEPARABLE.contains(&(check, other)) => None,
        other => Some(format!("{check}/bad should show {check}, and shows {other:?}")),
    });
}

#[test]
fn a_good_example_shows_no_fault() {
    each_example("good", |check, gating| match gating {
        [] => None,
        other => Some(format!("{check}/good shows {other:?}")),
    });
}

/// Runs all checks on an example of each, and gives the ids of those that would stop a merge, and of the check itself.
fn each_example(name: &str, wrong: impl Fn(&str, &[String]) -> Option<String>) {
    let mut all = Vec::new();
    for check in registry::all().iter().map(|check| check.metadata().id) {
        let Some(case) = case(check, name) else {
            all.push(format!("{check}/{name} is not recorded"));
            continue;
        };
        let mut gating = shown(&case);
        gating.dedup();
        all.extend(wrong(check, &gating));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

fn shown(case: &Case) -> Vec<String> {
    let mut arguments = case.arguments();
    arguments.extend(["--select", "all", "--format", "json"].map(ToOwned::to_owned));
    arguments.push(case.plan());
    let report = kmscheck(&arguments).json();
    let mut shown: Vec<_> =
        report["findings"].as_array().unwrap().iter().filter_map(|finding| counts(finding, case)).collect();
    shown.sort();
    shown
}

fn counts(finding: &Value, case: &Case) -> Option<String> {
    let check = finding["check"].as_str().unwrap();
    let severity: Severity = finding["severity"].as_str().unwrap().parse().unwrap();
    (severity >= Severity::Medium || check == case.check).then(|| check.to_owned())
}
