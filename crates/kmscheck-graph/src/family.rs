//! Families of multi-Region keys: which keys are one key in several Regions.

use std::sync::Arc;

use kmscheck_model::Project;
use kmscheck_value::{Because, Knowledge, Value};
use rustc_hash::FxHashMap;

use crate::index::KeyIndex;
use crate::place::Place;
use crate::replication::unclear_primary;
use crate::{Key, KeyId, KeyKind, Primary, Replica, Target};

/// A multi-Region key that is related to another one, as its primary, its replica or a replica of the same primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relative<'p> {
    /// A key of the graph.
    Key(KeyId),
    /// A key that no project of the call has, by the ARN that a data source shows.
    Seen(&'p str),
}

/// The families of all keys. The members of a family share their key id and their material.
/// Source: KMS developer guide, "Multi-Region keys in AWS KMS".
#[derive(Default)]
pub(crate) struct Families<'p> {
    /// The key that stands for the family of each key, by the key's position.
    of: Vec<KeyId>,
    by_id: FxHashMap<Arc<str>, KeyId>,
    members: FxHashMap<KeyId, Vec<Member<'p>>>,
    /// The Regions and ARNs of relatives that data sources show.
    seen: FxHashMap<KeyId, Vec<(&'p str, &'p str)>>,
    strays: Vec<Stray>,
    open: Option<Because>,
}

/// A key of a family that exists after the change.
struct Member<'p> {
    key: KeyId,
    place: Place<'p>,
    /// Why nobody knows which relatives the key has outside of the projects, if so.
    untold: Option<Because>,
}

/// A replica whose family is not known.
struct Stray {
    region: Knowledge<Arc<str>>,
    because: Because,
}

