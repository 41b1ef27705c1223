//! What the files of one directory say, by the kinds of blocks that Terraform knows.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, OnceLock};

use kmscheck_model::{Declaration, Interest, Mode};

use crate::lang::{Argument, Block, Body};
use crate::unread::LazyBlock;

/// The blocks of a module.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) variables: BTreeMap<Arc<str>, LazyBlock>,
    pub(crate) locals: BTreeMap<Arc<str>, Argument>,
    pub(crate) outputs: BTreeMap<Arc<str>, LazyBlock>,
    pub(crate) resources: BTreeMap<ResourceName, Resource>,
    pub(crate) calls: BTreeMap<Arc<str>, Block>,
    pub(crate) providers: BTreeMap<ProviderName, Block>,
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub(crate) struct Resource {
    block: LazyBlock,
    /// Where its parts stand, once somebody has asked.
    pub(crate) declaration: OnceLock<Arc<Declaration>>,
}

/// What tells the resources of a module from each other: mode, type and name.
pub(crate) type ResourceName = (Mode, Arc<str>, Arc<str>);

/// The local name of a provider, and the alias of one of its configurations.
pub(crate) type ProviderName = (Arc<str>, Option<Arc<str>>);

impl Config {
    /// Adds what a file says. One that overrides comes after those that it overrides. `is_part` if it may override what
    /// is not there; then it adds nothing of its own.
    pub(crate) fn add(&mut self, file: Body, text: &Arc<[u8]>, is_part: bool) {
        for block in file.blocks {
            let label = |position| block.label(position).cloned();
            match (&*block.kind, label(0), label(1)) {
                ("locals", ..) => self.locals.extend(block.body.arguments),
                ("variable", Some(name), _) => {
                    add(&mut self.variables, name, LazyBlock::new(block, text), is_part);
                }
                ("output", Some(name), _) => {
                    add(&mut self.outputs, name, LazyBlock::new(block, text), is_part);
                }
                ("module", Some(name), _) => add_whole(&mut self.calls, name, block, is_part),
                ("resource", Some(kind), Some(name)) => {
                    let resource = Resource::new(LazyBlock::new(block, text));
                    self.add_resource((Mode::Managed, kind, name), resource, is_part);
                }
                ("data", Some(kind), Some(name)) => {
                    let resource = Resource::new(LazyBlock::new(block, text));
                    self.add_resource((Mode::Data, kind, name), resource, is_part);
                }
                ("provider", Some(name), _) => {
                    let alias = block.body.value("alias").and_then(|alias| alias.as_str().map(Arc::from));
                    add_whole(&mut self.providers, (name, alias), block, is_part);
                }
                // A `check` may have a data source of its own.
                ("check", ..) => {
                    self.add(Body { blocks: block.body.blocks, ..Body::default() }, text, is_part);
                }
                _ => {}
            }
        }
    }

    fn add_resource(&mut self, name: ResourceName, resource: Resource, is_part: bool) {
        match self.resources.entry(name) {
            Entry::Vacant(_) if is_part => {}
            Entry::Vacant(vacant) => {
                vacant.insert(resource);
            }
            Entry::Occupied(mut base) => base.get_mut().block.overridden(&resource.block),
        }
    }
}

impl Resource {
    fn new(block: LazyBlock) -> Self {
        Self { block, declaration: OnceLock::new() }
    }

    pub(crate) fn block(&self) -> &Block {
        &self.block
    }

    /// Whether it has an argument of this name, or blocks of this kind. To tell that, the block need not be parsed.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.block.mentions(name)
    }

    /// Whether it may matter: at all, if the type does, or because it has one of the arguments that make it matter.
    pub(crate) fn may_matter(&self, kind: &str, interest: &dyn Interest) -> bool {
        // Of a block that was left unread that has been told.
        !self.block.was_left() && interest.may_want(kind, &mut self.block.body.names())
    }
}

fn add(blocks: &mut BTreeMap<Arc<str>, LazyBlock>, name: Arc<str>, block: LazyBlock, is_part: bool) {
    match blocks.entry(name) {
        Entry::Vacant(_) if is_part => {}
        Entry::Vacant(vacant) => {
            vacant.insert(block);
        }
        Entry::Occupied(mut base) => base.get_mut().overridden(&block),
    }
}

fn add_whole<K: Ord>(blocks: &mut BTreeMap<K, Block>, name: K, block: Block, is_part: bool) {
    match blocks.entry(name) {
        Entry::Vacant(_) if is_part => {}
        Entry::Vacant(vacant) => {
            vacant.insert(block);
        }
        Entry::Occupied(mut base) => base.get_mut().body.overridden(block.body),
    }
}
