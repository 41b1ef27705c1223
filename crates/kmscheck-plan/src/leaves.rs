//! The unknown things that an expression is made from.

use std::sync::Arc;

use kmscheck_model::InstanceKey;

use crate::instances::{InstanceId, Instances};
use crate::references::Step;

/// What an expression is made from, without what is known. Nothing at all means that its value is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Leaves {
    pub(crate) found: Vec<Leaf>,
    /// A name that could not be followed.
    pub(crate) lost: Option<Arc<str>>,
}

/// An attribute of a resource instance that is not known; an empty path is the instance as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leaf {
    pub(crate) instance: InstanceId,
    pub(crate) path: String,
}

impl Leaves {
    pub(crate) fn lost(name: &str) -> Self {
        Self { found: Vec::new(), lost: Some(name.into()) }
    }

    /// Whether nothing in it is unknown.
    pub(crate) fn are_known(&self) -> bool {
        self.found.is_empty() && self.lost.is_none()
    }

    pub(crate) fn join(&mut self, other: Self) {
        if self.are_known() {
            *self = other;
            return;
        }
        self.found.extend(other.found);
        self.lost = self.lost.take().or(other.lost);
    }

    /// The element `key` of a collection of whole instances, if it has one.
    #[must_use]
    pub(crate) fn element(mut self, key: &InstanceKey, instances: &Instances<'_>) -> Self {
        let has_key =
            |leaf: &Leaf| instances.get(leaf.instance).is_some_and(|found| found.record.key() == Some(key));
        let whole = self.found.iter().all(|leaf| leaf.path.is_empty());
        if whole && self.lost.is_none() && self.found.iter().any(has_key) {
            self.found.retain(has_key);
        }
        self
    }

    /// What is left when the value is followed further by `steps`: `.arn` of a whole key is its ARN.
    #[must_use]
    pub(crate) fn follow(mut self, steps: &[Step<'_>], instances: &Instances<'_>) -> Self {
        let Some((step, rest)) = steps.split_first() else { return self };
        let key = match step {
            Step::Attribute(name) => InstanceKey::Key((*name).into()),
            Step::Index(key) => key.clone(),
        };
        let before = self.found.len();
        self = self.element(&key, instances);
        if self.found.len() < before || matches!(step, Step::Index(_)) {
            return if self.found.len() == 1 { self.follow(rest, instances) } else { self };
        }
        self.found.retain_mut(|leaf| leaf.follow(steps, instances));
        self
    }
}

impl Leaf {
    /// Follows a whole instance to one of its attributes. Says whether that is unknown.
    fn follow(&mut self, steps: &[Step<'_>], instances: &Instances<'_>) -> bool {
        let (Some(instance), Some(Step::Attribute(name))) = (instances.get(self.instance), steps.first())
        else {
            return true;
        };
        if !self.path.is_empty() || !instance.has(name) {
            return true;
        }
        self.path = path(steps);
        instance.is_unknown(steps)
    }
}

/// Steps as Terraform writes them, without the leading dot.
pub(crate) fn path(steps: &[Step<'_>]) -> String {
    let text: String = steps.iter().map(ToString::to_string).collect();
    text.strip_prefix('.').map_or_else(|| text.clone(), str::to_owned)
}
