//! Consumers: attributes of resources that name a key.

use std::sync::Arc;

use kmscheck_value::{AttributePath, Because, Knowledge, Value};
use serde_json::Value as Json;

use crate::consumer_table::Segment;
use crate::region_rule::required_place;
use crate::resolver::{Resolver, User};
use crate::s3::Buckets;
use crate::{ConsumerRow, KeyId, KeyReference, Node, consumer_rows};

/// The position of a consumer in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConsumerId(pub(crate) usize);

/// An attribute of a resource that names a key, or could.
#[derive(Debug)]
pub struct Consumer<'p> {
    /// Its position in the graph.
    pub id: ConsumerId,
    /// The resource.
    pub node: Node<'p>,
    /// The attribute.
    pub path: AttributePath,
    /// What is fixed about the attribute.
    pub row: &'static ConsumerRow,
    /// The key that it names.
    pub key: KeyReference,
    /// The Region that the key must be in.
    pub region: Knowledge<Arc<str>>,
    /// The key that has the name that is written out, until the plan destroys it.
    pub(crate) destroyed: Option<KeyId>,
}

impl Consumer<'_> {
    /// The key whose name is written out here, until the plan destroys it.
    pub fn destroyed_key(&self) -> Option<KeyId> {
        self.destroyed
    }

    /// Whether this is a service that uses the key, and not one of the `aws_kms_*` resources about it.
    pub fn is_service(&self) -> bool {
        self.row.service.is_some()
    }
}

/// An occurrence of an attribute, with the blocks around it, outermost (the resource) first.
pub(crate) struct Occurrence<'p> {
    pub(crate) path: AttributePath,
    pub(crate) value: &'p Value,
    pub(crate) blocks: Vec<&'p Value>,
}

/// The consumers that `node` is: one for each occurrence of an attribute that names a key.
pub(crate) fn consumers<'p>(
    node: Node<'p>,
    resolver: &Resolver<'_, 'p>,
    buckets: &Buckets<'p>,
) -> Vec<Consumer<'p>> {
    let top = |name: &str| node.attribute(name);
    let rows = consumer_rows(node.resource_type()).iter();
    let rows = rows.filter(|row| !row.accepts.indirect && row.counts(top));
    rows.flat_map(|row| occurrences(top, &row.segments).into_iter().map(move |found| (row, found)))
        .map(|(row, found)| {
            let user = User { node, place: required_place(node, row.region, &found.blocks, buckets) };
            let key = reference(&user, row, found.value, resolver);
            let name = found.value.as_str().filter(|_| row.json.is_none());
            let destroyed = name.and_then(|name| resolver.former.destroyed_key(name, &user.place));
            let region = user.place.region().clone();
            Consumer { id: ConsumerId(0), node, path: found.path, row, key, region, destroyed }
        })
        .collect()
}

/// What the attributes of `node` that make it a service's consumer held before the change.
pub(crate) fn named_before(node: Node<'_>) -> Vec<(AttributePath, &Value)> {
    let rows = consumer_rows(node.resource_type()).iter();
    let top = |name: &str| node.resource.before(name);
    let is_service =
        |row: &&ConsumerRow| row.service.is_some() && !row.accepts.indirect && row.json.is_none();
    let rows = rows.filter(|row| is_service(row) && row.counts(top));
    rows.flat_map(|row| occurrences(top, &row.segments)).map(|found| (found.path, found.value)).collect()
}

fn reference<'p>(
    user: &User<'p>,
    row: &ConsumerRow,
    value: &Value,
    resolver: &Resolver<'_, 'p>,
) -> KeyReference {
    match (row.json, value.as_str()) {
        (Some(pointer), Some(document)) => {
            let key = inside_document(document, pointer).map(Value::text);
            resolver.resolve(user, key.as_ref())
        }
        _ => resolver.resolve(user, Some(value)),
    }
}

/// The string at a dotted path of a JSON document.
fn inside_document(document: &str, pointer: &str) -> Option<String> {
    let document: Json = serde_json::from_str(document).ok()?;
    let found = pointer.split('.').try_fold(&document, |value, key| value.get(key))?;
    found.as_str().map(ToOwned::to_owned)
}

/// All occurrences of an attribute path such as `rule[].destination[].key_id`.
fn occurrences<'p>(top: impl Fn(&str) -> Option<&'p Value>, path: &[Segment]) -> Vec<Occurrence<'p>> {
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    let Some(value) = top(&first.name) else { return Vec::new() };
    let path = AttributePath::root().key(Arc::clone(&first.name));
    let start = into_block(Occurrence { path, value, blocks: Vec::new() }, first);
    rest.iter().fold(start, |found, segment| {
        found
            .into_iter()
            .filter_map(|at| step(at, &segment.name))
            .flat_map(|at| into_block(at, segment))
            .collect()
    })
}

fn step<'p>(at: Occurrence<'p>, name: &Arc<str>) -> Option<Occurrence<'p>> {
    let value = at.value.get(name)?;
    let mut blocks = at.blocks;
    blocks.push(at.value);
    Some(Occurrence { path: at.path.key(Arc::clone(name)), value, blocks })
}

/// The blocks of a nested block type; the attribute itself if the segment is no block. A block type that is nested
/// once only may be shown as an object instead of a list of one.
fn into_block<'p>(at: Occurrence<'p>, segment: &Segment) -> Vec<Occurrence<'p>> {
    if !segment.is_block || at.value.as_map().is_some() {
        return vec![at];
    }
    let element = |(position, value)| Occurrence {
        path: at.path.clone().index(position),
        value,
        blocks: at.blocks.clone(),
    };
    at.value.items().iter().enumerate().map(element).collect()
}

impl Consumer<'_> {
    /// What the attribute is, for people: `kms_key_id of aws_sqs_queue.jobs`.
    pub fn describe(&self) -> String {
        format!("`{}` of {}", self.path, self.node)
    }

    /// Why the key cannot be told, if so.
    pub fn because(&self) -> Option<&Because> {
        match &self.key.target {
            crate::Target::Undetermined(because) => Some(because),
            _ => None,
        }
    }
}
