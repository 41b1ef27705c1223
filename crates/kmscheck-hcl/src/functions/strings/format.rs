//! `format` and `formatlist`.
//!
//! Source: `cty/function/stdlib`, `format.go`.

use kmscheck_value::{Piece, Text};

use super::super::encoding::json_text;
use super::super::text::{MOST_BYTES, literal, string_of, text, text_at, unknown_string};
use super::super::unknown_from;
use super::graphemes;
use super::number_format::{float, integer, plain};
use super::verb::{Part, Verb, parts};
use crate::cty::{Fault, Kind, Type, Value, convert};
use crate::files::Files;

pub(super) fn format(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let values = args.get(1..).unwrap_or_default();
    let Some(format) = text_at(args, 0) else { return Ok(unknown_string(args)) };
    let Some(format) = format.as_str() else { return Ok(unknown_string(args)) };
    let pieces = formatted(&parts(format)?, values, Null::MayBeUnknown)?;
    Ok(pieces.map_or_else(|| unknown_string(args), string_of))
}

/// Once for each element of the lists, which have one length. What is no list is the same each time.
pub(super) fn formatlist(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let values = args.get(1..).unwrap_or_default();
    let unknown = || unknown_from(args, Type::list(Type::String));
    let format = text_at(args, 0);
    let (Some(format), true) = (format.as_ref().and_then(Text::as_str), values.iter().all(is_one_or_list))
    else {
        return Ok(unknown());
    };
    let parts = parts(format)?;
    let mut lengths = values.iter().filter_map(Value::items).map(|items| items.len());
    let length = lengths.next();
    if lengths.any(|other| Some(other) != length) {
        return Err(Fault::error("all lists must have the same length"));
    }
    let mut size = 0;
    let mut results = Vec::new();
    for position in 0..length.unwrap_or(1) {
        let row: Vec<_> = values.iter().map(|value| element(value, position)).collect();
        let pieces = formatted(&parts, &row, Null::IsNull)?;
        let result = pieces.map_or_else(|| unknown_string(&row), string_of);
        size += result.as_str().map_or(0, str::len);
        if size > MOST_BYTES || results.len() > 100_000 {
            return Err(Fault::limit("a list of more than 100,000 elements or 10 MB"));
        }
        results.push(result);
    }
    Ok(Value::list(results))
}

/// Whether it is known how many elements the value has, or that it is not a list.
fn is_one_or_list(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.of.is_primitive(),
        Kind::Null(_) | Kind::Choice(_) => false,
        Kind::Set(_) | Kind::Map(_) | Kind::Object(_) => value.is_wholly_known(),
        _ => true,
    }
}

fn element(value: &Value, position: usize) -> Value {
    match value.items() {
        Some(items) => items.get(position).cloned().unwrap_or(Value::NULL),
        None => value.clone(),
    }
}

/// What null as an argument is.
#[derive(Clone, Copy, PartialEq)]
enum Null {
    /// Null without a type is an argument that is not known, for Terraform too.
    MayBeUnknown,
    IsNull,
}

