//! How long and how deep a value may become that a name is given.
//!
//! How many values one is made of is bounded where it is made; but from name to name its strings may grow, and so may its
//! depth, which takes from the stack of whoever goes through it.

use super::Outcome;
use crate::cty::{Fault, Kind, Value};

/// How many bytes the strings of a value may have, where each of their parts counts.
const BYTES: usize = 64 << 20;

/// What a part of a string that is not known counts for.
const SYMBOL: usize = 64;

/// How deep a value may be.
const DEPTH: usize = 200;

/// The value, if it is not too long or too deep.
pub(crate) fn weighed(value: Value) -> Outcome {
    add(&value, DEPTH, &mut 0).map(|()| value)
}

fn add(value: &Value, depth: usize, bytes: &mut usize) -> Result<(), Fault> {
    let depth = depth.checked_sub(1).ok_or_else(|| Fault::limit("a value is nested too deeply"))?;
    if let Kind::String(text) = &value.kind {
        *bytes += text.as_str().map_or_else(|| text.pieces().len() * SYMBOL, str::len);
    }
    if *bytes > BYTES {
        return Err(Fault::limit("a value becomes too long"));
    }
    match &value.kind {
        Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) | Kind::Choice(items) => {
            items.iter().try_for_each(|item| add(item, depth, bytes))
        }
        Kind::Map(entries) | Kind::Object(entries) => {
            entries.values().try_for_each(|value| add(value, depth, bytes))
        }
        _ => Ok(()),
    }
}
