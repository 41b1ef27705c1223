//! `kmscheck inspect`: what was understood.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::common::{Case, cases, kmscheck};

/// The values and what is unknown of every resource are those of the plan.
#[test]
fn values_and_unknowns_are_those_of_the_plan() {
    for case in cases().into_iter().filter(|case| case.name == "bad" || case.check == "general") {
        let plan: Value = serde_json::from_str(&case.read("plan.json")).unwrap();
        let planned = planned(&plan);
        let shown = kmscheck(&["inspect", &case.plan()]).json();
        for resource in shown["resources"].as_array().unwrap() {
            let address = resource["address"].as_str().unwrap();
            let Some(change) = planned.get(address) else { continue };
            if change["after_sensitive"].to_string().contains("true") {
                continue;
            }
            assert_eq!(resource["values"], change["after"], "{}: {address}", place(&case));
            if !change["after"].is_null() {
                assert_eq!(resource["unknown"], change["after_unknown"], "{}: {address}", place(&case));
            }
        }
    }
}

/// Of the objects that are not left over from a failed replacement.
fn planned(plan: &Value) -> BTreeMap<&str, &Value> {
    let changes = plan["resource_changes"].as_array().into_iter().flatten();
    let current = changes.filter(|change| change.get("deposed").is_none());
    current.map(|change| (change["address"].as_str().unwrap(), &change["change"])).collect()
}

fn place(case: &Case) -> String {
    format!("{}/{}", case.check, case.name)
}

#[test]
fn keys_are_shown_with_all_that_belongs_to_them() {
    let shown = kmscheck(&["inspect", "testdata/plans/general/ten-keys/plan.json"]).json();
    let keys = shown["keys"].as_array().unwrap();
    let address = "module.team_0.aws_kms_key.this[\"audit\"]";
    let key = keys.iter().find(|key| key["address"] == address).unwrap();
    assert_eq!(key["kind"], "key");
    assert_eq!(key["region"], "eu-west-1");
    assert_eq!(key["multi_region"], true);
    assert_eq!(key["primary"], Value::Null);
    let replica = "module.team_0.aws_kms_replica_key.this[\"audit\"]";
    assert_eq!(key["replicas"][0], replica);
    let replica = keys.iter().find(|key| key["address"] == replica).unwrap();
    assert_eq!(
        (&replica["primary"], &replica["region"]),
        (&Value::from(address), &Value::from("eu-central-1"))
    );
    let consumers = key["consumers"].as_array().unwrap();
    assert!(consumers.contains(&Value::from("module.team_0.aws_cloudwatch_log_group.this[\"audit\"]")));
}
