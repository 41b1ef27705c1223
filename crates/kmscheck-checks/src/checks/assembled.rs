//! What several checks say about policy documents that are put together from others.

use kmscheck_graph::Node;
use kmscheck_iam::{Assembly, DocumentError, Place, Statement};
use kmscheck_value::{AttributePath, Because};

use crate::Context;

/// The documents that are put together from others, and may be about AWS KMS.
pub(super) fn about_kms(cx: Context<'_>) -> Vec<Node<'_>> {
    let graph: &kmscheck_graph::KmsGraph<'_> = cx.graph;
    let is_about_kms = |node: &Node<'_>| {
        let statements = graph.assembly(*node).known_statements();
        statements.is_ok_and(|statements| statements.iter().any(|(_, statement)| statement.is_about_kms()))
    };
    graph.assembled_documents().filter(|node| node.remains()).filter(is_about_kms).collect()
}

/// What of a document gets lost, as `find` finds it, if it is about AWS KMS.
///
/// # Errors
/// Why there may be some, if nothing is found.
pub(super) fn lost<T>(
    cx: Context<'_>,
    document: Node<'_>,
    find: impl Fn(&Assembly) -> Result<(Vec<T>, Option<Because>), DocumentError>,
    statement: impl Fn(&T) -> &Statement,
) -> Result<Option<T>, Because> {
    let found = find(&cx.graph.assembly(document));
    let (found, open) =
        found.map_err(|error| Because::new(format!("a part of {document} can't be read: {error}")))?;
    let first = found.into_iter().find(|one| statement(one).is_about_kms());
    match (first, open) {
        (Some(first), _) => Ok(Some(first)),
        (None, Some(because)) => Err(because),
        (None, None) => Ok(None),
    }
}

/// The part of the data source that a statement comes from.
pub(super) fn path_of(place: Place) -> AttributePath {
    let (name, position) = match place {
        Place::Source(position) => ("source_policy_documents", position),
        Place::Block(position) => ("statement", position),
        Place::Override(position) => ("override_policy_documents", position),
    };
    AttributePath::root().key(name).index(position)
}
