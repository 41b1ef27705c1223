//! Building the graph, each part from the parts before it.

use std::sync::Arc;

use kmscheck_model::{Action, Alone, Mode, Project, Workers};
use rustc_hash::FxHashMap;

use crate::administration::GoneIdentities;
use crate::alias::AliasId;
use crate::consumer::{ConsumerId, consumers};
use crate::consumer_table::consumer_rows;
use crate::documents::LazyDocument;
use crate::family::Families;
use crate::former::Former;
use crate::grant::GrantId;
use crate::graph::Relations;
use crate::identity::IdentityIndex;
use crate::index::{AliasIndex, KeyIndex, TypeIndex};
use crate::key::KEY_TYPES;
use crate::organization::Organizations;
use crate::policy::{Documents, EffectivePolicy, PolicySource, PolicyWriter};
use crate::policy_holder::foreign_keys;
use crate::replication::ReplicaIndex;
use crate::resolver::{Resolver, User};
use crate::s3::Buckets;
use crate::{
    Alias, Consumer, Grant, Identity, IdentityPolicy, Key, KeyId, KeyKind, KeyReference, KmsGraph, Node,
    Replica, Target,
};

/// The resources whose consumers are gathered in one go.
const PART: usize = 256;

const IDENTITY_TYPES: [&str; 2] = ["aws_iam_role", "aws_iam_user"];

const IDENTITY_POLICY_TYPES: [&str; 4] =
    ["aws_iam_group_policy", "aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy"];

impl<'p> KmsGraph<'p> {
    /// Builds the graph of all projects of a call.
    pub fn build(projects: &'p [Project]) -> Self {
        Self::build_with(&Alone, projects)
    }

    /// The same, with the help of these workers.
    pub fn build_with(workers: &impl Workers, projects: &'p [Project]) -> Self {
        let types = TypeIndex::of(projects);
        let organizations = Organizations::of(&types);
        let keys = keys(workers, &types, &organizations);
        let key_index = KeyIndex::of(&keys);
        let former = Former::of(&types, &keys);
        let References { aliases, alias_index, replicas, families } =
            references(workers, &types, (&keys, &key_index, &former), projects);
        let buckets = Buckets::of(&types);
        let resolver = Resolver {
            keys: &keys,
            key_index: &key_index,
            families: &families,
            aliases: &aliases,
            alias_index: &alias_index,
            former: &former,
        };
        let replica_index = ReplicaIndex::of(&replicas, &keys);
        let consumers = all_consumers(workers, &types, &resolver, &buckets);
        let grants = grants(&types, &resolver);
        let mut documents = Documents::with_capacity(keys.len());
        let policy_writers = policy_writers(&types, &resolver, &mut documents);
        let relations = relations(&keys, &replicas, &aliases, &consumers, &grants, &policy_writers);
        let policies = policies(&keys, &relations, &policy_writers, &mut documents);
        let foreign_keys = foreign_keys(&policy_writers, &organizations);
        let overruled = overruled(&keys, &policies, &mut documents);
        let identities =
            IDENTITY_TYPES.iter().flat_map(|name| types.managed(name)).map(|node| Identity { node: *node });
        let identities: Vec<_> = identities.collect();
        let identity_policies = identity_policies(&types, &mut documents);
        let unresolved = |writer: &PolicyWriter<'_>| writer.node.remains() && writer.unresolved().is_some();
        let writers = policy_writers.iter().enumerate();
        let unresolved_writers =
            writers.filter(|(_, writer)| unresolved(writer)).map(|(position, _)| position).collect();
        Self {
            projects,
            former,
            gone_identities: GoneIdentities::of(&types),
            keys,
            key_index,
            families,
            aliases,
            alias_index,
            buckets,
            replicas,
            replica_index,
            consumers,
            grants,
            policy_writers,
            unresolved_writers,
            policies,
            foreign_keys,
            overruled,
            identity_index: IdentityIndex::of(&identities),
            identities,
            identity_policies,
            relations,
            types,
        }
    }
}

fn keys<'p>(workers: &impl Workers, types: &TypeIndex<'p>, organizations: &Organizations) -> Vec<Key<'p>> {
    let managed =
        KEY_TYPES.iter().flat_map(|(name, kind)| types.managed(name).iter().map(move |node| (*node, *kind)));
    let mut nodes: Vec<_> = managed.collect();
    nodes.sort_by_key(|(node, _)| node.id);
    nodes.extend(types.data("aws_kms_key").iter().map(|node| (*node, KeyKind::Data)));
    let nodes: Vec<_> = nodes.into_iter().enumerate().collect();
    workers.map(nodes, |(position, (node, kind))| {
        let key = Key::new(KeyId(position), node, kind);
        let organization = organizations.of_account(&key.account).cloned();
        key.in_organization(organization)
    })
}

/// What names keys.
struct References<'p> {
    aliases: Vec<Alias<'p>>,
    alias_index: AliasIndex<'p>,
    replicas: Vec<Replica>,
    families: Families<'p>,
}

