//! What an unknown value was made from: follows references through variables, module calls and outputs to the
//! resource attributes that are not known.

use std::cell::RefCell;
use std::sync::Arc;

use kmscheck_model::InstanceKey;
use kmscheck_value::Symbol;
use rustc_hash::FxHashMap;

use crate::document::Document;
use crate::expressions::{Expression, ExpressionCache};
use crate::instances::{InstanceId, Instances};
use crate::leaves::{Leaf, Leaves, path};
use crate::modules::{Caller, ModuleId};
use crate::references::{Reference, Step, Subject, Written, written};
use crate::strings::Interner;

/// How far references are followed. A chain of module calls that is longer than this is lost.
const DEPTH: usize = 100;

/// Of how many instances a reference may mean any. Beyond that it says nothing to anybody.
const CHOICES: usize = 100;

/// Where an expression stands: names mean something else in each module instance, and `each` in each instance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'s, 'a> {
    pub(crate) module: ModuleId,
    /// The key of the instance that the expression is for.
    pub(crate) key: Option<&'s InstanceKey>,
    /// The `for_each` of its block.
    pub(crate) for_each: Option<&'a Expression<'a>>,
}

/// Follows references.
pub(crate) struct Resolver<'d, 'a> {
    pub(crate) document: &'a Document<'a>,
    pub(crate) instances: &'d Instances<'a>,
    pub(crate) cache: ExpressionCache<'a>,
    variables: RefCell<FxHashMap<(ModuleId, &'a str), Leaves>>,
    outputs: RefCell<FxHashMap<(ModuleId, &'a str), Leaves>>,
    settled: RefCell<FxHashMap<ModuleId, bool>>,
    addresses: RefCell<FxHashMap<InstanceId, Arc<str>>>,
}

impl<'d, 'a> Resolver<'d, 'a> {
    pub(crate) fn new(document: &'a Document<'a>, instances: &'d Instances<'a>) -> Self {
        Self {
            document,
            instances,
            cache: ExpressionCache::default(),
            variables: RefCell::default(),
            outputs: RefCell::default(),
            settled: RefCell::default(),
            addresses: RefCell::default(),
        }
    }

    /// The unknown things that an expression is made from.
    pub(crate) fn leaves(&self, expression: &Expression<'a>, scope: Scope<'_, 'a>) -> Leaves {
        self.expression(expression, scope, DEPTH)
    }

    /// The symbol of an unknown attribute.
    pub(crate) fn symbol(&self, leaf: &Leaf, interner: &Interner) -> Option<Symbol> {
        let known = self.addresses.borrow().get(&leaf.instance).cloned();
        let object = match known {
            Some(address) => address,
            None => self.remember_address(leaf.instance, interner)?,
        };
        Some(Symbol::new(object, interner.get(&leaf.path)))
    }

    fn remember_address(&self, id: InstanceId, interner: &Interner) -> Option<Arc<str>> {
        let instance = self.instances.get(id)?;
        let address = interner.get(&self.instances.address(instance.module, instance.record)?.to_string());
        self.addresses.borrow_mut().insert(id, Arc::clone(&address));
        Some(address)
    }

    fn expression(&self, expression: &Expression<'a>, scope: Scope<'_, 'a>, depth: usize) -> Leaves {
        let mut leaves = Leaves::default();
        for references in expression.references() {
            for reference in written(references) {
                leaves.join(self.reference(reference, scope, depth));
            }
        }
        leaves.found.sort_unstable();
        leaves.found.dedup();
        leaves
    }

    /// The unknown things that a reference stands for.
    pub(crate) fn reference(&self, written: Written<'_>, scope: Scope<'_, 'a>, depth: usize) -> Leaves {
        let Some(depth) = depth.checked_sub(1) else { return Leaves::lost(written.text) };
        let reference = Reference::parse(written.text);
        let own_key = scope.key.filter(|_| written.by_own_key);
        match reference.subject {
            Subject::Resource { .. } => self.resource(&reference, written.text, scope.module, own_key),
            Subject::Module(name) => {
                self.module(name, &reference.steps, written.text, scope.module, own_key, depth)
            }
            Subject::Variable(name) => {
                let leaves =
                    self.variable(scope.module, name, depth).follow(&reference.steps, self.instances);
                match own_key {
                    Some(key) => leaves.element(key, self.instances),
                    None => leaves,
                }
            }
            Subject::Local(name) if !self.is_settled(scope.module, depth) => {
                Leaves::lost(&format!("local.{name}"))
            }
            Subject::EachValue => self.each_value(&reference.steps, scope, depth),
            Subject::Local(_) | Subject::OwnKey | Subject::Surroundings => Leaves::default(),
            Subject::Other => Leaves::lost(written.text),
        }
    }

    fn resource(
        &self,
        reference: &Reference<'_>,
        text: &str,
        module: ModuleId,
        own_key: Option<&InstanceKey>,
    ) -> Leaves {
        let Some((selected, steps)) = self.select(reference, module, own_key) else {
            return Leaves::lost(text);
        };
        if selected.len() > CHOICES {
            return Leaves::lost(text);
        }
        let unknown = |id: &InstanceId| self.instances.get(*id).is_some_and(|found| found.is_unknown(steps));
        let path = path(steps);
        let leaf = |id: InstanceId| Leaf { instance: id, path: path.clone() };
        Leaves { found: selected.into_iter().filter(unknown).map(leaf).collect(), lost: None }
    }

    /// The instances that a reference to a resource means, and the steps from there. `None` if nobody knows.
    pub(crate) fn select<'r, 't>(
        &self,
        reference: &'r Reference<'t>,
        module: ModuleId,
        own_key: Option<&InstanceKey>,
    ) -> Option<(Vec<InstanceId>, &'r [Step<'t>])> {
        let Subject::Resource { mode, resource_type, name } = reference.subject else { return None };
        let block = self.instances.block(module, mode, resource_type, name);
        let declared = || self.instances.config(module, mode, resource_type, name).is_some();
        if block.is_empty() && !(self.instances.complete && declared()) {
            return None;
        }
        let key_of = |id: InstanceId| self.instances.get(id).and_then(|found| found.record.key());
        let with_key = |key: &InstanceKey| block.iter().copied().find(|id| key_of(*id) == Some(key));
        if let Some((Step::Index(key), rest)) = reference.steps.split_first() {
            let found = with_key(key);
            return (found.is_some() || self.instances.complete).then(|| (found.into_iter().collect(), rest));
        }
        let own = own_key.filter(|_| block.len() > 1).and_then(with_key);
        let selected = own.map_or_else(|| block.to_vec(), |own| vec![own]);
        Some((selected, &reference.steps))
    }

    fn module(
        &self,
        name: &str,
        steps: &[Step<'_>],
        text: &str,
        caller: ModuleId,
        own_key: Option<&InstanceKey>,
        depth: usize,
    ) -> Leaves {
        let (key, steps) = match steps.split_first() {
            Some((Step::Index(key), rest)) => (Some(key), rest),
            _ => (None, steps),
        };
        let children = self.select_modules(caller, name, key, own_key);
        if children.is_empty() && !(self.instances.complete && key.is_some()) || children.len() > CHOICES {
            return Leaves::lost(text);
        }
        let mut leaves = Leaves::default();
        for child in children {
            leaves.join(match steps.split_first() {
                Some((Step::Attribute(output), rest)) => {
                    let found = self.output(child, output, depth).follow(rest, self.instances);
                    own_key
                        .filter(|_| key.is_none())
                        .map_or_else(|| found.clone(), |key| found.clone().element(key, self.instances))
                }
                _ => self.all_outputs(child, depth),
            });
        }
        leaves
    }

    fn select_modules(
        &self,
        caller: ModuleId,
        name: &str,
        key: Option<&InstanceKey>,
        own_key: Option<&InstanceKey>,
    ) -> Vec<ModuleId> {
        let children = self.instances.modules.children(caller, name);
        let key_of = |id: ModuleId| self.instances.modules.get(id)?.caller.as_ref()?.key.as_ref();
        let with_key = |key: &InstanceKey| {
            children
                .iter()
                .copied()
                .find(|id| matches!(key_of(*id), Some(found) if found == key || *found == InstanceKey::Any))
        };
        match (key, own_key.and_then(with_key)) {
            (Some(key), _) => with_key(key).into_iter().collect(),
            (None, Some(own)) => vec![own],
            (None, None) => children.to_vec(),
        }
    }

    fn all_outputs(&self, module: ModuleId, depth: usize) -> Leaves {
        let config = self.instances.modules.get(module).and_then(|module| module.config);
        let mut leaves = Leaves::default();
        for (name, _) in
            config.iter().flat_map(|config| config.outputs.iter()).flat_map(|outputs| outputs.iter())
        {
            leaves.join(self.output(module, name, depth));
        }
        leaves
    }

    fn output(&self, module: ModuleId, name: &str, depth: usize) -> Leaves {
        let Some(found) = self.instances.modules.get(module) else { return Leaves::lost(name) };
        let Some((name, output)) = found.config.and_then(|config| config.outputs.as_ref()?.get_entry(name))
        else {
            return Leaves::lost(&format!("{}.{name}", found.path));
        };
        self.remembered(&self.outputs, (module, name), || {
            let scope = Scope { module, key: None, for_each: None };
            output.expression.as_ref().map_or_else(Leaves::default, |one| self.expression(one, scope, depth))
        })
    }

    fn variable(&self, module: ModuleId, name: &str, depth: usize) -> Leaves {
        let Some(found) = self.instances.modules.get(module) else { return Leaves::lost(name) };
        let Some(caller) = &found.caller else { return Leaves::default() };
        let declared = found.config.and_then(|config| config.variables.as_ref()?.get_entry(name));
        let (Some(call), Some((name, _))) = (caller.call, declared) else {
            return Leaves::lost(&format!("var.{name}"));
        };
        self.remembered(&self.variables, (module, name), || {
            let arguments = self.cache.get(call.expressions);
            let argument = arguments.get(name);
            argument.map_or_else(Leaves::default, |one| self.expression(one, caller.scope(), depth))
        })
    }

    /// Computes something once. While that goes on, whoever asks for it again is in a cycle, which Terraform does not
    /// allow.
    fn remembered(
        &self,
        memory: &RefCell<FxHashMap<(ModuleId, &'a str), Leaves>>,
        key: (ModuleId, &'a str),
        compute: impl FnOnce() -> Leaves,
    ) -> Leaves {
        if let Some(found) = memory.borrow().get(&key) {
            return found.clone();
        }
        memory.borrow_mut().insert(key, Leaves::lost(key.1));
        let leaves = compute();
        memory.borrow_mut().insert(key, leaves.clone());
        leaves
    }

    /// `each.value`: an element of what the block repeats over. Without an expression that is a constant.
    fn each_value(&self, steps: &[Step<'_>], scope: Scope<'_, 'a>, depth: usize) -> Leaves {
        let (Some(for_each), Some(key)) = (scope.for_each, scope.key) else { return Leaves::default() };
        let outside = Scope { module: scope.module, key: None, for_each: None };
        self.expression(for_each, outside, depth).element(key, self.instances).follow(steps, self.instances)
    }

    /// Whether everything in a module instance is known: then its local values are known too, although the plan does
    /// not have them.
    fn is_settled(&self, module: ModuleId, depth: usize) -> bool {
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

impl<'a> Caller<'a> {
    /// Where the arguments of the call stand.
    pub(crate) fn scope(&self) -> Scope<'_, 'a> {
        let for_each = self.call.and_then(|call| call.for_each_expression.as_ref());
        Scope { module: self.module, key: self.key.as_ref(), for_each }
    }
}
