//! `yamlencode`.
//!
//! Source: `go-cty-yaml`, whose writer is that of libyaml: strings are in quotation marks, those of several lines in a block
//! where they can be. The writer goes by where it stands in the line, so this does too.

use super::super::text::check_size;
use super::yaml_text::{can_be_block, escape, is_break, is_printable};
use crate::cty::{Fault, Kind, Value};
use crate::files::Files;

pub(super) fn yamlencode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let value = args.first().unwrap_or(&Value::NULL);
    let mut writer = Writer::default();
    writer.node(value, Place::Root, None)?;
    writer.start_line(0);
    if is_plain(value) {
        writer.out.push_str("...\n");
    }
    Ok(Value::from(writer.out))
}

/// Whether it stands there without quotation marks: at the root the end must be said then.
fn is_plain(value: &Value) -> bool {
    matches!(value.kind, Kind::Null(_) | Kind::Bool(_) | Kind::Number(_))
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Sequence,
    Mapping,
}

/// Longer names are not written on one line with their value.
const SIMPLE_NAME: usize = 128;

/// After so many characters a line is broken where there is a space.
const WIDTH: usize = 80;

struct Writer {
    out: String,
    column: usize,
    /// Whether a space or the like stands before.
    after_space: bool,
    /// Whether nothing but spaces and signs of structure stand before.
    in_indent: bool,
}

impl Default for Writer {
    fn default() -> Self {
        Self { out: String::new(), column: 0, after_space: true, in_indent: true }
    }
}

impl Writer {
    /// Writes the value. `indent` is that of the collection around it.
    fn node(&mut self, value: &Value, place: Place, indent: Option<usize>) -> Result<(), Fault> {
        check_size(self.out.len())?;
        if indent.is_some_and(|indent| indent > 1000) {
            return Err(Fault::limit("a value nested too deeply"));
        }
        let below = indent.map_or(0, |indent| indent + 2);
        match &value.kind {
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) if items.is_empty() => self.sign("[]"),
            Kind::Map(entries) | Kind::Object(entries) if entries.is_empty() => self.sign("{}"),
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => {
                // The list after a name stands no deeper than the name.
                let deeper = place != Place::Mapping || self.in_indent;
                let indent = if deeper { below } else { indent.unwrap_or(0) };
                for item in items.iter() {
                    self.start_line(indent);
                    self.structure("-");
                    self.node(item, Place::Sequence, Some(indent))?;
                }
            }
            Kind::Map(entries) | Kind::Object(entries) => {
                for (name, value) in entries.iter() {
                    self.entry(name, value, below)?;
                }
            }
            Kind::String(text) => {
                let text = text.as_str().unwrap_or_default();
                self.string(text, indent.map_or(2, |indent| indent + 2));
            }
            Kind::Bool(flag) => self.plain(if *flag { "true" } else { "false" }),
            Kind::Number(number) => self.plain(&number.to_string()),
            _ => self.plain("null"),
        }
        Ok(())
    }

    fn entry(&mut self, name: &str, value: &Value, indent: usize) -> Result<(), Fault> {
        self.start_line(indent);
        if name.len() <= SIMPLE_NAME && !name.contains(is_break) {
            self.quoted(name, None);
            self.out.push(':');
            self.column += 1;
        } else {
            self.structure("?");
            self.string(name, indent + 2);
            self.start_line(indent);
            self.structure(":");
        }
        self.node(value, Place::Mapping, Some(indent))
    }

    /// Goes to a new line, if it does not stand at its start already.
    fn start_line(&mut self, indent: usize) {
        let stands = self.in_indent && (self.column < indent || self.column == indent && self.after_space);
        if !stands {
            self.line_break('\n');
        }
        while self.column < indent {
            self.push(' ');
        }
        self.after_space = true;
        self.in_indent = true;
    }

    fn line_break(&mut self, char: char) {
        self.out.push(char);
        self.column = 0;
    }

    fn push(&mut self, char: char) {
        self.out.push(char);
        self.column += 1;
    }

    fn space(&mut self) {
        if !self.after_space {
            self.push(' ');
        }
    }

    /// `-`, `?` or `:` at the start of a line. What follows may stand on the same line.
    fn structure(&mut self, sign: &str) {
        self.space();
        sign.chars().for_each(|char| self.push(char));
        self.after_space = false;
    }

    fn sign(&mut self, sign: &str) {
        self.space();
        sign.chars().for_each(|char| self.push(char));
        self.after_space = false;
        self.in_indent = false;
    }

    fn plain(&mut self, text: &str) {
        self.sign(text);
    }

    fn string(&mut self, text: &str, indent: usize) {
        if text.contains('\n') && can_be_block(text) {
            self.block(text, indent);
        } else {
            self.quoted(text, Some(indent));
        }
    }

    /// `|`, whether the text starts with space (and then how far it is indented), and how it ends.
    fn block(&mut self, text: &str, indent: usize) {
        self.space();
        self.push('|');
        if text.starts_with(|char| char == ' ' || is_break(char)) {
            self.push('2');
        }
        let mut end = text.chars().rev();
        match (end.next().is_some_and(is_break), end.next().is_none_or(is_break)) {
            (false, _) => self.push('-'),
            (true, true) => self.push('+'),
            (true, false) => {}
        }
        self.line_break('\n');
        let mut starts = true;
        for char in text.chars() {
            if is_break(char) {
                self.line_break(char);
                starts = true;
                continue;
            }
            if starts {
                (self.in_indent, self.after_space) = (true, true);
                self.start_line(indent);
            }
            self.push(char);
            starts = false;
        }
        (self.in_indent, self.after_space) = (starts, true);
    }

    /// In quotation marks. Long lines are broken, if that is allowed.
    fn quoted(&mut self, text: &str, indent: Option<usize>) {
        self.space();
        self.push('"');
        self.in_indent = false;
        let mut after_space = false;
        let mut chars = text.chars().enumerate().peekable();
        while let Some((position, char)) = chars.next() {
            if !is_printable(char) || is_break(char) || char == '"' || char == '\\' {
                escape(char).chars().for_each(|char| self.push(char));
                after_space = false;
                continue;
            }
            let next = chars.peek().map(|(_, next)| *next);
            match (indent, next) {
                (Some(indent), Some(next))
                    if char == ' ' && !after_space && self.column > WIDTH && position > 0 =>
                {
                    self.in_indent = false;
                    self.start_line(indent);
                    if next == ' ' {
                        self.push('\\');
                    }
                }
                _ => self.push(char),
            }
            after_space = char == ' ';
        }
        self.push('"');
        self.after_space = false;
        self.in_indent = false;
    }
}
