//! Known, unknown, unset, sensitive.

use kmscheck_model::{Action, Attributes, Interest};
use kmscheck_plan::{ReadOptions, read};
use kmscheck_value::{Kind, Truth, Value};
use serde_json::{Value as Json, json};

use super::{after, block, changed, created, plan, project, references, resource, sources};

#[test]
fn what_is_unknown_but_not_in_the_configuration_was_left_out() {
    let key = created("aws_kms_key.k", json!({"is_enabled": true}), json!({"policy": true, "arn": true}));
    let project =
        project(&plan(json!([key]), json!({"resources": [block("aws_kms_key.k", json!({}))]}), json!({})));
    assert_eq!(after(&project, "aws_kms_key.k", "policy").kind, Kind::Unset);
    assert_eq!(after(&project, "aws_kms_key.k", "is_enabled").as_bool(), Some(true));
    assert_eq!(resource(&project, "aws_kms_key.k").configured.sets("policy"), Truth::No);
}

#[test]
fn null_and_the_empty_policy_count_as_left_out() {
    for constant in [json!(null), json!("")] {
        let key = created("aws_kms_key.k", json!({}), json!({"policy": true}));
        let configured = block("aws_kms_key.k", json!({"policy": {"constant_value": constant}}));
        let project = project(&plan(json!([key]), json!({"resources": [configured]}), json!({})));
        assert_eq!(after(&project, "aws_kms_key.k", "policy").kind, Kind::Unset);
        assert_eq!(resource(&project, "aws_kms_key.k").configured.sets("policy"), Truth::No);
    }
}

#[test]
fn an_argument_that_refers_to_known_things_only_and_is_unknown_was_null() {
    let key = created("aws_kms_key.k", json!({}), json!({"policy": true}));
    let configured = block("aws_kms_key.k", json!({"policy": references(&["var.policy"])}));
    let root = json!({"resources": [configured], "variables": {"policy": {"default": null}}});
    let project = project(&plan(json!([key]), root, json!({})));
    assert_eq!(after(&project, "aws_kms_key.k", "policy").kind, Kind::Unset);
    assert_eq!(resource(&project, "aws_kms_key.k").configured.sets("policy"), Truth::No);
}

#[test]
fn an_unknown_value_is_a_value_unless_something_could_make_it_null() {
    let sets = |written: &[&str]| {
        let key = created("aws_kms_key.k", json!({}), json!({"policy": true}));
        let role = created("aws_iam_role.r", json!({}), json!({"arn": true}));
        let data = created("terraform_data.d", json!({}), json!({"output": true}));
        let configured = block("aws_kms_key.k", json!({"policy": references(written)}));
        let others = [block("aws_iam_role.r", json!({})), block("terraform_data.d", json!({}))];
        let resources: Vec<_> = others.into_iter().chain([configured]).collect();
        let root = json!({"resources": resources, "variables": {"on": {}}});
        let project = project(&plan(json!([key, role, data]), root, json!({})));
        resource(&project, "aws_kms_key.k").configured.sets("policy")
    };
    let role = ["aws_iam_role.r.arn", "aws_iam_role.r"];
    assert_eq!(sets(&role), Truth::Yes);
    assert_eq!(
        sets(&["terraform_data.d.output", "terraform_data.d"]),
        Truth::Unknown,
        "it hands on null too"
    );
    assert_eq!(sets(&[&role[..], &["terraform_data.d.output", "terraform_data.d"]].concat()), Truth::Unknown);
    assert_eq!(sets(&[&role[..], &["var.on"]].concat()), Truth::Unknown, "a switch");
}

#[test]
fn a_part_of_a_map_is_unknown_though_its_references_are_known() {
    let key = created("aws_kms_key.k", json!({"tags": {"a": "b"}}), json!({"tags": {"at": true}}));
    let configured = block("aws_kms_key.k", json!({"tags": references(&["var.tags"])}));
    let project = project(&plan(json!([key]), json!({"resources": [configured]}), json!({})));
    let tags = after(&project, "aws_kms_key.k", "tags");
    assert_eq!(tags.get("a").and_then(Value::as_str), Some("b"));
    assert_eq!(sources(tags.get("at").unwrap()), [""; 0]);
}

