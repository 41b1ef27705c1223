//! What was before the change: which key a name meant, and who named the keys that go.

use kmscheck_model::InputKind;
use kmscheck_value::{AttributePath, Knowledge, Value};
use rustc_hash::FxHashMap;

use crate::consumer::named_before;
use crate::index::TypeIndex;
use crate::place::Place;
use crate::{Key, KeyId, KeyIdentifier, Node, is_multi_region_id};

/// An attribute that named a key before the change, of a resource that stays.
#[derive(Debug)]
pub struct FormerUse<'p> {
    /// The resource.
    pub node: Node<'p>,
    /// The attribute.
    pub path: AttributePath,
}

/// Keys by the names that they had before the change, and what named those that are destroyed.
///
/// A key that is replaced has another ARN and id afterwards, and a consumer that moves to another key names that one:
/// what is lost shows only before the change.
#[derive(Default)]
pub(crate) struct Former<'p> {
    by_arn: FxHashMap<&'p str, KeyId>,
    /// Related multi-Region keys share an id.
    by_id: FxHashMap<&'p str, Vec<(KeyId, Node<'p>)>>,
    aliases: FxHashMap<&'p str, Vec<(KeyId, Node<'p>)>>,
    uses: FxHashMap<KeyId, Vec<FormerUse<'p>>>,
    primaries: FxHashMap<KeyId, KeyId>,
    replicas: FxHashMap<KeyId, Vec<KeyId>>,
    staying: FxHashMap<KeyId, Vec<KeyId>>,
}

