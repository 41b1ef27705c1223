//! Inputs that are nearly a plan. Each has a message of its own, and none is a crash.

use crate::common::{kmscheck, plan_with_a_finding};

fn refused(input: impl Into<Vec<u8>>, expected: &str) {
    let ran = kmscheck(&["--format", "json"]).stdin(input).run();
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains(expected), "expected {expected:?} in {}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["errors"].as_array().unwrap().len(), 1);
}

fn accepted(input: impl Into<Vec<u8>>) {
    let ran = kmscheck(&[] as &[&str]).stdin(input).run();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn a_binary_plan() {
    refused(&b"PK\x03\x04\x14\x00tfplan"[..], "this is a binary plan file; run `terraform show -json");
}

#[test]
fn the_log_of_plan_json() {
    let log = "{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\",\"type\":\"version\"}\n{\"@level\":\"info\"}\n";
    refused(log, "this is the log of `terraform plan -json`");
}

#[test]
fn a_raw_state_file() {
    refused("{\"version\":4,\"serial\":1,\"lineage\":\"x\",\"resources\":[]}", "raw state file");
}

#[test]
fn a_policy_document() {
    refused("{\"Version\":\"2012-10-17\",\"Statement\":[]}", "policy document");
}

#[test]
fn json_of_something_else() {
    refused("{\"name\":\"app\"}", "not a Terraform plan or state");
    refused("[1, 2]", "not a Terraform plan or state");
}

#[test]
fn no_json_at_all() {
    refused("Error: no such file\n", "this is not JSON");
    refused("<html></html>", "this is not JSON");
}

#[test]
fn a_plan_that_ends_too_early_says_where() {
    let plan = plan_with_a_finding().to_string();
    refused(&plan.as_bytes()[..plan.len() / 2], "line 1, column ");
}

#[test]
fn a_version_of_a_later_time() {
    let mut plan = plan_with_a_finding();
    plan["format_version"] = "2.0".into();
    refused(plan.to_string(), "format version 2.0");
}

#[test]
fn nesting_without_end() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let plan = plan_with_a_finding().to_string();
    let deep = plan.replace("\"enable_key_rotation\":false", &format!("\"enable_key_rotation\":{deep}"));
    refused(deep, "nested deeper");
}

#[test]
fn bytes_that_are_no_text() {
    refused(&b"{\"format_version\": \"\xff\"}"[..], "UTF-8");
}

#[test]
fn byte_order_marks_and_utf_16() {
    let plan = plan_with_a_finding().to_string();
    accepted(format!("\u{feff}{plan}"));
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{plan}").encode_utf16().flat_map(unit).collect()
    };
    accepted(utf16(u16::to_le_bytes));
    accepted(utf16(u16::to_be_bytes));
}

#[test]
fn text_before_a_whole_plan() {
    accepted(format!("[command]/opt/terraform-bin show -json tfplan\n{}", plan_with_a_finding()));
}

#[test]
fn a_source_file_stands_for_its_directory() {
    let file = kmscheck(&["testdata/plans/general/ten-keys/main.tf"]).run();
    let directory = kmscheck(&["testdata/plans/general/ten-keys"]).run();
    assert!(directory.stdout.contains("in 20 keys"), "{}", directory.stdout);
    assert_eq!(file.stdout, directory.stdout);
}