#[test]
fn without_a_configuration_nobody_knows_whether_an_argument_was_given() {
    let key = created("aws_kms_key.k", json!({}), json!({"policy": true}));
    let project = project(&json!({"format_version": "0.1", "resource_changes": [key]}));
    assert_eq!(sources(after(&project, "aws_kms_key.k", "policy")), ["?configuration"]);
    assert_eq!(resource(&project, "aws_kms_key.k").configured.sets("policy"), Truth::Unknown);
}

#[test]
fn unknown_elements_fill_the_holes_of_a_list() {
    let document = "data.aws_iam_policy_document.d";
    let statement = json!([{"actions": ["kms:*"], "resources": [null, "*"]}]);
    let unknown = json!({"statement": [{"actions": [false], "resources": [true, false]}]});
    let change = changed(document, json!(["read"]), json!(null), json!({"statement": statement}), unknown);
    let key = created("aws_kms_key.k", json!({}), json!({"arn": true}));
    let written = json!([{"actions": {"constant_value": ["kms:*"]},
        "resources": references(&["aws_kms_key.k.arn", "aws_kms_key.k"])}]);
    let root = json!({"resources": [block("aws_kms_key.k", json!({})), block(document, json!({"statement": written}))]});
    let project = project(&plan(json!([change, key]), root, json!({})));
    let statement = &after(&project, document, "statement").items()[0];
    let resources = statement.get("resources").unwrap().items();
    assert_eq!(sources(&resources[0]), ["aws_kms_key.k.arn"]);
    assert_eq!(resources[1].as_str(), Some("*"));
    assert_eq!(resource(&project, document).change.action, Action::Read);
}

#[test]
fn the_blocks_of_a_set_are_matched_by_what_is_written_in_them() {
    let after_values = json!({"replica": [{"region_name": "eu-west-1"}, {"region_name": "us-east-1"}]});
    let unknown = json!({"replica": [{"kms_key_arn": true}, {"kms_key_arn": true}]});
    let table = created("aws_dynamodb_table.t", after_values, unknown);
    let replica = |region: &str, key: &str| json!({"region_name": {"constant_value": region}, "kms_key_arn": references(&[&format!("{key}.arn"), key])});
    let blocks =
        json!({"replica": [replica("us-east-1", "aws_kms_key.us"), replica("eu-west-1", "aws_kms_key.eu")]});
    let key = |address| created(address, json!({}), json!({"arn": true}));
    let root = json!({"resources": [block("aws_dynamodb_table.t", blocks),
        block("aws_kms_key.us", json!({})), block("aws_kms_key.eu", json!({}))]});
    let project =
        project(&plan(json!([table, key("aws_kms_key.us"), key("aws_kms_key.eu")]), root, json!({})));
    let replicas = after(&project, "aws_dynamodb_table.t", "replica").items();
    assert_eq!(sources(replicas[0].get("kms_key_arn").unwrap()), ["aws_kms_key.eu.arn"]);
    assert_eq!(sources(replicas[1].get("kms_key_arn").unwrap()), ["aws_kms_key.us.arn"]);
}

#[test]
fn the_unknown_in_a_dynamic_block_was_not_left_out() {
    let unknown = json!({"replica": [{"kms_key_arn": true}]});
    let table = created("aws_dynamodb_table.t", json!({"replica": [{"region_name": "x"}]}), unknown);
    let root = json!({"resources": [block("aws_dynamodb_table.t", json!({}))]});
    let project = project(&plan(json!([table]), root, json!({})));
    let replica = &after(&project, "aws_dynamodb_table.t", "replica").items()[0];
    assert_eq!(sources(replica.get("kms_key_arn").unwrap()), ["?dynamic block"]);
    assert_eq!(resource(&project, "aws_dynamodb_table.t").configured.sets("replica"), Truth::Unknown);
}

