//! Multi-Region keys: which key is whose replica.

use kmscheck_value::{Because, Knowledge};

use crate::{Key, KeyId, KeyReference, Target};

/// A replica and the key that it names as its primary.
#[derive(Debug)]
pub struct Replica {
    /// The replica.
    pub key: KeyId,
    /// `primary_key_arn`.
    pub primary: KeyReference,
}

/// What a replica's `primary_key_arn` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primary {
    /// A key of the graph.
    Key(KeyId),
    /// A key that no project of the call has.
    Elsewhere,
}

impl Replica {
    /// The primary, if it is known.
    pub fn primary(&self) -> Knowledge<Primary> {
        match &self.primary.target {
            Target::Keys(keys) => match keys.as_slice() {
                [key] => Knowledge::Known(Primary::Key(*key)),
                _ => {
                    Knowledge::undetermined("which of several keys is the primary is not known before apply")
                }
            },
            Target::Elsewhere { .. } => Knowledge::Known(Primary::Elsewhere),
            Target::Undetermined(because) => Knowledge::Undetermined(because.clone()),
            Target::Nothing | Target::AwsManaged => Knowledge::undetermined("no primary is named"),
        }
    }
}

/// Whether `replica` may be one of `primary`: it is not resolved, and nothing speaks against it.
pub(crate) fn may_belong_to(replica: &Replica, primary: &Key<'_>) -> Option<Because> {
    match &replica.primary.target {
        Target::Undetermined(because) => Some(because.clone()),
        Target::Keys(keys) if keys.len() > 1 && keys.contains(&primary.id) => {
            Some(Because::new("which of several keys is the primary is not known before apply"))
        }
        _ => None,
    }
}