impl<'p> Families<'p> {
    pub(crate) fn of(
        keys: &[Key<'p>],
        index: &KeyIndex<'p>,
        replicas: &[Replica],
        projects: &[Project],
    ) -> Self {
        let mut families =
            Self { of: keys.iter().map(|key| key.id).collect(), open: open(projects), ..Self::default() };
        families.gather(keys, replicas);
        for key in keys.iter().filter(|key| key.remains()) {
            families.add(key, index);
        }
        let remains = |replica: &&Replica| keys.get(replica.key.0).is_some_and(Key::remains);
        families.strays =
            replicas.iter().filter(remains).filter_map(|replica| stray(replica, keys)).collect();
        families
    }

    /// A key is of the family of its id (one that is no multi-Region key may be looked up more than once), a replica of that of its primary, which has no id yet if it is created now.
    fn gather(&mut self, keys: &[Key<'p>], replicas: &[Replica]) {
        let elsewhere = replicas.iter().filter_map(|replica| Some((replica.key, foreign_id(replica)?)));
        let elsewhere: FxHashMap<KeyId, Arc<str>> = elsewhere.collect();
        for key in keys {
            let id = key.key_id().map(Arc::from).or_else(|| elsewhere.get(&key.id).cloned());
            if let Some(id) = id {
                let family = *self.by_id.entry(id).or_insert(key.id);
                self.assign(key.id, family);
            }
        }
        for replica in replicas {
            if let Knowledge::Known(Primary::Key(primary)) = replica.primary() {
                self.assign(replica.key, self.family(primary));
            }
        }
    }

    fn assign(&mut self, key: KeyId, family: KeyId) {
        if let Some(slot) = self.of.get_mut(key.0) {
            *slot = family;
        }
    }

    fn family(&self, key: KeyId) -> KeyId {
        self.of.get(key.0).copied().unwrap_or(key)
    }

    fn add(&mut self, key: &Key<'p>, index: &KeyIndex<'p>) {
        let family = self.family(key.id);
        let untold = if key.kind == KeyKind::Data { self.look_into(key, family, index) } else { None };
        let member = Member { key: key.id, place: key.place(), untold };
        self.members.entry(family).or_default().push(member);
    }

    /// Notes the relatives that a data source shows; gives the reason if it does not show them. What is in the graph
    /// speaks for itself: the change may destroy it.
    fn look_into(&mut self, key: &Key<'p>, family: KeyId, index: &KeyIndex<'p>) -> Option<Because> {
        let Some(relatives) = shown_relatives(key) else {
            return Some(Because::new(format!(
                "the related keys of {} are not known before apply",
                key.node
            )));
        };
        let strangers = relatives.into_iter().filter(|(_, arn)| index.with_arn(arn).is_none());
        self.seen.entry(family).or_default().extend(strangers);
        None
    }

    /// Why the projects may have more keys and aliases than they show, if so.
    pub(crate) fn open(&self) -> Option<&Because> {
        self.open.as_ref()
    }

    /// A key with this id, one that exists after the change if there is one.
    pub(crate) fn with_id(&self, id: &str) -> Option<KeyId> {
        let any = *self.by_id.get(id)?;
        Some(self.members(any).first().map_or(any, |member| member.key))
    }

    /// The key of the graph that is of the family of `key` and in the Region of `place`.
    pub(crate) fn key_at(&self, key: KeyId, place: &Place<'p>) -> Option<KeyId> {
        let is_there = |member: &&Member<'p>| member.place.shares_region(place) == Knowledge::Known(true);
        self.members(key).iter().find(is_there).map(|member| member.key)
    }

    /// The key that is of the family of `key` and in `region`, or none; `Undetermined` if there may be one.
    pub(crate) fn relative_in(&self, key: KeyId, region: &str) -> Knowledge<Option<Relative<'p>>> {
        if let Some(found) = self.key_at(key, &Place::in_region(Knowledge::Known(region.into()))) {
            return Knowledge::Known(Some(Relative::Key(found)));
        }
        let seen = self.seen.get(&self.family(key)).into_iter().flatten();
        if let Some((_, arn)) = seen.into_iter().find(|(own, _)| *own == region) {
            return Knowledge::Known(Some(Relative::Seen(arn)));
        }
        match self.doubt(key, region) {
            Some(because) => Knowledge::Undetermined(because),
            None => Knowledge::Known(None),
        }
    }

    /// Why there may be a relative of `key` in `region` although none is known, if there may.
    fn doubt(&self, key: KeyId, region: &str) -> Option<Because> {
        let members = self.members(key).iter();
        let untold =
            members.filter_map(|member| member.untold.clone().or(member.place.region().because().cloned()));
        let may_be_there = |stray: &&Stray| stray.region.known().is_none_or(|own| **own == *region);
        let strays = self.strays.iter().filter(may_be_there).map(|stray| stray.because.clone());
        untold.chain(strays).chain(self.open.clone()).next()
    }

    fn members(&self, key: KeyId) -> &[Member<'p>] {
        self.members.get(&self.family(key)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn open(projects: &[Project]) -> Option<Because> {
    projects.iter().find_map(|project| project.all_known().because().cloned())
}

/// The id of a primary that no project has.
fn foreign_id(replica: &Replica) -> Option<Arc<str>> {
    match &replica.primary.target {
        Target::Elsewhere { key_id, .. } => key_id.clone(),
        _ => None,
    }
}

fn stray(replica: &Replica, keys: &[Key<'_>]) -> Option<Stray> {
    let because = unclear_primary(replica, keys)?;
    let region = keys.get(replica.key.0)?.region.clone();
    Some(Stray { region, because })
}

/// The Regions and ARNs of all keys of the family that a data source shows; `None` if it does not show them.
fn shown_relatives<'p>(key: &Key<'p>) -> Option<Vec<(&'p str, &'p str)>> {
    let shown = key.node.attribute("multi_region_configuration")?.items().first()?;
    let blocks = |name: &str| shown.get(name).map(Value::items).unwrap_or_default();
    let keys = blocks("primary_key").iter().chain(blocks("replica_keys"));
    let text = |key: &'p Value, name: &str| key.get(name).and_then(Value::as_str);
    Some(keys.filter_map(|key| Some((text(key, "region")?, text(key, "arn")?))).collect())
}
