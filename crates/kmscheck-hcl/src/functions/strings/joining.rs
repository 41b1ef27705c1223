//! Joining and splitting.

use super::super::text::{check_size, integer, literal, string, string_of, text, text_at, unknown_string};
use crate::cty::{Fault, Kind, Value};
use crate::files::Files;

/// Keeps symbols. An element that is null is an error, so one that is not known can be taken for a string.
pub(super) fn join(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let Some((_, lists)) = args.split_first().filter(|(_, lists)| !lists.is_empty()) else {
        return Err(Fault::error("at least one list is required"));
    };
    let elements = || lists.iter().filter_map(Value::items).flat_map(|items| items.iter());
    if elements().any(Value::is_null) {
        return Err(Fault::error("an element is null; cannot concatenate null values"));
    }
    let all_are_lists = lists.iter().all(|list| matches!(list.kind, Kind::List(_)));
    let texts: Option<Vec<_>> = elements().map(text).collect();
    let (Some(separator), Some(texts), true) = (text_at(args, 0), texts, all_are_lists) else {
        return Ok(unknown_string(args));
    };
    if let Some(separator) = separator.as_str() {
        check_size(separator.len().saturating_mul(texts.len()))?;
    }
    let mut pieces = Vec::new();
    let mut size = 0;
    for (position, text) in texts.iter().enumerate() {
        if position > 0 {
            pieces.extend(separator.pieces().iter().cloned());
        }
        size += text.as_str().map_or(0, str::len);
        check_size(size)?;
        pieces.extend(text.pieces().iter().cloned());
    }
    Ok(string_of(pieces))
}

/// An empty separator parts the string into characters.
pub(super) fn split(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    const MANY: usize = 100_000;
    let (separator, text) = (string(args, 0), string(args, 1));
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().take(MANY + 1).map(|char| Value::from(char.to_string())).collect()
    } else {
        text.split(separator).take(MANY + 1).map(Value::from).collect()
    };
    if parts.len() > MANY {
        return Err(Fault::limit("a list of more than 100,000 elements"));
    }
    Ok(Value::list(parts))
}

/// Spaces at the start of all lines but the first.
pub(super) fn indent(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = string(args, 1);
    let Ok(spaces) = usize::try_from(integer(args, 0)?) else {
        return Err(Fault::error("the number of spaces must not be negative"));
    };
    let lines = text.matches('\n').count();
    check_size(text.len().saturating_add(spaces.saturating_mul(lines.max(1))))?;
    let start = literal(format!("\n{}", " ".repeat(spaces)));
    let mut pieces = Vec::new();
    for (position, line) in text.split('\n').enumerate() {
        if position > 0 {
            pieces.push(start.clone());
        }
        pieces.push(literal(line));
    }
    Ok(string_of(pieces))
}
