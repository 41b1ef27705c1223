//! Files of which only what matters is read.

use std::sync::Arc;

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

/// Whether a block may matter by itself, rather than because something refers to it.
fn is_wanted(interest: &dyn Interest, block: &Skimmed<'_>) -> bool {
    match (block.kind, block.labels.first()) {
        ("resource" | "data", Some(kind)) => interest.may_want(kind, &mut block.names.iter().copied()),
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
pub(crate) fn block_at(file: &[u8], place: Span) -> Option<Block> {
    let parsed = parse(file.get(place.clone())?).ok()?;
    let lowering = Lowering { text: &parsed.text, renamed: &parsed.renamed, from: place.start };
    lowering.body(&parsed.tree).blocks.pop()
}
