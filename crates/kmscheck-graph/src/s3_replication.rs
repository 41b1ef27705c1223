//! Rules of S3 replication.

use kmscheck_value::{AttributePath, Because, Kind, Knowledge, Value};

use crate::s3::is_unknown;
use crate::{Consumer, KmsGraph, Node};

const SEPARATE: &str = "aws_s3_bucket_replication_configuration";
const CONFIGURATION: &str = "replication_configuration";

/// A rule of S3 replication, in a resource of its own or on the source bucket.
#[derive(Debug, Clone)]
pub struct ReplicationRule<'p> {
    /// The resource.
    pub node: Node<'p>,
    /// The block.
    pub path: AttributePath,
    block: &'p Value,
}

impl<'p> KmsGraph<'p> {
    /// The rules of S3 replication that exist after the change. Where nobody knows which rules a resource has, there is
    /// one of which nothing is known.
    pub fn replication_rules(&self) -> Vec<ReplicationRule<'p>> {
        let separate = self.managed(SEPARATE).iter().filter(|node| node.remains());
        let of_node =
            |node: &Node<'p>| rules(*node, &AttributePath::root().key("rule"), node.attribute("rule"));
        let buckets = self.managed("aws_s3_bucket").iter().filter(|bucket| bucket.remains());
        let inline =
            buckets.filter(|bucket| self.has_inline_rules(**bucket)).flat_map(|bucket| inline_rules(*bucket));
        separate.flat_map(of_node).chain(inline).collect()
    }

    /// The provider also shows on a bucket what another resource has set up there.
    fn has_inline_rules(&self, bucket: Node<'p>) -> bool {
        let is_of = |node: &Node<'p>| self.source_bucket(*node).is_some_and(|other| other.id == bucket.id);
        let is_certain = bucket.resource.configured.sets(CONFIGURATION).is_yes();
        is_certain || !self.managed(SEPARATE).iter().any(is_of)
    }

    fn source_bucket(&self, node: Node<'p>) -> Option<Node<'p>> {
        self.bucket(node, node.attribute("bucket")?)
    }
}

impl<'p> ReplicationRule<'p> {
    /// The bucket that it replicates, if that is here.
    pub fn source(&self, graph: &KmsGraph<'p>) -> Option<Node<'p>> {
        if self.node.resource_type() == SEPARATE { graph.source_bucket(self.node) } else { Some(self.node) }
    }

    /// Whether it is switched on.
    pub fn is_enabled(&self) -> Knowledge<bool> {
        match self.reach(&["status"]) {
            Ok(status) if status.is_empty() => Knowledge::Undetermined(self.unknown()),
            status => self.any(status, is_on),
        }
    }

    /// Whether it replicates objects that are encrypted with SSE-KMS. On a bucket the argument is a boolean, `enabled`.
    /// Source: S3 API reference, `SseKmsEncryptedObjects`.
    pub fn selects_encrypted(&self) -> Knowledge<bool> {
        let of_objects =
            |name: &str| self.reach(&["source_selection_criteria", "sse_kms_encrypted_objects", name]);
        let (status, enabled) = (of_objects("status"), of_objects("enabled"));
        Knowledge::any([self.any(status, is_on), self.any(enabled, Value::as_bool)])
    }

    /// Whether it names a key that the replicas are encrypted with.
    pub fn names_key(&self) -> Knowledge<bool> {
        let key = "replica_kms_key_id";
        let separate = self.reach(&["destination", "encryption_configuration", key]);
        let inline = self.reach(&["destination", key]);
        let is_named = |value: &Value| (value.kind != Kind::Unset).then(|| value.as_str() != Some(""));
        Knowledge::any([self.any(separate, is_named), self.any(inline, is_named)])
    }

    /// The key that the replicas are encrypted with.
    pub fn key<'g>(&self, graph: &'g KmsGraph<'p>) -> Option<&'g Consumer<'p>> {
        let is_inside = |consumer: &&Consumer<'_>| consumer.path.steps().starts_with(self.path.steps());
        graph.consumers_at(self.node).filter(|consumer| consumer.is_replication_key()).find(is_inside)
    }

    /// The values at the end of a path of nested blocks.
    fn reach(&self, path: &[&str]) -> Result<Vec<&'p Value>, Because> {
        path.iter().try_fold(vec![self.block], |blocks, name| {
            if blocks.iter().any(|block| is_unknown(block)) {
                return Err(self.unknown());
            }
            let values = blocks.into_iter().filter_map(|block| block.get(name));
            Ok(values.filter(|value| value.kind != Kind::Null).flat_map(each).collect())
        })
    }

    /// Whether any of the values is so; one that `is` does not tell may be.
    fn any(
        &self,
        values: Result<Vec<&Value>, Because>,
        is: impl Fn(&Value) -> Option<bool>,
    ) -> Knowledge<bool> {
        let tell =
            |value| is(value).map_or_else(|| Knowledge::Undetermined(self.unknown()), Knowledge::Known);
        match values {
            Ok(values) => Knowledge::any(values.into_iter().map(tell)),
            Err(because) => Knowledge::Undetermined(because),
        }
    }

    fn unknown(&self) -> Because {
        Because::new(format!("not all of `{}` of {} is known before apply", self.path, self.node))
    }
}

impl Consumer<'_> {
    /// Whether this is the key for the replicas of a rule of S3 replication.
    pub fn is_replication_key(&self) -> bool {
        self.row.path.ends_with("replica_kms_key_id")
    }
}

fn inline_rules<'p>(bucket: Node<'p>) -> Vec<ReplicationRule<'p>> {
    let path = AttributePath::root().key(CONFIGURATION);
    let inside = |configuration: ReplicationRule<'p>| match configuration.block.get("rules") {
        Some(inside) => rules(bucket, &configuration.path.key("rules"), Some(inside)),
        None => vec![configuration],
    };
    let given = bucket.attribute(CONFIGURATION).filter(|configuration| !configuration.is_absent());
    let configurations = rules(bucket, &path, given);
    configurations.into_iter().flat_map(inside).collect()
}

/// A rule for each block of `value`.
fn rules<'p>(node: Node<'p>, path: &AttributePath, value: Option<&'p Value>) -> Vec<ReplicationRule<'p>> {
    let rule = |path, block| ReplicationRule { node, path, block };
    match value {
        Some(unknown) if is_unknown(unknown) => vec![rule(path.clone(), unknown)],
        blocks => {
            let blocks = blocks.map(Value::items).unwrap_or_default().iter().enumerate();
            blocks.map(|(position, block)| rule(path.clone().index(position), block)).collect()
        }
    }
}

/// The elements of a list; anything else is one thing.
fn each(value: &Value) -> Vec<&Value> {
    match &value.kind {
        Kind::List(items) => items.iter().collect(),
        _ => vec![value],
    }
}

fn is_on(status: &Value) -> Option<bool> {
    status.as_str().map(|status| status == "Enabled")
}
