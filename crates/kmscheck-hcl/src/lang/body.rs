//! Blocks and what is in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Expr, Span};

/// What stands between the braces of a block, or in a file.
#[derive(Debug, Default, Clone)]
pub(crate) struct Body {
    pub(crate) arguments: BTreeMap<Arc<str>, Argument>,
    pub(crate) blocks: Vec<Block>,
}

/// `name = value`. Its value is shared with what an override file leaves of a block.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) value: Arc<Expr>,
    /// The name and the value.
    pub(crate) span: Span,
    /// Which file of the module it stands in: the first, as long as the file is alone.
    pub(crate) file: usize,
}

/// A block.
#[derive(Debug, Default, Clone)]
pub(crate) struct Block {
    pub(crate) kind: Arc<str>,
    pub(crate) labels: Vec<Arc<str>>,
    pub(crate) body: Body,
    /// The kind and the labels.
    pub(crate) header: Span,
    pub(crate) file: usize,
    /// The bytes of the block, if what is in it was not looked at.
    pub(crate) unread: Option<Span>,
}

impl Body {
    /// The same, where all of it stands in one file of a module.
    #[must_use]
    pub(crate) fn in_file(mut self, file: usize) -> Self {
        self.set_file(file);
        self
    }

    fn set_file(&mut self, file: usize) {
        self.arguments.values_mut().for_each(|argument| argument.file = file);
        self.blocks.iter_mut().for_each(|block| block.set_file(file));
    }

    pub(crate) fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.get(name)
    }

    /// The value of an argument, as it is written.
    pub(crate) fn value(&self, name: &str) -> Option<&Expr> {
        self.arguments.get(name).map(|argument| &*argument.value)
    }

    pub(crate) fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> + 'b {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }

    /// The names of arguments and the kinds of blocks in it, some of them more than once.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let blocks = self.blocks.iter().filter_map(Block::makes);
        self.arguments.keys().chain(blocks).map(|name| &**name)
    }

    /// The kinds of blocks in it, those of `dynamic` blocks included, each once.
    pub(crate) fn block_kinds(&self) -> Vec<&Arc<str>> {
        let mut kinds: Vec<_> = self.blocks.iter().filter_map(Block::makes).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The same with what an override file says: arguments are replaced, and so are all nested blocks of a kind, but
    /// `lifecycle`, whose arguments are replaced. Source: Terraform, "Override Files".
    pub(crate) fn overridden(&mut self, over: Self) {
        self.arguments.extend(over.arguments);
        let (lifecycle, others): (Vec<_>, Vec<_>) =
            over.blocks.into_iter().partition(|block| &*block.kind == "lifecycle");
        let replaced: Vec<_> = others.iter().filter_map(Block::makes).cloned().collect();
        self.blocks.retain(|block| !block.makes().is_some_and(|kind| replaced.contains(kind)));
        self.blocks.extend(others);
        for block in lifecycle {
            match self.blocks.iter_mut().find(|own| own.kind == block.kind) {
                Some(own) => own.body.overridden(block.body),
                None => self.blocks.push(block),
            }
        }
    }
}

impl Block {
    /// The same, where all of it stands in one file of a module.
    #[must_use]
    pub(crate) fn in_file(mut self, file: usize) -> Self {
        self.set_file(file);
        self
    }

    fn set_file(&mut self, file: usize) {
        self.file = file;
        self.body.set_file(file);
    }

    /// The kind of block that it is or, if it is `dynamic`, that it makes.
    pub(crate) fn makes(&self) -> Option<&Arc<str>> {
        if &*self.kind == "dynamic" { self.labels.first() } else { Some(&self.kind) }
    }

    pub(crate) fn is_dynamic(&self) -> bool {
        &*self.kind == "dynamic"
    }

    /// The label at a position.
    pub(crate) fn label(&self, position: usize) -> Option<&Arc<str>> {
        self.labels.get(position)
    }
}
