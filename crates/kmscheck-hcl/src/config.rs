//! What the files of one directory say, by the kinds of blocks that Terraform knows.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, OnceLock};

use kmscheck_model::{Declaration, Interest, Mode};

use crate::lang::{Argument, Block, Body, Span};
use crate::skim::skim;
use crate::unread::block_at;

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
    block: OnceLock<Block>,
    /// Where to read the block, if nobody wanted it when its file was read.
    unread: Option<Unread>,
    /// Where its parts stand, once somebody has asked.
    pub(crate) declaration: OnceLock<Arc<Declaration>>,
}

/// A block that nobody has looked at yet.
#[derive(Debug)]
struct Unread {
    /// The file, and which file of the module it is.
    text: Arc<[u8]>,
    file: usize,
    place: Span,
}

/// What tells the resources of a module from each other: mode, type and name.
pub(crate) type ResourceName = (Mode, Arc<str>, Arc<str>);

/// The local name of a provider, and the alias of one of its configurations.
pub(crate) type ProviderName = (Arc<str>, Option<Arc<str>>);

impl Config {
    /// Adds what a file says. One that overrides comes after those that it overrides.
    pub(crate) fn add(&mut self, file: Body, text: &Arc<[u8]>) {
        for block in file.blocks {
            let label = |position| block.label(position).cloned();
            match (&*block.kind, label(0), label(1)) {
                ("locals", ..) => self.locals.extend(block.body.arguments),
                ("variable", Some(name), _) => add(&mut self.variables, name, block),
                ("output", Some(name), _) => add(&mut self.outputs, name, block),
                ("module", Some(name), _) => add(&mut self.calls, name, block),
                ("resource", Some(kind), Some(name)) => {
                    self.add_resource((Mode::Managed, kind, name), Resource::new(block, text));
                }
                ("data", Some(kind), Some(name)) => {
                    self.add_resource((Mode::Data, kind, name), Resource::new(block, text));
                }
                ("provider", Some(name), _) => {
                    let alias = block.body.value("alias").and_then(|alias| alias.as_str().map(Arc::from));
                    add(&mut self.providers, (name, alias), block);
                }
                // A `check` may have a data source of its own.
                ("check", ..) => {
                    self.add(Body { blocks: block.body.blocks, ..Body::default() }, text);
                }
                _ => {}
            }
        }
    }

    fn add_resource(&mut self, name: ResourceName, resource: Resource) {
        match self.resources.entry(name) {
            Entry::Vacant(vacant) => {
                vacant.insert(resource);
            }
            Entry::Occupied(mut base) => base.get_mut().overridden(resource),
        }
    }
}

impl Resource {
    fn new(block: Block, text: &Arc<[u8]>) -> Self {
        let (file, text) = (block.file, Arc::clone(text));
        let unread = block.unread.clone().map(|place| Unread { text, file, place });
        let block = if unread.is_some() { OnceLock::new() } else { block.into() };
        Self { block, unread, declaration: OnceLock::new() }
    }

    /// Its block: read now, if that was not done before.
    pub(crate) fn block(&self) -> &Block {
        self.block.get_or_init(|| self.unread.as_ref().and_then(Unread::block).unwrap_or_default())
    }

    /// Whether it has an argument of this name, or blocks of this kind. To tell that, the block need not be parsed.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        match (&self.unread, self.block.get()) {
            (Some(unread), None) => unread.mentions(name),
            _ => self.block().body.names().any(|own| own == name),
        }
    }

    /// Whether it may matter: at all, if the type does, or because it has one of the arguments that make it matter.
    pub(crate) fn may_matter(&self, kind: &str, interest: &dyn Interest) -> bool {
        // Of a block that was left unread that has been told.
        self.unread.is_none() && interest.may_want(kind, &mut self.block().body.names())
    }

    fn overridden(&mut self, over: Self) {
        let mut block = self.block().clone();
        block.body.overridden(over.block().body.clone());
        *self = Self { block: block.into(), unread: None, declaration: OnceLock::new() };
    }
}

impl Unread {
    fn mentions(&self, name: &str) -> bool {
        let text = self.text.get(self.place.clone()).and_then(|text| std::str::from_utf8(text).ok());
        let blocks = text.and_then(skim).unwrap_or_default();
        blocks.first().is_none_or(|block| block.names.contains(&name))
    }

    fn block(&self) -> Option<Block> {
        let block = block_at(&self.text, self.place.clone())?;
        Some(block.in_file(self.file))
    }
}

fn add<K: Ord>(blocks: &mut BTreeMap<K, Block>, name: K, block: Block) {
    match blocks.entry(name) {
        Entry::Vacant(vacant) => {
            vacant.insert(block);
        }
        Entry::Occupied(mut base) => base.get_mut().body.overridden(block.body),
    }
}
