//! Module instances.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::{ModulePath, ModuleStep};
use kmscheck_value::Existence;
use rustc_hash::FxHashMap;

use super::expansion::Expansion;
use super::memo::Memo;
use super::provider::Provider;
use super::tree::{Called, ModuleTree};
use super::{Each, Root};
use crate::config::{ProviderName, ResourceName};
use crate::lang::Block;

/// How many module instances a root module may have.
const INSTANCES: usize = 20_000;

/// A module instance, and what is known of it so far.
pub(crate) struct Instance<'r> {
    pub(crate) path: ModulePath,
    pub(crate) tree: &'r ModuleTree,
    /// The module that calls it; the root module is not called.
    pub(crate) caller: Option<Caller<'r>>,
    pub(crate) existence: Existence,
    pub(super) memo: RefCell<FxHashMap<Item<'r>, Memo>>,
    pub(super) resources: RefCell<FxHashMap<&'r ResourceName, Rc<Expansion>>>,
    pub(super) calls: RefCell<FxHashMap<&'r str, Rc<Expansion>>>,
    pub(super) children: RefCell<FxHashMap<&'r str, Rc<[Rc<Self>]>>>,
    pub(super) providers: RefCell<FxHashMap<ProviderName, Option<Rc<Provider>>>>,
}

/// The call of a module instance.
pub(crate) struct Caller<'r> {
    pub(crate) instance: Rc<Instance<'r>>,
    pub(crate) block: &'r Block,
    pub(crate) each: Each,
}

/// What is evaluated once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Item<'r> {
    Variable(&'r str),
    Local(&'r str),
    Output(&'r str),
    /// The argument or the blocks of this name, of the object at this position.
    Attribute(usize, Arc<str>),
    /// What the provider makes of the configuration of the object.
    Made(usize, Arc<str>),
}

/// All module instances of a root module.
pub(crate) struct Instances<'r> {
    pub(crate) root: Rc<Instance<'r>>,
    count: std::cell::Cell<usize>,
}

impl<'r> Instances<'r> {
    pub(super) fn of(tree: &'r ModuleTree) -> Self {
        let root = Instance::new(ModulePath::root(), tree, None, Existence::Certain);
        Self { root: Rc::new(root), count: std::cell::Cell::new(1) }
    }
}

impl<'r> Instance<'r> {
    fn new(path: ModulePath, tree: &'r ModuleTree, caller: Option<Caller<'r>>, existence: Existence) -> Self {
        Self {
            path,
            tree,
            caller,
            existence,
            memo: RefCell::default(),
            resources: RefCell::default(),
            calls: RefCell::default(),
            children: RefCell::default(),
            providers: RefCell::default(),
        }
    }

    /// How something in it is called: `module.a.local.x`.
    pub(super) fn name_of(&self, name: &str) -> String {
        if self.path.is_root() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl<'r> Root<'r> {
    /// The instances of the module that is called by `name`: none if its source is not at hand.
    pub(super) fn children(&self, instance: &Rc<Instance<'r>>, name: &'r str) -> Rc<[Rc<Instance<'r>>]> {
        if let Some(children) = instance.children.borrow().get(name) {
            return Rc::clone(children);
        }
        let children = self.make_children(instance, name);
        instance.children.borrow_mut().insert(name, Rc::clone(&children));
        children
    }

    fn make_children(&self, instance: &Rc<Instance<'r>>, name: &'r str) -> Rc<[Rc<Instance<'r>>]> {
        let called = instance.tree.children.get(name);
        let block = instance.tree.module.config.calls.get(name);
        let (Some(Called::Here(tree)), Some(block)) = (called, block) else { return Rc::new([]) };
        let expansion = self.call_expansion(instance, name);
        let count = self.instances.count.get() + expansion.instances.len();
        if count > INSTANCES {
            self.leave_out(format!("there are more than {INSTANCES} instances of modules"));
            return Rc::new([]);
        }
        self.instances.count.set(count);
        let child = |one: &super::expansion::One| {
            let path = instance.path.child(ModuleStep { name: name.into(), key: one.key.clone() });
            let caller = Caller { instance: Rc::clone(instance), block, each: one.each.clone() };
            let existence = match &instance.existence {
                Existence::Certain => one.existence.clone(),
                possible => possible.clone(),
            };
            Rc::new(Instance::new(path, tree, Some(caller), existence))
        };
        expansion.instances.iter().map(child).collect()
    }
}
