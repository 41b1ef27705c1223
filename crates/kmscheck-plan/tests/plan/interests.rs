//! What is left out because nobody asks for it.

use kmscheck_model::{Attributes, Interest, Project, RegionSource};
use kmscheck_plan::{ReadOptions, read};
use serde_json::{Value as Json, json};

use super::{Aws, block, changed, created, plan, references, resource};

/// Queues and rules matter for their keys only; documents that were read do not matter at all.
struct Keys;

impl Interest for Keys {
    fn attributes(&self, resource_type: &str) -> Attributes {
        match resource_type {
            "aws_rule" => Attributes::Only(&["rule"]),
            "aws_vpc" => Attributes::None,
            "aws_sqs_queue" => Attributes::Only(&["arn", "key_id", "region"]),
            other => Aws.attributes(other),
        }
    }

    fn attributes_when_read(&self, resource_type: &str) -> Attributes {
        if resource_type == "aws_document" { Attributes::None } else { self.attributes(resource_type) }
    }

    fn reasons_when_read(&self, resource_type: &str) -> Option<&'static [&'static str]> {
        if resource_type == "aws_region" { Some(&["name"]) } else { self.reasons(resource_type) }
    }

    fn reasons(&self, resource_type: &str) -> Option<&'static [&'static str]> {
        match resource_type {
            "aws_rule" => Some(&["rule[].target[].key_id"]),
            "aws_sqs_queue" => Some(&["key_id"]),
            _ => None,
        }
    }
}

fn keys(plan: &Json) -> Project {
    read(plan.to_string().as_bytes(), &ReadOptions::named("plan.json"), &Keys).expect("a plan").project
}

/// Whether a queue matters whose argument `key_id` is this.
fn matters(change: Json, argument: Json) -> bool {
    let blocks = json!([block("aws_kms_key.k", json!({})), block("aws_sqs_queue.q", argument)]);
    let key = created("aws_kms_key.k", json!({}), json!({"arn": true}));
    let found = keys(&plan(json!([key, change]), json!({"resources": blocks}), json!({})));
    found.find(&"aws_sqs_queue.q".parse().unwrap()).is_some()
}

#[test]
fn a_resource_without_any_of_its_reasons_is_left_out() {
    let new = |after, unknown| created("aws_sqs_queue.q", after, unknown);
    let key = || json!({"key_id": references(&["aws_kms_key.k.arn", "aws_kms_key.k"])});
    for nothing in [json!({}), json!({"key_id": null}), json!({"key_id": ""})] {
        assert!(!matters(new(nothing.clone(), json!({"arn": true})), json!({})), "{nothing}");
        assert!(!matters(new(nothing.clone(), json!({"arn": true})), key()), "{nothing} by a condition");
    }
    assert!(!matters(new(json!({}), json!({"key_id": true})), json!({})), "the provider fills it in");
    assert!(matters(new(json!({"key_id": "x"}), json!({})), json!({})));
    assert!(matters(new(json!({}), json!({"key_id": true})), key()));
}

#[test]
fn what_a_resource_held_before_is_a_reason_too() {
    let (with, without) = (json!({"key_id": "x"}), json!({"key_id": null}));
    let change = |actions, before: &Json, after: &Json| {
        changed("aws_sqs_queue.q", actions, before.clone(), after.clone(), json!({}))
    };
    assert!(matters(change(json!(["update"]), &with, &without), json!({})));
    assert!(matters(change(json!(["delete"]), &with, &Json::Null), json!({})));
    assert!(!matters(change(json!(["delete"]), &without, &Json::Null), json!({})));
    assert!(!matters(change(json!(["no-op"]), &without, &without), json!({})));
}

