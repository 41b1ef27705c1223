//! The resource instances of a plan or state, found by their block.

use std::sync::OnceLock;

use kmscheck_model::{Address, InstanceKey, Mode};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::configuration::ResourceConfig;
use crate::document::{Document, ObjectMode, ResourceChange, StateModule, StateResource};
use crate::instance::{Instance, Record};
use crate::modules::{ModuleId, Modules};
use crate::strings::Interner;

/// The number of a resource instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct InstanceId(u32);

/// Up to how many instances it is quicker to look at each.
const FEW: usize = 8;

/// What a block is found by: its module instance, mode, type and name.
type BlockKey<'a> = (ModuleId, Mode, &'a str, &'a str);

/// All resource instances that there are after the change, as far as the input shows.
#[derive(Debug)]
pub(crate) struct Instances<'a> {
    pub(crate) modules: Modules<'a>,
    all: Vec<Instance<'a>>,
    blocks: Vec<Block<'a>>,
    /// The position in `blocks`.
    block_index: FxHashMap<BlockKey<'a>, usize>,
    /// The block of the instance that was added last: those of a block stand together.
    last: Option<(BlockKey<'a>, usize)>,
    by_module: OnceLock<FxHashMap<ModuleId, Vec<InstanceId>>>,
    /// What does not exist after the change, or is left over from an earlier one.
    pub(crate) gone: Vec<&'a ResourceChange<'a>>,
    /// Whether an instance that is not here does not exist.
    pub(crate) complete: bool,
}

/// The instances of one block.
#[derive(Debug, Default)]
pub(crate) struct Block<'a> {
    pub(crate) instances: Vec<InstanceId>,
    /// The same by key, if they are many.
    by_key: OnceLock<FxHashMap<&'a InstanceKey, InstanceId>>,
}

impl<'a> Instances<'a> {
    pub(crate) fn new(document: &'a Document<'a>, values: Option<&'a StateModule<'a>>) -> Self {
        let mut instances = Self {
            modules: Modules::new(document.configuration.as_ref().map(|config| &config.root_module)),
            all: Vec::new(),
            blocks: Vec::new(),
            block_index: FxHashMap::default(),
            last: None,
            by_module: OnceLock::new(),
            gone: Vec::new(),
            complete: document.is_complete(),
        };
        for change in document.resource_changes.iter().flatten() {
            if change.is_live() {
                let module = instances.modules.at_address(change.module_address.as_deref());
                instances.add(module, Record::Change(change));
            } else {
                instances.gone.push(change);
            }
        }
        if let Some(root) = values {
            instances.add_module(root, &|_, resource| Some(Record::State(resource)));
        }
        instances.add_prior(document);
        instances.modules.add_calls_without_resources();
        instances
    }

    /// Data sources that were read for the plan are in the prior state only. So are the managed resources that
    /// `-target` leaves as they are, and all of a plan that only refreshes the state. (A plan that failed does not say what
    /// becomes of those it lacks.)
    fn add_prior(&mut self, document: &'a Document<'a>) {
        let Some(root) = document.prior_root() else { return };
        let refresh_only = self.all.is_empty() && self.gone.is_empty();
        let untouched = (document.complete == Some(false) || refresh_only) && document.errored != Some(true);
        let modes: &[ObjectMode] =
            if untouched { &[ObjectMode::Data, ObjectMode::Managed] } else { &[ObjectMode::Data] };
        let changes = document.resource_changes.iter().flatten();
        let planned: FxHashSet<_> = changes
            .filter(|change| modes.contains(&change.mode))
            .map(|change| (change.module_address.as_deref(), Record::Change(change).identity()))
            .collect();
        self.add_module(root, &|module, resource| {
            let record = match resource.mode {
                ObjectMode::Data => Record::Read(resource),
                ObjectMode::Managed | ObjectMode::Other => Record::State(resource),
            };
            let identity = (module.address.as_deref(), record.identity());
            (modes.contains(&resource.mode) && !planned.contains(&identity)).then_some(record)
        });
    }

    fn add_module(
        &mut self,
        module: &'a StateModule<'a>,
        record: &dyn Fn(&'a StateModule<'a>, &'a StateResource<'a>) -> Option<Record<'a>>,
    ) {
        for record in module.resources.iter().flatten().filter_map(|resource| record(module, resource)) {
            let id = self.modules.at_address(module.address.as_deref());
            self.add(id, record);
        }
        for child in module.child_modules.iter().flatten() {
            self.add_module(child, record);
        }
    }

