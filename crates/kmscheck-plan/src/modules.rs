//! The module instances of a plan. A plan does not list them: they are those that some resource is in, and the calls
//! without resources.

use std::sync::Arc;

use kmscheck_model::{InstanceKey, ModulePath, ModuleStep};
use rustc_hash::FxHashMap;

use crate::configuration::{ModuleCall, ModuleConfig};

/// The number of a module instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ModuleId(u32);

/// A module instance.
#[derive(Debug)]
pub(crate) struct Module<'a> {
    pub(crate) path: ModulePath,
    /// The module instance that calls it, and how; `None` for the root module.
    pub(crate) caller: Option<Caller<'a>>,
    /// The module as it is written, if the plan has it.
    pub(crate) config: Option<&'a ModuleConfig<'a>>,
    children: FxHashMap<Arc<str>, Vec<ModuleId>>,
    steps: Vec<ModuleId>,
}

/// From where a module instance is called.
#[derive(Debug, Clone)]
pub(crate) struct Caller<'a> {
    pub(crate) module: ModuleId,
    /// The call as it is written, if the plan has it.
    pub(crate) call: Option<&'a ModuleCall<'a>>,
    pub(crate) key: Option<InstanceKey>,
}

/// All module instances.
#[derive(Debug)]
pub(crate) struct Modules<'a> {
    all: Vec<Module<'a>>,
    by_path: FxHashMap<ModulePath, ModuleId>,
    by_address: FxHashMap<&'a str, ModuleId>,
    /// The address that was asked for last: the resources of a module instance stand together.
    last: (&'a str, ModuleId),
}

impl<'a> Modules<'a> {
    pub(crate) const ROOT: ModuleId = ModuleId(0);

    pub(crate) fn new(config: Option<&'a ModuleConfig<'a>>) -> Self {
        let root = Module {
            path: ModulePath::root(),
            caller: None,
            config,
            children: FxHashMap::default(),
            steps: Vec::new(),
        };
        let by_path = [(ModulePath::root(), Self::ROOT)].into_iter().collect();
        Self { all: vec![root], by_path, by_address: FxHashMap::default(), last: ("", Self::ROOT) }
    }

    pub(crate) fn get(&self, id: ModuleId) -> Option<&Module<'a>> {
        self.all.get(usize::try_from(id.0).ok()?)
    }

    /// The module instance at an address; the root module for none.
    pub(crate) fn at_address(&mut self, address: Option<&'a str>) -> ModuleId {
        let Some(address) = address else { return Self::ROOT };
        if self.last.0 != address {
            let known = self.by_address.get(address).copied();
            let id = known.unwrap_or_else(|| self.at_path(&address.parse().unwrap_or_default()));
            self.by_address.insert(address, id);
            self.last = (address, id);
        }
        self.last.1
    }

    fn at_path(&mut self, path: &ModulePath) -> ModuleId {
        if let Some(id) = self.by_path.get(path) {
            return *id;
        }
        let Some((parent, step)) = path.parent() else { return Self::ROOT };
        let parent = self.at_path(&parent);
        self.add(parent, step.clone())
    }

    /// The module instance at a path, if there is one.
    pub(crate) fn find(&self, path: &ModulePath) -> Option<ModuleId> {
        self.by_path.get(path).copied()
    }

    fn add(&mut self, parent: ModuleId, step: ModuleStep) -> ModuleId {
        let id = ModuleId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let Some(caller) = self.get(parent) else { return id };
        let calls = caller.config.and_then(|config| config.module_calls.as_ref());
        let call = calls.and_then(|calls| calls.get(&step.name));
        let path = caller.path.child(step.clone());
        self.by_path.insert(path.clone(), id);
        let caller = Caller { module: parent, call, key: step.key };
        self.all.push(Module {
            path,
            caller: Some(caller),
            config: call.map(|call| &call.module),
            children: FxHashMap::default(),
            steps: Vec::new(),
        });
        let parent = usize::try_from(parent.0).ok().and_then(|parent| self.all.get_mut(parent));
        if let Some(parent) = parent {
            parent.children.entry(step.name).or_default().push(id);
            parent.steps.push(id);
        }
        id
    }

    /// Adds an instance of every call that no resource is in: a module that only computes names, or one whose
    /// resources all have `count = 0`.
    pub(crate) fn add_calls_without_resources(&mut self) {
        let mut next = 0;
        while let Some(module) = self.all.get(next) {
            let calls = module.config.and_then(|config| config.module_calls.as_ref());
            let missing: Vec<_> = calls
                .iter()
                .flat_map(|calls| calls.iter())
                .filter(|(name, _)| !module.children.contains_key(&***name))
                .map(|(name, call)| ModuleStep { name: (**name).into(), key: call.repeated() })
                .collect();
            let parent = ModuleId(u32::try_from(next).unwrap_or(u32::MAX));
            for step in missing {
                self.add(parent, step);
            }
            next += 1;
        }
    }

    /// The instances of the call `name` in a module instance.
    pub(crate) fn children(&self, module: ModuleId, name: &str) -> &[ModuleId] {
        self.get(module).and_then(|module| module.children.get(name)).map_or(&[], Vec::as_slice)
    }
}

impl Module<'_> {
    /// The module instances that this one calls.
    pub(crate) fn children(&self) -> impl Iterator<Item = ModuleId> {
        self.steps.iter().copied()
    }
}

impl ModuleCall<'_> {
    /// The key of an instance that is not known: any, if the call has `count` or `for_each`.
    fn repeated(&self) -> Option<InstanceKey> {
        (self.count_expression.is_some() || self.for_each_expression.is_some()).then_some(InstanceKey::Any)
    }
}
