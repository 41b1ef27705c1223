//! Files of which only what matters is read.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use kmscheck_model::Interest;

use crate::lang::{Block, Body, Lowering, Span};
use crate::parse::{LONG, parse};
use crate::skim::{Skimmed, skim};

/// A file, where blocks that do not matter by themselves are left unread. `None` if it has to be parsed as a whole.
pub(crate) fn wanted_body(interest: &dyn Interest, bytes: &[u8]) -> Option<Body> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONG)?;
    let block = |found: Skimmed<'_>| {
        if is_wanted(interest, &found) { block_at(bytes, found.place) } else { Some(unread(found)) }
    };
    let blocks: Option<Vec<_>> = skim(text)?.into_iter().map(block).collect();
    Some(Body { blocks: blocks?, ..Body::default() })
}

/// A block, or where to read it if nobody wanted it when its file was read.
#[derive(Debug)]
pub(crate) struct LazyBlock {
    block: OnceLock<Block>,
    unread: Option<Unread>,
}

/// A block that nobody has looked at yet.
#[derive(Debug)]
struct Unread {
    /// The file, and which file of the module it is.
    text: Arc<[u8]>,
    file: usize,
    place: Span,
}

impl LazyBlock {
    /// A block of a file with this text.
    pub(crate) fn new(block: Block, text: &Arc<[u8]>) -> Self {
        let (file, text) = (block.file, Arc::clone(text));
        let unread = block.unread.clone().map(|place| Unread { text, file, place });
        let block = if unread.is_some() { OnceLock::new() } else { block.into() };
        Self { block, unread }
    }

    /// Whether nobody wanted it when its file was read.
    pub(crate) fn was_left(&self) -> bool {
        self.unread.is_some()
    }

    /// Whether it has an argument of this name, or blocks of this kind.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        match (&self.unread, self.block.get()) {
            (Some(unread), None) => unread.mentions(name),
            _ => self.body.names().any(|own| own == name),
        }
    }

    /// Lets what an override file says hold over it.
    pub(crate) fn overridden(&mut self, over: &Self) {
        let mut block = Block::clone(self);
        block.body.overridden(over.body.clone());
        *self = Self { block: block.into(), unread: None };
    }
}

impl Deref for LazyBlock {
    type Target = Block;

    fn deref(&self) -> &Block {
        self.block.get_or_init(|| self.unread.as_ref().and_then(Unread::block).unwrap_or_default())
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

/// Whether a block may matter by itself, rather than because something refers to it.
fn is_wanted(interest: &dyn Interest, block: &Skimmed<'_>) -> bool {
    match (block.kind, block.labels.first()) {
        ("resource" | "data", Some(kind)) => interest.may_want(kind, &mut block.names.iter().copied()),
        // Of most nobody asks for anything.
        ("variable" | "output" | "terraform", _) => false,
        _ => true,
    }
}

fn unread(found: Skimmed<'_>) -> Block {
    Block {
        kind: found.kind.into(),
        labels: found.labels.into_iter().map(Arc::from).collect(),
        header: found.header,
        unread: Some(found.place),
        ..Block::default()
    }
}

/// The block that stands at a place in a file.
fn block_at(file: &[u8], place: Span) -> Option<Block> {
    let parsed = parse(file.get(place.clone())?).ok()?;
    let lowering = Lowering { text: &parsed.text, renamed: &parsed.renamed, from: place.start, place: None };
    lowering.body(&parsed.tree).blocks.pop()
}