/// Aliases and replicas name keys, and each other: a replica perhaps the key of an alias, an alias by an id that a
/// replica shares with its primary. What an alias stands for is settled when the families are known.
fn references<'p>(
    workers: &impl Workers,
    types: &TypeIndex<'p>,
    (keys, key_index, former): (&[Key<'p>], &KeyIndex<'p>, &Former<'p>),
    projects: &'p [Project],
) -> References<'p> {
    let (no_families, no_aliases) = (Families::default(), AliasIndex::default());
    let alone =
        Resolver { keys, key_index, families: &no_families, aliases: &[], alias_index: &no_aliases, former };
    let first = aliases(workers, types, &alone);
    let alias_index = AliasIndex::of(&first);
    let by_alias = Resolver { aliases: &first, alias_index: &alias_index, ..alone };
    let replicas = replicas(workers, keys, &by_alias);
    let families = Families::of(keys, key_index, &replicas, projects);
    let aliases = aliases(workers, types, &Resolver { families: &families, ..by_alias });
    let alias_index = alias_index.with_targets(&aliases);
    References { aliases, alias_index, replicas, families }
}

fn aliases<'p>(workers: &impl Workers, types: &TypeIndex<'p>, resolver: &Resolver<'_, 'p>) -> Vec<Alias<'p>> {
    let nodes = types.managed("aws_kms_alias").iter().chain(types.data("aws_kms_alias"));
    let nodes: Vec<_> = nodes.enumerate().collect();
    let aliases = workers.map(nodes, |(position, node)| Alias {
        id: AliasId(position),
        node: *node,
        target: alias_target(*node, resolver),
    });
    with_look_ups(aliases)
}

/// The same, with what stands for which key by another: an alias that is looked up during the apply, by the name of one
/// that the project manages in the same account and Region, is that one.
fn with_look_ups(mut aliases: Vec<Alias<'_>>) -> Vec<Alias<'_>> {
    let is_open =
        |alias: &Alias<'_>| !alias.is_managed() && matches!(alias.target.target, Target::Undetermined(_));
    let mut by_name: FxHashMap<&str, Vec<&Alias<'_>>> = FxHashMap::default();
    if aliases.iter().any(is_open) {
        for alias in aliases.iter().filter(|alias| alias.is_managed() && keeps_target(alias.node)) {
            by_name.entry(alias.name().unwrap_or_default()).or_default().push(alias);
        }
    }
    let managed = |alias: &Alias<'_>| {
        let namesakes = by_name.get(alias.name()?)?;
        namesakes.iter().find(|other| other.is_beside(alias)).map(|other| (alias.id, other.target.clone()))
    };
    let found: Vec<_> = aliases.iter().filter(|alias| is_open(alias)).filter_map(managed).collect();
    for (id, target) in found {
        if let Some(alias) = aliases.get_mut(id.0) {
            alias.target = target;
        }
    }
    aliases
}

/// Whether an alias stands for one key whenever it is read during the apply.
fn keeps_target(alias: Node<'_>) -> bool {
    alias.remains() && (alias.action() == Action::Create || !moves(alias))
}

fn alias_target<'p>(alias: Node<'p>, resolver: &Resolver<'_, 'p>) -> KeyReference {
    let arn = alias.attribute("target_key_arn").filter(|arn| arn.as_str().is_some() && !moves(alias));
    let target = arn.or_else(|| alias.attribute("target_key_id"));
    if alias.resource.address.mode == Mode::Data && target.is_none_or(|target| target.as_str().is_none()) {
        return KeyReference::undetermined(alias.not_read());
    }
    resolver.resolve(&User::at(alias), target)
}

/// Whether an alias gets another target. Then the provider still shows the old one in `target_key_arn`: observed in
/// plans of AWS provider 5.100.
fn moves(alias: Node<'_>) -> bool {
    let before = alias.resource.before("target_key_id");
    alias.action().creates()
        || alias.remains() && before.is_some_and(|id| alias.attribute("target_key_id") != Some(id))
}

fn replicas<'p>(workers: &impl Workers, keys: &[Key<'p>], resolver: &Resolver<'_, 'p>) -> Vec<Replica> {
    let replicas: Vec<_> = keys.iter().filter(|key| key.kind.is_replica()).collect();
    workers.map(replicas, |key| Replica {
        key: key.id,
        primary: resolver.resolve(&User::at(key.node), key.node.attribute("primary_key_arn")),
    })
}

