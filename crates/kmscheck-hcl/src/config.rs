//! What the files of one directory say, by the kinds of blocks that Terraform knows.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, OnceLock};

use kmscheck_model::{Declaration, Mode};

use crate::lang::{Argument, Block, Body};

/// The blocks of a module.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) variables: BTreeMap<Arc<str>, Block>,
    pub(crate) locals: BTreeMap<Arc<str>, Argument>,
    pub(crate) outputs: BTreeMap<Arc<str>, Block>,
    pub(crate) resources: BTreeMap<ResourceName, Resource>,
    pub(crate) calls: BTreeMap<Arc<str>, Block>,
    pub(crate) providers: BTreeMap<ProviderName, Block>,
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) block: Block,
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
    pub(crate) fn add(&mut self, file: Body, is_part: bool) {
        for block in file.blocks {
            let label = |position| block.label(position).cloned();
            match (&*block.kind, label(0), label(1)) {
                ("locals", ..) => self.locals.extend(block.body.arguments),
                ("variable", Some(name), _) => add(&mut self.variables, name, block, is_part),
                ("output", Some(name), _) => add(&mut self.outputs, name, block, is_part),
                ("module", Some(name), _) => add(&mut self.calls, name, block, is_part),
                ("resource", Some(kind), Some(name)) => {
                    self.add_resource((Mode::Managed, kind, name), block, is_part);
                }
                ("data", Some(kind), Some(name)) => {
                    self.add_resource((Mode::Data, kind, name), block, is_part);
                }
                ("provider", Some(name), _) => {
                    let alias = block.body.value("alias").and_then(|alias| alias.as_str().map(Arc::from));
                    add(&mut self.providers, (name, alias), block, is_part);
                }
                // A `check` may have a data source of its own.
                ("check", ..) => self.add(Body { blocks: block.body.blocks, ..Body::default() }, is_part),
                _ => {}
            }
        }
    }

    fn add_resource(&mut self, name: ResourceName, block: Block, is_part: bool) {
        match self.resources.entry(name) {
            Entry::Vacant(_) if is_part => {}
            Entry::Vacant(vacant) => {
                vacant.insert(Resource { block, declaration: OnceLock::new() });
            }
            Entry::Occupied(mut base) => base.get_mut().block.body.overridden(block.body),
        }
    }
}

fn add<K: Ord>(blocks: &mut BTreeMap<K, Block>, name: K, block: Block, is_part: bool) {
    match blocks.entry(name) {
        Entry::Vacant(_) if is_part => {}
        Entry::Vacant(vacant) => {
            vacant.insert(block);
        }
        Entry::Occupied(mut base) => base.get_mut().body.overridden(block.body),
    }
}