/// `None` if the result is not known.
fn formatted(parts: &[Part<'_>], values: &[Value], null: Null) -> Result<Option<Vec<Piece>>, Fault> {
    let mut pieces = Some(Vec::new());
    let mut used = 0;
    let mut size = 0;
    for part in parts {
        let new = match part {
            Part::Text(text) => Some(vec![literal(*text)]),
            Part::Verb(verb) => {
                let value = values.get(verb.argument).ok_or_else(|| Fault::error("not enough arguments"))?;
                used = used.max(verb.argument + 1);
                written(verb, value, null)?.map(|text| text.pieces().into_owned())
            }
        };
        size += new.iter().flatten().map(length).sum::<usize>();
        if size > MOST_BYTES {
            return Err(Fault::limit("a string of more than 10 MB"));
        }
        pieces = pieces.zip(new).map(|(pieces, new)| pieces.into_iter().chain(new).collect());
    }
    if values.len() > used {
        return Err(Fault::error("too many arguments for the format string"));
    }
    Ok(pieces)
}

fn length(piece: &Piece) -> usize {
    match piece {
        Piece::Literal(text) => text.len(),
        Piece::Symbol(_) => 0,
    }
}

fn written(verb: &Verb, value: &Value, null: Null) -> Result<Option<Text>, Fault> {
    if value.is_null() && null == Null::MayBeUnknown {
        return check_letter(verb).map(|()| None);
    }
    if value.is_null() && verb.letter != 'v' {
        return Err(Fault::error("a null value cannot be formatted"));
    }
    check_letter(verb)?;
    match verb.letter {
        'v' => as_is(verb, value),
        't' => Ok(truth(&convert(value.clone(), &Type::Bool)?).filter(|_| is_as(value, &Type::Bool))),
        's' => Ok(as_string(verb, &convert(value.clone(), &Type::String)?)),
        'q' => quoted(verb, &convert(value.clone(), &Type::String)?),
        _ => {
            let text = as_number(verb, &convert(value.clone(), &Type::Number)?)?;
            Ok(text.filter(|_| is_as(value, &Type::Number)))
        }
    }
}

/// Whether, if not known, it is of the type: what must be converted first need not look as it did.
fn is_as(value: &Value, of: &Type) -> bool {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.of == *of,
        _ => true,
    }
}

fn check_letter(verb: &Verb) -> Result<(), Fault> {
    if "vtsqbdoxXeEfgG".contains(verb.letter) {
        return Ok(());
    }
    Err(Fault::error(format!("unsupported format verb {:?}", verb.letter)))
}

fn as_is(verb: &Verb, value: &Value) -> Result<Option<Text>, Fault> {
    match &value.kind {
        Kind::String(text) if !verb.sharp => Ok(padded(verb, text)),
        Kind::Number(number) if !verb.sharp => Ok(padded(verb, &Text::literal(plain(number)))),
        // Null would be `null`.
        Kind::Unknown(unknown) if !verb.sharp && unknown.not_null && unknown.of == Type::String => {
            Ok(text(value).and_then(|text| padded(verb, &text)))
        }
        // Its JSON is another text than itself.
        Kind::Unknown(unknown) if !unknown.of.is_collection() => Ok(None),
        _ => Ok(json_text(value)?.and_then(|json| padded(verb, &json))),
    }
}

/// Terraform takes no notice of a width here.
fn truth(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::Bool(flag) => Some(Text::literal(flag.to_string())),
        Kind::Unknown(_) => text(value),
        _ => None,
    }
}

fn as_string(verb: &Verb, value: &Value) -> Option<Text> {
    let text = text(value)?;
    padded(verb, &cut(verb, text)?)
}

fn quoted(verb: &Verb, value: &Value) -> Result<Option<Text>, Fault> {
    let Some(text) = text(value).and_then(|text| cut(verb, text)) else { return Ok(None) };
    Ok(json_text(&Value::from(text))?.and_then(|json| padded(verb, &json)))
}

/// A precision of zero cuts nothing.
fn cut(verb: &Verb, text: Text) -> Option<Text> {
    match verb.precision.filter(|most| *most > 0) {
        Some(most) => text.as_str().map(|text| Text::literal(graphemes::first(text, most))),
        None => Some(text),
    }
}

fn padded(verb: &Verb, text: &Text) -> Option<Text> {
    let Some(width) = verb.width else { return Some(text.clone()) };
    let text = text.as_str()?;
    let missing = width.saturating_sub(graphemes::count(text));
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    Some(Text::literal(if verb.minus { format!("{text}{padding}") } else { format!("{padding}{text}") }))
}

fn as_number(verb: &Verb, value: &Value) -> Result<Option<Text>, Fault> {
    match &value.kind {
        Kind::Number(number) if "bdoxX".contains(verb.letter) => {
            integer(verb, number).map(|text| Some(Text::literal(text)))
        }
        Kind::Number(number) => Ok(Some(Text::literal(float(verb, number)))),
        // A whole number, or else an error.
        Kind::Unknown(_) if is_plain_integer(verb) => Ok(text(value)),
        _ => Ok(None),
    }
}

fn is_plain_integer(verb: &Verb) -> bool {
    let bare = Verb { letter: 'd', argument: verb.argument, ..Verb::default() };
    *verb == bare
}
