//! Which instances a reference means.

use std::borrow::Cow;

use kmscheck_model::{InstanceKey, ModuleStep};

use crate::instances::{InstanceId, Instances};
use crate::modules::{ModuleId, Modules};
use crate::references::{Reference, Step, Subject};

impl Instances<'_> {
    /// The instances that a reference to a resource means, and the steps from there. `None` if nobody knows.
    pub(crate) fn select<'r, 't>(
        &self,
        reference: &'r Reference<'t>,
        module: ModuleId,
        own_key: Option<&InstanceKey>,
    ) -> Option<(Cow<'_, [InstanceId]>, &'r [Step<'t>])> {
        let Subject::Resource { mode, resource_type, name } = reference.subject else { return None };
        let block = self.block(module, mode, resource_type, name);
        let declared = || self.config(module, mode, resource_type, name).is_some();
        if block.is_none() && !(self.complete && declared()) {
            return None;
        }
        let with_key = |key: &InstanceKey| self.with_key(block?, key);
        if let Some((Step::Index(key), rest)) = reference.steps.split_first() {
            let found = with_key(key);
            return (found.is_some() || self.complete).then(|| (found.into_iter().collect(), rest));
        }
        let all = block.map_or(&[][..], |block| &block.instances);
        let own = own_key.filter(|_| all.len() > 1).and_then(with_key);
        let selected = own.map_or(Cow::Borrowed(all), |own| Cow::Owned(vec![own]));
        Some((selected, &reference.steps))
    }
}

impl Modules<'_> {
    /// The instances of the module call `name` that a reference means, and the steps from there.
    pub(crate) fn select<'r, 't>(
        &self,
        caller: ModuleId,
        name: &str,
        steps: &'r [Step<'t>],
        own_key: Option<&InstanceKey>,
    ) -> (Cow<'_, [ModuleId]>, &'r [Step<'t>]) {
        let all = self.children(caller, name);
        if let Some((Step::Index(key), rest)) = steps.split_first() {
            return (self.with_key(caller, name, key).into_iter().collect(), rest);
        }
        let own = own_key.filter(|_| all.len() > 1).and_then(|key| self.with_key(caller, name, key));
        (own.map_or(Cow::Borrowed(all), |own| Cow::Owned(vec![own])), steps)
    }

    /// The instance with this key; the one with any key if it is not known which there are.
    fn with_key(&self, caller: ModuleId, name: &str, key: &InstanceKey) -> Option<ModuleId> {
        let path = &self.get(caller)?.path;
        let with =
            |key: InstanceKey| self.find(&path.child(ModuleStep { name: name.into(), key: Some(key) }));
        with(key.clone()).or_else(|| with(InstanceKey::Any))
    }
}
