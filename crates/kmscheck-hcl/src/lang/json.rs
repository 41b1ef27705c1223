//! Source in JSON. An object in JSON is one in Terraform's own syntax, places and templates included.
//!
//! Source: Terraform, "JSON Configuration Syntax".

use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, Object, ObjectKey};

use super::{Argument, Block, Body, Lowering, Span};

/// The kinds of blocks, with the number of their labels. What stands below any other name is an argument: only the schema
/// of a provider tells its blocks from its arguments.
const BLOCKS: [(&str, usize); 27] = [
    ("assume_role", 0),
    ("assume_role_with_web_identity", 0),
    ("check", 1),
    ("condition", 0),
    ("content", 0),
    ("data", 2),
    ("default_tags", 0),
    ("dynamic", 1),
    ("ephemeral", 2),
    ("import", 0),
    ("lifecycle", 0),
    ("locals", 0),
    ("module", 1),
    ("moved", 0),
    ("not_principals", 0),
    ("output", 1),
    ("postcondition", 0),
    ("precondition", 0),
    ("principals", 0),
    ("provider", 1),
    ("provisioner", 1),
    ("removed", 0),
    ("resource", 2),
    ("statement", 0),
    ("terraform", 0),
    ("validation", 0),
    ("variable", 1),
];

/// The body that a JSON object is.
pub(crate) fn json_body(object: &Object, lowering: &Lowering<'_>) -> Body {
    let mut body = Body::default();
    for (key, value) in object.iter() {
        let Some(name) = name(key) else { continue };
        let value = value.expr();
        match BLOCKS.iter().find(|(kind, _)| *kind == &*name) {
            // A comment.
            None if &*name == "//" => {}
            Some((_, labels)) if is_blocks(value) => {
                let header = key.span().unwrap_or_default();
                add_blocks(&mut body, (&name, &header), *labels, &[], value, lowering);
            }
            _ => {
                let value = Arc::new(lowering.expr(value));
                let span = key.span().unwrap_or_default().start..value.span.end;
                body.arguments.insert(name, Argument { value, span, file: 0 });
            }
        }
    }
    body
}

/// Whether it is an object, or a list of them.
fn is_blocks(value: &Expression) -> bool {
    match value {
        Expression::Object(_) => true,
        Expression::Array(items) => items.iter().all(|item| matches!(item, Expression::Object(_))),
        _ => false,
    }
}

/// Adds the blocks of one kind. Each label is a level of objects, and at each level there may be a list of them.
fn add_blocks(
    body: &mut Body,
    (kind, header): (&Arc<str>, &Span),
    labels_left: usize,
    labels: &[Arc<str>],
    value: &Expression,
    lowering: &Lowering<'_>,
) {
    match value {
        Expression::Array(items) => {
            for item in items {
                add_blocks(body, (kind, header), labels_left, labels, item, lowering);
            }
        }
        Expression::Object(object) if labels_left > 0 => {
            for (key, value) in object.iter() {
                let Some(label) = name(key) else { continue };
                let labels = [labels, &[label]].concat();
                let header = key.span().unwrap_or_else(|| header.clone());
                add_blocks(body, (kind, &header), labels_left - 1, &labels, value.expr(), lowering);
            }
        }
        Expression::Object(object) => body.blocks.push(Block {
            kind: Arc::clone(kind),
            labels: labels.to_vec(),
            body: json_body(object, lowering),
            header: header.clone(),
            file: 0,
            unread: None,
        }),
        _ => {}
    }
}

fn name(key: &ObjectKey) -> Option<Arc<str>> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().into()),
        ObjectKey::Expression(expression) => expression.as_str().map(Arc::from),
    }
}
