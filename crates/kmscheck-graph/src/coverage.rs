//! In which Regions a key has replicas.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kmscheck_value::{Because, Knowledge};

use crate::{Key, KmsGraph};

/// Where a key has replicas after the change, as far as that is known.
#[derive(Debug)]
pub struct Coverage<'k> {
    own: &'k Knowledge<Arc<str>>,
    filled: BTreeSet<Arc<str>>,
    /// The Regions with a replica that may be this key's.
    perhaps: BTreeMap<Arc<str>, Because>,
    /// Why there may be a replica in one more Region, for each that may be filled so.
    somewhere: Vec<Because>,
    /// Why there may be replicas anywhere.
    unseen: Option<Because>,
}

/// Where a replica is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// No other Region has one.
    Anywhere,
    /// Each of these Regions lacks one.
    Each(Vec<Arc<str>>),
    /// One of these Regions at least lacks one.
    OneOf(Vec<Arc<str>>),
}

impl<'k> Coverage<'k> {
    /// That of a key that has no replicas.
    pub fn none(key: &'k Key<'_>) -> Self {
        let (filled, perhaps) = Default::default();
        Self { own: &key.region, filled, perhaps, somewhere: Vec::new(), unseen: None }
    }

    /// That of a key of the graph, by the replicas in all projects.
    pub fn of(graph: &KmsGraph<'_>, key: &'k Key<'_>) -> Self {
        let mut coverage = Self::none(key);
        coverage.unseen = graph.all_projects_known().because().cloned();
        for replica in graph.working_replicas_of(key.id) {
            match &replica.region {
                Knowledge::Known(region) => _ = coverage.filled.insert(Arc::clone(region)),
                Knowledge::Undetermined(because) => coverage.fill_somewhere(key, replica, because.clone()),
            }
        }
        for (replica, because) in graph.possible_replicas_of(key.id) {
            match &replica.region {
                Knowledge::Known(region) => _ = coverage.perhaps.insert(Arc::clone(region), because),
                Knowledge::Undetermined(_) => coverage.fill_somewhere(key, replica, because),
            }
        }
        coverage
    }

    /// A replica beside its primary fills no other Region, whichever that is.
    fn fill_somewhere(&mut self, key: &Key<'_>, replica: &Key<'_>, because: Because) {
        if replica.shares_region(key) != Knowledge::Known(true) {
            self.somewhere.push(because);
        }
    }

    /// Where a replica is missing, of these Regions, the key's own left out; or of all others, if any will do.
    pub fn gap(&self, regions: Option<&[Arc<str>]>) -> Knowledge<Option<Gap>> {
        match regions {
            Some(regions) => self.gap_in(regions),
            None => self.gap_anywhere(),
        }
    }

    fn is_own(&self, region: &Arc<str>) -> bool {
        self.own.known() == Some(region)
    }

    fn gap_in(&self, regions: &[Arc<str>]) -> Knowledge<Option<Gap>> {
        let is_empty = |region: &&Arc<str>| !self.is_own(region) && !self.filled.contains(*region);
        let empty: Vec<_> = regions.iter().filter(is_empty).cloned().collect();
        if empty.is_empty() {
            return Knowledge::Known(None);
        }
        if let Some(because) = &self.unseen {
            return Knowledge::Undetermined(because.clone());
        }
        // One of them may be the key's own, and each replica in an unknown Region may fill one.
        let doubts: Vec<_> = self.own.because().into_iter().chain(&self.somewhere).collect();
        let perhaps = empty.iter().find_map(|region| self.perhaps.get(region));
        let lacking: Vec<_> =
            empty.iter().filter(|region| !self.perhaps.contains_key(*region)).cloned().collect();
        match doubts.first().copied().or(perhaps) {
            Some(because) if lacking.len() <= doubts.len() => Knowledge::Undetermined(because.clone()),
            _ if doubts.is_empty() => Knowledge::Known(Some(Gap::Each(lacking))),
            _ => Knowledge::Known(Some(Gap::OneOf(lacking))),
        }
    }

    fn gap_anywhere(&self) -> Knowledge<Option<Gap>> {
        let others = self.filled.iter().filter(|region| !self.is_own(region)).count();
        if others > self.own.because().iter().len() {
            return Knowledge::Known(None);
        }
        let own = self.own.because().filter(|_| others > 0);
        let perhaps =
            self.perhaps.iter().find(|(region, _)| !self.is_own(region)).map(|(_, because)| because);
        match self.unseen.as_ref().or(own).or(self.somewhere.first()).or(perhaps) {
            Some(because) => Knowledge::Undetermined(because.clone()),
            None => Knowledge::Known(Some(Gap::Anywhere)),
        }
    }
}
