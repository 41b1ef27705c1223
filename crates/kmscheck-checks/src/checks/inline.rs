//! Small plans for tests, written in place.
//!
//! An attribute `{"$ref": "aws_kms_key.a.arn"}` is unknown before apply and refers to that (or those); `{"$computed": true}` is
//! unknown because the provider fills it in, also within a block. All other attributes are known and stand in the
//! configuration.

use serde_json::{Map, Value as Json, json};

use crate::{Finding, Registered, Settings, testing};

/// What a plan does to one resource, and how the configuration has it.
pub(crate) struct Planned {
    change: Json,
    config: Option<Json>,
}

pub(crate) fn create(address: &str, after: Json) -> Planned {
    planned(address, &["create"], Json::Null, Some(after), &[])
}

/// A resource that exists and stays as it is.
pub(crate) fn keep(address: &str, object: Json) -> Planned {
    planned(address, &["no-op"], object.clone(), Some(object), &[])
}

pub(crate) fn update(address: &str, before: Json, after: Json) -> Planned {
    planned(address, &["update"], before, Some(after), &[])
}

pub(crate) fn replace(address: &str, forced_by: &str, before: Json, after: Json) -> Planned {
    planned(address, &["delete", "create"], before, Some(after), &[forced_by])
}

pub(crate) fn delete(address: &str, before: Json) -> Planned {
    planned(address, &["delete"], before, None, &[])
}

pub(crate) fn forget(address: &str, before: Json) -> Planned {
    planned(address, &["forget"], before, None, &[])
}

impl Planned {
    /// The same, without a trace in the configuration: `name` is known, and nobody knows who set it.
    pub(crate) fn unconfigured(mut self, name: &str) -> Self {
        if let Some(config) = &mut self.config {
            config["expressions"].as_object_mut().unwrap().remove(name);
        }
        self
    }

    /// The same, in a plan whose configuration does not show it.
    pub(crate) fn undeclared(mut self) -> Self {
        self.config = None;
        self
    }

    /// The same, in a plan that does not tell what is unknown.
    pub(crate) fn cut_down(mut self) -> Self {
        if let Some(change) = self.change["change"].as_object_mut() {
            change.remove("after_unknown");
        }
        self
    }

    /// The same, with an attribute that Terraform hides.
    pub(crate) fn sensitive(mut self, name: &str) -> Self {
        self.change["change"]["before_sensitive"] = json!({name: true});
        self.change["change"]["after_sensitive"] = json!({name: true});
        self
    }

    /// The same, of a provider configuration in another Region than the others.
    pub(crate) fn in_region(mut self, alias: &str) -> Self {
        if let Some(config) = &mut self.config {
            config["provider_config_key"] = json!(format!("aws.{alias}"));
        }
        self
    }
}

/// The verdicts of a check on a plan of these resources.
pub(crate) fn verdicts(check: &dyn Registered, resources: Vec<Planned>) -> Vec<String> {
    verdicts_with(check, resources, &Settings::default())
}

/// The same, with settings.
pub(crate) fn verdicts_with(
    check: &dyn Registered,
    resources: Vec<Planned>,
    settings: &Settings,
) -> Vec<String> {
    testing::verdicts(check, &plan(resources), settings)
}

/// The only finding of a check on a plan of these resources.
pub(crate) fn finding(check: &dyn Registered, resources: Vec<Planned>) -> Finding {
    testing::findings(check, &plan(resources), &Settings::default()).pop().unwrap()
}

/// Why a check can't tell, of each subject of a plan of these resources.
pub(crate) fn reasons(check: &dyn Registered, resources: Vec<Planned>) -> Vec<String> {
    testing::reasons(check, &plan(resources))
}

/// The settings in a `kmscheck.toml`.
pub(crate) fn settings(text: &str) -> Settings {
    toml::from_str(text).unwrap()
}

