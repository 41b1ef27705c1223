//! What the formats look like. `INSTA_UPDATE=always cargo test` writes the snapshots anew.

use serde_json::{Value, json};

use crate::common::{kmscheck, plan};

/// Findings, and something that is undetermined.
fn sample() -> String {
    let mut plan = plan(&[
        ("app", json!({"enable_key_rotation": false, "description": "Application data"})),
        ("logs", json!({"description": "Logs"})),
    ]);
    plan["resource_changes"][1]["change"]["after_unknown"]["enable_key_rotation"] = json!(true);
    plan["configuration"]["root_module"]["resources"][1]["expressions"]["enable_key_rotation"] =
        json!({"references": ["data.external.rotation.result", "data.external.rotation"]});
    plan.to_string()
}

fn shown(arguments: &[&str]) -> String {
    let ran = kmscheck(&[&["--select", "rotation-disabled"], arguments].concat()).stdin(sample()).run();
    assert_eq!(ran.stderr, "");
    ran.stdout.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn full() {
    insta::assert_snapshot!(shown(&["--show-undetermined"]));
}

#[test]
fn full_in_colour() {
    insta::assert_snapshot!(shown(&["--color", "always"]).replace('\u{1b}', "ESC"));
}

#[test]
fn concise() {
    insta::assert_snapshot!(shown(&["--format", "concise", "--show-undetermined"]));
}

#[test]
fn json() {
    insta::assert_snapshot!(shown(&["--format", "json"]));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let colored = shown(&["--color", "always", "--show-undetermined"]);
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(plain + rest, shown(&["--show-undetermined"]));
}

#[test]
fn full_fits_into_80_columns() {
    let wide = |line: &&str| line.chars().count() > 80;
    assert_eq!(shown(&["--show-undetermined"]).lines().filter(wide).collect::<Vec<_>>(), [""; 0]);
}

/// The contract: nothing of this is ever renamed or dropped.
#[test]
fn json_has_every_field_of_version_1() {
    let report: Value = serde_json::from_str(&shown(&["--format", "json"])).unwrap();
    let has = |object: &Value, names: &[&str]| {
        for name in names {
            assert!(object.get(name).is_some(), "{name} is missing in {object}");
        }
    };
    let parts = [
        "version",
        "tool",
        "findings",
        "undetermined",
        "suppressed",
        "suppressed_findings",
        "errors",
        "notices",
        "summary",
    ];
    has(&report, &parts);
    has(&report["tool"], &["name", "version"]);
    has(&report["summary"], &["roots", "keys", "critical", "high", "medium", "low", "info"]);
    has(&report["undetermined"][0], &["check", "address", "because"]);
    let finding = &report["findings"][0];
    let fields = [
        "check",
        "severity",
        "group",
        "message",
        "help",
        "url",
        "address",
        "location",
        "related",
        "evidence",
        "subject",
        "instances",
        "fingerprint",
    ];
    has(finding, &fields);
    has(&finding["instances"][0], &["root", "address", "fingerprint"]);
    assert_eq!(report["version"], 1);
}
