//! What a string starts and ends with.
//!
//! Where the string holds symbols, its literal ends often are enough.

use std::sync::Arc;

use kmscheck_value::{Piece, Text};

use super::super::text::{literal, string, string_of, text_at, unknown_string};
use super::super::unknown_from;
use crate::cty::{Fault, Type, Value};
use crate::files::Files;

/// All line breaks at the end go.
pub(super) fn chomp(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(trimmed(args, Ends::Last, |char| matches!(char, '\r' | '\n')))
}

pub(super) fn trimspace(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(trimmed(args, Ends::Both, char::is_whitespace))
}

pub(super) fn trim(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    match args.get(1).and_then(Value::as_str) {
        Some(chars) => Ok(trimmed(args, Ends::Both, |char| chars.contains(char))),
        None => Ok(unknown_string(args)),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Last,
    Both,
}

/// The string without certain characters at its ends; unknown if a symbol could have them.
fn trimmed(args: &[Value], ends: Ends, goes: impl Fn(char) -> bool) -> Value {
    let trim = |text: &Text| -> Option<Value> {
        if let Some(text) = text.as_str() {
            let text = text.trim_end_matches(&goes);
            let text = if ends == Ends::Both { text.trim_start_matches(&goes) } else { text };
            return Some(Value::from(text));
        }
        let mut pieces = text.pieces().into_owned();
        let last = pieces.last_mut()?;
        *last = kept(last, |text| text.trim_end_matches(&goes))?;
        if ends == Ends::Both {
            let first = pieces.first_mut()?;
            *first = kept(first, |text| text.trim_start_matches(&goes))?;
        }
        Some(string_of(pieces))
    };
    text_at(args, 0).as_ref().and_then(trim).unwrap_or_else(|| unknown_string(args))
}

/// A literal of which something stays.
fn kept<'p>(piece: &'p Piece, trim: impl Fn(&'p str) -> &'p str) -> Option<Piece> {
    match piece {
        Piece::Literal(text) => Some(trim(text)).filter(|text| !text.is_empty()).map(literal),
        Piece::Symbol(_) => None,
    }
}

pub(super) fn trimprefix(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(without(args, starts, |text, end| text.strip_prefix(end), false))
}

pub(super) fn trimsuffix(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(without(args, ends, |text, end| text.strip_suffix(end), true))
}

fn without(
    args: &[Value],
    has: fn(&Text, &str) -> Option<bool>,
    strip: for<'t> fn(&'t str, &str) -> Option<&'t str>,
    is_last: bool,
) -> Value {
    let stripped = |text: &Text, end: &str| -> Option<Value> {
        if !has(text, end)? {
            return Some(string_of(text.pieces().iter().cloned()));
        }
        let mut pieces = text.pieces().into_owned();
        let piece = if is_last { pieces.last_mut()? } else { pieces.first_mut()? };
        if let Piece::Literal(literal) = piece {
            *literal = Arc::from(strip(literal, end)?);
        }
        Some(string_of(pieces))
    };
    let end = args.get(1).and_then(Value::as_str);
    let result = text_at(args, 0).zip(end).and_then(|(text, end)| stripped(&text, end));
    result.unwrap_or_else(|| unknown_string(args))
}

pub(super) fn startswith(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(asked(args, starts))
}

pub(super) fn endswith(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(asked(args, ends))
}

pub(super) fn strcontains(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(asked(args, contains))
}

fn asked(args: &[Value], has: fn(&Text, &str) -> Option<bool>) -> Value {
    let part = args.get(1).and_then(Value::as_str).map(|_| string(args, 1));
    let answer = text_at(args, 0).zip(part).and_then(|(text, part)| has(&text, part));
    answer.map_or_else(|| unknown_from(args, Type::Bool), Value::from)
}

/// Whether the text starts so; `None` if that depends on a symbol.
fn starts(text: &Text, start: &str) -> Option<bool> {
    decided(text.pieces().first(), text, start, |one, other| one.starts_with(other))
}

fn ends(text: &Text, end: &str) -> Option<bool> {
    decided(text.pieces().last(), text, end, |one, other| one.ends_with(other))
}

fn decided(piece: Option<&Piece>, text: &Text, part: &str, has: fn(&str, &str) -> bool) -> Option<bool> {
    let known = match piece {
        Some(Piece::Literal(known)) => known,
        _ => "",
    };
    if has(known, part) {
        return Some(true);
    }
    let may_go_on = text.as_str().is_none() && has(part, known);
    (!may_go_on).then_some(false)
}

fn contains(text: &Text, part: &str) -> Option<bool> {
    let in_literal = text.pieces().iter().any(|piece| match piece {
        Piece::Literal(literal) => literal.contains(part),
        Piece::Symbol(_) => part.is_empty(),
    });
    match (in_literal, text.as_str()) {
        (true, _) => Some(true),
        (false, Some(_)) => Some(false),
        (false, None) => None,
    }
}
