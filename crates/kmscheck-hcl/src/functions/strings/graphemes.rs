//! Functions of characters as people count them.

use super::super::text::{graphemes, integer, string};
use crate::cty::{Fault, Value};
use crate::files::Files;

pub(super) fn strrev(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(Value::from(graphemes(string(args, 0)).collect::<Vec<_>>().into_iter().rev().collect::<String>()))
}

/// An offset below zero counts from the end, a length below zero means the rest; after such an offset so does zero.
pub(super) fn substr(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (offset, length) = (integer(args, 1)?, integer(args, 2)?);
    let graphemes: Vec<_> = graphemes(string(args, 0)).collect();
    let start = match usize::try_from(offset) {
        Ok(offset) => offset,
        Err(_) => {
            graphemes.len().saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX))
        }
    };
    let rest = graphemes.into_iter().skip(start);
    let part: String = match usize::try_from(length) {
        Ok(length) if length > 0 || offset >= 0 => rest.take(length).collect(),
        _ => rest.collect(),
    };
    Ok(Value::from(part))
}

/// How many there are.
pub(super) fn count(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') { text.len() } else { graphemes(text).count() }
}

/// The first ones.
pub(super) fn first(text: &str, count: usize) -> String {
    graphemes(text).take(count).collect()
}