fn all_consumers<'p>(
    workers: &impl Workers,
    types: &TypeIndex<'p>,
    resolver: &Resolver<'_, 'p>,
    buckets: &Buckets<'p>,
) -> Vec<Consumer<'p>> {
    let names = types.managed_types().into_iter().filter(|name| !consumer_rows(name).is_empty());
    let mut nodes: Vec<_> = names.flat_map(|name| types.managed(name)).collect();
    nodes.sort_by_key(|node| node.id);
    let of_nodes = |nodes: &[&Node<'p>]| -> Vec<_> {
        nodes.iter().flat_map(|node| consumers(**node, resolver, buckets)).collect()
    };
    let parts = workers.map(nodes.chunks(PART).collect(), of_nodes);
    let mut all: Vec<_> = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for mut consumer in parts.into_iter().flatten() {
        consumer.id = ConsumerId(all.len());
        all.push(consumer);
    }
    all
}

fn grants<'p>(types: &TypeIndex<'p>, resolver: &Resolver<'_, 'p>) -> Vec<Grant<'p>> {
    let nodes = types.managed("aws_kms_grant").iter().enumerate();
    let grant = |(position, node): (usize, &Node<'p>)| Grant {
        id: GrantId(position),
        node: *node,
        key: resolver.resolve(&User::at(*node), node.attribute("key_id")),
    };
    nodes.map(grant).collect()
}

fn policy_writers<'p>(
    types: &TypeIndex<'p>,
    resolver: &Resolver<'_, 'p>,
    documents: &mut Documents<'p>,
) -> Vec<PolicyWriter<'p>> {
    let nodes = types.managed("aws_kms_key_policy").iter();
    let writer = |node: &Node<'p>| PolicyWriter {
        node: *node,
        key: writer_key(*node, resolver),
        document: documents.of(*node, node.attribute("policy")),
    };
    nodes.map(writer).collect()
}

/// The key of an `aws_kms_key_policy`. One that is destroyed is no longer configured: its values are known.
fn writer_key<'p>(node: Node<'p>, resolver: &Resolver<'_, 'p>) -> KeyReference {
    resolver.resolve(&User::at(node), node.attribute("key_id"))
}

fn identity_policies<'p>(types: &TypeIndex<'p>, documents: &mut Documents<'p>) -> Vec<IdentityPolicy<'p>> {
    let nodes = IDENTITY_POLICY_TYPES.iter().flat_map(|name| types.managed(name));
    let policy = |node: &Node<'p>| IdentityPolicy {
        node: *node,
        document: documents.of(*node, node.attribute("policy")),
    };
    nodes.map(policy).collect()
}

fn policies<'p>(
    keys: &[Key<'p>],
    relations: &[Relations],
    writers: &[PolicyWriter<'p>],
    documents: &mut Documents<'p>,
) -> Vec<EffectivePolicy<'p>> {
    let own = |relations: &Relations| -> Vec<&PolicyWriter<'p>> {
        relations.policy_writers.iter().filter_map(|position| writers.get(*position)).collect()
    };
    keys.iter()
        .zip(relations)
        .map(|(key, relations)| EffectivePolicy::of(key, &own(relations), documents))
        .collect()
}

/// The `policy` arguments of keys whose policy an `aws_kms_key_policy` writes.
fn overruled<'p>(
    keys: &[Key<'p>],
    policies: &[EffectivePolicy<'p>],
    documents: &mut Documents<'p>,
) -> FxHashMap<KeyId, Arc<LazyDocument<'p>>> {
    let separate = |policy: &EffectivePolicy<'_>| matches!(policy.source, PolicySource::Separate(_));
    let both = keys
        .iter()
        .zip(policies)
        .filter(|(key, policy)| separate(policy) && key.node.resource.configured.sets("policy").is_yes());
    both.map(|(key, _)| (key.id, documents.of(key.node, key.node.attribute("policy")))).collect()
}

fn relations(
    keys: &[Key<'_>],
    replicas: &[Replica],
    aliases: &[Alias<'_>],
    consumers: &[Consumer<'_>],
    grants: &[Grant<'_>],
    writers: &[PolicyWriter<'_>],
) -> Vec<Relations> {
    let mut relations: Vec<Relations> = keys.iter().map(|_| Relations::default()).collect();
    for (position, replica) in replicas.iter().enumerate() {
        if let Some(at) = relations.get_mut(replica.key.0) {
            at.replica = Some(position);
        }
    }
    let mut add = |key: Option<KeyId>, note: &dyn Fn(&mut Relations)| {
        if let Some(at) = key.and_then(|key| relations.get_mut(key.0)) {
            note(at);
        }
    };
    for replica in replicas {
        add(replica.primary.key(), &|at| at.replicas.push(replica.key));
    }
    for alias in aliases {
        add(alias.target.key(), &|at| at.aliases.push(alias.id));
    }
    for consumer in consumers {
        add(consumer.key.key(), &|at| at.consumers.push(consumer.id));
        add(consumer.destroyed, &|at| at.bereft.push(consumer.id));
    }
    for (position, grant) in grants.iter().enumerate() {
        add(grant.key.key(), &|at| at.grants.push(position));
    }
    for (position, writer) in writers.iter().enumerate() {
        add(writer.key.key(), &|at| at.policy_writers.push(position));
    }
    relations
}
