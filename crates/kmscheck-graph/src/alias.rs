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

    /// Whether `name`, which may not be known either, may turn out to be its name, which is not known.
    pub(crate) fn may_be_called(&self, name: Option<&str>) -> bool {
        let prefix = self.node.attribute("name_prefix").and_then(Value::as_str);
        name.zip(prefix).is_none_or(|(name, prefix)| name.starts_with(prefix))
    }
}