#[test]
fn sensitive_values_are_marked_whole_or_in_part() {
    let mut key = created("aws_kms_key.k", json!({"a": "x", "b": {"c": "y", "d": ["z"]}}), json!({}));
    key["change"]["after_sensitive"] = json!({"a": true, "b": {"d": [true]}});
    let project = project(&plan(json!([key]), json!({}), json!({})));
    assert!(after(&project, "aws_kms_key.k", "a").is_sensitive());
    let b = after(&project, "aws_kms_key.k", "b");
    assert!(!b.is_sensitive() && !b.get("c").unwrap().is_sensitive());
    assert!(b.get("d").unwrap().items()[0].is_sensitive());
}

#[test]
fn actions_are_told_apart_and_nothing_is_left_out() {
    let action = |actions| {
        let (before, after) = (json!({"x": 1}), json!({"x": 2}));
        let key = changed("aws_kms_key.k", actions, before, after, json!({}));
        resource(&project(&plan(json!([key]), json!({}), json!({}))), "aws_kms_key.k").change.action
    };
    assert_eq!(action(json!(["no-op"])), Action::NoOp);
    assert_eq!(action(json!(["update"])), Action::Update);
    assert_eq!(action(json!(["delete", "create"])), Action::Replace);
    assert_eq!(action(json!(["create", "delete"])), Action::Replace);
    let gone = |actions| {
        let key = changed("aws_kms_key.k", actions, json!({"x": 1}), json!(null), json!({}));
        let project = project(&plan(json!([key]), json!({}), json!({})));
        let key = resource(&project, "aws_kms_key.k");
        assert!(key.after.is_none() && key.before("x").is_some());
        key.change.action
    };
    assert_eq!(gone(json!(["delete"])), Action::Delete);
    assert_eq!(gone(json!(["forget"])), Action::Forget);
}

#[test]
fn moves_imports_deposed_objects_and_reasons_are_kept() {
    let mut moved =
        changed("aws_kms_key.k[\"a\"]", json!(["delete", "create"]), json!({}), json!({}), json!({}));
    moved["previous_address"] = json!("aws_kms_key.old");
    moved["action_reason"] = json!("replace_because_cannot_update");
    moved["change"]["importing"] = json!({"id": "x"});
    moved["change"]["replace_paths"] = json!([["tags", "b"], ["rule", 0, "x"]]);
    let mut deposed = changed("aws_kms_key.k[\"a\"]", json!(["delete"]), json!({}), json!(null), json!({}));
    deposed["deposed"] = json!("ab12");
    let project = project(&plan(json!([deposed, moved]), json!({}), json!({})));
    let key = resource(&project, "aws_kms_key.k[\"a\"]");
    assert!(key.change.importing && !key.change.deposed);
    assert_eq!(key.change.reason.as_deref(), Some("replace_because_cannot_update"));
    let paths: Vec<_> = key.change.replace_paths.iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["rule[0].x", "tags.b"]);
    assert_eq!(key.previous_address.as_ref().map(ToString::to_string).as_deref(), Some("aws_kms_key.old"));
    assert_eq!(project.resources().filter(|(_, resource)| resource.change.deposed).count(), 1);
}

#[test]
fn a_retained_value_of_an_argument_that_is_null_is_not_configured() {
    let (before, values) = (json!({"policy": "{}"}), json!({"policy": "{}"}));
    let key = changed("aws_kms_key.k", json!(["no-op"]), before, values, json!({}));
    let configured = block("aws_kms_key.k", json!({"policy": references(&["var.policy"])}));
    let root = json!({"resources": [configured], "variables": {"policy": {"default": ""}}});
    let project = project(&plan(json!([key]), root, json!({})));
    assert_eq!(resource(&project, "aws_kms_key.k").configured.sets("policy"), Truth::No);
}

