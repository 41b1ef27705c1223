//! Multi-Region keys: which key is whose replica.

use std::sync::Arc;

use kmscheck_model::Project;
use kmscheck_value::{Because, Existence, Knowledge, Truth};
use rustc_hash::FxHashMap;

use crate::{Key, KeyId, KeyReference, KmsGraph, Target};

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

    /// The key id of a primary that no project of the call has.
    fn foreign_primary(&self) -> Option<&Arc<str>> {
        match &self.primary.target {
            Target::Elsewhere { key_id, .. } => key_id.as_ref(),
            _ => None,
        }
    }
}

/// Replicas by what is special about their primaries.
#[derive(Debug, Default)]
pub(crate) struct ReplicaIndex {
    /// Positions of the replicas whose primary is not resolved.
    unresolved: Vec<usize>,
    /// The replicas of primaries that no project has, by the id that the whole family shares.
    foreign: FxHashMap<Arc<str>, Vec<KeyId>>,
}

impl ReplicaIndex {
    pub(crate) fn of(replicas: &[Replica], keys: &[Key<'_>]) -> Self {
        let mut index = Self::default();
        for (position, replica) in replicas.iter().enumerate() {
            if let Some(id) = replica.foreign_primary() {
                index.foreign.entry(Arc::clone(id)).or_default().push(replica.key);
            }
            let stays = keys.get(replica.key.0).is_some_and(|key| key.node.stays());
            let is_unclear = unclear_primary(replica, keys).or_else(|| may_not_be(replica, keys)).is_some();
            if stays && is_unclear {
                index.unresolved.push(position);
            }
        }
        index
    }
}

impl<'p> KmsGraph<'p> {
    /// The replicas of a primary that are known to be its own, those that go included.
    pub fn replicas_of(&self, primary: KeyId) -> impl Iterator<Item = &Key<'p>> {
        self.relations(primary).replicas.iter().map(|id| self.key(*id))
    }

    /// The replicas of a primary that are known to be its own and replicate it after the change. One of the resource
    /// type that is for other material than the primary's does not.
    pub fn working_replicas_of(&self, primary: KeyId) -> impl Iterator<Item = &Key<'p>> {
        let primary = self.key(primary);
        self.replicas_of(primary.id)
            .filter(|replica| replica.node.stays() && is_of_fitting_type(replica, primary))
            .filter(|replica| replica.node.resource.existence == Existence::Certain)
    }

    /// The replicas that stay and may be a primary's own, each with why that is not known.
    pub fn possible_replicas_of(&self, primary: KeyId) -> impl Iterator<Item = (&Key<'p>, Because)> {
        let primary = self.key(primary);
        let unresolved =
            self.replica_index.unresolved.iter().filter_map(|position| self.replicas.get(*position));
        unresolved.filter_map(|replica| {
            let key = self.key(replica.key);
            let because = may_belong_to(replica, primary, &self.keys)?;
            // A replica belongs to the account of its primary. Source: KMS API reference, `ReplicateKey`, "Cross-account
            // use: No".
            let fits = is_of_fitting_type(key, primary) && key.shares_account(primary) != Truth::No;
            fits.then_some((key, because))
        })
    }

    /// Whether [`KmsGraph::replicas_of`] are all there are: `Undetermined` when a replica whose primary is not
    /// resolved may be one too, or when a project may hold more than it shows.
    pub fn all_replicas_known(&self, primary: KeyId) -> Knowledge<()> {
        let possible = || self.possible_replicas_of(primary).next().map(|(_, because)| because);
        self.all_projects_known().and_then(|()| match possible() {
            None => Knowledge::Known(()),
            Some(because) => Knowledge::Undetermined(because),
        })
    }

    /// Whether the projects hold nothing that they do not show.
    pub fn all_projects_known(&self) -> Knowledge<()> {
        let open = self.projects.iter().map(Project::all_known).find(|known| known.because().is_some());
        open.unwrap_or(Knowledge::Known(()))
    }

    /// The other replicas of the primary that a replica names, as far as that is known, those that go included.
    pub fn fellow_replicas_of(&self, replica: KeyId) -> impl Iterator<Item = &Key<'p>> {
        let family: &[KeyId] = match self.replica(replica) {
            Some(own) => match (own.primary.key(), own.foreign_primary()) {
                (Some(primary), _) => &self.relations(primary).replicas,
                (None, Some(id)) => self.replica_index.foreign.get(id).map(Vec::as_slice).unwrap_or_default(),
                (None, None) => &[],
            },
            None => &[],
        };
        family.iter().filter(move |id| **id != replica).map(|id| self.key(*id))
    }

    /// What a replica names as its primary; `None` if the key is no replica.
    pub fn primary_reference(&self, replica: KeyId) -> Option<&KeyReference> {
        self.replica(replica).map(|replica| &replica.primary)
    }

    /// The primary of a replica; `None` if the key is no replica.
    pub fn primary_of(&self, replica: KeyId) -> Option<Knowledge<Primary>> {
        self.replica(replica).map(Replica::primary)
    }

    /// The multi-Region keys that are related to a key in the graph: its primary and that one's replicas, without
    /// the key itself.
    pub fn related_keys(&self, id: KeyId) -> Vec<KeyId> {
        let primary = match self.primary_of(id) {
            None => Some(id),
            Some(Knowledge::Known(Primary::Key(primary))) => Some(primary),
            Some(_) => None,
        };
        let Some(primary) = primary else { return Vec::new() };
        let replicas = self.replicas_of(primary).map(|key| key.id);
        std::iter::once(primary).chain(replicas).filter(|related| *related != id).collect()
    }
}

