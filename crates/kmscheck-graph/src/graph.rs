//! The graph and the questions it answers.

use std::sync::Arc;

use kmscheck_iam::{Document, KeyPolicy};
use kmscheck_model::Project;
use kmscheck_value::{Because, Knowledge, Truth};
use rustc_hash::FxHashMap;

use crate::administration::GoneIdentities;
use crate::documents::LazyDocument;
use crate::family::Families;
use crate::former::Former;
use crate::identity::IdentityIndex;
use crate::index::{AliasIndex, KeyIndex, TypeIndex};
use crate::policy::{EffectivePolicy, PolicySource, PolicyWriter};
use crate::policy_holder::ForeignKey;
use crate::replication::ReplicaIndex;
use crate::s3::Buckets;
use crate::{
    Alias, AliasId, Consumer, ConsumerId, FormerUse, Grant, Identity, IdentityPolicy, Key, KeyId,
    KeyReference, Node, Replica, Target,
};

/// All KMS keys of a call and all that has to do with them.
pub struct KmsGraph<'p> {
    pub(crate) projects: &'p [Project],
    pub(crate) types: TypeIndex<'p>,
    pub(crate) former: Former<'p>,
    pub(crate) gone_identities: GoneIdentities<'p>,
    pub(crate) keys: Vec<Key<'p>>,
    pub(crate) key_index: KeyIndex<'p>,
    pub(crate) families: Families<'p>,
    pub(crate) aliases: Vec<Alias<'p>>,
    pub(crate) alias_index: AliasIndex<'p>,
    pub(crate) buckets: Buckets<'p>,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) replica_index: ReplicaIndex,
    pub(crate) consumers: Vec<Consumer<'p>>,
    pub(crate) grants: Vec<Grant<'p>>,
    pub(crate) policy_writers: Vec<PolicyWriter<'p>>,
    /// Those that stay, and of which it is not known to which key they write.
    pub(crate) unresolved_writers: Vec<usize>,
    pub(crate) policies: Vec<EffectivePolicy<'p>>,
    pub(crate) foreign_keys: Vec<ForeignKey<'p>>,
    pub(crate) overruled: FxHashMap<KeyId, Arc<LazyDocument<'p>>>,
    pub(crate) identities: Vec<Identity<'p>>,
    pub(crate) identity_index: IdentityIndex<'p>,
    pub(crate) identity_policies: Vec<IdentityPolicy<'p>>,
    pub(crate) relations: Vec<Relations>,
}

/// What points at one key.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    pub(crate) replicas: Vec<KeyId>,
    pub(crate) aliases: Vec<AliasId>,
    pub(crate) consumers: Vec<ConsumerId>,
    /// Those that name it though the plan destroys it.
    pub(crate) bereft: Vec<ConsumerId>,
    pub(crate) grants: Vec<usize>,
    pub(crate) policy_writers: Vec<usize>,
    /// The position of this key among the replicas, if it is one.
    pub(crate) replica: Option<usize>,
}