    fn add(&mut self, module: ModuleId, record: Record<'a>) {
        let (Some(mode), Some(resource_type), Some(name)) =
            (record.mode(), record.resource_type(), record.name())
        else {
            return;
        };
        let id = InstanceId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(Instance::new(module, record));
        let key = (module, mode, resource_type, name);
        let position = match self.last {
            Some((last, position)) if last == key => position,
            _ => *self.block_index.entry(key).or_insert(self.blocks.len()),
        };
        self.last = Some((key, position));
        match self.blocks.get_mut(position) {
            Some(block) => block.instances.push(id),
            None => self.blocks.push(Block { instances: vec![id], by_key: OnceLock::new() }),
        }
    }

    pub(crate) fn get(&self, id: InstanceId) -> Option<&Instance<'a>> {
        self.all.get(usize::try_from(id.0).ok()?)
    }

    /// All instances.
    pub(crate) fn all(&self) -> &[Instance<'a>] {
        &self.all
    }

    /// A block that has instances.
    pub(crate) fn block(
        &self,
        module: ModuleId,
        mode: Mode,
        resource_type: &str,
        name: &str,
    ) -> Option<&Block<'a>> {
        let position = self.block_index.get(&(module, mode, resource_type, name)).copied();
        self.blocks.get(position?)
    }

    /// The instance of a block with this key.
    pub(crate) fn with_key(&self, block: &Block<'a>, key: &InstanceKey) -> Option<InstanceId> {
        let key_of = |id: InstanceId| self.get(id).and_then(|found| found.record.key());
        let mut instances = block.instances.iter().copied();
        if block.instances.len() <= FEW {
            return instances.find(|id| key_of(*id) == Some(key));
        }
        let by_key =
            block.by_key.get_or_init(|| instances.filter_map(|id| Some((key_of(id)?, id))).collect());
        by_key.get(key).copied()
    }

    /// The instances in a module instance itself.
    pub(crate) fn in_module(&self, module: ModuleId) -> &[InstanceId] {
        let by_module = self.by_module.get_or_init(|| {
            let mut by_module: FxHashMap<ModuleId, Vec<InstanceId>> = FxHashMap::default();
            for (id, instance) in (0..).map(InstanceId).zip(&self.all) {
                by_module.entry(instance.module).or_default().push(id);
            }
            by_module
        });
        by_module.get(&module).map_or(&[], Vec::as_slice)
    }

    /// The block of an instance as it is written, if the plan has it.
    pub(crate) fn config_of(&self, instance: &Instance<'a>) -> Option<&'a ResourceConfig<'a>> {
        let record = instance.record;
        self.config(instance.module, record.mode()?, record.resource_type()?, record.name()?)
    }

    /// The absolute address of an object that goes. Its module instance need not exist any longer.
    pub(crate) fn address_of_gone(
        &self,
        change: &ResourceChange<'a>,
        interner: &Interner,
    ) -> Option<Address> {
        let module = change.module_address.as_deref().unwrap_or_default().parse().ok()?;
        Address { module, ..self.address(Modules::ROOT, Record::Change(change), interner)? }.into()
    }

    /// The block as it is written, if the plan has it.
    pub(crate) fn config(
        &self,
        module: ModuleId,
        mode: Mode,
        resource_type: &str,
        name: &str,
    ) -> Option<&'a ResourceConfig<'a>> {
        self.modules.get(module)?.config?.resources.get(mode, resource_type, name)
    }

    /// The absolute address of an instance.
    pub(crate) fn address(
        &self,
        module: ModuleId,
        record: Record<'_>,
        interner: &Interner,
    ) -> Option<Address> {
        Some(Address {
            module: self.modules.get(module)?.path.clone(),
            mode: record.mode()?,
            resource_type: interner.get(record.resource_type()?),
            name: interner.get(record.name()?),
            key: record.key().cloned(),
        })
    }
}

impl<'a> Document<'a> {
    /// Whether the plan has everything that changes.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete != Some(false) && self.errored != Some(true)
    }

    fn prior_root(&self) -> Option<&StateModule<'a>> {
        self.prior_state.as_ref()?.values.as_ref()?.root_module.as_ref()
    }
}
