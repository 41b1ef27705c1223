//! The verbs of a format string.
//!
//! Source: `cty/function/stdlib`, `format_fsm.rl`: `%`, flags, width, precision, argument, letter.

use crate::cty::Fault;

/// A part of a format string.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'f> {
    Text(&'f str),
    Verb(Verb),
}

/// How to write an argument.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Verb {
    pub(super) letter: char,
    /// Counted from 0.
    pub(super) argument: usize,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// More than anybody needs.
const WIDEST: usize = 100_000;

/// The parts of a format string.
pub(super) fn parts(format: &str) -> Result<Vec<Part<'_>>, Fault> {
    let mut parts = Vec::new();
    let mut rest = format;
    let mut argument = 0;
    while let Some((text, after)) = rest.split_once('%') {
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        if let Some(after) = after.strip_prefix('%') {
            parts.push(Part::Text("%"));
            rest = after;
            continue;
        }
        let (verb, after) = verb(after, argument)?;
        argument = verb.argument + 1;
        parts.push(Part::Verb(verb));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

fn verb(text: &str, argument: usize) -> Result<(Verb, &str), Fault> {
    let mut verb = Verb { argument, ..Verb::default() };
    let mut rest = text;
    loop {
        let flag = match rest.as_bytes().first() {
            Some(b'+') => &mut verb.plus,
            Some(b'-') => &mut verb.minus,
            Some(b'#') => &mut verb.sharp,
            Some(b' ') => &mut verb.space,
            Some(b'0') => &mut verb.zero,
            _ => break,
        };
        *flag = true;
        rest = rest.get(1..).unwrap_or_default();
    }
    let (width, after) = digits(rest);
    rest = after;
    if !width.is_empty() {
        verb.width = Some(size(width)?);
    }
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = digits(after);
        verb.precision = Some(size(precision)?);
        rest = after;
    }
    if let Some(after) = rest.strip_prefix('[') {
        let (number, after) = digits(after);
        rest =
            after.strip_prefix(']').filter(|_| !number.is_empty() && !number.starts_with('0')).ok_or_else(
                || Fault::error("a format string must have the number of an argument between [ and ]"),
            )?;
        verb.argument = size(number)?.saturating_sub(1);
    }
    let letter = rest.chars().next().filter(char::is_ascii_alphabetic);
    verb.letter = letter.ok_or_else(|| Fault::error("a verb of a format string must end with a letter"))?;
    Ok((verb, rest.get(1..).unwrap_or_default()))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn size(digits: &str) -> Result<usize, Fault> {
    match digits.trim_start_matches('0') {
        "" => Ok(0),
        digits => digits
            .parse()
            .ok()
            .filter(|size| *size <= WIDEST)
            .ok_or_else(|| Fault::limit("a width or precision of more than 100,000")),
    }
}
