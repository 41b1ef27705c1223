//! Keys that are named from another Region: what `single-region-key-used-cross-region` and
//! `primary-used-from-other-region` share.

use std::sync::Arc;

use kmscheck_graph::{Consumer, ConsumerId, KeyId, Node, RegionRule, Target, Written};
use kmscheck_model::{Region, RegionSource};
use kmscheck_value::{Knowledge, Value};

use crate::{Context, Detection, Finding, Metadata};

/// A key in another Region than the one where it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Astray {
    /// Where the key is.
    pub(super) there: Arc<str>,
    /// Where it is needed.
    pub(super) needed: Arc<str>,
}

/// The attributes that need a key in one Region. `s3-replication-key` judges rules of S3 replication.
pub(super) fn subjects(cx: Context<'_>) -> Vec<ConsumerId> {
    let needs_one =
        |consumer: &&Consumer<'_>| consumer.row.region != RegionRule::Any && !consumer.is_replication_key();
    let consumers = cx.graph.consumers().iter().filter(|consumer| consumer.node.remains());
    consumers.filter(needs_one).map(|consumer| consumer.id).collect()
}

/// Whether a key that is (or is not) a multi-Region key is named from another Region than its own.
pub(super) fn detect(cx: Context<'_>, consumer: ConsumerId, multi_region: bool) -> Detection<Astray> {
    let consumer = cx.graph.consumer(consumer);
    let of_this_kind = cx.graph.is_multi_region(&consumer.key).map(|found| found == multi_region);
    let astray = consumer.key.astray.as_ref();
    if !Knowledge::all([of_this_kind, astray.map(Option::is_some)]).ok()? {
        return Ok(None);
    }
    let (there, needed) = (consumer.key.astray.clone().ok()?, consumer.region.clone().ok()?);
    Ok(there.map(|there| Astray { there, needed }))
}

/// The finding, up to what makes the two checks differ.
pub(super) fn finding(
    metadata: &'static Metadata,
    cx: Context<'_>,
    consumer: &Consumer<'_>,
    astray: &Astray,
    (message, help): (String, String),
) -> Finding {
    let mut finding = Finding::new(metadata, consumer.node, message, help).subject(consumer.path.clone());
    finding.evidence.extend(why_needed(consumer, &astray.needed));
    finding.evidence.extend(why_there(cx, consumer, &astray.there));
    for key in consumer.key.keys() {
        finding = finding.related(cx.graph.key(*key).node, "the key");
    }
    match consumer.key.key() {
        Some(key) => finding.on_key(cx.graph.key(key).node),
        None => finding,
    }
}

/// What is wrong, in a sentence: `kind` says which keys the check is about.
pub(super) fn what(cx: Context<'_>, consumer: &Consumer<'_>, astray: &Astray, kind: &str) -> String {
    let Astray { there, needed } = astray;
    let keys: Vec<_> = consumer.key.keys().iter().map(|key| cx.graph.key(*key).node.to_string()).collect();
    let named = match (&consumer.key.target, keys.as_slice()) {
        (Target::AwsManaged, _) => format!("an AWS managed key in {there}"),
        (_, []) => format!("a {kind} key in {there}"),
        (_, [key]) => format!("{key}, a {kind} key in {there}"),
        (_, keys) => format!("{}, {kind} keys in {there}", keys.join(" or ")),
    };
    let by = match &consumer.key.written {
        Written::AliasName(_) | Written::AliasArn => " by an alias",
        Written::KeyId => " by its id",
        Written::Arn | Written::Unclear => "",
    };
    format!("`{}` needs a key in {needed} and names{by} {named}.", consumer.path)
}

/// What to do where one of the `aws_kms_*` resources is in the wrong Region; `None` for consumers.
pub(super) fn move_there(consumer: &Consumer<'_>, astray: &Astray) -> Option<String> {
    let there = &astray.there;
    (!consumer.is_service()).then(|| {
        format!(
            "Give {} the `provider` (or `region`) of the key's Region, {there}, if it is for that key",
            consumer.node
        )
    })
}

fn why_needed(consumer: &Consumer<'_>, needed: &str) -> Option<String> {
    match consumer.row.region {
        RegionRule::Resource => whereabouts(consumer.node),
        RegionRule::BlockOrResource(_) if consumer.node.region().known().copied() == Some(needed) => {
            whereabouts(consumer.node)
        }
        RegionRule::Block(name) | RegionRule::BlockOrResource(name) => {
            Some(format!("`{}` beside `{}` says {needed}", first(name), consumer.path))
        }
        RegionRule::Bucket(name) => Some(format!("the bucket that `{name}` names is in {needed}")),
        RegionRule::Fixed(region) => Some(format!("`{}` takes keys of {region} only", consumer.path)),
        RegionRule::Any | RegionRule::None => None,
    }
}

fn first(names: &str) -> &str {
    names.split(',').next().unwrap_or(names)
}

fn why_there(cx: Context<'_>, consumer: &Consumer<'_>, there: &str) -> Option<String> {
    let key = consumer.key.key();
    let named = match &consumer.key.written {
        Written::AliasName(name) => key.and_then(|key| alias_there(cx, key, name)),
        _ => None,
    };
    let of_key = || whereabouts_of_key(cx, key?);
    named.or_else(of_key).or_else(|| Some(format!("the ARN that `{}` names is of {there}", consumer.path)))
}

fn alias_there(cx: Context<'_>, key: KeyId, name: &str) -> Option<String> {
    cx.graph
        .aliases_of(key)
        .find(|alias| alias.name() == Some(name))
        .and_then(|alias| whereabouts(alias.node))
}

/// What says where a key is.
pub(super) fn whereabouts_of_key(cx: Context<'_>, key: KeyId) -> Option<String> {
    let key = cx.graph.key(key).node;
    match key.attribute("arn").and_then(shown) {
        Some(arn) => Some(format!("the ARN of {key} is {arn}")),
        None => whereabouts(key),
    }
}

/// A string that is known and may be shown.
pub(super) fn shown(value: &Value) -> Option<&str> {
    value.as_str().filter(|_| !value.is_sensitive())
}

/// What says where a resource is.
pub(super) fn whereabouts(node: Node<'_>) -> Option<String> {
    let deployment = &node.resource.deployment;
    let provider = &deployment.provider;
    let Region::Known(region, source) = &deployment.region else { return None };
    Some(match source {
        RegionSource::Argument => format!("`region` of {node} is {region}"),
        RegionSource::Provider => format!("{node} is in {region}, the Region of provider `{provider}`"),
        RegionSource::Observed => {
            format!("{node} is in {region}: AWS reports this Region through provider `{provider}`")
        }
        RegionSource::Environment => format!("{node} is in {region}, the Region of the environment"),
    })
}
