//! Grants.

use crate::{KeyReference, Node};

/// The position of a grant in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GrantId(pub(crate) usize);

/// An `aws_kms_grant`.
#[derive(Debug)]
pub struct Grant<'p> {
    /// Its position in the graph.
    pub id: GrantId,
    /// The resource.
    pub node: Node<'p>,
    /// The key that it is for.
    pub key: KeyReference,
}
