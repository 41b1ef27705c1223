//! Upper and lower case.
//!
//! Go maps character by character: `ß` stays as it is, and a sigma at the end of a word is a sigma as any other.

use super::super::text::string;
use crate::cty::{Fault, Value};
use crate::files::Files;

pub(super) fn lower(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(Value::from(string(args, 0).chars().map(lower_char).collect::<String>()))
}

pub(super) fn upper(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(Value::from(string(args, 0).chars().map(upper_char).collect::<String>()))
}

/// The first letter of each word in title case.
pub(super) fn title(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let mut before = ' ';
    let titled = string(args, 0).chars().map(|char| {
        let starts = is_separator(before);
        before = char;
        if starts { title_char(char) } else { char }
    });
    Ok(Value::from(titled.collect::<String>()))
}

fn lower_char(char: char) -> char {
    match char {
        'İ' => 'i',
        _ => single(char, char.to_lowercase()),
    }
}

fn upper_char(char: char) -> char {
    match char {
        // Those whose full upper case is of two characters, but which have a simple one.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => offset(char, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => offset(char, 9),
        _ => single(char, char.to_uppercase()),
    }
}

/// As upper case, but for the letters that have a case of their own.
fn title_char(char: char) -> char {
    match char {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჿ' => char,
        _ => upper_char(char),
    }
}

fn offset(char: char, by: u32) -> char {
    char::from_u32(u32::from(char) + by).unwrap_or(char)
}

/// The mapped character, or the same if it would become several.
fn single(char: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => char,
    }
}

/// What stands between words. Source: Go, `strings.Title`.
fn is_separator(char: char) -> bool {
    if char.is_ascii() {
        return !(char.is_ascii_alphanumeric() || char == '_');
    }
    !char.is_alphanumeric() && char.is_whitespace()
}
