//! Options of `kmscheck check`.

use serde_json::{Value, json};

use crate::common::{kmscheck, plan, plan_with_a_finding, plan_without_findings, repository, temporary};

fn found(arguments: &[&str], plan: &Value) -> Vec<String> {
    let report = kmscheck(&[&["--format", "json"], arguments].concat()).stdin(plan.to_string()).json();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["check"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn checks_are_selected_by_id_group_and_the_ids_of_other_tools() {
    let plan = plan_with_a_finding();
    for names in ["rotation-disabled", "lifecycle", "CKV_AWS_7", "kms.4", "AWS-0065,replication"] {
        assert!(found(&["--select", names], &plan).contains(&"rotation-disabled".to_owned()), "{names}");
        assert!(!found(&["--ignore", names], &plan).contains(&"rotation-disabled".to_owned()), "{names}");
    }
    assert_eq!(found(&["--select", "replication"], &plan), [""; 0]);
    assert_eq!(
        found(&["--select", "lifecycle", "--ignore", "CKV_AWS_7", "--ignore", "lifecycle"], &plan),
        [""; 0]
    );
}

#[test]
fn a_slip_in_a_name_is_told_the_nearest() {
    let ran = kmscheck(&["--select", "rotation-disbled"]).stdin("").run();
    assert_eq!(
        ran.stderr,
        "error: there is no check \"rotation-disbled\"; did you mean rotation-disabled?\n"
    );
}

#[test]
fn selecting_a_misquoted_id_says_what_it_is() {
    let ran = kmscheck(&["--select", "CKV_AWS_219"]).stdin("").run();
    assert!(ran.stderr.contains("CodePipeline"), "{}", ran.stderr);
}

#[test]
fn settings_come_from_a_file() {
    let file = temporary(
        "options/kmscheck.toml",
        "fail-on = \"low\"\n[checks.rotation-disabled]\nseverity = \"low\"\n",
    );
    let config = ["--config", file.to_str().unwrap(), "--format", "json"];
    let plan = plan_with_a_finding().to_string();
    assert_eq!(kmscheck(&config).stdin(plan.clone()).json()["findings"][0]["severity"], "low");
    assert_eq!(kmscheck(&config).stdin(plan.clone()).run().code, 1);
    assert_eq!(kmscheck(&[&config[..], &["--fail-on", "medium"]].concat()).stdin(plan).run().code, 0);
}

#[test]
fn an_error_in_the_settings_names_file_line_and_key() {
    let file = temporary("options/broken.toml", "[checks.rotation-disabled]\nmin-dayz = 3\n");
    let ran = kmscheck(&["--config", file.to_str().unwrap()]).stdin("").run();
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("broken.toml:2: unknown field `min-dayz`"), "{}", ran.stderr);
    let missing = kmscheck(&["--config", "no-such.toml"]).stdin("").run();
    assert!(missing.code == 2 && missing.stderr.contains("no-such.toml"), "{}", missing.stderr);
}

#[test]
fn the_region_and_account_of_the_environment_can_be_told() {
    let mut plan = plan(&[("app", json!({}))]);
    plan["configuration"]["provider_config"]["aws"] =
        json!({"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"});
    let key = |arguments: &[&str]| {
        kmscheck(&[&["inspect"], arguments].concat()).stdin(plan.to_string()).json()["keys"][0].clone()
    };
    assert_eq!((&key(&[])["region"], &key(&[])["account"]), (&Value::Null, &Value::Null));
    let told = key(&["--region", "eu-north-1", "--account", "111122223333"]);
    assert_eq!((&told["region"], &told["account"]), (&json!("eu-north-1"), &json!("111122223333")));
}

#[test]
fn quiet_shows_findings_only() {
    let quiet = |plan: &Value| kmscheck(&["-q", "--format", "concise"]).stdin(plan.to_string()).run().stdout;
    assert_eq!(quiet(&plan_with_a_finding()).lines().count(), 1);
    assert_eq!(quiet(&plan_without_findings()), "");
}

#[test]
fn verbose_tells_on_standard_error_what_is_done() {
    let ran = kmscheck(&["-v", "--format", "json"]).stdin(plan_with_a_finding().to_string()).run();
    assert!(ran.stderr.contains("keys=1"), "{}", ran.stderr);
    assert!(serde_json::from_str::<Value>(&ran.stdout).is_ok());
}

#[test]
fn one_run_writes_several_formats() {
    let file = temporary("options/report.json", "");
    let format = format!("json={}", file.display());
    let ran = kmscheck(&["--format", "concise", "--format", &format])
        .stdin(plan_with_a_finding().to_string())
        .run();
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("medium[rotation-disabled] "), "{}", ran.stdout);
    let alone = kmscheck(&["--format", &format]).stdin(plan_with_a_finding().to_string()).run();
    assert!(alone.stdout.starts_with("medium[rotation-disabled]: "), "standard output is never empty");
    let written: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(written["summary"]["medium"], 1);
}

#[test]
fn colour_is_a_choice() {
    let colored = |arguments: &[&str], environment: &[(&str, &str)]| {
        let run = kmscheck(arguments).stdin(plan_with_a_finding().to_string());
        environment
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value))
            .run()
            .stdout
            .contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "standard output is no terminal");
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn the_root_is_named_from_the_repository_wherever_kmscheck_runs() {
    let plan = repository().join("testdata/plans/general/ten-keys/plan.json");
    let run = |directory| {
        kmscheck(&["--format", "json", "--select", "all", plan.to_str().unwrap()])
            .current_dir(directory)
            .run()
            .stdout
    };
    assert_eq!(run(repository()), run(&repository().join("crates")));
}
