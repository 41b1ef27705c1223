//! Regular expressions as Go has them, for the crate `regex`.
//!
//! Both take the syntax of RE2, but: in Go `\d`, `\s`, `\w` and `\b` are about ASCII; `{` that starts no repetition, `[` in
//! a class and `&&` are themselves; there are `\Q..\E` and octal numbers; a repetition can't follow another one; groups
//! can have any word as their name, and several the same. So every character is written in a way that has one meaning, and groups
//! get no name. Source: Go, `regexp/syntax`, `parse.go`.

mod class;
mod escape;
mod group;
mod repetition;

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

use crate::cty::Fault;

/// A compiled expression.
pub(super) struct GoRegex {
    pub(super) regex: Regex,
    /// The names of its groups, those that have one.
    pub(super) groups: Vec<Option<String>>,
}

impl GoRegex {
    /// # Errors
    /// If Go reports one, or the crate knows no such expression.
    pub(super) fn new(pattern: &str) -> Result<Self, Fault> {
        if pattern.len() > 50_000 {
            return Err(Fault::limit("a long regular expression"));
        }
        let mut translation = Translation {
            rest: pattern.chars().peekable(),
            out: String::new(),
            groups: Vec::new(),
            open: Vec::new(),
            last: Last::Nothing,
            greatest: 1,
        };
        translation.run()?;
        let built = RegexBuilder::new(&translation.out).build();
        let regex = built.map_err(|_| Fault::limit("a regular expression that is not understood"))?;
        Ok(Self { regex, groups: translation.groups })
    }
}

struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    groups: Vec<Option<String>>,
    /// The greatest repetition before each open group.
    open: Vec<usize>,
    last: Last,
    /// How often at most something is repeated in the present group.
    greatest: usize,
}

/// What stands before.
#[derive(Clone, Copy)]
enum Last {
    Nothing,
    /// Something that is repeated at most so often.
    Item(usize),
    Repetition,
    /// Flags, which Go looks through.
    Flags,
}

impl Translation<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        while let Some(char) = self.rest.next() {
            match char {
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '|' => {
                    self.out.push('|');
                    self.last = Last::Nothing;
                }
                '*' | '+' | '?' => {
                    self.check_repetition(1)?;
                    self.out.push(char);
                    self.finish_repetition(1);
                }
                '{' => self.braces()?,
                '[' => {
                    self.class()?;
                    self.item();
                }
                '\\' => self.escape()?,
                '.' | '^' | '$' => {
                    self.out.push(char);
                    self.item();
                }
                _ => self.character(char),
            }
        }
        if self.open.is_empty() {
            Ok(())
        } else {
            Err(Fault::error("missing closing ) in a regular expression"))
        }
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.rest.next();
        }
    }

    fn item(&mut self) {
        self.last = Last::Item(1);
    }

    fn character(&mut self, char: char) {
        push_character(&mut self.out, char);
        self.item();
    }
}

/// The character itself, whatever else it means in an expression.
fn push_character(out: &mut String, char: char) {
    if char.is_ascii() && !char.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{{{:X}}}", u32::from(char)));
    } else {
        out.push(char);
    }
}
