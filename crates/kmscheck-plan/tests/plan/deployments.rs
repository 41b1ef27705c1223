//! Accounts and Regions.

use kmscheck_model::{Account, Region, RegionSource};
use kmscheck_plan::{ReadOptions, read};
use serde_json::{Value as Json, json};

use super::{Aws, block, changed, created, plan, project, references, resource};

fn with_provider(key: &str, mut block: Json) -> Json {
    block["provider_config_key"] = json!(key);
    block
}

fn aws(expressions: Json) -> Json {
    json!({"aws": {"name": "aws", "expressions": expressions}})
}

fn one_key(after: Json, arguments: Json, providers: Json, variables: Json) -> (Region, Account) {
    let key = created("aws_kms_key.k", after, json!({}));
    let mut plan = plan(json!([key]), json!({"resources": [block("aws_kms_key.k", arguments)]}), providers);
    plan["variables"] = variables;
    let project = project(&plan);
    let deployment = &resource(&project, "aws_kms_key.k").deployment;
    (deployment.region.clone(), deployment.account.clone())
}

fn known(region: &str, source: RegionSource) -> Region {
    Region::Known(region.into(), source)
}

#[test]
fn the_region_argument_wins_over_the_provider() {
    let provider = aws(json!({"region": {"constant_value": "eu-west-1"}}));
    let argument = json!({"region": {"constant_value": "us-east-1"}});
    let (region, _) = one_key(json!({"region": "us-east-1"}), argument, provider.clone(), json!({}));
    assert_eq!(region, known("us-east-1", RegionSource::Argument));
    let (region, _) = one_key(json!({"region": "eu-west-1"}), json!({}), provider.clone(), json!({}));
    assert_eq!(region, known("eu-west-1", RegionSource::Provider));
    let (region, _) = one_key(json!({}), json!({}), provider, json!({}));
    assert_eq!(region, known("eu-west-1", RegionSource::Provider));
}

#[test]
fn a_region_argument_that_is_null_leaves_it_to_the_provider() {
    let argument = json!({"region": references(&["var.region"])});
    let provider = aws(json!({"region": {"constant_value": "eu-west-1"}}));
    let with = |value: Json| {
        let variables = json!({"region": {"value": value}});
        one_key(json!({"region": "eu-west-1"}), argument.clone(), provider.clone(), variables).0
    };
    assert_eq!(with(json!(null)), known("eu-west-1", RegionSource::Provider));
    assert_eq!(with(json!("eu-west-1")), known("eu-west-1", RegionSource::Argument));
}

#[test]
fn the_region_of_a_provider_is_followed_through_a_variable() {
    let provider = aws(json!({"region": references(&["var.regions.main", "var.regions"])}));
    let variables = json!({"regions": {"value": {"main": "eu-west-1"}}});
    let (region, _) = one_key(json!({}), json!({}), provider, variables);
    assert_eq!(region, known("eu-west-1", RegionSource::Provider));
}

#[test]
fn a_region_that_the_plan_does_not_have_is_unknown_with_a_reason() {
    let (region, _) =
        one_key(json!({}), json!({}), aws(json!({"region": references(&["local.region"])})), json!({}));
    assert!(region.because().unwrap().reason.contains("local.region"));
    let (region, account) = one_key(json!({}), json!({}), json!({"aws": {"name": "aws"}}), json!({}));
    assert!(region.because().unwrap().settle.as_ref().unwrap().contains("--region"));
    assert_eq!(account, Account::Credentials("the environment's credentials".into()));
}

#[test]
fn defaults_hold_only_where_the_environment_decides() {
    let options = ReadOptions {
        root: "p".into(),
        region: Some("eu-north-1".into()),
        account: Some("111122223333".into()),
    };
    let deployment = |expressions: Json| {
        let key = created("aws_kms_key.k", json!({}), json!({}));
        let plan =
            plan(json!([key]), json!({"resources": [block("aws_kms_key.k", json!({}))]}), aws(expressions));
        let reading = read(plan.to_string().as_bytes(), &options, &Aws).unwrap();
        resource(&reading.project, "aws_kms_key.k").deployment.clone()
    };
    let ambient = deployment(json!({}));
    assert_eq!(ambient.region, known("eu-north-1", RegionSource::Environment));
    assert_eq!(ambient.account.id(), Some("111122223333"));
    let named = deployment(json!({"region": references(&["local.r"]), "profile": {"constant_value": "x"}}));
    assert!(named.region.because().is_some());
    assert_eq!(named.account, Account::Credentials("profile \"x\"".into()));
}