/// Whether `replica` may be one of `primary`: it is not resolved, and nothing that it names speaks against it.
fn may_belong_to(replica: &Replica, primary: &Key<'_>, all: &[Key<'_>]) -> Option<Because> {
    if let Some(because) = may_not_be(replica, all) {
        return replica.primary.keys().contains(&primary.id).then_some(because);
    }
    let is_identified = |id: &KeyId| all.get(id.0).is_none_or(Key::is_identified);
    match &replica.primary.target {
        Target::Keys(keys) if keys.contains(&primary.id) => replica.primary().because().cloned(),
        Target::Keys(keys) if keys.iter().all(is_identified) => None,
        _ => unclear_primary(replica, all),
    }
}

/// Why it is not known whether there is such a replica.
fn may_not_be(replica: &Replica, keys: &[Key<'_>]) -> Option<Because> {
    let node = keys.get(replica.key.0)?.node;
    match &node.resource.existence {
        Existence::Certain => None,
        Existence::Possible(because) => {
            Some(Because::new(format!("whether there is {node} is not known: {because}")))
        }
    }
}

/// Why it is not known whose replica it is. A key that is looked up may be any other.
pub(crate) fn unclear_primary(replica: &Replica, keys: &[Key<'_>]) -> Option<Because> {
    match replica.primary() {
        Knowledge::Undetermined(because) => Some(because),
        Knowledge::Known(Primary::Key(primary)) => {
            let looked_up = keys.get(primary.0).filter(|key| !key.is_identified())?;
            Some(Because::new(format!("which key {} is is not known before apply", looked_up.node)))
        }
        Knowledge::Known(Primary::Elsewhere) => None,
    }
}

/// Whether the resource type is for keys like `primary`.
fn is_of_fitting_type(replica: &Key<'_>, primary: &Key<'_>) -> bool {
    primary.kind.replicated_by().is_none_or(|kind| kind == replica.kind)
}

#[cfg(test)]
mod tests {
    use kmscheck_model::{
        Account, Change, Configured, Deployment, InputKind, Region, RegionSource, Resource, Scope,
    };
    use kmscheck_value::{Existence, Map, Value};

    use super::*;

    fn replica(name: &str, primary: &str) -> Resource {
        let after: Map = [("primary_key_arn".into(), Value::text(primary))].into_iter().collect();
        Resource {
            address: format!("aws_kms_replica_key.{name}").parse().unwrap(),
            previous_address: None,
            change: Change::default(),
            before: None,
            after: Some(after),
            deployment: Deployment {
                provider: "aws".into(),
                region: Region::Known("eu-west-1".into(), RegionSource::Provider),
                account: Account::Known("111122223333".into()),
            },
            existence: Existence::Certain,
            configured: Configured::unknown(),
            source: None,
        }
    }

    #[test]
    fn fellows_name_the_same_primary_wherever_it_is_managed() {
        let arn = |digit: &str| format!("arn:aws:kms:us-east-1:111122223333:key/mrk-{}", digit.repeat(32));
        let replicas = [replica("a", &arn("1")), replica("b", &arn("1")), replica("c", &arn("2"))];
        let projects = [Project::new("plan.json", InputKind::Plan, Scope::Closed, replicas.into())];
        let graph = KmsGraph::build(&projects);
        let fellows = |position: usize| -> Vec<_> {
            graph.fellow_replicas_of(graph.keys()[position].id).map(|key| key.node.to_string()).collect()
        };
        assert_eq!(fellows(0), ["aws_kms_replica_key.b"]);
        assert_eq!(fellows(1), ["aws_kms_replica_key.a"]);
        assert!(fellows(2).is_empty());
    }
}