#[test]
fn reasons_lie_in_blocks_and_may_be_unknown_there() {
    let rule = |after, unknown| {
        let found = keys(&plan(json!([created("aws_rule.r", after, unknown)]), json!({}), json!({})));
        found.resources().len() == 1
    };
    for nothing in [
        json!([]),
        json!([{}]),
        json!([{"target": []}, {"target": [{"key_id": null}, {"name": "x"}]}]),
        json!([{"target": null}]),
    ] {
        assert!(!rule(json!({"rule": nothing.clone()}), json!({})), "{nothing}");
    }
    assert!(rule(json!({"rule": [{}, {"target": [{"key_id": ""}, {"key_id": "x"}]}]}), json!({})));
    assert!(
        rule(json!({"rule": {"target": {"key_id": "x"}}}), json!({})),
        "a block that is nested once only"
    );
    assert!(rule(json!({"rule": [{"target": [{}]}]}), json!({"rule": [{"target": [{"key_id": true}]}]})));
    assert!(rule(json!({}), json!({"rule": true})), "nobody knows what was written");
}

#[test]
fn what_is_left_out_still_shows_where_its_provider_is() {
    let shown = json!({"arn": "arn:aws:sqs:eu-west-1:111122223333:q", "key_id": null});
    let queue = changed("aws_sqs_queue.q", json!(["no-op"]), shown.clone(), shown, json!({}));
    let blocks = json!([block("aws_kms_key.k", json!({})), block("aws_sqs_queue.q", json!({}))]);
    let providers = json!({"aws": {"name": "aws", "expressions": {}}});
    let key = created("aws_kms_key.k", json!({}), json!({"arn": true}));
    let found = keys(&plan(json!([key, queue]), json!({"resources": blocks}), providers));
    assert_eq!(found.resources().len(), 1);
    let deployment = &resource(&found, "aws_kms_key.k").deployment;
    let region = kmscheck_model::Region::Known("eu-west-1".into(), RegionSource::Observed);
    assert_eq!(deployment.region, region);
    assert_eq!(deployment.account.id(), Some("111122223333"));
}

#[test]
fn what_nobody_asks_for_shows_where_it_was_read_and_is_left_out() {
    let blocks = json!([block("aws_kms_key.k", json!({})), block("data.aws_vpc.v", json!({}))]);
    let key = created("aws_kms_key.k", json!({}), json!({"arn": true}));
    let mut plan =
        plan(json!([key]), json!({"resources": blocks}), json!({"aws": {"name": "aws", "expressions": {}}}));
    let shown = json!({"arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/v"});
    let read = json!([{"mode": "data", "type": "aws_vpc", "name": "v", "values": shown}]);
    plan["prior_state"] = json!({"values": {"root_module": {"resources": read}}});
    let found = keys(&plan);
    assert_eq!(found.resources().len(), 1);
    let deployment = &resource(&found, "aws_kms_key.k").deployment;
    assert_eq!(deployment.region.name(), Some("eu-west-1"));
    assert_eq!(deployment.account.id(), None, "a network may be shared by another account");
}

#[test]
fn a_data_source_that_was_read_may_matter_less_than_one_that_will_be() {
    let read =
        |name: &str| json!({"mode": "data", "type": "aws_document", "name": name, "values": {"json": "{}"}});
    let later = changed(
        "data.aws_document.later",
        json!(["read"]),
        Json::Null,
        json!({"statement": []}),
        json!({"json": true}),
    );
    let mut plan = plan(json!([later]), json!({}), json!({}));
    plan["prior_state"] = json!({"values": {"root_module": {"resources": [read("now")]}}});
    let found = keys(&plan);
    let addresses: Vec<_> = found.resources().map(|(_, resource)| resource.address.to_string()).collect();
    assert_eq!(addresses, ["data.aws_document.later"]);
    let everything = super::project(&plan);
    assert_eq!(everything.resources().len(), 2);
}

#[test]
fn a_data_source_that_was_read_may_need_a_reason() {
    let found = |values: Json| {
        let read = json!([{"mode": "data", "type": "aws_region", "name": "r", "values": values}]);
        let mut plan = plan(json!([]), json!({}), json!({}));
        plan["prior_state"] = json!({"values": {"root_module": {"resources": read}}});
        keys(&plan).resources().len()
    };
    assert_eq!((found(json!({"name": "eu-west-1"})), found(json!({"id": "eu-west-1"}))), (1, 0));
    let later = changed("data.aws_region.r", json!(["read"]), Json::Null, json!({}), json!({"name": true}));
    assert_eq!(keys(&plan(json!([later]), json!({}), json!({}))).resources().len(), 1);
}
