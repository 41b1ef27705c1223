//! What people give in place of a plan.

use kmscheck_plan::{ReadError, ReadOptions, read};
use kmscheck_value::Knowledge;
use serde_json::json;

use super::{Aws, after, block, changed, plan, project, reading, references, resource, sources};

fn error(bytes: &[u8]) -> ReadError {
    read(bytes, &ReadOptions::default(), &Aws).expect_err("an error")
}

fn accepted(bytes: &[u8]) -> bool {
    read(bytes, &ReadOptions::default(), &Aws).is_ok()
}

const PLAN: &str = r#"{"format_version":"1.2","resource_changes":[]}"#;

#[test]
fn each_thing_that_is_no_plan_is_called_by_its_name() {
    assert_eq!(error(b""), ReadError::Empty);
    assert_eq!(error(b"\xef\xbb\xbf \n"), ReadError::Empty);
    assert_eq!(error(b"PK\x03\x04"), ReadError::BinaryPlan);
    let log = "{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\"}\n{\"@level\":\"info\"}\n";
    assert_eq!(error(log.as_bytes()), ReadError::Log);
    assert_eq!(error(log.lines().next().unwrap().as_bytes()), ReadError::Log);
    let state = br#"{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"x","resources":[]}"#;
    assert_eq!(error(state), ReadError::StateFile);
    assert_eq!(error(br#"{"Version":"2012-10-17","Statement":[]}"#), ReadError::PolicyDocument);
    assert!(matches!(error(br#"{"name":"x"}"#), ReadError::NotTerraform { .. }));
    assert!(matches!(error(b"[1]"), ReadError::NotTerraform { .. }));
    assert!(matches!(
        error(br#"{"format_version":"1.0","provider_schemas":{}}"#),
        ReadError::NotTerraform { .. }
    ));
    assert!(matches!(error(br#"{"format_version":"1.0","valid":true}"#), ReadError::NotTerraform { .. }));
    assert!(matches!(error(br#"{"variables":{"a":1}}"#), ReadError::NotTerraform { .. }));
    assert!(matches!(error(b"Error: no plan"), ReadError::NotJson { .. }));
    assert_eq!(
        error(br#"{"format_version":"2.0","resource_changes":[]}"#),
        ReadError::FormatVersion { found: "2.0".into() }
    );
}

#[test]
fn broken_json_says_where() {
    assert_eq!(
        error(b"{\"format_version\":\"1.2\",\n \"resource_changes\":["),
        ReadError::Truncated { line: 2, column: 21 }
    );
    assert!(matches!(
        error(b"{\"format_version\":\"1.2\",\n x"),
        ReadError::Syntax { line: 2, column: 2, .. }
    ));
    assert_eq!(error(b"{\"a\":\"\xff\"}"), ReadError::NotText { line: 1, column: 7 });
}

#[test]
fn an_error_in_a_part_that_is_read_late_has_its_place_in_the_whole() {
    let text = "{\"resource_changes\":[\n{\"type\":\"aws_kms_key\",\"name\":\"k\",\n\"change\":{\"actions\":[\"create\"],\"after\":[]}}]}";
    assert!(matches!(error(text.as_bytes()), ReadError::Syntax { line: 3, column: 40.., .. }));
}

#[test]
fn wrapped_json_is_accepted_if_it_is_whole() {
    let wrapped = format!(
        "[command]/opt/terraform-bin show -json tfplan\n{PLAN}\n::debug::Terraform exited with code 0.\n"
    );
    assert!(accepted(wrapped.as_bytes()));
    let broken = "[command]/opt/terraform-bin show -json tfplan\n{\"format_version\":";
    assert!(matches!(error(broken.as_bytes()), ReadError::Wrapped { line: 2, .. }));
}

#[test]
fn every_encoding_of_windows_is_accepted() {
    let with_mark = format!("\u{feff}{PLAN}");
    assert!(accepted(with_mark.as_bytes()));
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        assert!(accepted(&with_mark.encode_utf16().flat_map(bytes).collect::<Vec<_>>()));
    }
}

#[test]
fn nesting_without_end_is_an_error() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(error(format!("{{\"resource_changes\":{deep}}}").as_bytes()), ReadError::Syntax { .. }));
    let in_a_value = format!(
        "{{\"resource_changes\":[{{\"type\":\"aws_kms_key\",\"name\":\"k\",\"change\":{{\"actions\":[\"create\"],\"after\":{{\"a\":{deep}}}}}}}]}}"
    );
    assert!(matches!(error(in_a_value.as_bytes()), ReadError::TooDeep { line: 1, .. }));
    let modules = format!("{}{}", "{\"child_modules\":[".repeat(100_000), "]}".repeat(100_000));
    assert!(matches!(
        error(format!("{{\"values\":{{\"root_module\":{modules}}}}}").as_bytes()),
        ReadError::TooDeep { .. }
    ));
}

#[test]
fn versions_from_0_1_on_and_none_at_all_are_accepted() {
    for version in ["0.1", "0.2", "1.0", "1.9"] {
        assert!(accepted(PLAN.replace("1.2", version).as_bytes()));
    }
    assert!(accepted(br#"{"resource_changes":[]}"#));
    assert!(accepted(br#"{"format_version":"1.0"}"#), "an empty state");
    assert!(accepted(br#"{"format_version":"1.0","values":{}}"#), "an empty state of old");
}

#[test]
fn a_plan_that_failed_or_is_not_complete_is_analysed_and_open() {
    let mut incomplete = plan(json!([]), json!({}), json!({}));
    assert_eq!(project(&incomplete).all_known(), Knowledge::Known(()));
    incomplete["complete"] = json!(false);
    let found = reading(&incomplete);
    assert!(!found.errored && found.project.all_known().because().is_some());
    assert_eq!(found.project.notices().len(), 1);
    incomplete["errored"] = json!(true);
    let found = reading(&incomplete);
    assert!(found.errored && found.project.all_known().because().is_some());
}

#[test]
fn a_refresh_only_plan_shows_what_there_is() {
    let found = project(&json!({"format_version": "1.2", "planned_values": {"root_module": {"resources": [
        {"mode": "managed", "type": "aws_kms_key", "name": "k", "values": {"is_enabled": true}}]}}}));
    assert_eq!(found.resources().len(), 1);
    assert_eq!(found.kind(), kmscheck_model::InputKind::Plan);
}

#[test]
fn values_without_marks_lack_what_is_unknown() {
    let resources = json!([
        {"mode": "managed", "type": "aws_kms_key", "name": "k", "values": {"is_enabled": true}},
        {"mode": "managed", "type": "aws_kms_alias", "name": "a", "values": {"name": "alias/a"}},
    ]);
    let blocks = json!([
        block("aws_kms_key.k", json!({})),
        block(
            "aws_kms_alias.a",
            json!({"name": {"constant_value": "alias/a"},
            "target_key_id": references(&["aws_kms_key.k.key_id", "aws_kms_key.k"])})
        ),
    ]);
    let found = project(
        &json!({"format_version": "0.1", "planned_values": {"root_module": {"resources": resources}},
        "configuration": {"root_module": {"resources": blocks}}}),
    );
    assert_eq!(sources(after(&found, "aws_kms_alias.a", "target_key_id")), ["aws_kms_key.k.key_id"]);
}

#[test]
fn what_target_leaves_alone_is_as_it_was_and_what_is_deleted_is_gone() {
    let old = json!({"is_enabled": true});
    let mut targeted = plan(
        json!([changed("aws_kms_key.gone", json!(["delete"]), old.clone(), json!(null), json!({}))]),
        json!({}),
        json!({}),
    );
    let prior =
        |name: &str| json!({"mode": "managed", "type": "aws_kms_key", "name": name, "values": old.clone()});
    targeted["complete"] = json!(false);
    targeted["prior_state"] =
        json!({"values": {"root_module": {"resources": [prior("gone"), prior("stays")]}}});
    let found = project(&targeted);
    assert_eq!(found.resources().len(), 2);
    assert!(resource(&found, "aws_kms_key.stays").remains());
    assert!(!resource(&found, "aws_kms_key.gone").remains());
    targeted["complete"] = json!(true);
    assert_eq!(project(&targeted).resources().len(), 1, "a complete plan lists all managed resources");
}

#[test]
fn a_plan_that_only_refreshes_has_its_resources_in_the_prior_state() {
    let key = json!({"mode": "managed", "type": "aws_kms_key", "name": "k", "values": {"is_enabled": true}});
    let mut refreshed = plan(json!([]), json!({}), json!({}));
    refreshed["planned_values"] = json!({"root_module": {}});
    refreshed["prior_state"] = json!({"values": {"root_module": {"resources": [key]}}});
    refreshed["complete"] = json!(true);
    assert!(resource(&project(&refreshed), "aws_kms_key.k").remains());
    refreshed["errored"] = json!(true);
    assert_eq!(project(&refreshed).resources().len(), 0, "a plan that failed does not say what stays");
}
