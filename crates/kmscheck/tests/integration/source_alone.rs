//! Source without a plan, held against the plans that the real Terraform made of it.
//!
//! Source is read as what a first apply makes. What it says and the plan does not, or the other way round, is
//! undetermined on the other side, needs a plan by what the check is, or stands here with its reason.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::Value;

use crate::common::{Case, cases, kmscheck, temporary};

/// The account that all plans are recorded in. No source names it.
const ACCOUNT: &str = "123456789012";

/// Why a finding is only in one of both.
const REASONS: [(&str, &[&str]); 7] = [
    (
        "the plan destroys what the source declares, or leaves it out: -destroy, -target",
        &[
            "key-destroyed/everything-destroyed: source: missing-prevent-destroy aws_kms_key.app",
            "key-destroyed/everything-destroyed: source: missing-prevent-destroy aws_kms_key.other",
            "kms-events-excluded/trail-destroyed: source: kms-events-excluded aws_cloudtrail.main event_selector[0]",
            "primary-deleted-before-replicas/everything-destroyed: source: missing-prevent-destroy aws_kms_key.app",
            "rotation-disabled/incomplete-plan: source: missing-prevent-destroy aws_kms_key.other",
            "rotation-disabled/incomplete-plan: source: rotation-disabled aws_kms_key.other enable_key_rotation",
        ],
    ),
    (
        "the plan takes a role away that the policy of the key still names",
        &[
            "key-lockout/only-role-destroyed: plan: key-lockout aws_kms_key.app policy",
            "key-lockout/only-role-destroyed: source: single-policy-administrator aws_kms_key.app policy",
            "key-lockout/only-role-destroyed: plan: literal-principal-arn aws_kms_key.app policy.statement[0]",
            "literal-principal-arn/role-deleted: plan: literal-principal-arn aws_kms_key.app policy.statement[1]",
            "single-policy-administrator/one-of-two-roles-destroyed: plan: literal-principal-arn aws_kms_key.app policy.statement[0]",
            "single-policy-administrator/one-of-two-roles-destroyed: plan: single-policy-administrator aws_kms_key.app policy",
        ],
    ),
    (
        "the policy is there already, and the role that it names is made now or once more: a first apply has neither",
        &[
            "key-lockout/only-role-replaced: source: literal-principal-arn aws_kms_key.app policy.statement[0] is low, and high in the plan",
            "literal-principal-arn/policy-written-again-without-a-reference: source: literal-principal-arn aws_kms_key.app policy.statement[1] is low, and high in the plan",
            "literal-principal-arn/policy-written-again: source: literal-principal-arn aws_kms_key.app policy.statement[1] is low, and high in the plan",
            "literal-principal-arn/role-replaced: source: literal-principal-arn aws_kms_key.app policy.statement[1] is low, and high in the plan",
            "literal-principal-arn/role-under-another-address: source: literal-principal-arn aws_kms_key.app policy.statement[1] is low, and high in the plan",
        ],
    ),
    (
        "the queue names the key by the id that it had before the plan replaces it",
        &["hard-coded-key/key-replaced: plan: hard-coded-key aws_sqs_queue.jobs kms_master_key_id"],
    ),
    (
        "somebody has imported the material by other means",
        &[
            "external-key-without-material/material-imported-otherwise: source: external-key-without-material aws_kms_external_key.app key_material_base64",
            "material-expires/bad: source: external-key-without-material aws_kms_external_key.app key_material_base64",
            "material-expires/good: source: external-key-without-material aws_kms_external_key.app key_material_base64",
        ],
    ),
    (
        "only the state tells that it is a multi-Region key",
        &[
            "multi-region-key-without-replica/multi-region-only-in-state: plan: multi-region-key-without-replica aws_kms_key.app multi_region",
            "primary-used-from-other-region/multi-region-only-in-state: plan: multi-region-key-without-replica aws_kms_key.app multi_region",
            "primary-used-from-other-region/multi-region-only-in-state: plan: primary-used-from-other-region aws_sqs_queue.orders kms_master_key_id",
            "primary-used-from-other-region/multi-region-only-in-state: source: single-region-key-used-cross-region aws_sqs_queue.orders kms_master_key_id",
            "replica-of-single-region-key/existing-multi-region-key: source: replica-of-single-region-key aws_kms_replica_key.app primary_key_arn",
        ],
    ),
    (
        "the replica stays with the old primary, since it ignores changes: a first apply has no old primary",
        &[
            "primary-deleted-before-replicas/replacement-with-ignored-primary-arn: plan: multi-region-key-without-replica aws_kms_key.app multi_region",
        ],
    ),
];

