//! `replace`, which takes a regular expression between slashes.

use kmscheck_value::{Piece, Text};
use regex::Captures;

use super::super::text::{check_size, literal, string_of, text_at, unknown_string};
use super::go_regex::GoRegex;
use crate::cty::{Fault, Kind, Value};
use crate::files::Files;

/// What is put in may hold symbols. Where it is put must be known: a symbol may hold what is looked for, unless it is
/// that of an account.
pub(super) fn replace(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    if let Some(replaced) = replace_beside_accounts(args) {
        return replaced;
    }
    let (text, part) = (args.first().and_then(Value::as_str), args.get(1).and_then(Value::as_str));
    let (Some(text), Some(part), Some(by)) = (text, part, text_at(args, 2)) else {
        return Ok(unknown_string(args));
    };
    if let Some(pattern) = pattern(part) {
        let regex = GoRegex::new(pattern)?;
        return match by.as_str() {
            Some(template) => replace_matches(text, &regex, template).map(Value::from),
            None if !regex.regex.is_match(text) => Ok(Value::from(text)),
            None => Ok(unknown_string(args)),
        };
    }
    replace_all(text, part, &by)
}

/// The string with its literal parts replaced, if all its symbols are accounts and no match can have a part of one.
fn replace_beside_accounts(args: &[Value]) -> Option<Result<Value, Fault>> {
    let text = args.first().and_then(|text| text_at(std::slice::from_ref(text), 0))?;
    let part = args.get(1).and_then(Value::as_str).filter(|part| pattern(part).is_none())?;
    let by = text_at(args, 2)?;
    let pieces = text.pieces();
    let is_apart = |piece: &Piece| match piece {
        Piece::Literal(literal) => !overlaps(literal, part),
        Piece::Symbol(symbol) => symbol.is_account(),
    };
    let has_letters = part.bytes().any(|byte| !byte.is_ascii_digit());
    if text.as_str().is_some() || !has_letters || !pieces.iter().all(is_apart) {
        return None;
    }
    let mut replaced = Vec::new();
    for piece in pieces.iter() {
        match piece {
            Piece::Literal(literal) => match replace_all(literal, part, &by) {
                Ok(Value { kind: Kind::String(text), .. }) => replaced.extend(text.pieces().into_owned()),
                other => return Some(other),
            },
            Piece::Symbol(_) => replaced.push(piece.clone()),
        }
    }
    Some(Ok(string_of(replaced)))
}

/// Whether a text begins with the end of a part, or ends with its beginning.
fn overlaps(text: &str, part: &str) -> bool {
    let mut cuts = part.char_indices().map(|(position, _)| position).skip(1);
    cuts.any(|cut| {
        let (start, end) = part.split_at(cut);
        text.ends_with(start) || text.starts_with(end)
    })
}

fn pattern(part: &str) -> Option<&str> {
    part.strip_prefix('/')?.strip_suffix('/')
}

fn replace_all(text: &str, part: &str, by: &Text) -> Result<Value, Fault> {
    let length = by.as_str().map_or(1, str::len);
    check_size(text.len().saturating_add(length.saturating_mul(text.matches(part).count())))?;
    let mut pieces = Vec::new();
    let mut end = 0;
    for (start, found) in text.match_indices(part) {
        pieces.push(literal(text.get(end..start).unwrap_or_default()));
        pieces.extend(by.pieces().iter().cloned());
        end = start + found.len();
    }
    pieces.push(literal(text.get(end..).unwrap_or_default()));
    Ok(string_of(pieces))
}

fn replace_matches(text: &str, regex: &GoRegex, template: &str) -> Result<String, Fault> {
    let mut out = String::new();
    let mut end = 0;
    for captures in regex.regex.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        out.push_str(text.get(end..whole.start()).unwrap_or_default());
        expand(&mut out, regex, &captures, template);
        end = whole.end();
        check_size(out.len())?;
    }
    out.push_str(text.get(end..).unwrap_or_default());
    check_size(out.len()).map(|()| out)
}

/// Writes the template, with what groups matched for `$1` and `${name}`. Source: Go, `regexp`, `Expand`.
fn expand(out: &mut String, regex: &GoRegex, captures: &Captures<'_>, template: &str) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = reference(after) {
            let found = group(regex, captures, name);
            out.push_str(found.unwrap_or_default());
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
}

/// The name after a dollar: as long as it gets, or between braces.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (inner, in_braces) = match text.strip_prefix('{') {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let end = inner.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(inner.len());
    let (name, after) = inner.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
    if in_braces { Some((name, after.strip_prefix('}')?)) } else { Some((name, after)) }
}

fn group<'t>(regex: &GoRegex, captures: &Captures<'t>, name: &str) -> Option<&'t str> {
    let is_number =
        name.bytes().all(|byte| byte.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'));
    if is_number {
        return captures.get(name.parse().ok()?).map(|found| found.as_str());
    }
    let mut named = (1..).zip(&regex.groups).filter(|(_, group)| group.as_deref() == Some(name));
    named.find_map(|(number, _)| captures.get(number)).map(|found| found.as_str())
}