impl<'p> Former<'p> {
    pub(crate) fn of(types: &TypeIndex<'p>, keys: &[Key<'p>]) -> Self {
        let mut former = Self::default();
        for key in keys.iter().filter(|key| key.kind.is_managed()) {
            former.add_key(key);
        }
        for alias in types.managed("aws_kms_alias") {
            former.add_alias(*alias);
        }
        let destroyed = |key: &&Key<'p>| key.kind.is_managed() && key.node.action().destroys();
        if keys.iter().any(|key| destroyed(&key)) {
            former.add_replicas(keys);
            former.add_uses(types, keys);
        }
        former
    }

    fn add_key(&mut self, key: &Key<'p>) {
        if let Some(arn) = before(key.node, "arn") {
            self.by_arn.insert(arn, key.id);
        }
        if let Some(id) = before(key.node, "key_id").or_else(|| before(key.node, "id")) {
            self.by_id.entry(id).or_default().push((key.id, key.node));
        }
    }

    fn add_alias(&mut self, alias: Node<'p>) {
        let target = before(alias, "target_key_arn").or_else(|| before(alias, "target_key_id"));
        let key = target.and_then(|target| self.key(alias, target));
        if let (Some(name), Some(key)) = (before(alias, "name"), key) {
            self.aliases.entry(name).or_default().push((key, alias));
        }
    }

    fn add_replicas(&mut self, keys: &[Key<'p>]) {
        for replica in keys.iter().filter(|key| key.kind.is_replica()) {
            let primary = primary_before(replica.node).and_then(|arn| self.key(replica.node, arn));
            let destroyed = |key: &KeyId| keys.get(key.0).is_some_and(|key| key.node.action().destroys());
            let Some(primary) = primary.filter(destroyed) else { continue };
            if replica.node.action().destroys() {
                self.primaries.insert(replica.id, primary);
                self.replicas.entry(primary).or_default().push(replica.id);
            } else {
                self.staying.entry(primary).or_default().push(replica.id);
            }
        }
    }

    fn add_uses(&mut self, types: &TypeIndex<'p>, keys: &[Key<'p>]) {
        let nodes = types.managed_types().into_iter().flat_map(|name| types.managed(name));
        for node in nodes.filter(|node| !node.action().destroys()) {
            for (path, name) in named_before(*node) {
                let key = name.as_str().and_then(|name| self.key(*node, name));
                let Some(key) = key else { continue };
                if keys.get(key.0).is_some_and(|key| key.node.action().destroys()) {
                    self.uses.entry(key).or_default().push(FormerUse { node: *node, path });
                }
            }
        }
    }

    /// The key that `name` meant, as `node` used it. An ARN says its Region; an id and an alias name mean the one in
    /// the Region of whoever uses them.
    pub(crate) fn key(&self, node: Node<'p>, name: &str) -> Option<KeyId> {
        match KeyIdentifier::parse(name)? {
            KeyIdentifier::KeyArn(..) => self.by_arn.get(name).copied(),
            KeyIdentifier::KeyId(id) => nearest(self.by_id.get(id)?, node.region().known().copied()),
            KeyIdentifier::AliasArn(arn, name) => nearest(self.aliases.get(name)?, Some(arn.region)),
            KeyIdentifier::AliasName(name) => {
                nearest(self.aliases.get(name)?, node.region().known().copied())
            }
        }
    }

    /// The key that an attribute names which is written out, of a key that has this name until the plan destroys it. `place`
    /// is where the key is needed.
    pub(crate) fn destroyed_key(&self, name: &str, place: &Place<'p>) -> Option<KeyId> {
        let (key, node) = match KeyIdentifier::parse(name)? {
            KeyIdentifier::KeyArn(_, id) => {
                let key = *self.by_arn.get(name)?;
                *self.by_id.get(id)?.iter().find(|(candidate, _)| *candidate == key)?
            }
            KeyIdentifier::KeyId(id) => self.with_id(id, place)?,
            KeyIdentifier::AliasArn(..) | KeyIdentifier::AliasName(_) => return None,
        };
        node.action().destroys().then_some(key)
    }

    /// The ARN of the key that `id` means at `place`, as it was before the change.
    pub(crate) fn arn_of_id(&self, id: &str, place: &Place<'p>) -> Option<&'p str> {
        self.with_id(id, place).and_then(|(_, node)| before(node, "arn"))
    }

    /// The key that has this id at `place`. A multi-Region key may have relatives elsewhere that nothing shows.
    fn with_id(&self, id: &str, place: &Place<'p>) -> Option<(KeyId, Node<'p>)> {
        let candidates = self.by_id.get(id)?;
        let is_there = |node: Node<'p>| Place::of(node).shares_region(place) == Knowledge::Known(true);
        match candidates.as_slice() {
            [only] if !is_multi_region_id(id) => Some(*only),
            all => all.iter().find(|(_, node)| is_there(*node)).copied(),
        }
    }

    pub(crate) fn uses_of(&self, key: KeyId) -> &[FormerUse<'p>] {
        self.uses.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn primary_of(&self, replica: KeyId) -> Option<KeyId> {
        self.primaries.get(&replica).copied()
    }

    pub(crate) fn replicas_of(&self, primary: KeyId) -> &[KeyId] {
        self.replicas.get(&primary).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn staying_replicas_of(&self, primary: KeyId) -> &[KeyId] {
        self.staying.get(&primary).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The only one, or the one in `region`.
fn nearest(candidates: &[(KeyId, Node<'_>)], region: Option<&str>) -> Option<KeyId> {
    let here =
        || candidates.iter().find(|(_, node)| region.is_some() && node.region().known().copied() == region);
    match candidates {
        [(only, _)] => Some(*only),
        _ => here().map(|(key, _)| *key),
    }
}

/// The primary of a replica before the change. A state shows what is there now.
fn primary_before(replica: Node<'_>) -> Option<&str> {
    let shown = || replica.attribute("primary_key_arn").and_then(Value::as_str);
    let in_state = replica.project.kind() == InputKind::State;
    before(replica, "primary_key_arn").or_else(|| shown().filter(|_| in_state))
}

fn before<'p>(node: Node<'p>, name: &str) -> Option<&'p str> {
    node.resource.before(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use kmscheck_model::{
        Account, Action, Change, Configured, Deployment, InputKind, Project, Region, RegionSource, Resource,
        Scope,
    };
    use kmscheck_value::{Existence, Map};

    use crate::KmsGraph;

    use super::*;

    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn arn(region: &str) -> String {
        format!("arn:aws:kms:{region}:111122223333:key/{ID}")
    }

    fn resource(address: &str, region: &str, action: Action, before: &[(&str, &str)]) -> Resource {
        let before: Map = before.iter().map(|(name, text)| ((*name).into(), Value::text(*text))).collect();
        Resource {
            address: address.parse().unwrap(),
            previous_address: None,
            change: Change { action, ..Change::default() },
            before: Some(before),
            after: (action != Action::Delete).then(Map::default),
            deployment: Deployment {
                provider: "aws".into(),
                region: Region::Known(region.into(), RegionSource::Provider),
                account: Account::Known("111122223333".into()),
            },
            existence: Existence::Certain,
            configured: Configured::unknown(),
            source: None,
        }
    }

    /// A replaced primary in Ireland and its replica in Virginia.
    fn project(replica: Action, others: Vec<Resource>) -> [Project; 1] {
        let (here, there) = (arn("eu-west-1"), arn("us-east-1"));
        let primary = [("arn", &*here), ("key_id", ID)];
        let copy = [("arn", &*there), ("key_id", ID), ("primary_key_arn", &*here)];
        let keys = [
            resource("aws_kms_key.p", "eu-west-1", Action::Replace, &primary),
            resource("aws_kms_replica_key.r", "us-east-1", replica, &copy),
        ];
        let resources = keys.into_iter().chain(others).collect();
        [Project::new("plan.json", InputKind::Plan, Scope::Closed, resources)]
    }

    fn uses(user: Resource) -> (usize, usize) {
        let projects = project(Action::Delete, vec![user]);
        let graph = KmsGraph::build(&projects);
        let count = |position: usize| graph.former_uses_of(graph.keys()[position].id).len();
        (count(0), count(1))
    }

    #[test]
    fn a_destroyed_replica_goes_with_its_destroyed_primary() {
        let projects = project(Action::Delete, Vec::new());
        let graph = KmsGraph::build(&projects);
        let (primary, replica) = (graph.keys()[0].id, graph.keys()[1].id);
        assert_eq!(graph.destroyed_primary_of(replica), Some(primary));
        assert_eq!(graph.destroyed_replicas_of(primary), [replica]);
        assert!(graph.staying_replicas_of(primary).is_empty());
        for stays in [Action::NoOp, Action::Update, Action::Forget] {
            let projects = project(stays, Vec::new());
            let graph = KmsGraph::build(&projects);
            assert_eq!(graph.destroyed_primary_of(replica), None);
            assert!(graph.destroyed_replicas_of(primary).is_empty());
            assert_eq!(graph.staying_replicas_of(primary), [replica]);
        }
    }

    #[test]
    fn a_replica_that_a_state_shows_stays_behind() {
        let [plan] = project(Action::Delete, Vec::new());
        let shown = [("arn", arn("ap-south-1")), ("primary_key_arn", arn("eu-west-1"))];
        let shown = shown.iter().map(|(name, arn)| ((*name).into(), Value::text(&**arn))).collect();
        let replica = resource("aws_kms_replica_key.s", "ap-south-1", Action::NoOp, &[]);
        let replica = Resource { before: None, after: Some(shown), ..replica };
        let state = Project::new("state.json", InputKind::State, Scope::Closed, vec![replica]);
        let projects = [plan, state];
        let graph = KmsGraph::build(&projects);
        let staying: Vec<_> = graph.staying_replicas_of(graph.keys()[0].id).to_vec();
        assert_eq!(
            staying.iter().map(|id| graph.key(*id).node.to_string()).collect::<Vec<_>>(),
            ["aws_kms_replica_key.s"]
        );
    }

    #[test]
    fn an_id_means_the_key_in_the_region_of_its_user() {
        let queue = |region, key: &str| {
            resource("aws_sqs_queue.q", region, Action::Update, &[("kms_master_key_id", key)])
        };
        assert_eq!(uses(queue("eu-west-1", ID)), (1, 0));
        assert_eq!(uses(queue("us-east-1", ID)), (0, 1));
        assert_eq!(uses(queue("ap-south-1", ID)), (0, 0));
        assert_eq!(uses(queue("ap-south-1", &arn("eu-west-1"))), (1, 0));
    }

    #[test]
    fn a_user_that_is_destroyed_itself_does_not_count() {
        let queue = |action| {
            resource("aws_sqs_queue.q", "eu-west-1", action, &[("kms_master_key_id", &*arn("eu-west-1"))])
        };
        assert_eq!(uses(queue(Action::Forget)), (1, 0));
        assert_eq!(uses(queue(Action::Delete)), (0, 0));
        assert_eq!(uses(queue(Action::Replace)), (0, 0));
    }

    #[test]
    fn an_alias_means_the_key_that_it_stood_for() {
        let alias = [("name", "alias/app"), ("target_key_id", ID), ("target_key_arn", &*arn("us-east-1"))];
        let user =
            resource("aws_sqs_queue.q", "us-east-1", Action::NoOp, &[("kms_master_key_id", "alias/app")]);
        let alias = resource("aws_kms_alias.a", "us-east-1", Action::Update, &alias);
        let projects = project(Action::Replace, vec![alias, user]);
        let graph = KmsGraph::build(&projects);
        assert_eq!(graph.former_uses_of(graph.keys()[1].id).len(), 1);
        assert!(graph.former_uses_of(graph.keys()[0].id).is_empty());
    }
}
