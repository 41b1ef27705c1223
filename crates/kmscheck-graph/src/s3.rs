//! S3 buckets, where a consumer's Region is that of a bucket.

use std::sync::Arc;

use kmscheck_value::{Because, Knowledge, Value};
use rustc_hash::FxHashMap;

use crate::index::TypeIndex;
use crate::{Arn, Node};

/// The buckets of all projects, by name.
pub(crate) struct Buckets<'p> {
    by_name: FxHashMap<&'p str, Node<'p>>,
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
        Self { by_name }
    }

    /// The bucket that `value`, an attribute of `node`, names by name, ARN or reference.
    pub(crate) fn find(&self, node: Node<'p>, value: &Value) -> Option<Node<'p>> {
        if let Some(text) = value.as_str() {
            let name = Arn::parse(text).map_or(text, |arn| arn.resource);
            return self.by_name.get(name).copied();
        }
        let symbol = value.unknown().and_then(|unknown| unknown.sole_source());
        node.at(symbol?).filter(|found| found.resource_type() == "aws_s3_bucket")
    }

    /// The Region of the bucket that `value`, an attribute of `node`, names.
    pub(crate) fn region_of(&self, node: Node<'p>, value: Option<&Value>) -> Knowledge<Arc<str>> {
        match value.and_then(|value| self.find(node, value)) {
            Some(bucket) => bucket.region().map(Arc::from),
            None => Knowledge::Undetermined(
                Because::new(format!("the bucket that {node} names is not in this input"))
                    .settled_by("give the plan that has the bucket in the same call"),
            ),
        }
    }
}
