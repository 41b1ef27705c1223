//! What the shell sees.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::common::{kmscheck, plan_with_a_finding, plan_without_findings, temporary};

fn code(arguments: &[&str], plan: &serde_json::Value) -> i32 {
    kmscheck(arguments).stdin(plan.to_string()).run().code
}

#[test]
fn findings_at_or_above_the_threshold_are_1() {
    let plan = plan_with_a_finding();
    assert_eq!(code(&[], &plan), 1);
    assert_eq!(code(&["check", "-"], &plan), 1);
    assert_eq!(code(&["--fail-on", "high"], &plan), 0);
    assert_eq!(code(&["--fail-on", "info"], &plan_with_a_finding()), 1);
    assert_eq!(code(&[], &plan_without_findings()), 0);
}

#[test]
fn the_format_does_not_matter() {
    for format in ["full", "concise", "json"] {
        assert_eq!(code(&["--format", format], &plan_with_a_finding()), 1);
        assert_eq!(code(&["--format", format], &plan_without_findings()), 0);
    }
}

#[test]
fn an_errored_plan_is_analysed_and_is_2() {
    let mut plan = plan_with_a_finding();
    plan["errored"] = json!(true);
    let ran = kmscheck(&[] as &[&str]).stdin(plan.to_string()).run();
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("rotation-disabled") && ran.stderr.contains("errored"), "{}", ran.stderr);
}

#[test]
fn exit_zero_turns_1_into_0_only() {
    assert_eq!(code(&["--exit-zero"], &plan_with_a_finding()), 0);
    assert_eq!(kmscheck(&["--exit-zero"]).stdin("{").run().code, 2);
    assert_eq!(kmscheck(&["--exit-zero", "no-such-file.json"]).run().code, 2);
}

#[test]
fn a_notice_is_2_only_if_strict() {
    let mut plan = plan_without_findings();
    plan["complete"] = json!(false);
    let ran = kmscheck(&[] as &[&str]).stdin(plan.to_string()).run();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.starts_with("notice: "), "{}", ran.stderr);
    assert_eq!(code(&["--strict"], &plan), 2);
    assert_eq!(code(&["--strict"], &plan_without_findings()), 0);
}

#[test]
fn a_directory_without_terraform_is_3() {
    let directory = temporary("exit_codes/empty/readme.txt", "nothing");
    let ran = kmscheck(&[directory.parent().unwrap().to_str().unwrap()]).run();
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("there is no Terraform in this directory"), "{}", ran.stderr);
}

#[test]
fn usage_is_2() {
    for arguments in [
        &["--no-such-option"][..],
        &["--select", "no-such-check"],
        &["--format", "xml"],
        &["--format", "json", "--format", "full"],
        &["--threads", "0"],
        &["--account", "1234"],
        &["explain", "no-such-check"],
        &["-q", "inspect"],
    ] {
        let ran = kmscheck(arguments).stdin("").run();
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
}

#[test]
fn nothing_on_standard_input_says_what_to_run() {
    let ran = kmscheck(&[] as &[&str]).stdin("").run();
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr, "error: nothing on standard input; to scan this directory run `kmscheck .`\n");
}

#[test]
fn what_cannot_be_read_does_not_hide_what_can() {
    let good = temporary("exit_codes/mixed/a.json", plan_with_a_finding().to_string());
    let bad = temporary("exit_codes/mixed/b.json", "{\"format_version\": \"1.2\", ");
    let ran = kmscheck(&[good.to_str().unwrap(), bad.to_str().unwrap()]).run();
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("rotation-disabled") && ran.stderr.contains("b.json"), "{}", ran.stderr);
}

#[test]
fn several_plans_and_directories_of_plans_are_read_in_one_call() {
    let plan = plan_with_a_finding().to_string();
    for name in ["a", "b"] {
        temporary(&format!("exit_codes/tree/{name}/tfplan.json"), &plan);
    }
    temporary("exit_codes/tree/package.json", "{\"name\": \"not a plan\"}");
    let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exit_codes/tree");
    assert!(fs::exists(tree.join("b/tfplan.json")).unwrap());
    let report = kmscheck(&["--format", "json", tree.to_str().unwrap()]).json();
    assert_eq!(report["summary"]["roots"], 2);
    assert_eq!(report["findings"].as_array().unwrap().len(), 2, "without source nothing is merged");
}

#[test]
#[expect(clippy::disallowed_types, reason = "only a process can lose its reader")]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut process = Command::new(assert_cmd::cargo::cargo_bin!("kmscheck"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let mut stdin = process.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, plan_with_a_finding().to_string().as_bytes()).unwrap();
    drop(stdin);
    assert_eq!(process.wait().unwrap().code(), Some(0));
}