/// A plan of these resources as JSON, with the provider in `eu-west-1`, `aws.us` in `us-east-1`, `aws.frankfurt` in
/// `eu-central-1`, and `aws.somewhere` and `aws.elsewhere` in Regions that the plan does not hold.
///
/// `terraform_data.x.output` and `data.aws_iam_policy_document.x.json` are there to be referred to; neither is known.
pub(crate) fn plan(mut resources: Vec<Planned>) -> String {
    resources.push(create("terraform_data.x", json!({"output": {"$computed": true}})));
    let document = json!({"json": {"$computed": true}});
    resources.push(planned("data.aws_iam_policy_document.x", &["read"], Json::Null, Some(document), &[]));
    let (changes, configs): (Vec<_>, Vec<_>) =
        resources.into_iter().map(|planned| (planned.change, planned.config)).unzip();
    let configs: Vec<_> = configs.into_iter().flatten().collect();
    let provider = |alias: Option<&str>, region: Json| json!({"name": "aws", "alias": alias, "expressions": {"region": region}});
    let known = |region: &str| json!({"constant_value": region});
    let unknown = || json!({"references": ["local.region"]});
    let providers = json!({
        "aws": provider(None, known("eu-west-1")),
        "aws.us": provider(Some("us"), known("us-east-1")),
        "aws.frankfurt": provider(Some("frankfurt"), known("eu-central-1")),
        "aws.somewhere": provider(Some("somewhere"), unknown()),
        "aws.elsewhere": provider(Some("elsewhere"), unknown()),
    });
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "complete": true,
        "errored": false,
        "resource_changes": changes,
        "configuration": {
            "provider_config": providers,
            "root_module": {"resources": configs},
        },
    })
    .to_string()
}

#[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
fn planned(
    address: &str,
    actions: &[&str],
    before: Json,
    after: Option<Json>,
    forced_by: &[&str],
) -> Planned {
    let (mode, path) = match address.strip_prefix("data.") {
        Some(path) => ("data", path),
        None => ("managed", address),
    };
    let (resource_type, name) = path.split_once('.').unwrap();
    let mut head = json!({"address": address, "mode": mode, "type": resource_type, "name": name});
    let config = after.as_ref().map(|after| {
        let mut config = head.clone();
        config["provider_config_key"] = json!("aws");
        config["expressions"] = after.as_object().unwrap().iter().filter_map(expression).collect();
        config
    });
    let (known, unknown) = after.map(split).unzip();
    head["provider_name"] = json!("registry.terraform.io/hashicorp/aws");
    head["change"] = json!({
        "actions": actions,
        "before": before,
        "after": known,
        "after_unknown": unknown.unwrap_or_else(|| json!({})),
        "replace_paths": forced_by.iter().map(|path| json!([path])).collect::<Vec<_>>(),
    });
    Planned { change: head, config }
}

/// What is known of a value, and where it is not, as a plan has them.
fn split(value: Json) -> (Json, Json) {
    match value {
        Json::Object(fields) if fields.contains_key("$ref") || fields.contains_key("$computed") => {
            (Json::Null, json!(true))
        }
        Json::Object(fields) => {
            let (mut known, mut unknown) = (Map::new(), Map::new());
            for (name, (value, marks)) in fields.into_iter().map(|(name, value)| (name, split(value))) {
                if marks != json!(true) {
                    known.insert(name.clone(), value);
                }
                if marks != json!(false) {
                    unknown.insert(name, marks);
                }
            }
            (known.into(), unknown.into())
        }
        Json::Array(items) => {
            let (known, unknown): (Vec<_>, Vec<_>) = items.into_iter().map(split).unzip();
            (known.into(), unknown.into())
        }
        scalar => (scalar, json!(false)),
    }
}

fn expression((name, value): (&String, &Json)) -> Option<(String, Json)> {
    let expression = match (value.get("$ref"), value.get("$computed"), value) {
        (Some(references), ..) => {
            let all = references.as_array().map_or_else(|| vec![references], |all| all.iter().collect());
            let references =
                all.into_iter().map(|reference| reference.as_str().unwrap()).flat_map(|reference| {
                    [reference, reference.rsplit_once('.').map_or(reference, |(object, _)| object)]
                });
            json!({"references": references.collect::<Vec<_>>()})
        }
        (None, Some(_), _) | (None, None, Json::Null) => return None,
        (None, None, value) if value.as_array().is_some_and(|items| items.iter().any(Json::is_object)) => {
            json!([{}])
        }
        _ => json!({"constant_value": value}),
    };
    Some((name.clone(), expression))
}