impl<'p> KmsGraph<'p> {
    /// The projects that the graph was made from.
    pub fn projects(&self) -> &'p [Project] {
        self.projects
    }

    /// Whether the projects show all that they have.
    pub fn all_known(&self) -> Knowledge<()> {
        self.families.open().map_or(Knowledge::Known(()), |because| Knowledge::Undetermined(because.clone()))
    }

    /// All keys, those that go included, in the order of projects and addresses: first those that are managed.
    pub fn keys(&self) -> &[Key<'p>] {
        &self.keys
    }

    /// The keys that exist after the change.
    pub fn living_keys(&self) -> impl Iterator<Item = &Key<'p>> {
        self.keys.iter().filter(|key| key.remains())
    }

    /// The keys that exist after the change and are managed, replicas included.
    pub fn managed_keys(&self) -> impl Iterator<Item = &Key<'p>> {
        self.living_keys().filter(|key| key.kind.is_managed())
    }

    /// The key at this position.
    ///
    /// A [`KeyId`] comes from the graph that it is used on; of another graph it would name another key or none.
    #[expect(clippy::indexing_slicing, reason = "ids are made by the graph and never leave it")]
    pub fn key(&self, id: KeyId) -> &Key<'p> {
        &self.keys[id.0]
    }

    /// The key that a resource or data source is.
    pub fn key_at(&self, node: Node<'p>) -> Option<&Key<'p>> {
        self.key_index.at(node).map(|id| self.key(id))
    }

    /// The policy of a key after the change; `None` if it is the one that AWS KMS applies by default. Undetermined also
    /// where an `aws_kms_key_policy` that is not resolved, or not in the input, may write another.
    pub fn key_policy(&self, id: KeyId) -> Knowledge<Option<KeyPolicy<'_>>> {
        let effective = self.policy(id);
        let others = match effective.source {
            PolicySource::Separate(_) | PolicySource::Earlier(_) | PolicySource::Unknown => None,
            PolicySource::Inline(_) => self.unresolved_policy_writer(id),
            PolicySource::AssumedDefault | PolicySource::Reset(_) => {
                self.all_policy_writers_known(id).because().cloned()
            }
        };
        match others {
            Some(because) => Knowledge::Undetermined(because),
            None => effective.document().map(|document| Some(self.key(id).policy(document?))),
        }
    }

    /// The key's own `policy` argument, where an `aws_kms_key_policy` writes another.
    pub fn inline_policy(&self, id: KeyId) -> Option<&Knowledge<Document>> {
        self.overruled.get(&id).map(|document| document.get())
    }

    /// Whether somebody wrote the policy of a key, rather than that AWS KMS applied its default.
    pub fn has_explicit_policy(&self, id: KeyId) -> Truth {
        self.policy(id).is_explicit(self.key(id))
    }

    /// The policy in force on a key after the change.
    #[expect(clippy::indexing_slicing, reason = "there is one for each key")]
    pub fn policy(&self, id: KeyId) -> &EffectivePolicy<'p> {
        &self.policies[id.0]
    }

    /// The `aws_kms_key_policy` resources that write the policy of a key, those that go included.
    pub fn policy_writers(&self, id: KeyId) -> impl Iterator<Item = &PolicyWriter<'p>> {
        self.relations(id).policy_writers.iter().filter_map(|position| self.policy_writers.get(*position))
    }

    /// All `aws_kms_key_policy` resources, those that go included.
    pub fn all_policy_writers(&self) -> &[PolicyWriter<'p>] {
        &self.policy_writers
    }

    /// Whether [`KmsGraph::policy_writers`] are all there are: `Undetermined` when an `aws_kms_key_policy` whose key is
    /// not resolved may write to it too, or when the project may hold more than it shows.
    pub fn all_policy_writers_known(&self, id: KeyId) -> Knowledge<()> {
        match self.unresolved_policy_writer(id) {
            Some(because) => Knowledge::Undetermined(because),
            None => self.key(id).node.project.all_known(),
        }
    }

    /// The `aws_kms_key_policy` resources that may write the policy of a key, and of which it is not known whether they do.
    pub fn unresolved_policy_writers(&self, id: KeyId) -> impl Iterator<Item = &PolicyWriter<'p>> {
        let all = self.unresolved_writers.iter().filter_map(|position| self.policy_writers.get(*position));
        all.filter(move |writer| writer.may_write(id))
    }

    fn unresolved_policy_writer(&self, id: KeyId) -> Option<Because> {
        self.unresolved_policy_writers(id).find_map(PolicyWriter::unresolved)
    }

    /// The aliases of a key.
    pub fn aliases_of(&self, id: KeyId) -> impl Iterator<Item = &Alias<'p>> {
        self.relations(id).aliases.iter().filter_map(|alias| self.aliases.get(alias.0))
    }

    /// All aliases, managed and looked up.
    pub fn aliases(&self) -> &[Alias<'p>] {
        &self.aliases
    }

    /// The alias at this position.
    #[expect(clippy::indexing_slicing, reason = "ids are made by the graph and never leave it")]
    pub fn alias(&self, id: AliasId) -> &Alias<'p> {
        &self.aliases[id.0]
    }

    /// The consumers that name a key for certain.
    pub fn consumers_of(&self, id: KeyId) -> impl Iterator<Item = &Consumer<'p>> {
        self.relations(id).consumers.iter().filter_map(|consumer| self.consumers.get(consumer.0))
    }

    /// The consumers that use a key for a service, after the change.
    pub fn services_of(&self, id: KeyId) -> impl Iterator<Item = &Consumer<'p>> {
        self.consumers_of(id).filter(|consumer| consumer.is_service() && consumer.node.remains())
    }

    /// All consumers, the `aws_kms_*` resources that name a key included.
    pub fn consumers(&self) -> &[Consumer<'p>] {
        &self.consumers
    }

    /// The consumers that a resource is.
    pub fn consumers_at(&self, node: Node<'p>) -> impl Iterator<Item = &Consumer<'p>> {
        let from = self.consumers.partition_point(|consumer| consumer.node.id < node.id);
        self.consumers.iter().skip(from).take_while(move |consumer| consumer.node.id == node.id)
    }

    /// The consumer at this position.
    #[expect(clippy::indexing_slicing, reason = "ids are made by the graph and never leave it")]
    pub fn consumer(&self, id: ConsumerId) -> &Consumer<'p> {
        &self.consumers[id.0]
    }

    /// The grants on a key.
    pub fn grants_of(&self, id: KeyId) -> impl Iterator<Item = &Grant<'p>> {
        self.relations(id).grants.iter().filter_map(|position| self.grants.get(*position))
    }

    /// All grants.
    pub fn grants(&self) -> &[Grant<'p>] {
        &self.grants
    }

    /// The roles and users of the projects.
    pub fn identities(&self) -> &[Identity<'p>] {
        &self.identities
    }

    /// The policies of the projects that are attached to identities.
    pub fn identity_policies(&self) -> &[IdentityPolicy<'p>] {
        &self.identity_policies
    }

    /// The managed resources of a type, in the order of projects and addresses.
    pub fn managed(&self, resource_type: &str) -> &[Node<'p>] {
        self.types.managed(resource_type)
    }

    /// The data sources of a type, in the order of projects and addresses.
    pub fn data(&self, resource_type: &str) -> &[Node<'p>] {
        self.types.data(resource_type)
    }

    /// The S3 bucket that `value`, an attribute of `node`, names.
    pub fn bucket(&self, node: Node<'p>, value: &kmscheck_value::Value) -> Option<Node<'p>> {
        self.buckets.find(node, value)
    }

    /// Whether the S3 bucket that `node` is, or that its argument `bucket` names, encrypts new objects with SSE-KMS by
    /// default.
    pub fn bucket_uses_kms(&self, node: Node<'p>) -> Knowledge<bool> {
        self.buckets.uses_kms(node)
    }

    /// The key that `name` meant before the change, as `node` used it.
    pub fn former_key(&self, node: Node<'p>, name: &str) -> Option<KeyId> {
        self.former.key(node, name)
    }

    /// The attributes that named a key before the change, of resources that stay. Only for a key that is destroyed.
    pub fn former_uses_of(&self, id: KeyId) -> &[FormerUse<'p>] {
        self.former.uses_of(id)
    }

    /// The services that name a key after the change, by the ARN or id that is written out, though the plan destroys it.
    pub fn bereft_of(&self, id: KeyId) -> impl Iterator<Item = &Consumer<'p>> {
        let named = self.relations(id).bereft.iter().filter_map(|consumer| self.consumers.get(consumer.0));
        named.filter(|consumer| consumer.is_service() && consumer.node.remains())
    }

    /// The destroyed primary that takes a destroyed replica along.
    pub fn destroyed_primary_of(&self, replica: KeyId) -> Option<KeyId> {
        self.former.primary_of(replica)
    }

    /// The destroyed replicas of a destroyed primary.
    pub fn destroyed_replicas_of(&self, primary: KeyId) -> &[KeyId] {
        self.former.replicas_of(primary)
    }

    /// The replicas of a destroyed primary that stay in AWS KMS.
    pub fn staying_replicas_of(&self, primary: KeyId) -> &[KeyId] {
        self.former.staying_replicas_of(primary)
    }

    /// The Region of the key that a reference names: known also for a key that no project has, if its ARN says it.
    /// Of several possible keys the Region is known if they share it.
    pub fn region_of(&self, reference: &KeyReference) -> Knowledge<Option<Arc<str>>> {
        match &reference.target {
            Target::Nothing | Target::AwsManaged => Knowledge::Known(None),
            Target::Elsewhere { region, .. } => Knowledge::Known(region.clone()),
            Target::Undetermined(because) => Knowledge::Undetermined(because.clone()),
            Target::Keys(keys) => self.common_region(keys),
        }
    }

    fn common_region(&self, keys: &[KeyId]) -> Knowledge<Option<Arc<str>>> {
        let mut regions = keys.iter().map(|id| self.key(*id).region.clone());
        let Some(first) = regions.next() else { return Knowledge::Known(None) };
        let different = || Because::new("which of several keys it is is not known before apply");
        match first {
            Knowledge::Known(region) if regions.all(|other| other.known() == Some(&region)) => {
                Knowledge::Known(Some(region))
            }
            Knowledge::Known(_) => Knowledge::Undetermined(different()),
            Knowledge::Undetermined(because) => Knowledge::Undetermined(because),
        }
    }

    pub(crate) fn replica(&self, id: KeyId) -> Option<&Replica> {
        self.replicas.get(self.relations(id).replica?)
    }

    #[expect(clippy::indexing_slicing, reason = "there is one for each key")]
    pub(crate) fn relations(&self, id: KeyId) -> &Relations {
        &self.relations[id.0]
    }
}
