//! Aliases of keys.

use kmscheck_model::Mode;
use kmscheck_value::Value;

use crate::{KeyReference, Node};

/// The position of an alias in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AliasId(pub(crate) usize);

/// An `aws_kms_alias`, managed or looked up.
#[derive(Debug)]
pub struct Alias<'p> {
    /// Its position in the graph.
    pub id: AliasId,
    /// The resource or data source.
    pub node: Node<'p>,
    /// The key that it stands for.
    pub target: KeyReference,
}

impl<'p> Alias<'p> {
    /// Whether the project manages it, rather than looks it up.
    pub fn is_managed(&self) -> bool {
        self.node.resource.address.mode == Mode::Managed
    }

    /// The name, `alias/…`, if it is known.
    pub fn name(&self) -> Option<&'p str> {
        self.node.attribute("name").and_then(Value::as_str)
    }
}
