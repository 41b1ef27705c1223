//! What a key's tags ask for, and the words about Regions, which several checks of the replication group share.

use std::sync::Arc;

use kmscheck_graph::{Key, Node, ReplicationTag, listed_regions};
use kmscheck_model::{Region, RegionSource};
use kmscheck_value::{Because, Text, Value};

use crate::Context;

/// The replicas that a key is to have.
pub(super) struct Declared {
    /// Where; `None` if any other Region will do.
    pub(super) regions: Option<Vec<Arc<str>>>,
    /// What says where.
    pub(super) source: Source,
}

/// What says in which Regions a key is to have replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The replication tag itself.
    Tag,
    /// The second tag.
    RegionsTag,
    /// The settings, or nothing.
    Settings,
}

/// What the tags of a key and the settings ask for; `None` if the replication tag is off or not there.
///
/// # Errors
/// Why it can't be told.
pub(super) fn declared(cx: Context<'_>, key: &Key<'_>) -> Result<Option<Declared>, Because> {
    let settings = &cx.settings.replication;
    let Some(value) = given(key, &settings.tag)? else { return Ok(None) };
    let tag = ReplicationTag::parse(known(key, &settings.tag, value)?);
    match tag.ok_or_else(|| unclear(key, &settings.tag, value, "neither on nor off nor a list of Regions"))? {
        ReplicationTag::Off => Ok(None),
        ReplicationTag::Regions(regions) => {
            Ok(Some(Declared { regions: Some(regions), source: Source::Tag }))
        }
        ReplicationTag::On => declared_elsewhere(cx, key).map(Some),
    }
}

fn declared_elsewhere(cx: Context<'_>, key: &Key<'_>) -> Result<Declared, Because> {
    let tag = regions_tag(cx);
    if let Some(value) = given(key, &tag)? {
        let list = known(key, &tag, value)?;
        if !list.trim().is_empty() {
            let regions =
                listed_regions(list).ok_or_else(|| unclear(key, &tag, value, "no list of Regions"))?;
            return Ok(Declared { regions: Some(regions), source: Source::RegionsTag });
        }
    }
    let regions = cx.settings.replication.regions.iter().map(|region| Arc::from(&**region)).collect();
    let regions = Some(regions).filter(|regions: &Vec<_>| !regions.is_empty());
    Ok(Declared { regions, source: Source::Settings })
}

fn regions_tag(cx: Context<'_>) -> String {
    format!("{}Regions", cx.settings.replication.tag)
}

fn given<'p>(key: &Key<'p>, tag: &str) -> Result<Option<&'p Value>, Because> {
    Ok(key.tag(tag).ok()?.filter(|value| !value.is_absent()))
}

fn known<'p>(key: &Key<'_>, tag: &str, value: &'p Value) -> Result<&'p str, Because> {
    value.as_str().ok_or_else(|| {
        Because::new(format!("the value of the tag `{tag}` of {} is not known before apply", key.node))
    })
}

fn unclear(key: &Key<'_>, tag: &str, value: &Value, what: &str) -> Because {
    Because::new(format!("the tag `{tag}` of {} is `{}`, which is {what}", key.node, shown(value)))
        .settled_by("set the tag to `enabled`, `disabled` or Regions such as `eu-west-1 us-east-1`")
}

fn shown(value: &Value) -> String {
    value.as_text().map(Text::to_string).unwrap_or_default()
}

/// What asks for the replicas: the tags, and whether they are the provider's `default_tags`; the settings.
pub(super) fn evidence(cx: Context<'_>, key: &Key<'_>) -> Vec<String> {
    let replication = &cx.settings.replication;
    let source = declared(cx, key).ok().flatten().map(|declared| declared.source);
    let second = (source == Some(Source::RegionsTag)).then(|| regions_tag(cx));
    let tags = [Some(replication.tag.clone()), second].into_iter().flatten();
    let mut evidence: Vec<_> = tags.filter_map(|tag| tag_evidence(key, &tag)).collect();
    if source == Some(Source::Settings) && !replication.regions.is_empty() {
        evidence
            .push(format!("`[replication] regions` in the settings lists {}", list(&replication.regions)));
    }
    evidence
}

fn tag_evidence(key: &Key<'_>, tag: &str) -> Option<String> {
    let value = given(key, tag).ok().flatten()?;
    let own = key.node.attribute("tags").and_then(|tags| tags.get(tag)).is_some();
    let by = if own {
        String::new()
    } else {
        format!(", by `default_tags` of the provider configuration `{}`", provider(key.node))
    };
    Some(format!("the tag `{tag}` of {} is `{}`{by}", key.node, shown(value)))
}

/// Whether the Regions come from a tag whose value must not be shown.
pub(super) fn is_hidden(cx: Context<'_>, key: &Key<'_>) -> bool {
    let tags = [cx.settings.replication.tag.clone(), regions_tag(cx)];
    tags.iter().filter_map(|tag| given(key, tag).ok().flatten()).any(Value::is_sensitive)
}

/// `a`, `b`, `c`.
pub(super) fn list(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// Where a key is, and what says so.
pub(super) fn whereabouts(key: &Key<'_>) -> String {
    let (node, provider) = (key.node, provider(key.node));
    let Some(region) = key.region.known() else {
        return format!(
            "{node} is in the Region of the provider configuration `{provider}`, which is not known"
        );
    };
    let says = match &node.resource.deployment.region {
        Region::Known(deployed, source) if deployed == region => match source {
            RegionSource::Argument => "its `region` argument says so".to_owned(),
            RegionSource::Provider => format!("the Region of the provider configuration `{provider}`"),
            RegionSource::Observed => {
                format!("as AWS reported through the provider configuration `{provider}`")
            }
            RegionSource::Environment => {
                format!("which the provider configuration `{provider}` takes from the environment")
            }
        },
        _ => "its ARN says so".to_owned(),
    };
    format!("{node} is in `{region}`: {says}")
}

fn provider(node: Node<'_>) -> &str {
    &node.resource.deployment.provider
}

/// One answer for several keys of which one is meant, if it is the same for all of them.
///
/// # Errors
/// Why it is not the same, or can't be told.
pub(super) fn unanimous<T: PartialEq>(
    answers: impl IntoIterator<Item = Result<T, Because>>,
) -> Result<T, Because> {
    let different = || Because::new("which of several keys is the primary is not known before apply");
    let mut answers = answers.into_iter();
    let first = answers.next().unwrap_or_else(|| Err(different()))?;
    for answer in answers {
        if answer? != first {
            return Err(different());
        }
    }
    Ok(first)
}
