//! Every recorded plan, held against what a person expected of it. This is the central test.

use rayon::prelude::*;
use serde_json::Value;

use crate::common::{Case, cases, check_ids, kmscheck};

#[test]
fn every_recorded_plan_is_judged_as_expected() {
    let ids = check_ids();
    let cases: Vec<_> = cases().into_iter().filter(|case| ids.contains(&case.check)).collect();
    let wrong: Vec<_> = cases.par_iter().filter_map(difference).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} plans are judged otherwise:\n\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_check_has_three_recorded_plans_and_every_recording_a_check() {
    let ids = check_ids();
    let cases = cases();
    for id in &ids {
        assert!(
            cases.iter().filter(|case| case.check == *id).count() >= 3,
            "{id} has fewer than three plans"
        );
    }
    for case in &cases {
        assert!(case.check == "general" || ids.contains(&case.check), "there is no check {}", case.check);
    }
}

/// What differs, as `- expected` and `+ actual` lines.
fn difference(case: &Case) -> Option<String> {
    let expected = expected(case);
    let actual = actual(case);
    let missing = expected.iter().filter(|line| !actual.contains(line)).map(|line| format!("  - {line}\n"));
    let surplus = actual.iter().filter(|line| !expected.contains(line)).map(|line| format!("  + {line}\n"));
    let lines: String = missing.chain(surplus).collect();
    (!lines.is_empty()).then(|| format!("{}/{}\n{lines}", case.check, case.name))
}

fn expected(case: &Case) -> Vec<String> {
    let text = case.read("expected.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut lines: Vec<_> = lines.map(ToOwned::to_owned).collect();
    lines.sort();
    lines.dedup();
    lines
}

fn actual(case: &Case) -> Vec<String> {
    let arguments =
        [case.arguments(), ["--format", "json", "--select", &case.check].map(ToOwned::to_owned).into()];
    let report = kmscheck(&[arguments.concat(), vec![case.plan()]].concat()).json();
    let field = |object: &Value, name: &str| object[name].as_str().unwrap().to_owned();
    let of = |name: &str, line: &dyn Fn(&Value) -> String| -> Vec<String> {
        report[name].as_array().unwrap().iter().map(line).collect()
    };
    let violated = of("findings", &|finding| {
        format!("violated {} {}", field(finding, "severity"), field(finding, "address"))
    });
    let undetermined = of("undetermined", &|verdict| format!("undetermined {}", field(verdict, "address")));
    let mut lines = [violated, undetermined].concat();
    lines.sort();
    lines.dedup();
    lines
}
