//! What an unknown value was made from.

use kmscheck_value::Kind;
use serde_json::{Value as Json, json};

use super::{after, block, changed, created, plan, project, references, sources};

fn key(address: &str) -> Json {
    created(address, json!({"region": "eu-west-1"}), json!({"arn": true, "key_id": true}))
}

fn alias(address: &str) -> Json {
    created(address, json!({}), json!({"target_key_id": true}))
}

fn alias_of(list: &[&str]) -> Json {
    block("aws_kms_alias.a", json!({"target_key_id": references(list)}))
}

/// The sources of `aws_kms_alias.a.target_key_id` in a root module with these other keys.
fn target(list: &[&str], keys: &[&str], alias_address: &str) -> Vec<String> {
    let changes: Vec<_> = keys.iter().map(|address| key(address)).chain([alias(alias_address)]).collect();
    let root = json!({"resources": [alias_of(list), block("aws_kms_key.k", json!({}))]});
    sources(after(&project(&plan(json!(changes), root, json!({}))), alias_address, "target_key_id"))
}

#[test]
fn an_attribute_of_a_resource_is_that_of_its_instance() {
    let list = ["aws_kms_key.k.arn", "aws_kms_key.k"];
    assert_eq!(target(&list, &["aws_kms_key.k"], "aws_kms_alias.a"), ["aws_kms_key.k.arn"]);
    let list = ["aws_kms_key.k[0].arn", "aws_kms_key.k[0]", "aws_kms_key.k"];
    assert_eq!(target(&list, &["aws_kms_key.k[0]"], "aws_kms_alias.a"), ["aws_kms_key.k[0].arn"]);
    let list = [r#"aws_kms_key.k["a.b"].arn"#, r#"aws_kms_key.k["a.b"]"#, "aws_kms_key.k"];
    let keys = [r#"aws_kms_key.k["a.b"]"#, r#"aws_kms_key.k["c"]"#];
    assert_eq!(target(&list, &keys, "aws_kms_alias.a"), [r#"aws_kms_key.k["a.b"].arn"#]);
}

#[test]
fn an_index_by_the_own_key_is_the_instance_with_that_key() {
    let keys = ["aws_kms_key.k[\"a\"]", "aws_kms_key.k[\"b\"]"];
    let target_of = |list: &[&str]| target(list, &keys, "aws_kms_alias.a[\"b\"]");
    assert_eq!(target_of(&["aws_kms_key.k", "each.key"]), ["aws_kms_key.k[\"b\"]"]);
    assert_eq!(target_of(&["aws_kms_key.k"]).len(), 2, "any of them");
    assert_eq!(target_of(&["each.key", "aws_kms_key.k"]).len(), 2, "the key is for something else");
}

#[test]
fn a_local_value_is_lost_but_the_other_sources_stay() {
    let list = ["local.use", "aws_kms_key.k.arn", "aws_kms_key.k"];
    assert_eq!(target(&list, &["aws_kms_key.k"], "aws_kms_alias.a"), ["aws_kms_key.k.arn", "?local.use"]);
}

#[test]
fn an_instance_that_does_not_exist_makes_nothing_unknown() {
    let changes = json!([alias("aws_kms_alias.a")]);
    let root = json!({"resources": [alias_of(&["aws_kms_key.k[0].arn", "aws_kms_key.k[0]", "aws_kms_key.k"]),
        block("aws_kms_key.k", json!({}))]});
    let mut whole = plan(changes, root, json!({}));
    assert_eq!(after(&project(&whole), "aws_kms_alias.a", "target_key_id").kind, Kind::Unset);
    whole["complete"] = json!(false);
    let unknown = project(&whole);
    assert_eq!(sources(after(&unknown, "aws_kms_alias.a", "target_key_id")), ["?aws_kms_key.k[0].arn"]);
}

#[test]
fn what_is_known_cannot_have_made_it_unknown() {
    let known = created("aws_iam_role.r", json!({"arn": "x"}), json!({"id": true}));
    let changes = json!([known, key("aws_kms_key.k"), alias("aws_kms_alias.a")]);
    let list = [
        "aws_iam_role.r.arn",
        "aws_iam_role.r",
        "var.x",
        "path.module",
        "aws_kms_key.k.arn",
        "aws_kms_key.k",
    ];
    let root = json!({"resources": [alias_of(&list), block("aws_kms_key.k", json!({})), block("aws_iam_role.r", json!({}))]});
    let found = project(&plan(changes, root, json!({})));
    assert_eq!(sources(after(&found, "aws_kms_alias.a", "target_key_id")), ["aws_kms_key.k.arn"]);
}

/// A root module with keys `k["a"]` and `k["b"]` that passes `argument` to a module with an alias of `var.key`.
fn through_call(argument: Json, for_each: Json, module: &str) -> Vec<String> {
    let inner = format!("{module}.aws_kms_alias.a");
    let changes = json!([key("aws_kms_key.k[\"a\"]"), key("aws_kms_key.k[\"b\"]"), alias(&inner)]);
    let call = json!({"expressions": {"key": argument}, "for_each_expression": for_each,
        "module": {"variables": {"key": {}}, "resources": [alias_of(&["var.key"])]}});
    let root = json!({"resources": [block("aws_kms_key.k", json!({}))], "module_calls": {"m": call}});
    sources(after(&project(&plan(changes, root, json!({}))), &inner, "target_key_id"))
}

#[test]
fn a_variable_is_what_the_call_passes_for_each_instance() {
    let arn = references(&["aws_kms_key.k[\"a\"].arn", "aws_kms_key.k[\"a\"]", "aws_kms_key.k"]);
    assert_eq!(through_call(arn, Json::Null, "module.m"), ["aws_kms_key.k[\"a\"].arn"]);
    let own = references(&["aws_kms_key.k", "each.key"]);
    let for_each = references(&["aws_kms_key.k"]);
    assert_eq!(through_call(own, for_each.clone(), "module.m[\"b\"]"), ["aws_kms_key.k[\"b\"]"]);
    let value = references(&["each.value.arn", "each.value"]);
    assert_eq!(through_call(value, for_each, "module.m[\"b\"]"), ["aws_kms_key.k[\"b\"].arn"]);
}

#[test]
fn an_output_is_followed_into_the_module_instance() {
    let arn = references(&["aws_kms_key.k.arn", "aws_kms_key.k"]);
    let call = json!({"module": {"outputs": {"arn": {"expression": arn}, "key": {"expression": references(&["aws_kms_key.k"])}},
        "resources": [block("aws_kms_key.k", json!({}))]}});
    let target = |list: &[&str]| {
        let keys = [key("module.m[\"a\"].aws_kms_key.k"), key("module.m[\"b\"].aws_kms_key.k")];
        let changes = json!([keys[0], keys[1], alias("aws_kms_alias.a[\"b\"]")]);
        let root = json!({"resources": [alias_of(list)], "module_calls": {"m": call}});
        sources(after(&project(&plan(changes, root, json!({}))), "aws_kms_alias.a[\"b\"]", "target_key_id"))
    };
    let one = ["module.m[\"a\"].arn", "module.m[\"a\"]", "module.m"];
    assert_eq!(target(&one), ["module.m[\"a\"].aws_kms_key.k.arn"]);
    let further = ["module.m[\"a\"].key.arn", "module.m[\"a\"].key", "module.m[\"a\"]", "module.m"];
    assert_eq!(target(&further), ["module.m[\"a\"].aws_kms_key.k.arn"]);
    let own = target(&["module.m", "each.key"]);
    assert_eq!(own, ["module.m[\"b\"].aws_kms_key.k", "module.m[\"b\"].aws_kms_key.k.arn"]);
    assert_eq!(target(&["module.m.nothing", "module.m"]), ["?module.m[\"a\"].nothing"]);
}

#[test]
fn a_module_that_is_passed_as_a_whole_is_followed_to_the_output() {
    let output = |key: &str| json!({"expression": references(&[&format!("{key}.arn"), key])});
    let outputs = json!({"arn": output("aws_kms_key.k"), "other": output("aws_kms_key.other")});
    let resources = json!([block("aws_kms_key.k", json!({})), block("aws_kms_key.other", json!({}))]);
    let target = |argument: &[&str], list: &[&str]| {
        let (keys, alias_there) = (["k", "other"], "module.user.aws_kms_alias.a");
        let keys = keys.map(|name| key(&format!("module.keys.aws_kms_key.{name}")));
        let user = json!({"expressions": {"keys": references(argument)},
            "module": {"variables": {"keys": {}}, "resources": [alias_of(list)]}});
        let calls = json!({"keys": {"module": {"outputs": outputs, "resources": resources}}, "user": user});
        let changes = json!([keys[0], keys[1], alias(alias_there)]);
        let found = project(&plan(changes, json!({"module_calls": calls}), json!({})));
        sources(after(&found, alias_there, "target_key_id"))
    };
    let both = ["module.keys.aws_kms_key.k.arn", "module.keys.aws_kms_key.other.arn"];
    assert_eq!(target(&["module.keys"], &["var.keys.arn", "var.keys"]), both[..1]);
    assert_eq!(target(&["module.keys"], &["var.keys.other", "var.keys"]), both[1..]);
    assert_eq!(target(&["module.keys"], &["var.keys"]), both);
    assert_eq!(target(&["module.keys"], &["var.keys.nothing", "var.keys"]), both, "it is no output");
    let more = ["module.keys", "module.keys.other", "module.keys"];
    assert_eq!(target(&more, &["var.keys.arn", "var.keys"]), both, "made from more than the module");
}

#[test]
fn an_element_of_an_output_with_all_keys_is_that_key() {
    let call = json!({"module": {"outputs": {"keys": {"expression": references(&["aws_kms_key.k"])}},
        "resources": [block("aws_kms_key.k", json!({}))]}});
    let changes = json!([
        key("module.m.aws_kms_key.k[\"a\"]"),
        key("module.m.aws_kms_key.k[\"b\"]"),
        alias("aws_kms_alias.a")
    ]);
    let list = ["module.m.keys[\"a\"].arn", "module.m.keys[\"a\"]", "module.m.keys", "module.m"];
    let root = json!({"resources": [alias_of(&list)], "module_calls": {"m": call}});
    let found = project(&plan(changes, root, json!({})));
    assert_eq!(
        sources(after(&found, "aws_kms_alias.a", "target_key_id")),
        ["module.m.aws_kms_key.k[\"a\"].arn"]
    );
}

#[test]
fn the_local_values_of_a_module_in_which_all_is_known_are_known() {
    let label = json!({"expressions": {"name": {"constant_value": "x"}},
        "module": {"variables": {"name": {}}, "outputs": {"id": {"expression": references(&["local.id"])}}}});
    let changes = json!([key("aws_kms_key.k"), alias("aws_kms_alias.a")]);
    let list = ["module.label.id", "module.label", "aws_kms_key.k.arn", "aws_kms_key.k"];
    let root = json!({"resources": [alias_of(&list), block("aws_kms_key.k", json!({}))], "module_calls": {"label": label}});
    let found = project(&plan(changes, root, json!({})));
    assert_eq!(sources(after(&found, "aws_kms_alias.a", "target_key_id")), ["aws_kms_key.k.arn"]);
}

#[test]
fn modules_that_pass_values_in_a_circle_are_survived() {
    let call = |from: &str| {
        json!({"expressions": {"x": references(&[&format!("module.{from}.x"), &format!("module.{from}")])},
            "module": {"variables": {"x": {}}, "outputs": {"x": {"expression": references(&["var.x"])}}}})
    };
    let root = json!({"resources": [alias_of(&["module.a.x", "module.a"])], "module_calls": {"a": call("b"), "b": call("a")}});
    let found = project(&plan(json!([alias("aws_kms_alias.a")]), root, json!({})));
    assert_eq!(sources(after(&found, "aws_kms_alias.a", "target_key_id")).len(), 1);
}

#[test]
fn a_data_source_that_is_read_later_is_a_source() {
    let document =
        changed("data.aws_kms_key.d", json!(["read"]), json!(null), json!({}), json!({"arn": true}));
    let root = json!({"resources": [alias_of(&["data.aws_kms_key.d.arn", "data.aws_kms_key.d"]), block("data.aws_kms_key.d", json!({}))]});
    let found = project(&plan(json!([document, alias("aws_kms_alias.a")]), root, json!({})));
    assert_eq!(sources(after(&found, "aws_kms_alias.a", "target_key_id")), ["data.aws_kms_key.d.arn"]);
}

#[test]
fn among_many_instances_each_finds_its_own_and_no_list_is_endless() {
    let keys: Vec<_> = (0..400).map(|index| format!("aws_kms_key.k[{index}]")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    assert_eq!(
        target(&["aws_kms_key.k", "count.index"], &keys, "aws_kms_alias.a[399]"),
        ["aws_kms_key.k[399]"]
    );
    let list = ["aws_kms_key.k[7].arn", "aws_kms_key.k[7]", "aws_kms_key.k"];
    assert_eq!(target(&list, &keys, "aws_kms_alias.a"), ["aws_kms_key.k[7].arn"]);
    assert_eq!(target(&["aws_kms_key.k"], &keys, "aws_kms_alias.a"), ["?aws_kms_key.k"]);
}
