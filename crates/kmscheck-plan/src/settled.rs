//! Local values: the plan has neither their expressions nor their values.

use crate::instances::InstanceId;
use crate::modules::{Caller, ModuleId};
use crate::resolver::Resolver;

impl<'a> Resolver<'_, 'a> {
    /// Whether everything in a module instance is known: then its local values are known too, although the plan does
    /// not have them. Many public modules compute nothing but names and tags.
    pub(crate) fn is_settled(&self, module: ModuleId, depth: usize) -> bool {
        if let Some(settled) = self.settled.borrow().get(&module) {
            return *settled;
        }
        self.settled.borrow_mut().insert(module, false);
        let settled = depth > 0 && self.compute_settled(module, depth - 1);
        self.settled.borrow_mut().insert(module, settled);
        settled
    }

    fn compute_settled(&self, id: ModuleId, depth: usize) -> bool {
        let Some(module) = self.instances.modules.get(id) else { return false };
        let is_known =
            |id: &InstanceId| self.instances.get(*id).is_some_and(|found| !found.is_unknown_at_all());
        module.config.is_some()
            && self.instances.complete
            && self.instances.in_module(id).iter().all(is_known)
            && module.caller.as_ref().is_none_or(|caller| self.arguments_are_known(caller, depth))
            && module.children().all(|child| self.is_settled(child, depth))
    }

    fn arguments_are_known(&self, caller: &Caller<'a>, depth: usize) -> bool {
        let Some(call) = caller.call else { return false };
        let arguments = self.cache.get(call.expressions);
        arguments.iter().all(|(_, one)| self.expression(one, caller.scope(), depth).are_known())
    }
}
