//! `kmscheck inspect`: what was understood.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::common::{Case, cases, kmscheck, plan};

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

#[test]
fn the_statements_of_a_policy_are_shown_unless_they_are_sensitive() {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"});
    let policy = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let mut plan = plan(&[("app", json!({"policy": policy})), ("bare", json!({}))]);
    let policies = |plan: &Value| {
        let keys = kmscheck(&["inspect"]).stdin(plan.to_string()).json()["keys"].clone();
        [keys[0]["policy"].clone(), keys[1]["policy"].clone()]
    };
    let default = json!({"source": "assumed-default", "statements": null});
    assert_eq!(policies(&plan), [json!({"source": "inline", "statements": [statement]}), default.clone()]);
    plan["resource_changes"][0]["change"]["after_sensitive"] = json!({"policy": true});
    assert_eq!(policies(&plan), [json!({"source": "inline", "statements": null}), default]);
}
