//! Where in the configuration a part of a value comes from.

use kmscheck_value::{Kind, Number, Value};

use crate::expressions::Expression;

/// The block types whose blocks stay in the order of the source.
///
/// Source: the schema of `aws_iam_policy_document` (a list, where most block types are sets).
const ORDERED: [&str; 1] = ["statement"];

/// What the configuration has for a part of a resource.
#[derive(Debug, Clone)]
pub(crate) enum Place<'e, 'a> {
    /// The input has no configuration for the resource.
    Nowhere,
    /// Nothing: the argument was left out.
    LeftOut,
    /// It is in a block that the configuration does not show: one of a `dynamic` block, or one that the provider adds.
    Hidden,
    /// These, of which it is one. The argument may be left out as well if that is said.
    Written { candidates: Vec<&'e Expression<'a>>, or_left_out: bool },
    /// These blocks, in this order.
    Ordered(&'e Expression<'a>),
    /// It is a part of the value of this argument.
    Inside(Vec<&'e Expression<'a>>),
}

impl<'e, 'a> Place<'e, 'a> {
    /// The place of a top-level argument or block.
    pub(crate) fn of(name: &str, expression: Option<&'e Expression<'a>>) -> Self {
        match expression {
            None => Self::LeftOut,
            Some(blocks @ Expression::Blocks(_)) if ORDERED.contains(&name) => Self::Ordered(blocks),
            Some(expression) => Self::Written { candidates: vec![expression], or_left_out: false },
        }
    }

    /// The place of the attribute `name` in the value at this place.
    pub(crate) fn attribute(&self, name: &str) -> Self {
        let (candidates, or_left_out) = match self {
            Self::Written { candidates, or_left_out } => (candidates, *or_left_out),
            Self::LeftOut => return Self::Hidden,
            other => return other.clone(),
        };
        let mut found = Vec::new();
        let mut left_out = or_left_out;
        for candidate in candidates {
            let Expression::Block(arguments) = candidate else { return Self::Inside(candidates.clone()) };
            match arguments.get(name) {
                Some(argument) => found.push(argument),
                None => left_out = true,
            }
        }
        match found.is_empty() {
            true if or_left_out => Self::Hidden,
            true => Self::LeftOut,
            false => Self::Written { candidates: found, or_left_out: left_out },
        }
    }

    /// The place of the element at `position` of `count` in the value at this place. The blocks of a set come in another
    /// order than in the source, so an element is matched by the constants in it.
    pub(crate) fn element(&self, element: &Value, position: usize, count: usize) -> Self {
        let (candidates, or_left_out) = match self {
            Self::Written { candidates, or_left_out } => (candidates.as_slice(), *or_left_out),
            Self::Ordered(blocks) => match blocks.block_at(position, count) {
                Some(block) => return Self::Written { candidates: vec![block], or_left_out: false },
                None => (std::slice::from_ref(blocks), false),
            },
            Self::LeftOut => return Self::Hidden,
            other => return other.clone(),
        };
        let mut found = Vec::new();
        let mut hidden = or_left_out;
        for candidate in candidates {
            match candidate {
                Expression::Blocks(blocks) => {
                    hidden |= blocks.len() != count;
                    found.extend(blocks.iter().filter(|block| is_compatible(block, element)));
                }
                Expression::Block(_) => found.push(candidate),
                _ => return Self::Inside(candidates.to_vec()),
            }
        }
        if found.is_empty() { Self::Hidden } else { Self::Written { candidates: found, or_left_out: hidden } }
    }
}

impl<'a> Expression<'a> {
    /// The block for the element at `position`, if every one of `count` elements has its own: none is of a `dynamic` block.
    fn block_at(&self, position: usize, count: usize) -> Option<&Self> {
        let Self::Blocks(blocks) = self else { return None };
        blocks.get(position).filter(|_| blocks.len() == count)
    }
}

/// Whether a block in the source may be the one that an element comes from: no constant in it differs.
fn is_compatible(block: &Expression<'_>, element: &Value) -> bool {
    let Expression::Block(arguments) = block else { return true };
    arguments.iter().all(|(name, argument)| match (argument, element.get(name)) {
        (Expression::Constant(raw), Some(value)) => {
            !matches!((scalar(raw.get()), shown(value)), (Some(written), Some(known)) if written != known)
        }
        _ => true,
    })
}

/// A JSON scalar as text; `None` for anything else and for null.
fn scalar(json: &str) -> Option<String> {
    match serde_json::from_str(json).ok()? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn shown(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => text.as_str().map(str::to_owned),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Number(Number::Integer(number)) => Some(number.to_string()),
        _ => None,
    }
}