#[test]
fn accounts_come_from_the_role_or_from_what_is_allowed() {
    let role = json!({"assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::222233334444:role/d"}}]});
    let (_, account) = one_key(json!({}), json!({}), aws(role), json!({}));
    assert_eq!(account, Account::Known("222233334444".into()));
    let allowed = json!({"allowed_account_ids": {"constant_value": ["333344445555"]}});
    let (_, account) = one_key(json!({}), json!({}), aws(allowed), json!({}));
    assert_eq!(account, Account::Known("333344445555".into()));
    let nothing = json!({"assume_role": [{"role_arn": references(&["var.role"])}]});
    let (_, account) = one_key(json!({}), json!({}), aws(nothing), json!({"role": {"value": null}}));
    assert_eq!(
        account,
        Account::Credentials("provider aws".into()),
        "`coalesce(var.role, …)` need not be null"
    );
}

#[test]
fn what_two_equal_configurations_differ_in_is_hidden() {
    let providers = |region: Json, default: Json| {
        json!({
            "aws": {"name": "aws", "expressions": default},
            "aws.other": {"name": "aws", "alias": "other", "expressions": {"region": region}},
        })
    };
    let deployment = |providers: Json| {
        let blocks = json!([with_provider("aws.other", block("aws_kms_key.a", json!({})))]);
        let mut plan = plan(
            json!([created("aws_kms_key.a", json!({}), json!({}))]),
            json!({"resources": blocks}),
            providers,
        );
        plan["variables"] = json!({"region": {"value": "eu-west-1"}});
        resource(&project(&plan), "aws_kms_key.a").deployment.clone()
    };
    let constant = json!({"constant_value": "eu-west-1"});
    let written = deployment(providers(constant.clone(), json!({"region": constant})));
    assert_eq!(written.account, Account::Credentials("provider aws.other".into()), "a dynamic `assume_role`");
    assert_eq!(written.region.name(), Some("eu-west-1"));
    let computed =
        deployment(providers(references(&["var.region"]), json!({"region": references(&["var.region"])})));
    assert!(computed.region.because().is_some(), "a conditional on the variable");
    let tags =
        json!({"region": references(&["var.region"]), "default_tags": [{"tags": {"constant_value": {}}}]});
    let tagged = deployment(providers(references(&["var.region"]), tags));
    assert_eq!(tagged.region.name(), Some("eu-west-1"));
    assert_eq!(tagged.account, Account::Credentials("the environment's credentials".into()));
}

#[test]
fn files_and_tokens_are_credentials_too() {
    for argument in ["secret_key", "shared_config_files", "shared_credentials_files", "token"] {
        let (_, account) =
            one_key(json!({}), json!({}), aws(json!({argument: {"constant_value": "x"}})), json!({}));
        assert_eq!(account, Account::Credentials("provider aws".into()), "{argument}");
    }
}

#[test]
fn the_caller_tells_the_account_of_all_that_share_its_credentials() {
    let key = |address| created(address, json!({}), json!({}));
    let blocks = json!([
        block("aws_kms_key.here", json!({})),
        with_provider("aws.other", block("aws_kms_key.other", json!({}))),
        with_provider("aws.role", block("aws_kms_key.role", json!({}))),
        block("data.aws_caller_identity.me", json!({})),
    ]);
    let providers = json!({
        "aws": {"name": "aws"},
        "aws.other": {"name": "aws", "alias": "other", "expressions": {"region": {"constant_value": "us-east-1"}}},
        "aws.role": {"name": "aws", "alias": "role",
            "expressions": {"assume_role": [{"role_arn": references(&["local.role"])}]}},
    });
    let changes = json!([key("aws_kms_key.here"), key("aws_kms_key.other"), key("aws_kms_key.role")]);
    let mut plan = plan(changes, json!({"resources": blocks}), providers);
    plan["prior_state"] = json!({"values": {"root_module": {"resources": [{"mode": "data",
        "type": "aws_caller_identity", "name": "me", "values": {"account_id": "111122223333"}}]}}});
    let project = project(&plan);
    let account = |address| resource(&project, address).deployment.account.clone();
    assert_eq!(account("aws_kms_key.here").id(), Some("111122223333"));
    assert_eq!(account("aws_kms_key.other").id(), Some("111122223333"));
    assert_eq!(account("aws_kms_key.role").id(), None);
}

#[test]
fn what_aws_reported_through_a_provider_settles_its_region_and_account() {
    let arn = json!({"arn": "arn:aws:kms:eu-west-1:111122223333:key/x"});
    let changes = json!([
        changed("aws_kms_key.old", json!(["no-op"]), arn.clone(), arn, json!({})),
        created("aws_kms_key.new", json!({}), json!({})),
    ]);
    let blocks = json!([block("aws_kms_key.old", json!({})), block("aws_kms_key.new", json!({}))]);
    let providers = aws(json!({"region": references(&["local.region"])}));
    let project = project(&plan(changes, json!({"resources": blocks}), providers));
    let deployment = &resource(&project, "aws_kms_key.new").deployment;
    assert_eq!(deployment.region, known("eu-west-1", RegionSource::Observed));
    assert_eq!(deployment.account.id(), Some("111122223333"));
}

