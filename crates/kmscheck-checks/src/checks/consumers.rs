//! The words about a key's consumers that several checks share.

use kmscheck_graph::{Consumer, KeyId};

use crate::{Context, Finding};

/// Whether a service of the projects uses the key.
pub(super) fn is_used(cx: Context<'_>, key: KeyId) -> bool {
    cx.graph.services_of(key).next().is_some()
}

/// The same finding, with the services that use the key.
pub(super) fn with_consumers(cx: Context<'_>, key: KeyId, finding: Finding) -> Finding {
    let add = |finding: Finding, consumer: &Consumer<'_>| {
        finding.related(consumer.node, format!("uses the key by `{}`", consumer.path))
    };
    cx.graph.services_of(key).fold(finding, add)
}