#[test]
fn source_alone_says_what_its_plan_says() {
    let needs_plan = checks_that_need_a_plan();
    let differences: BTreeSet<_> =
        cases().par_iter().flat_map_iter(|case| differences(case, &needs_plan)).collect();
    let known: BTreeSet<_> =
        REASONS.iter().flat_map(|(_, lines)| lines.iter().map(|line| (*line).to_owned())).collect();
    let new: Vec<_> = differences.difference(&known).cloned().collect();
    let gone: Vec<_> = known.difference(&differences).cloned().collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "new:\n{}\nno longer there:\n{}",
        new.join("\n"),
        gone.join("\n")
    );
}

fn checks_that_need_a_plan() -> BTreeSet<String> {
    let checks = kmscheck(&["checks", "--format", "json"]).json();
    let needing = checks.as_array().unwrap().iter().filter(|check| check["needs_plan"] == true);
    needing.map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

/// What one of both says and the other neither says nor leaves open, as `case: side: check address subject`.
fn differences(case: &Case, needs_plan: &BTreeSet<String>) -> Vec<String> {
    let plan = Said::of(&of_plan(case));
    let source = Said::of(&of_source(case));
    let name = format!("{}/{}", case.check, case.name);
    let mut lines: Vec<_> = source.errors.iter().map(|error| format!("{name}: source: {error}")).collect();
    let mut compare = |side: &str, one: &Said, other: &Said| {
        for (finding, severity) in &one.findings {
            let (check, address, subject) = finding;
            let shown = format!("{name}: {side}: {check} {address} {subject}").trim_end().to_owned();
            match other.findings.get(finding) {
                Some(same) if same == severity || side == "plan" => {}
                Some(other) => lines.push(format!("{shown} is {severity}, and {other} in the plan")),
                None if other.undetermined.contains(&(check.clone(), address.clone())) => {}
                None if side == "plan" && needs_plan.contains(check) => {}
                None => lines.push(shown),
            }
        }
    };
    compare("source", &source, &plan);
    compare("plan", &plan, &source);
    lines
}

fn of_plan(case: &Case) -> Value {
    let directory = case.directory.to_str().unwrap();
    kmscheck(&["--format", "json", "--account", ACCOUNT, "--source", directory, &case.plan()]).json()
}

/// With the values that the variables had when the plan was made.
fn of_source(case: &Case) -> Value {
    let plan: Value = serde_json::from_str(&case.read("plan.json")).unwrap();
    let variables = plan["variables"].as_object().into_iter().flatten();
    let variables: serde_json::Map<_, _> =
        variables.map(|(name, variable)| (name.clone(), variable["value"].clone())).collect();
    let file = temporary(
        &format!("source_alone/{}-{}.tfvars.json", case.check, case.name),
        Value::Object(variables).to_string(),
    );
    let main = case.directory.join("main.tf");
    let paths = [file.to_str().unwrap(), main.to_str().unwrap()];
    kmscheck(&["--format", "json", "--account", ACCOUNT, "--var-file", paths[0], paths[1]]).json()
}

/// What a report says.
#[derive(Default)]
struct Said {
    /// The severities, by check, address and subject.
    findings: BTreeMap<(String, String, String), String>,
    /// By check and address.
    undetermined: BTreeSet<(String, String)>,
    errors: Vec<String>,
}

impl Said {
    fn of(report: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut said = Self::default();
        for finding in report["findings"].as_array().unwrap() {
            for instance in finding["instances"].as_array().unwrap() {
                let key = (text(&finding["check"]), text(&instance["address"]), text(&finding["subject"]));
                said.findings.insert(key, text(&finding["severity"]));
            }
        }
        let undetermined = report["undetermined"].as_array().unwrap().iter();
        said.undetermined = undetermined.map(|one| (text(&one["check"]), text(&one["address"]))).collect();
        said.errors = report["errors"].as_array().unwrap().iter().map(ToString::to_string).collect();
        said
    }
}
