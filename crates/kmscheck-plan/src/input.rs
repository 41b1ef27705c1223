//! From bytes to the text of one JSON value.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::ReadError;
use crate::document::Document;

/// The text of an input, without byte order mark.
///
/// # Errors
/// If the input is empty, a binary plan, or no text.
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [b'{', 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)?),
        [b'P', b'K', 3 | 5 | 7, ..] => return Err(ReadError::BinaryPlan),
        _ => utf8(bytes)?,
    };
    if text.trim_ascii_start().is_empty() { Err(ReadError::Empty) } else { Ok(text) }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let (line, column) = position(&String::from_utf8_lossy(valid), valid.len());
        ReadError::NotText { line, column }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => 0,
    });
    let mut text = String::with_capacity(bytes.len() / 2);
    for character in char::decode_utf16(units) {
        let Ok(character) = character else {
            let (line, column) = position(&text, text.len());
            return Err(ReadError::NotText { line, column });
        };
        text.push(character);
    }
    Ok(text)
}

/// The JSON in a text.
pub(crate) struct Json<'t> {
    /// The text from the first brace on.
    text: &'t str,
    /// Whether other text stands before it.
    wrapped: bool,
    pub(crate) positions: Positions<'t>,
}

/// Finds the JSON in a text that may begin with what a wrapper printed.
///
/// # Errors
/// If there is none.
pub(crate) fn json(text: &str) -> Result<Json<'_>, ReadError> {
    let trimmed = text.trim_ascii_start();
    let positions = Positions { whole: text };
    let is_json = trimmed.starts_with('{') || trimmed.starts_with('[') && !trimmed.starts_with("[command]");
    if is_json {
        return Ok(Json { text: trimmed, wrapped: false, positions });
    }
    let inner = trimmed.find("\n{").and_then(|newline| trimmed.get(newline + 1..));
    match inner {
        Some(text) => Ok(Json { text, wrapped: true, positions }),
        None => Err(ReadError::NotJson { start: trimmed.chars().take(40).collect() }),
    }
}

/// Reads the JSON as a plan or state.
///
/// # Errors
/// If it is broken, or of something else.
pub(crate) fn document<'t>(json: &Json<'t>) -> Result<Document<'t>, ReadError> {
    let mut deserializer = serde_json::Deserializer::from_str(json.text);
    let read = Document::deserialize(&mut deserializer);
    let whole = if json.wrapped { Ok(()) } else { deserializer.end() };
    let error = match (read, whole) {
        (Ok(document), Ok(())) => return check(document),
        (Ok(document), Err(_)) if document.level.is_some() => return Err(ReadError::Log),
        (Err(error), _) | (_, Err(error)) => error,
    };
    match json.positions.locate(json.text, &error) {
        ReadError::Syntax { line, column, message } if json.wrapped => Err(ReadError::Wrapped { line, column, message }),
        other => Err(other),
    }
}

/// Turns away what is no plan and no state.
fn check(document: Document<'_>) -> Result<Document<'_>, ReadError> {
    let major = document.format_version.as_deref().and_then(|version| version.split('.').next());
    if let Some(found) = document.format_version.as_deref().filter(|_| !matches!(major, Some("0" | "1"))) {
        return Err(ReadError::FormatVersion { found: found.to_owned() });
    }
    let is_terraform = document.resource_changes.is_some()
        || document.planned_values.is_some()
        || document.values.is_some()
        || document.prior_state.is_some()
        || document.configuration.is_some();
    let other = |what: &str| Err(ReadError::NotTerraform { what: what.to_owned() });
    if document.level.is_some() {
        return Err(ReadError::Log);
    }
    if is_terraform {
        return Ok(document);
    }
    if document.provider_schemas.is_some() {
        return other("the output of `terraform providers schema -json`");
    }
    if document.valid.is_some() {
        return other("the output of `terraform validate -json`");
    }
    if document.serial.is_some() {
        return Err(ReadError::StateFile);
    }
    if document.statement.is_some() {
        return Err(ReadError::PolicyDocument);
    }
    // `terraform show -json` of an empty state prints its version alone.
    if document.format_version.is_some() { Ok(document) } else { other("of something else") }
}

/// Turns errors in parts of the text into errors with a line and column.
#[derive(Clone, Copy)]
pub(crate) struct Positions<'t> {
    whole: &'t str,
}

impl Positions<'_> {
    /// The error in a part that was raw text at first.
    pub(crate) fn error(&self, raw: Option<&RawValue>, error: &serde_json::Error) -> ReadError {
        self.locate(raw.map_or("", RawValue::get), error)
    }

    /// The error in a part of the text, which must be a slice of it.
    fn locate(&self, part: &str, error: &serde_json::Error) -> ReadError {
        let start = part.as_ptr().addr().wrapping_sub(self.whole.as_ptr().addr());
        let (line, column) = position(self.whole, start.saturating_add(offset(part, error)));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        match error.classify() {
            Category::Eof => ReadError::Truncated { line, column },
            _ if message.starts_with("recursion limit") => ReadError::TooDeep { line, column },
            _ => ReadError::Syntax { line, column, message: message.to_owned() },
        }
    }
}

/// The byte that a JSON error is at. It counts lines from 1 and bytes in the line.
fn offset(part: &str, error: &serde_json::Error) -> usize {
    let lines = part.split_inclusive('\n').take(error.line().saturating_sub(1));
    let before: usize = lines.map(str::len).sum();
    before + error.column().saturating_sub(1)
}

/// The line and column (in Unicode scalars), from 1, of a byte in a text.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before.get(line_start..).unwrap_or_default().chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_and_utf_16_are_accepted() {
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain("{\"é\":1}".encode_utf16().flat_map(bytes)).collect::<Vec<_>>()
        };
        assert_eq!(text("\u{feff}{}".as_bytes()).unwrap(), "{}");
        assert_eq!(text(&utf16([0xFF, 0xFE], u16::to_le_bytes)).unwrap(), "{\"é\":1}");
        assert_eq!(text(&utf16([0xFE, 0xFF], u16::to_be_bytes)).unwrap(), "{\"é\":1}");
    }

    #[test]
    fn what_is_no_text_says_where() {
        assert_eq!(text(b"{\n \"\xff\"}"), Err(ReadError::NotText { line: 2, column: 3 }));
        assert_eq!(text(b"PK\x03\x04\xff"), Err(ReadError::BinaryPlan));
        assert_eq!(text(b" \n"), Err(ReadError::Empty));
    }

    #[test]
    fn the_json_is_found_after_what_a_wrapper_printed() {
        let found = json("[command]/opt/terraform show -json\n{\"a\":1}").unwrap();
        assert_eq!(found.text, "{\"a\":1}");
        assert!(matches!(json("Usage: terraform"), Err(ReadError::NotJson { .. })));
    }
}