#[test]
fn a_data_source_shows_the_region_in_which_it_was_read() {
    let region = |resource_type: &str, values: Json, arguments: Json| {
        let blocks =
            json!([block("aws_kms_key.k", json!({})), block(&format!("data.{resource_type}.d"), arguments),]);
        let changes = json!([created("aws_kms_key.k", json!({}), json!({}))]);
        let providers = aws(json!({"region": references(&["local.region"])}));
        let mut plan = plan(changes, json!({"resources": blocks}), providers);
        let read = json!([{"mode": "data", "type": resource_type, "name": "d", "values": values}]);
        plan["prior_state"] = json!({"values": {"root_module": {"resources": read}}});
        resource(&project(&plan), "aws_kms_key.k").deployment.region.clone()
    };
    let arn = |service: &str| json!({"arn": format!("arn:aws:{service}:eu-west-1:111122223333:x"), "region": "eu-west-1"});
    let here = known("eu-west-1", RegionSource::Observed);
    assert_eq!(region("aws_vpc", arn("ec2"), json!({})), here);
    assert_eq!(region("aws_ssm_parameter", arn("ssm"), json!({})), here);
    assert_eq!(region("aws_kms_alias", arn("kms"), json!({})), here);
    assert_eq!(region("aws_availability_zones", json!({"id": "eu-west-1"}), json!({})), here);
    assert!(
        region("aws_availability_zones", json!({"id": "2020-01-02 03:04:05"}), json!({})).because().is_some()
    );
    for elsewhere in ["aws_arn", "aws_s3_bucket", "aws_secretsmanager_secret"] {
        assert!(region(elsewhere, arn("x"), json!({})).because().is_some(), "{elsewhere}");
    }
    let argument = json!({"region": {"constant_value": "eu-west-1"}});
    assert!(region("aws_vpc", arn("ec2"), argument).because().is_some(), "a Region of its own");
}

#[test]
fn iam_has_no_region() {
    let role = created("aws_iam_role.r", json!({}), json!({}));
    let project = project(&plan(
        json!([role]),
        json!({"resources": [block("aws_iam_role.r", json!({}))]}),
        aws(json!({})),
    ));
    assert_eq!(resource(&project, "aws_iam_role.r").deployment.region, Region::Global);
}

/// Terraform 0.12 to 1.0 wrote the name of the module call and the local name.
#[test]
fn a_key_of_an_older_terraform_stands_for_what_could_be_handed_down() {
    let region = |providers: Json| {
        let key = created("module.m.aws_kms_key.k", json!({}), json!({}));
        let inner = with_provider("m:aws", block("aws_kms_key.k", json!({})));
        let root = json!({"module_calls": {"m": {"module": {"resources": [inner]}}}});
        resource(&project(&plan(json!([key]), root, providers)), "module.m.aws_kms_key.k")
            .deployment
            .region
            .clone()
    };
    let in_region = |name: &str| json!({"name": "aws", "expressions": {"region": {"constant_value": name}}});
    let one = json!({"aws": in_region("eu-west-1")});
    assert_eq!(region(one), known("eu-west-1", RegionSource::Provider));
    let two = json!({"aws": in_region("eu-west-1"), "aws.b": in_region("us-east-1")});
    assert!(region(two).because().is_some(), "a providers map may hand down either");
    let other = json!({"aws.b": in_region("us-east-1")});
    assert!(region(other).because().is_some(), "the default configuration needs no block");
    let own = json!({"aws": in_region("eu-west-1"), "module.m:aws": {"name": "aws", "module_address": "module.m",
        "expressions": {"region": {"constant_value": "us-east-1"}}}});
    assert_eq!(region(own), known("us-east-1", RegionSource::Provider));
}

#[test]
fn the_default_provider_configuration_needs_no_block() {
    let key = created("aws_kms_key.k", json!({}), json!({}));
    let root = json!({"resources": [with_provider("aws", block("aws_kms_key.k", json!({})))]});
    let aliased = json!({"aws.b": {"name": "aws", "alias": "b", "expressions": {"region": {"constant_value": "us-east-1"}}}});
    let project = project(&plan(json!([key]), root, aliased));
    let deployment = &resource(&project, "aws_kms_key.k").deployment;
    assert_eq!(&*deployment.provider, "aws");
    assert!(deployment.region.because().is_some(), "it takes its Region from the environment");
}

#[test]
fn a_deleted_resource_is_where_it_was() {
    let before = json!({"arn": "arn:aws:kms:eu-west-1:111122223333:key/x"});
    let key = changed("module.gone.aws_kms_key.k", json!(["delete"]), before, json!(null), json!({}));
    let project = project(&plan(json!([key]), json!({}), json!({})));
    let deployment = &resource(&project, "module.gone.aws_kms_key.k").deployment;
    assert_eq!(
        (deployment.region.name(), deployment.account.id()),
        (Some("eu-west-1"), Some("111122223333"))
    );
}
