//! Patterns of paths.
//!
//! Source: `bmatcuk/doublestar`, version 1. It matches part by part, from left to right, and has some ways of its own.

use crate::cty::Fault;

/// As many steps as a match may take.
const STEPS: usize = 1_000_000;

/// Whether the path is one of the pattern. `**` stands for any number of directories.
pub(super) fn matches(pattern: &[&str], path: &str, steps: &mut usize) -> Result<bool, Fault> {
    let path: Vec<&str> = path.split('/').collect();
    match_parts(pattern, &path, steps)
}

fn match_parts(pattern: &[&str], path: &[&str], steps: &mut usize) -> Result<bool, Fault> {
    step(steps)?;
    match (pattern, path) {
        ([], path) => Ok(path.is_empty()),
        (["**"], path) => Ok(!path.is_empty()),
        (["**", pattern @ ..], path) => {
            for start in 0..path.len() {
                if match_parts(pattern, path.get(start..).unwrap_or_default(), steps)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (_, []) => Ok(false),
        ([pattern, further @ ..], [part, rest @ ..]) => {
            let (pattern, part): (Vec<_>, Vec<_>) = (pattern.chars().collect(), part.chars().collect());
            Ok(match_part(&pattern, &part, steps)? && match_parts(further, rest, steps)?)
        }
    }
}

fn step(steps: &mut usize) -> Result<(), Fault> {
    *steps += 1;
    if *steps > STEPS { Err(Fault::limit("a pattern of files that takes long")) } else { Ok(()) }
}

fn malformed() -> Fault {
    Fault::limit("a pattern of files that is not understood")
}

fn match_part(pattern: &[char], name: &[char], steps: &mut usize) -> Result<bool, Fault> {
    step(steps)?;
    match (pattern, name) {
        ([] | ['*'] | ['*', '*'], []) => Ok(true),
        ([], _) | (_, []) => Ok(false),
        (['*'], _) => Ok(true),
        (['*', rest @ ..], name) => {
            for start in 0..name.len() {
                if match_part(rest, name.get(start..).unwrap_or_default(), steps)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (['?', rest @ ..], [_, name @ ..]) => match_part(rest, name, steps),
        (['[', rest @ ..], [char, further @ ..]) => {
            let (class, rest) = until(rest, ']')?;
            Ok(in_class(class, *char)? && match_part(rest, further, steps)?)
        }
        (['{', rest @ ..], name) => {
            let (options, rest) = until(rest, '}')?;
            for option in split(options) {
                let pattern: Vec<_> = option.iter().chain(rest).copied().collect();
                if match_part(&pattern, name, steps)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (['\\'], _) => Err(malformed()),
        (['\\', wanted, rest @ ..] | [wanted, rest @ ..], [char, name @ ..]) => {
            Ok(wanted == char && match_part(rest, name, steps)?)
        }
    }
}

/// What stands before the closing bracket, and what after it.
fn until(pattern: &[char], end: char) -> Result<(&[char], &[char]), Fault> {
    let position = unescaped(pattern).find(|(_, char)| *char == end).ok_or_else(malformed)?.0;
    let (before, after) = pattern.split_at_checked(position).ok_or_else(malformed)?;
    Ok((before, after.get(1..).unwrap_or_default()))
}

fn split(options: &[char]) -> Vec<&[char]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (position, _) in unescaped(options).filter(|(_, char)| *char == ',') {
        parts.extend(options.get(start..position));
        start = position + 1;
    }
    parts.extend(options.get(start..));
    parts
}

/// The characters that no backslash stands before.
fn unescaped(pattern: &[char]) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut escaped = false;
    pattern.iter().copied().enumerate().filter(move |(_, char)| {
        let counts = !escaped && *char != '\\';
        escaped = !escaped && *char == '\\';
        counts
    })
}

fn in_class(class: &[char], char: char) -> Result<bool, Fault> {
    let (negated, mut rest) = match class {
        [] => return Err(malformed()),
        ['^', rest @ ..] => (true, rest),
        _ => (false, class),
    };
    let mut found = false;
    while !rest.is_empty() {
        let (low, after) = class_char(rest)?;
        let (high, after) = match after {
            ['-', after @ ..] => class_char(after)?,
            _ => (low, after),
        };
        found |= (low..=high).contains(&char);
        rest = after;
    }
    Ok(found != negated)
}

fn class_char(class: &[char]) -> Result<(char, &[char]), Fault> {
    match class {
        ['\\', char, rest @ ..] => Ok((*char, rest)),
        ['-' | '\\', ..] | [] => Err(malformed()),
        [char, rest @ ..] => Ok((*char, rest)),
    }
}
