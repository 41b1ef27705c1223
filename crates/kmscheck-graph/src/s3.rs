//! S3 buckets: where they are, and how they are encrypted.

use kmscheck_model::Mode;
use kmscheck_value::{Because, Kind, Knowledge, Value};
use rustc_hash::FxHashMap;

use crate::index::TypeIndex;
use crate::node::NodeId;
use crate::place::Place;
use crate::{Arn, Node};

const ENCRYPTION: &str = "aws_s3_bucket_server_side_encryption_configuration";

/// The buckets of all projects.
pub(crate) struct Buckets<'p> {
    by_name: FxHashMap<&'p str, Node<'p>>,
    encryption: FxHashMap<Identity<'p>, Vec<Node<'p>>>,
    /// Encryption configurations of which nobody knows whose they are.
    stray: Vec<Node<'p>>,
}

/// A bucket: that of a project, or else the name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Identity<'v> {
    Node(NodeId),
    Name(&'v str),
}

impl<'p> Buckets<'p> {
    /// A bucket that the project manages stands before one that it looks up: names are unique in the world.
    pub(crate) fn of(index: &TypeIndex<'p>) -> Self {
        let mut by_name = FxHashMap::default();
        for node in index.managed("aws_s3_bucket").iter().chain(index.data("aws_s3_bucket")) {
            if let Some(name) = node.attribute("bucket").and_then(Value::as_str) {
                by_name.entry(name).or_insert(*node);
            }
        }
        let mut buckets = Self { by_name, encryption: FxHashMap::default(), stray: Vec::new() };
        for node in index.managed(ENCRYPTION) {
            match buckets.identity(*node) {
                Some(identity) => buckets.encryption.entry(identity).or_default().push(*node),
                None => buckets.stray.push(*node),
            }
        }
        buckets
    }

    /// The bucket that `value`, an attribute of `node`, names by name, ARN or reference.
    pub(crate) fn find(&self, node: Node<'p>, value: &Value) -> Option<Node<'p>> {
        if let Some(text) = value.as_str() {
            return self.by_name.get(name(text)).copied();
        }
        let symbol = value.unknown().and_then(|unknown| unknown.sole_source());
        node.at(symbol?).filter(|found| found.resource_type() == "aws_s3_bucket")
    }

    /// The bucket that `node` is or belongs to.
    fn own(&self, node: Node<'p>) -> Option<Node<'p>> {
        match node.resource_type() {
            "aws_s3_bucket" => Some(node),
            _ => self.find(node, node.attribute("bucket")?),
        }
    }

    fn identity(&self, node: Node<'p>) -> Option<Identity<'p>> {
        match self.own(node) {
            Some(bucket) => Some(Identity::Node(bucket.id)),
            None => node.attribute("bucket")?.as_str().map(|text| Identity::Name(name(text))),
        }
    }

    /// Where the bucket is that `value`, an attribute of `node`, names.
    pub(crate) fn place_of(&self, node: Node<'p>, value: Option<&Value>) -> Place<'p> {
        match value.and_then(|value| self.find(node, value)) {
            // A data source may show a bucket of another Region than its own.
            Some(bucket) => match bucket.attribute("bucket_region").and_then(Value::as_str) {
                Some(region) => Place::in_region(Knowledge::Known(region.into())),
                None if bucket.resource.address.mode == Mode::Managed => Place::of(bucket),
                None => Place::in_region(bucket.shared_region()),
            },
            None if value.is_some_and(|value| value.as_str().is_none()) => Place::in_region(
                Knowledge::undetermined(format!("which bucket {node} names is not known before apply")),
            ),
            None => Place::in_region(Knowledge::Undetermined(
                Because::new(format!("the bucket that {node} names is not in this input"))
                    .settled_by("give the plan that has the bucket in the same call"),
            )),
        }
    }

    /// Whether new objects in the bucket that `node` is or belongs to are encrypted with SSE-KMS if nobody asks for
    /// anything else.
    pub(crate) fn uses_kms(&self, node: Node<'p>) -> Knowledge<bool> {
        let all = self.identity(node).and_then(|identity| self.encryption.get(&identity));
        let all = all.map(Vec::as_slice).unwrap_or_default();
        let living: Vec<_> = all.iter().filter(|configuration| configuration.remains()).collect();
        if !living.is_empty() {
            return Knowledge::any(living.iter().map(|own| of_rules(**own, own.attribute("rule"))));
        }
        if let Some(stray) = self.stray.first() {
            return Knowledge::undetermined(format!("which bucket {stray} is for is not known before apply"));
        }
        match self.own(node) {
            // Without a configuration S3 encrypts with keys of its own. Source: S3 user guide, "Setting default
            // server-side encryption behavior for Amazon S3 buckets".
            Some(bucket) if !all.is_empty() => bucket.project.all_known().map(|()| false),
            Some(bucket) => of_bucket(bucket),
            None => Knowledge::Undetermined(
                Because::new(format!("how the bucket that {node} names is encrypted is not in this input"))
                    .settled_by("give the plan that has the bucket in the same call"),
            ),
        }
    }
}

/// The bucket's name in a name or an ARN, of a bucket or of objects in it.
fn name(text: &str) -> &str {
    let resource = Arn::parse(text).map_or(text, |arn| arn.resource);
    resource.split('/').next().unwrap_or(resource)
}

/// What the bucket itself shows: an argument of old, today the provider fills it in. A data source shows nothing.
fn of_bucket(bucket: Node<'_>) -> Knowledge<bool> {
    let shown = bucket.attribute("server_side_encryption_configuration");
    match shown.filter(|shown| !shown.is_absent()) {
        None if bucket.action().creates() => bucket.project.all_known().map(|()| false),
        None => unknown(bucket),
        Some(shown) if shown.unknown().is_some() => unknown(bucket),
        Some(shown) => Knowledge::any(shown.items().iter().map(|block| of_rules(bucket, block.get("rule")))),
    }
}

fn of_rules(node: Node<'_>, rules: Option<&Value>) -> Knowledge<bool> {
    let Some(rules) = rules.filter(|rules| !is_unknown(rules)) else { return unknown(node) };
    Knowledge::any(rules.items().iter().map(|rule| of_rule(node, rule)))
}

/// Source: S3 API reference, `ServerSideEncryptionByDefault`, `SSEAlgorithm`.
fn of_rule(node: Node<'_>, rule: &Value) -> Knowledge<bool> {
    let defaults = rule.get("apply_server_side_encryption_by_default");
    if defaults.is_some_and(is_unknown) {
        return unknown(node);
    }
    let algorithm = |default: &Value| default.get("sse_algorithm").and_then(Value::as_str).map(is_kms);
    let defaults = defaults.map(Value::items).unwrap_or_default();
    Knowledge::any(
        defaults.iter().map(|default| algorithm(default).map_or_else(|| unknown(node), Knowledge::Known)),
    )
}

/// Whether nobody knows what a block is. The provider decides nothing about blocks of encryption and replication: one
/// that seems left to it comes from a `dynamic` block, of which a plan shows no more.
pub(crate) fn is_unknown(block: &Value) -> bool {
    block.unknown().is_some() || block.kind == Kind::Unset
}

fn is_kms(algorithm: &str) -> bool {
    matches!(algorithm, "aws:kms" | "aws:kms:dsse")
}

fn unknown(node: Node<'_>) -> Knowledge<bool> {
    Knowledge::undetermined(format!("the encryption that {node} sets is not known before apply"))
}
