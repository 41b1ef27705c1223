//! The objects of `kmscheck inspect`, one struct each.

use kmscheck_graph::{Key, KmsGraph, Node, PolicySource, Primary};
use kmscheck_iam::{Document as PolicyDocument, Statement};
use kmscheck_model::{Mode, Project, Resource};
use kmscheck_value::{Knowledge, Value};
use serde::Serialize;
use serde_json::Value as Json;

use super::value;

#[derive(Serialize)]
pub(super) struct Document {
    resources: Vec<ResourceView>,
    keys: Vec<KeyView>,
}

#[derive(Serialize)]
struct ResourceView {
    root: String,
    address: String,
    #[serde(rename = "type")]
    resource_type: String,
    mode: &'static str,
    region: Option<String>,
    account: Option<String>,
    values: Json,
    unknown: Json,
}

#[derive(Serialize)]
struct KeyView {
    root: String,
    address: String,
    kind: &'static str,
    region: Option<String>,
    account: Option<String>,
    multi_region: Option<bool>,
    primary: Option<String>,
    policy: PolicyView,
    replicas: Vec<String>,
    aliases: Vec<String>,
    grants: Vec<String>,
    consumers: Vec<String>,
}

#[derive(Serialize)]
struct PolicyView {
    source: &'static str,
    statements: Option<Json>,
}

impl Document {
    pub(super) fn of(graph: &KmsGraph<'_>) -> Self {
        let resources = graph
            .projects()
            .iter()
            .flat_map(|project| project.resources().map(|(_, resource)| ResourceView::of(project, resource)));
        Self {
            resources: resources.collect(),
            keys: graph.keys().iter().map(|key| KeyView::of(graph, key)).collect(),
        }
    }
}

impl ResourceView {
    fn of(project: &Project, resource: &Resource) -> Self {
        let mode = match resource.address.mode {
            Mode::Managed => "managed",
            Mode::Data => "data",
        };
        Self {
            root: project.root().to_owned(),
            address: resource.address.to_string(),
            resource_type: resource.address.resource_type.to_string(),
            mode,
            region: resource.deployment.region.name().map(ToOwned::to_owned),
            account: resource.deployment.account.id().map(ToOwned::to_owned),
            values: resource.after.as_ref().map_or(Json::Null, value::known),
            unknown: resource.after.as_ref().map_or(Json::Null, value::unknown),
        }
    }
}

impl KeyView {
    fn of(graph: &KmsGraph<'_>, key: &Key<'_>) -> Self {
        let consumers = graph.services_of(key.id).map(|consumer| consumer.node);
        Self {
            root: key.node.project.root().to_owned(),
            address: key.node.to_string(),
            kind: key.kind.name(),
            region: key.region.known().map(ToString::to_string),
            account: key.account.id().map(ToOwned::to_owned),
            multi_region: key.is_multi_region().known().copied(),
            primary: primary(graph, key),
            policy: PolicyView::of(graph, key),
            replicas: addresses(graph.replicas_of(key.id).map(|replica| replica.node)),
            aliases: addresses(graph.aliases_of(key.id).map(|alias| alias.node)),
            grants: addresses(graph.grants_of(key.id).map(|grant| grant.node)),
            consumers: addresses(consumers),
        }
    }
}

fn primary(graph: &KmsGraph<'_>, key: &Key<'_>) -> Option<String> {
    match graph.primary_of(key.id)? {
        Knowledge::Known(Primary::Key(primary)) => Some(graph.key(primary).node.to_string()),
        Knowledge::Known(Primary::Elsewhere) | Knowledge::Undetermined(_) => None,
    }
}

/// A resource that names the key in two attributes is listed once.
fn addresses<'p>(nodes: impl Iterator<Item = Node<'p>>) -> Vec<String> {
    let mut addresses: Vec<_> = nodes.map(|node| node.to_string()).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

impl PolicyView {
    fn of(graph: &KmsGraph<'_>, key: &Key<'_>) -> Self {
        let policy = graph.policy(key.id);
        let statements = match writer(policy.source).and_then(|writer| writer.attribute("policy")) {
            Some(text) if text.as_text().is_some() => as_written(text),
            _ => policy.document().known().copied().flatten().and_then(in_parts),
        };
        Self { source: policy.source.name(), statements }
    }
}

/// The resource whose `policy` argument is in force.
fn writer(source: PolicySource<'_>) -> Option<Node<'_>> {
    match source {
        PolicySource::Separate(node) | PolicySource::Inline(node) | PolicySource::Earlier(node) => Some(node),
        PolicySource::AssumedDefault | PolicySource::Reset(_) | PolicySource::Unknown => None,
    }
}

/// The statements of a document that is known in its parts only; `None` if one of them is not.
fn in_parts(document: &PolicyDocument) -> Option<Json> {
    if document.is_open() {
        return None;
    }
    let shown = |statement: &Statement| serde_json::from_str::<Json>(&statement.to_string()).ok();
    document.statements.iter().map(shown).collect()
}

/// The statements as they are written; `None` if they are not known or must not be shown.
fn as_written(policy: &Value) -> Option<Json> {
    let mut document: Json =
        serde_json::from_str(policy.as_str().filter(|_| !policy.is_sensitive())?).ok()?;
    match document.get_mut("Statement")?.take() {
        single @ Json::Object(_) => Some(Json::Array(vec![single])),
        several => Some(several),
    }
}
