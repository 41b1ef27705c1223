//! What an unknown value was made from: follows references through variables, module calls and outputs to the
//! resource attributes that are not known.

use std::cell::RefCell;
use std::sync::Arc;

use kmscheck_model::InstanceKey;
use kmscheck_value::Symbol;
use rustc_hash::FxHashMap;
use serde_json::value::RawValue;

use crate::document::Document;
use crate::expressions::{Expression, ExpressionCache};
use crate::instances::{InstanceId, Instances};
use crate::leaves::{Leaf, Leaves, path};
use crate::modules::{Caller, ModuleId};
use crate::references::{Reference, Step, Subject, Written, written};
use crate::strings::{Entries, Interner};

/// How far references are followed. A chain of module calls that is longer than this is lost.
const DEPTH: usize = 100;

/// Of how many instances a reference may mean any. Beyond that it is lost: to follow all for each that refers to them
/// would take time that grows with the square.
const MANY: usize = 300;

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
    pub(crate) settled: RefCell<FxHashMap<ModuleId, bool>>,
    addresses: RefCell<FxHashMap<InstanceId, Arc<str>>>,
    /// Large values of variables, by where they are in the text.
    pub(crate) objects: RefCell<FxHashMap<usize, Entries<'a, &'a RawValue>>>,
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
            objects: RefCell::default(),
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
        let address =
            interner.get(&self.instances.address(instance.module, instance.record, interner)?.to_string());
        self.addresses.borrow_mut().insert(id, Arc::clone(&address));
        Some(address)
    }

    pub(crate) fn expression(
        &self,
        expression: &Expression<'a>,
        scope: Scope<'_, 'a>,
        depth: usize,
    ) -> Leaves {
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
    fn reference(&self, written: Written<'_>, scope: Scope<'_, 'a>, depth: usize) -> Leaves {
        let Some(depth) = depth.checked_sub(1) else { return Leaves::lost(written.text) };
        let reference = Reference::parse(written.text);
        let own_key = scope.key.filter(|_| written.by_own_key);
        let leaves = match reference.subject {
            Subject::Resource { .. } => self.resource(&reference, scope.module, own_key),
            Subject::Module(name) => self.module(name, &reference.steps, scope.module, own_key, depth),
            Subject::Variable(name) => {
                let steps = &*reference.steps;
                let output = self.output_in_variable(scope.module, name, steps, depth);
                let any = || self.variable(scope.module, name, depth).follow(steps, self.instances);
                Some(output.unwrap_or_else(any))
            }
            Subject::EachValue => Some(self.each_value(&reference.steps, scope, depth)),
            Subject::Local(name) if !self.is_settled(scope.module, depth) => {
                return Leaves::lost(&format!("local.{name}"));
            }
            Subject::Local(_) | Subject::OwnKey | Subject::Surroundings => Some(Leaves::default()),
            Subject::Other => None,
        };
        let leaves = leaves.unwrap_or_else(|| Leaves::lost(written.text));
        let leaves = match own_key {
            Some(key) => leaves.element(key, self.instances),
            None => leaves,
        };
        if leaves.found.len() > MANY { Leaves::lost(written.text) } else { leaves }
    }

    /// `None` if nobody knows which instances there are.
    fn resource(
        &self,
        reference: &Reference<'_>,
        module: ModuleId,
        own_key: Option<&InstanceKey>,
    ) -> Option<Leaves> {
        let (selected, steps) = self.instances.select(reference, module, own_key)?;
        if selected.len() > MANY {
            return None;
        }
        let unknown = |id: &InstanceId| self.instances.get(*id).is_some_and(|found| found.is_unknown(steps));
        let path = path(steps);
        let leaf = |id: InstanceId| Leaf { instance: id, path: path.clone() };
        let found = selected.iter().copied().filter(unknown).map(leaf).collect();
        Some(Leaves { found, lost: None })
    }

    /// `None` if nobody knows which module instances there are.
    fn module(
        &self,
        name: &str,
        steps: &[Step<'_>],
        caller: ModuleId,
        own_key: Option<&InstanceKey>,
        depth: usize,
    ) -> Option<Leaves> {
        let (children, steps) = self.instances.modules.select(caller, name, steps, own_key);
        if children.is_empty() || children.len() > MANY {
            return None;
        }
        let mut leaves = Leaves::default();
        for child in children.iter().copied() {
            leaves.join(match steps.split_first() {
                Some((Step::Attribute(output), rest)) => {
                    self.output(child, output, depth).follow(rest, self.instances)
                }
                _ => self.all_outputs(child, depth),
            });
        }
        Some(leaves)
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

    pub(crate) fn output(&self, module: ModuleId, name: &str, depth: usize) -> Leaves {
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
        let outside = Scope { for_each: None, ..scope };
        let mut leaves = Leaves::default();
        for reference in for_each.references().into_iter().flat_map(written) {
            leaves.join(self.reference(Written { by_own_key: true, ..reference }, outside, depth));
        }
        leaves.element(key, self.instances).follow(steps, self.instances)
    }
}

impl<'a> Caller<'a> {
    /// Where the arguments of the call stand.
    pub(crate) fn scope(&self) -> Scope<'_, 'a> {
        let for_each = self.call.and_then(|call| call.for_each_expression.as_ref());
        Scope { module: self.module, key: self.key.as_ref(), for_each }
    }
}