#[test]
fn a_switch_that_an_argument_refers_to_is_not_what_it_is_given() {
    let sets = |variable: Json, shown: Json| {
        let key = changed("aws_kms_key.k", json!(["no-op"]), shown.clone(), shown, json!({}));
        let arguments =
            json!({"policy": references(&["var.x"]), "rotation_period_in_days": references(&["var.x"])});
        let root = json!({"resources": [block("aws_kms_key.k", arguments)], "variables": {"x": {"default": variable}}});
        let project = project(&plan(json!([key]), root, json!({})));
        let configured = &resource(&project, "aws_kms_key.k").configured;
        (configured.sets("policy"), configured.sets("rotation_period_in_days"))
    };
    let shown = json!({"policy": "{\"Version\":\"2012-10-17\"}", "rotation_period_in_days": 365});
    assert_eq!(sets(json!(false), shown.clone()), (Truth::Unknown, Truth::Unknown));
    assert_eq!(sets(json!("prod"), shown.clone()), (Truth::Unknown, Truth::Unknown));
    assert_eq!(sets(json!(" {\"Version\": \"2012-10-17\"}"), shown.clone()).0, Truth::Yes);
    assert_eq!(sets(json!(365), shown).1, Truth::Yes);
}

#[test]
fn a_function_without_arguments_may_be_what_is_unknown() {
    struct Chosen;
    impl Interest for Chosen {
        fn attributes(&self, _: &str) -> Attributes {
            Attributes::All
        }

        fn is_chosen_by_provider(&self, _: &str, attribute: &str) -> bool {
            attribute == "policy"
        }
    }
    let key = created("aws_kms_key.k", json!({}), json!({"policy": true, "valid_to": true}));
    let arguments = json!({"policy": references(&["var.x"]), "valid_to": references(&["var.x"])});
    let root =
        json!({"resources": [block("aws_kms_key.k", arguments)], "variables": {"x": {"default": "72h"}}});
    let plan = plan(json!([key]), root, json!({})).to_string();
    let project = read(plan.as_bytes(), &ReadOptions::named("plan.json"), &Chosen).unwrap().project;
    assert_eq!(after(&project, "aws_kms_key.k", "policy").kind, Kind::Unset);
    assert_eq!(sources(after(&project, "aws_kms_key.k", "valid_to")), Vec::<String>::new());
}

#[test]
fn the_blocks_of_a_list_stand_in_the_order_of_the_source() {
    let document = "data.aws_iam_policy_document.d";
    let statement = |role: &str| json!({"resources": references(&[&format!("{role}.arn"), role])});
    let roles = ["aws_iam_role.a", "aws_iam_role.b"];
    let unknown = json!({"statement": [{"resources": true}, {"resources": true}]});
    let data = changed(document, json!(["read"]), Json::Null, json!({"statement": [{}, {}]}), unknown);
    let [a, b] = roles.map(|role| created(role, json!({}), json!({"arn": true})));
    let blocks = json!([
        block(document, json!({"statement": roles.map(statement)})),
        block(roles[0], json!({})),
        block(roles[1], json!({}))
    ]);
    let project = project(&plan(json!([a, b, data]), json!({"resources": blocks}), json!({})));
    let statements = after(&project, document, "statement").items();
    assert_eq!(sources(statements[0].get("resources").unwrap()), ["aws_iam_role.a.arn"]);
    assert_eq!(sources(statements[1].get("resources").unwrap()), ["aws_iam_role.b.arn"]);
}

#[test]
fn a_state_has_resources_as_they_are() {
    let project = project(&json!({"format_version": "1.0", "values": {"root_module": {
        "resources": [{"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k",
            "values": {"arn": "arn:aws:kms:eu-west-1:111122223333:key/x"}, "sensitive_values": {}}],
        "child_modules": [{"address": "module.m[\"a\"]", "resources": [
            {"mode": "managed", "type": "aws_kms_key", "name": "k", "index": 0, "values": {}}]}],
    }}}));
    assert_eq!(project.kind(), kmscheck_model::InputKind::State);
    let key = resource(&project, "aws_kms_key.k");
    assert_eq!(key.deployment.region.name(), Some("eu-west-1"));
    assert_eq!(key.deployment.account.id(), Some("111122223333"));
    assert!(resource(&project, "module.m[\"a\"].aws_kms_key.k[0]").deployment.region.because().is_some());
}
