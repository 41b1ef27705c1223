//! Text in a plan is written by whoever opened the merge request.

use serde_json::{Value, json};

use crate::common::{kmscheck, plan};

const FORMATS: [&str; 3] = ["full", "concise", "json"];

/// Recolours, rewrites the line, reorders it, hides, and commands GitHub and Azure.
const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\r\n::error::x ##[error]y ##vso[task]z";

const SECRET: &str = "sentinel-7f3a";

fn is_deceptive(character: char) -> bool {
    (character.is_control() && character != '\n') || "\u{202e}\u{200b}".contains(character)
}

fn assert_harmless(text: &str) {
    assert!(!text.chars().any(is_deceptive), "{text:?}");
    assert!(!text.contains("##"), "{text}");
    assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
}

/// A plan whose key has a hostile instance key and hostile arguments.
fn hostile_plan() -> Value {
    let mut plan = plan(&[(
        "app",
        json!({"enable_key_rotation": false, "description": HOSTILE, "tags": {HOSTILE: HOSTILE, "CrossRegionReplication": HOSTILE}}),
    )]);
    let change = &mut plan["resource_changes"][0];
    change["address"] = format!("aws_kms_key.app[{}]", json!(HOSTILE)).into();
    change["index"] = HOSTILE.into();
    plan["configuration"]["root_module"]["resources"][0]["for_each_expression"] = json!({});
    plan
}

#[test]
fn hostile_names_are_harmless_in_every_format() {
    for format in FORMATS {
        let ran = kmscheck(&["--format", format, "--show-undetermined", "--fail-on", "info"])
            .stdin(hostile_plan().to_string())
            .run();
        assert!(ran.stdout.contains("rotation-disabled"), "{}{}", ran.stdout, ran.stderr);
        assert_harmless(&ran.stdout);
        assert_harmless(&ran.stderr);
    }
    let inspected = kmscheck(&["inspect"]).stdin(hostile_plan().to_string()).run();
    assert_harmless(&inspected.stdout);
    let read: Value = serde_json::from_str(&inspected.stdout).unwrap();
    assert_eq!(read["resources"][0]["values"]["description"], HOSTILE, "JSON gives back what was there");
}

#[test]
fn hostile_input_is_harmless_in_messages() {
    for input in [
        HOSTILE.to_owned(),
        format!("{{\"{}\": 1, ", HOSTILE.escape_default()),
        format!("{{\"format_version\": {}}}", json!(HOSTILE)),
    ] {
        let ran = kmscheck(&["--format", "json"]).stdin(input).run();
        assert_eq!(ran.code, 2);
        assert_harmless(&ran.stdout);
        assert_harmless(&ran.stderr);
    }
}

/// A plan of a key with secrets in every place that a plan has for them.
fn secret_plan() -> Value {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": SECRET, "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]});
    let mut plan = plan(&[(
        "app",
        json!({
            "enable_key_rotation": false, "description": SECRET, "policy": policy.to_string(),
            "tags": {"CrossRegionReplication": "enabled", "owner": SECRET}
        }),
    )]);
    let change = &mut plan["resource_changes"][0]["change"];
    change["after_sensitive"] = json!({"description": true, "policy": true, "tags": {"owner": true}});
    plan["variables"] = json!({"password": {"value": SECRET}});
    plan["configuration"]["root_module"]["resources"][0]["expressions"] = json!({
        "description": {"references": ["var.password"]}, "policy": {"references": ["var.password"]},
        "tags": {"references": ["var.password"]}, "enable_key_rotation": {"constant_value": false}
    });
    plan["configuration"]["root_module"]["variables"] = json!({"password": {"sensitive": true}});
    plan
}

#[test]
fn a_sensitive_value_appears_in_no_output() {
    for arguments in
        [&["--format", "full"][..], &["--format", "concise"], &["--format", "json"], &["inspect"]]
    {
        let mut arguments = arguments.to_vec();
        if arguments != ["inspect"] {
            arguments.extend(["--show-undetermined", "--select", "all"]);
        }
        arguments.push("-vv");
        let ran = kmscheck(&arguments).stdin(secret_plan().to_string()).run();
        assert!(ran.stdout.contains("aws_kms_key.app"), "{}{}", ran.stdout, ran.stderr);
        assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{}{}", ran.stdout, ran.stderr);
    }
}
