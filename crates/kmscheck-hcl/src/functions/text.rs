//! What functions of strings share.

use std::sync::Arc;

use kmscheck_value::{Piece, Text};
use unicode_segmentation::UnicodeSegmentation as _;

use super::unknown_from;
use crate::cty::{Fault, Kind, Type, Value};

/// The most bytes that a function makes.
pub(super) const MOST_BYTES: usize = 10_000_000;

/// The string at a position; empty if it is none.
pub(super) fn string(args: &[Value], position: usize) -> &str {
    args.get(position).and_then(Value::as_str).unwrap_or_default()
}

/// The whole number at a position.
///
/// # Errors
/// If it is none, or does not have 64 bits.
pub(super) fn integer(args: &[Value], position: usize) -> Result<i64, Fault> {
    let number = args.get(position).and_then(Value::as_number);
    number.and_then(|number| number.as_i64()).ok_or_else(|| Fault::error("a whole number is required"))
}

/// The string of a value that is one, as far as it is known. A symbol stands for itself; `None` if there is none.
pub(super) fn text(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Unknown(unknown) => unknown.symbol.clone().map(Text::symbol),
        _ => None,
    }
}

/// The string at a position, as far as it is known.
pub(super) fn text_at(args: &[Value], position: usize) -> Option<Text> {
    args.get(position).and_then(text)
}

/// A string of these pieces.
pub(super) fn string_of(pieces: impl IntoIterator<Item = Piece>) -> Value {
    let text = Text::concat(pieces);
    match text.as_str() {
        Some(known) => Value::from(known),
        None => Value::from(text),
    }
}

pub(super) fn literal(text: impl Into<Arc<str>>) -> Piece {
    Piece::Literal(text.into())
}

/// An unknown string.
pub(super) fn unknown_string(args: &[Value]) -> Value {
    unknown_from(args, Type::String)
}

/// An error, should more bytes be asked for than anybody needs.
pub(super) fn check_size(bytes: usize) -> Result<(), Fault> {
    if bytes > MOST_BYTES {
        return Err(Fault::limit("a string of more than 10 MB"));
    }
    Ok(())
}

/// The characters as people count them. Terraform counts by the rules before Unicode 15.1, which do not take consonants
/// together that are written as one in Indian scripts. Source: `textseg`.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true).flat_map(|cluster| {
        let inner = cluster.char_indices().skip(1).filter(|(_, letter)| is_consonant(*letter));
        let starts: Vec<_> = [0].into_iter().chain(inner.map(|(at, _)| at)).collect();
        let ends: Vec<_> = starts.iter().skip(1).copied().chain([cluster.len()]).collect();
        starts.into_iter().zip(ends).filter_map(|(start, end)| cluster.get(start..end))
    })
}

/// Whether the letter is a consonant of a script in which a sign joins consonants. Source: Unicode, `Indic_Conjunct_Break`.
fn is_consonant(letter: char) -> bool {
    matches!(letter,
        '\u{915}'..='\u{939}' | '\u{958}'..='\u{95f}' | '\u{978}'..='\u{97f}' | '\u{995}'..='\u{9b9}'
        | '\u{9dc}'..='\u{9df}' | '\u{9f0}'..='\u{9f1}' | '\u{a95}'..='\u{ab9}' | '\u{af9}'
        | '\u{b15}'..='\u{b39}' | '\u{b5c}'..='\u{b5f}' | '\u{b71}' | '\u{c15}'..='\u{c39}'
        | '\u{c58}'..='\u{c5a}' | '\u{d15}'..='\u{d3a}')
}
