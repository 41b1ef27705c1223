//! From a `resource` or `data` block to its declaration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kmscheck_model::{Attributes, Declaration, IgnoreChanges, Lifecycle, Location};
use kmscheck_value::{AttributePath, Truth};

use crate::document::Elements;
use crate::lang::{Block, Body, Expr, Node, Span};

/// Blocks that are no part of the resource.
const META: [&str; 4] = ["lifecycle", "provisioner", "connection", "dynamic"];

/// What a block declares of the arguments and blocks that are wanted. `location` tells where the bytes of a file stand.
pub(crate) fn declaration(
    block: &Block,
    wanted: Attributes,
    location: &dyn Fn(usize, Span) -> Location,
) -> Declaration {
    let mut places = Places { wanted, location, found: Vec::new() };
    places.body(&block.body, &AttributePath::root());
    let lifecycle = block.body.blocks("lifecycle").next();
    Declaration {
        header: location(block.file, block.header.clone()),
        places: places.found,
        lifecycle: lifecycle.map(|block| lifecycle_of(&block.body)).unwrap_or_default(),
    }
}

struct Places<'p> {
    /// The names at the top of the block that matter.
    wanted: Attributes,
    location: &'p dyn Fn(usize, Span) -> Location,
    found: Vec<(AttributePath, Location)>,
}

impl Places<'_> {
    /// Whether a part of what stands at a path matters.
    fn is_wanted(&self, path: &AttributePath, name: &str) -> bool {
        !path.steps().is_empty() || self.wanted.contains(name)
    }

    fn body(&mut self, body: &Body, path: &AttributePath) {
        for (name, argument) in &body.arguments {
            if !self.is_wanted(path, name) {
                continue;
            }
            let path = path.clone().key(Arc::clone(name));
            self.add(path.clone(), argument.file, argument.span.clone());
            let mut elements = Elements::default();
            elements.of(&argument.value, &path);
            for (path, span) in elements.found {
                self.add(path, argument.file, span);
            }
        }
        self.blocks(body, path);
    }

    fn blocks(&mut self, body: &Body, path: &AttributePath) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let generated: BTreeSet<_> =
            body.blocks("dynamic").filter_map(Block::makes).map(|kind| &**kind).collect();
        for block in body.blocks.iter().filter(|block| !META.contains(&&*block.kind)) {
            if !self.is_wanted(path, &block.kind) {
                continue;
            }
            let position = counts.entry(&block.kind).or_default();
            let path = path.clone().key(Arc::clone(&block.kind));
            if *position == 0 {
                self.add(path.clone(), block.file, block.header.clone());
            }
            // Beside a `dynamic` block nobody can tell which element a block is.
            if !generated.contains(&*block.kind) {
                let path = path.index(*position);
                self.add(path.clone(), block.file, block.header.clone());
                self.body(&block.body, &path);
            }
            *position += 1;
        }
    }

    fn add(&mut self, path: AttributePath, file: usize, span: Span) {
        self.found.push((path, (self.location)(file, span)));
    }
}

fn lifecycle_of(body: &Body) -> Lifecycle {
    let prevents = body.value("prevent_destroy").map(|value| match &value.node {
        Node::Literal(literal) => literal.as_bool().map_or(Truth::Unknown, Truth::from),
        _ => Truth::Unknown,
    });
    Lifecycle {
        prevent_destroy: prevents.unwrap_or(Truth::No),
        ignore_changes: body
            .value("ignore_changes")
            .map_or_else(|| IgnoreChanges::These(Vec::new()), ignore_changes),
    }
}

/// `all`, or a list of arguments: `[policy]`, or as JSON and old source have it `["policy"]`. A part of an argument,
/// `tags["a"]`, is not the whole of it.
fn ignore_changes(value: &Expr) -> IgnoreChanges {
    let name = |expr: &Expr| match expr.names()?.as_slice() {
        [name] => Some(Arc::clone(name)),
        _ => None,
    };
    match &value.node {
        Node::Tuple(items) => {
            let names: Vec<_> = items.iter().filter_map(name).collect();
            if names.iter().any(|name| &**name == "*") {
                IgnoreChanges::All
            } else {
                IgnoreChanges::These(names)
            }
        }
        _ if name(value).is_some_and(|name| &*name == "all") => IgnoreChanges::All,
        _ => IgnoreChanges::These(Vec::new()),
    }
}
