//! From a `resource` or `data` block to its declaration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use kmscheck_model::{Declaration, IgnoreChanges, Lifecycle};
use kmscheck_value::{AttributePath, Truth};

use crate::document::Elements;
use crate::lines::Lines;

/// Blocks that are no part of the resource.
const META: [&str; 4] = ["lifecycle", "provisioner", "connection", "dynamic"];

/// What a block declares.
pub(crate) fn declaration(
    block: &Block,
    lines: &Lines<'_>,
    renamed: &BTreeMap<usize, String>,
) -> Option<Declaration> {
    let start = block.ident.span()?.start;
    let end = block.labels.last().and_then(Span::span).or_else(|| block.ident.span())?.end;
    let mut elements = Elements { renamed, found: Vec::new() };
    body(&block.body, &AttributePath::root(), &mut elements);
    let places = elements.found.into_iter().map(|(path, range)| (path, lines.location(range)));
    let lifecycle = block.body.get_blocks("lifecycle").next();
    Some(Declaration {
        header: lines.location(start..end),
        places: places.collect(),
        lifecycle: lifecycle.map(|block| lifecycle_of(&block.body)).unwrap_or_default(),
    })
}

fn body(body: &Body, path: &AttributePath, elements: &mut Elements<'_>) {
    for attribute in body.attributes() {
        let path = path.clone().key(attribute.key.as_str());
        elements.found.extend(attribute.span().map(|span| (path.clone(), span)));
        elements.of(&attribute.value, &path);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let generated = generated(body);
    for block in body.blocks().filter(|block| !META.contains(&block.ident.as_str())) {
        let (name, Some(span)) = (block.ident.as_str(), block.ident.span()) else { continue };
        let position = counts.entry(name).or_default();
        let path = path.clone().key(name);
        if *position == 0 {
            elements.found.push((path.clone(), span.clone()));
        }
        // Beside a `dynamic` block nobody can tell which element a block is.
        if !generated.contains(name) {
            let path = path.index(*position);
            elements.found.push((path.clone(), span));
            self::body(&block.body, &path, elements);
        }
        *position += 1;
    }
}

/// The names of the blocks that `dynamic` blocks make.
fn generated(body: &Body) -> BTreeSet<&str> {
    body.get_blocks("dynamic").filter_map(|block| block.labels.first()).map(|label| label.as_str()).collect()
}

/// The same block with what an override file says. Arguments are replaced, and so are all nested blocks of a type.
/// Source: Terraform, "Override Files".
pub(crate) fn overridden(base: &Declaration, over: Declaration, block: &Block) -> Declaration {
    let replaced: BTreeSet<_> = over.places.iter().filter_map(|(path, _)| path.attribute()).collect();
    let is_kept = |path: &AttributePath| path.attribute().is_some_and(|name| !replaced.contains(name));
    let kept: Vec<_> = base.places.iter().filter(|(path, _)| is_kept(path)).cloned().collect();
    let lifecycle = block.body.get_blocks("lifecycle").next();
    let sets = |name: &str| lifecycle.is_some_and(|block| block.body.has_attribute(name));
    Declaration {
        header: base.header.clone(),
        places: kept.into_iter().chain(over.places).collect(),
        lifecycle: Lifecycle {
            prevent_destroy: if sets("prevent_destroy") {
                over.lifecycle.prevent_destroy
            } else {
                base.lifecycle.prevent_destroy
            },
            ignore_changes: if sets("ignore_changes") {
                over.lifecycle.ignore_changes
            } else {
                base.lifecycle.ignore_changes.clone()
            },
        },
    }
}

fn lifecycle_of(body: &Body) -> Lifecycle {
    let prevents = body.get_attribute("prevent_destroy").map(|attribute| attribute.value.as_bool());
    let ignored = body.get_attribute("ignore_changes").map(|attribute| ignore_changes(&attribute.value));
    Lifecycle {
        prevent_destroy: match prevents {
            None => Truth::No,
            Some(prevents) => prevents.map_or(Truth::Unknown, Truth::from),
        },
        ignore_changes: ignored.unwrap_or(IgnoreChanges::These(Vec::new())),
    }
}

/// `all`, or a list of arguments: `[policy]`, or as once was written `["policy"]`. A part of an argument, `tags["a"]`, is
/// not the whole of it.
fn ignore_changes(expression: &Expression) -> IgnoreChanges {
    let name = |expression: &Expression| match expression {
        Expression::Variable(name) => Some(Arc::<str>::from(name.as_str())),
        other => other.as_str().map(Arc::from),
    };
    match expression {
        Expression::Array(array) => {
            let names: Vec<_> = array.iter().filter_map(name).collect();
            if names.iter().any(|name| &**name == "*") {
                IgnoreChanges::All
            } else {
                IgnoreChanges::These(names)
            }
        }
        other if name(other).is_some_and(|name| &*name == "all") => IgnoreChanges::All,
        _ => IgnoreChanges::These(Vec::new()),
    }
}
