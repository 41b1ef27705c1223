//! From bytes to the text of one JSON value.

use std::borrow::Cow;

use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::ReadError;

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
    pub(crate) text: &'t str,
    /// Whether other text stands before it.
    pub(crate) wrapped: bool,
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
    let inner = trimmed.find("\n{\"").and_then(|newline| trimmed.get(newline + 1..));
    match inner {
        Some(text) => Ok(Json { text, wrapped: true, positions }),
        None => Err(ReadError::NotJson { start: trimmed.chars().take(40).collect() }),
    }
}

impl Json<'_> {
    /// The error in it.
    pub(crate) fn broken(&self, error: &serde_json::Error) -> ReadError {
        let found = self.positions.locate(self.text, error);
        match found.position().filter(|_| self.wrapped) {
            Some((line, column)) => ReadError::Wrapped { line, column, message: message(error) },
            None => found,
        }
    }
}

fn message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or_else(|| message.clone(), |(message, _)| message.to_owned())
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
        let message = message(error);
        match error.classify() {
            Category::Eof => ReadError::Truncated { line, column },
            _ if message.starts_with("recursion limit") => ReadError::TooDeep { line, column },
            _ => ReadError::Syntax { line, column, message },
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
    let boundary = (0..=offset.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    let before = boundary.and_then(|end| text.get(..end)).unwrap_or(text);
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
        let found = json("[command]/opt/terraform show -json\n{\"a\":1}\n::debug::done").unwrap();
        assert!(found.wrapped && found.text.starts_with("{\"a\":1}"));
        assert!(matches!(json("Usage: terraform"), Err(ReadError::NotJson { .. })));
    }
}
