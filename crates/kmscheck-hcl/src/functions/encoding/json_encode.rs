//! `jsonencode`.
//!
//! Source: `cty/json`; Go, `encoding/json`, which escapes what HTML and JavaScript mind.

use std::fmt::Write;

use kmscheck_value::{Piece, Symbol, Text};

use super::super::text::{check_size, literal, text, unknown_string};
use crate::cty::{Fault, Kind, Type, Unknown, Value};
use crate::files::Files;

pub(super) fn jsonencode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let json = args.first().map_or(Ok(None), json_text)?;
    Ok(json.map_or_else(|| unknown_string(args), Value::from))
}

/// The value as JSON. Symbols stay where they are; they are taken for strings that need no escaping. `None` if it is not
/// known how the JSON would look.
///
/// # Errors
/// If it would be too much.
pub(in super::super) fn json_text(value: &Value) -> Result<Option<Text>, Fault> {
    let mut writer = Writer { pieces: Vec::new(), literal: String::new(), size: 0 };
    let is_known = writer.value(value, 0)?;
    writer.pieces.push(literal(writer.literal));
    Ok(is_known.then(|| Text::concat(writer.pieces)))
}

struct Writer {
    pieces: Vec<Piece>,
    literal: String,
    size: usize,
}

impl Writer {
    /// Writes the value; `false` if that can't be done.
    fn value(&mut self, value: &Value, depth: usize) -> Result<bool, Fault> {
        if depth > 500 {
            return Err(Fault::limit("a value nested too deeply"));
        }
        check_size(self.size + self.literal.len())?;
        match &value.kind {
            Kind::Null(_) => self.push("null"),
            Kind::Bool(flag) => self.push(if *flag { "true" } else { "false" }),
            Kind::Number(number) => self.push(&number.to_string()),
            Kind::String(text) => self.string(text),
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => {
                if matches!(value.kind, Kind::Set(_)) && !items.iter().all(Value::is_wholly_known) {
                    return Ok(false);
                }
                self.push("[");
                for (position, item) in items.iter().enumerate() {
                    self.comma(position);
                    if !self.value(item, depth + 1)? {
                        return Ok(false);
                    }
                }
                self.push("]");
            }
            Kind::Map(entries) | Kind::Object(entries) => {
                self.push("{");
                for (position, (name, value)) in entries.iter().enumerate() {
                    self.comma(position);
                    self.string(&Text::literal(&**name));
                    self.push(":");
                    if !self.value(value, depth + 1)? {
                        return Ok(false);
                    }
                }
                self.push("}");
            }
            Kind::Unknown(unknown) => return Ok(self.unknown(value, unknown)),
            Kind::Choice(_) | Kind::Lazy(_) => return Ok(false),
        }
        Ok(true)
    }

    /// What is known to be a string, or to be written as it is, stays the same symbol. Of anything else the JSON is
    /// another symbol.
    fn unknown(&mut self, value: &Value, unknown: &Unknown) -> bool {
        let is_certain = unknown.not_null && unknown.of.is_primitive();
        match (&unknown.symbol, text(value).filter(|_| is_certain)) {
            (_, Some(text)) if unknown.of == Type::String => self.string(&text),
            (_, Some(text)) => self.pieces(&text),
            (Some(symbol), None) => {
                self.pieces(&Text::symbol(Symbol::new(format!("jsonencode({symbol})"), "")));
            }
            (None, None) => return false,
        }
        true
    }

    fn push(&mut self, text: &str) {
        self.literal.push_str(text);
    }

    fn comma(&mut self, position: usize) {
        if position > 0 {
            self.literal.push(',');
        }
    }

    fn string(&mut self, text: &Text) {
        self.literal.push('"');
        self.pieces(text);
        self.literal.push('"');
    }

    fn pieces(&mut self, text: &Text) {
        for piece in text.pieces().iter() {
            match piece {
                Piece::Literal(text) => escape(&mut self.literal, text),
                Piece::Symbol(_) => {
                    let literal = std::mem::take(&mut self.literal);
                    self.size += literal.len();
                    self.pieces.extend([Piece::Literal(literal.into()), piece.clone()]);
                }
            }
        }
    }
}

fn escape(out: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                // Writing to a string can't fail.
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
}
