//! Regular expressions as Go has them, for the crate `regex`.
//!
//! Both take the syntax of RE2, but: in Go `\d`, `\s`, `\w` and `\b` are about ASCII; `{` that starts no repetition, `[` in
//! a class and `&&` are themselves; there are `\Q..\E` and octal numbers; a repetition can't follow another one; groups
//! can have any word as their name, and several the same. So every character is written in a way that has one meaning, and groups
//! get no name. Source: Go, `regexp/syntax`, `parse.go`.

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

/// The most that a repetition may say, and all repetitions that lie within each other together.
const MOST: usize = 1000;

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

    fn item(&mut self) {
        self.last = Last::Item(1);
    }

    fn character(&mut self, char: char) {
        push_character(&mut self.out, char);
        self.item();
    }

    fn check_repetition(&self, times: usize) -> Result<usize, Fault> {
        match self.last {
            Last::Nothing => Err(Fault::error("missing argument to repetition operator")),
            Last::Repetition => Err(Fault::error("invalid nested repetition operator")),
            Last::Item(inside) if inside.saturating_mul(times.max(1)) > MOST => {
                Err(Fault::error("invalid repeat count"))
            }
            Last::Item(inside) => Ok(inside.saturating_mul(times.max(1))),
        }
    }

    fn finish_repetition(&mut self, greatest: usize) {
        if self.rest.next_if_eq(&'?').is_some() {
            self.out.push('?');
        }
        self.greatest = self.greatest.max(greatest);
        self.last = Last::Repetition;
    }

    fn braces(&mut self) -> Result<(), Fault> {
        let ahead: String = self.rest.clone().take_while(|char| *char != '}').take(40).collect();
        let closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let Some((least, most)) = closed.then(|| counts(&ahead)).flatten() else {
            self.character('{');
            return Ok(());
        };
        if least > MOST || most.is_some_and(|most| most > MOST || least > most) {
            return Err(Fault::error("invalid repeat count"));
        }
        let greatest = self.check_repetition(most.unwrap_or(least))?;
        (0..=ahead.len()).for_each(|_| drop(self.rest.next()));
        self.out.push('{');
        self.out.push_str(&ahead);
        self.out.push('}');
        self.finish_repetition(greatest);
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), Fault> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.groups.push(None);
            self.out.push('(');
            self.enter();
            return Ok(());
        }
        let named = match (self.rest.peek().copied(), self.rest.clone().nth(1)) {
            (Some('P'), Some('<')) => 2,
            (Some('<'), _) => 1,
            _ => return self.flags(),
        };
        (0..named).for_each(|_| drop(self.rest.next()));
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('>') if !name.is_empty() => break,
                Some(char) if char.is_ascii_alphanumeric() || char == '_' => name.push(char),
                _ => return Err(Fault::error("invalid named capture")),
            }
        }
        self.groups.push(Some(name));
        self.out.push('(');
        self.enter();
        Ok(())
    }

    fn enter(&mut self) {
        self.open.push(self.greatest);
        self.greatest = 1;
        self.last = Last::Nothing;
    }

    fn close_group(&mut self) -> Result<(), Fault> {
        let Some(outside) = self.open.pop() else { return Err(Fault::error("unexpected )")) };
        self.out.push(')');
        self.last = Last::Item(self.greatest);
        self.greatest = self.greatest.max(outside);
        Ok(())
    }

    /// `(?i)` and `(?i-s:`. Of a flag that is there more than once the last one counts.
    fn flags(&mut self) -> Result<(), Fault> {
        let (mut on, mut off) = (String::new(), None::<String>);
        loop {
            match (self.rest.next(), &mut off) {
                (Some(flag @ ('i' | 'm' | 's' | 'U')), off) => {
                    on.retain(|other| other != flag);
                    off.as_mut().unwrap_or(&mut on).push(flag);
                }
                (Some('-'), off @ None) => *off = Some(String::new()),
                (Some(end @ (':' | ')')), off) if off.as_ref().is_none_or(|off| !off.is_empty()) => {
                    self.push_flags(&on, off.take().as_deref(), end);
                    return Ok(());
                }
                _ => return Err(Fault::error("invalid or unsupported Perl syntax in a regular expression")),
            }
        }
    }

    fn push_flags(&mut self, on: &str, off: Option<&str>, end: char) {
        let mut off: Vec<char> = off.unwrap_or_default().chars().collect();
        off.sort_unstable();
        off.dedup();
        let minus = if off.is_empty() { "" } else { "-" };
        let flags = format!("{on}{minus}{}", off.into_iter().collect::<String>());
        if end == ':' {
            self.out.push_str(&format!("(?{flags}:"));
            self.enter();
        } else if !flags.is_empty() {
            self.out.push_str(&format!("(?{flags})"));
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.rest.peek().copied() {
            Some('Q') => {
                self.rest.next();
                self.quoted();
                return Ok(());
            }
            Some('A') => self.out.push_str("\\A"),
            Some('z') => self.out.push_str("\\z"),
            Some('b') => self.out.push_str("(?-u:\\b)"),
            Some('B') => return Err(Fault::limit("\\B in a regular expression")),
            Some('p' | 'P') => return self.property().map(|()| self.item()),
            Some(letter) if let Some(class) = perl_class(letter) => self.out.push_str(class),
            _ => {
                let char = self.escaped()?;
                self.character(char);
                return Ok(());
            }
        }
        self.rest.next();
        self.item();
        Ok(())
    }

    fn quoted(&mut self) {
        while let Some(char) = self.rest.next() {
            if char == '\\' && self.rest.next_if_eq(&'E').is_some() {
                return;
            }
            self.character(char);
        }
    }

    /// The character after a backslash.
    fn escaped(&mut self) -> Result<char, Fault> {
        let invalid = || Fault::error("invalid escape sequence in a regular expression");
        let char = self.rest.next().ok_or_else(invalid)?;
        match char {
            '0'..='7' => {
                if char != '0' && !self.rest.peek().is_some_and(is_octal) {
                    return Err(invalid());
                }
                let mut code = char.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.rest.next_if(is_octal) else { break };
                    code = code * 8 + digit.to_digit(8).unwrap_or(0);
                }
                char::from_u32(code).ok_or_else(invalid)
            }
            'x' => character_of(self.hexadecimal().ok_or_else(invalid)?),
            'a' => Ok('\u{7}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\u{b}'),
            _ if char.is_ascii() && !char.is_ascii_alphanumeric() => Ok(char),
            _ => Err(invalid()),
        }
    }

    /// `41`, or `{1F600}`.
    fn hexadecimal(&mut self) -> Option<u32> {
        if self.rest.next_if_eq(&'{').is_none() {
            let (high, low) = (self.rest.next()?.to_digit(16)?, self.rest.next()?.to_digit(16)?);
            return Some(high * 16 + low);
        }
        let mut code = None;
        loop {
            match self.rest.next()? {
                '}' => return code,
                digit => {
                    let so_far: u32 = code.unwrap_or(0);
                    code = Some(so_far.checked_mul(16)?.checked_add(digit.to_digit(16)?)?);
                }
            }
        }
    }

    /// `\pL`, `\p{Greek}`, `\P{^Lu}`.
    fn property(&mut self) -> Result<(), Fault> {
        let invalid = || Fault::error("invalid character class range in a regular expression");
        let mut negated = self.rest.next() == Some('P');
        let mut name = String::new();
        match self.rest.next().ok_or_else(invalid)? {
            '{' => loop {
                match self.rest.next().ok_or_else(invalid)? {
                    '}' => break,
                    char => name.push(char),
                }
            },
            char => name.push(char),
        }
        if let Some(rest) = name.strip_prefix('^') {
            negated = !negated;
            name = rest.to_owned();
        }
        let letter = if negated { 'P' } else { 'p' };
        self.out.push_str(&format!("\\{letter}{{{}}}", property(&name)?));
        Ok(())
    }

    fn class(&mut self) -> Result<(), Fault> {
        let missing = || Fault::error("missing closing ] in a regular expression");
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            match self.rest.peek().copied().ok_or_else(missing)? {
                ']' if !is_first => break,
                '[' if self.posix_class()? => {}
                '\\' if self.class_escape()? => {}
                _ => self.range()?,
            }
            is_first = false;
        }
        self.rest.next();
        self.out.push(']');
        Ok(())
    }

    /// `[:alpha:]`.
    fn posix_class(&mut self) -> Result<bool, Fault> {
        let ahead: String = self.rest.clone().collect();
        let Some((name, _)) = ahead.strip_prefix("[:").and_then(|ahead| ahead.split_once(":]")) else {
            return Ok(false);
        };
        let known = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
            "space", "upper", "word", "xdigit",
        ];
        if !known.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(Fault::error("invalid character class range in a regular expression"));
        }
        self.out.push_str(&format!("[:{name}:]"));
        (0..name.len() + 4).for_each(|_| drop(self.rest.next()));
        Ok(true)
    }

    /// A class within the class.
    fn class_escape(&mut self) -> Result<bool, Fault> {
        match self.rest.clone().nth(1) {
            Some('p' | 'P') => {
                self.rest.next();
                self.property().map(|()| true)
            }
            Some(letter) if let Some(class) = perl_class(letter) => {
                self.out.push_str(class);
                (0..2).for_each(|_| drop(self.rest.next()));
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn range(&mut self) -> Result<(), Fault> {
        let low = self.class_character()?;
        let mut ahead = self.rest.clone();
        let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|char| char != ']');
        push_character(&mut self.out, low);
        if !is_range {
            return Ok(());
        }
        self.rest.next();
        let high = self.class_character()?;
        if high < low {
            return Err(Fault::error("invalid character class range in a regular expression"));
        }
        self.out.push('-');
        push_character(&mut self.out, high);
        Ok(())
    }

    fn class_character(&mut self) -> Result<char, Fault> {
        match self.rest.next() {
            Some('\\') => self.escaped(),
            Some(char) => Ok(char),
            None => Err(Fault::error("missing closing ] in a regular expression")),
        }
    }
}

/// Go takes halves of pairs of UTF-16 for characters.
fn character_of(code: u32) -> Result<char, Fault> {
    match char::from_u32(code) {
        Some(char) => Ok(char),
        None if code < 0xE000 => Err(Fault::limit("a surrogate in a regular expression")),
        None => Err(Fault::error("invalid escape sequence in a regular expression")),
    }
}

fn is_octal(char: &char) -> bool {
    char.is_digit(8)
}

/// The property in the crate's words. Where one of the two may know a name that the other does not, that is a limit.
fn property(name: &str) -> Result<String, Fault> {
    const CATEGORIES: &[&str] = &[
        "Cc", "Cf", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ];
    let is_word = |word: &str| {
        let mut chars = word.chars();
        chars.next().is_some_and(|char| char.is_ascii_uppercase())
            && chars.all(|char| char.is_ascii_lowercase())
    };
    let is_script = name.split('_').all(is_word);
    match name {
        "Any" => Ok("Any".to_owned()),
        _ if CATEGORIES.contains(&name) => Ok(format!("gc={name}")),
        "Cham" | "Lisu" | "Miao" | "Modi" | "Newa" | "Thai" => Ok(format!("sc={name}")),
        // Those of four letters are short names, which Go does not know.
        _ if is_script && name.len() > 4 => Ok(format!("sc={name}")),
        _ => Err(Fault::limit("a class in a regular expression")),
    }
}

/// What Go's classes are, which know ASCII only. A vertical tab is no space there.
fn perl_class(letter: char) -> Option<&'static str> {
    match letter {
        'd' => Some("[0-9]"),
        'D' => Some("[^0-9]"),
        's' => Some("[\\t\\n\\x0C\\r\\x20]"),
        'S' => Some("[^\\t\\n\\x0C\\r\\x20]"),
        'w' => Some("[0-9A-Za-z_]"),
        'W' => Some("[^0-9A-Za-z_]"),
        _ => None,
    }
}

/// `3`, `3,` or `3,5`.
fn counts(text: &str) -> Option<(usize, Option<usize>)> {
    let (least, most) = text.split_once(',').unwrap_or((text, text));
    let least = count(least)?;
    if most.is_empty() { Some((least, None)) } else { Some((least, Some(count(most)?))) }
}

fn count(digits: &str) -> Option<usize> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_short = digits.len() == 1 || !digits.starts_with('0');
    (is_number && is_short).then(|| digits.parse().unwrap_or(usize::MAX))
}

/// The character itself, whatever else it means in an expression.
fn push_character(out: &mut String, char: char) {
    if char.is_ascii() && !char.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{{{:X}}}", u32::from(char)));
    } else {
        out.push(char);
    }
}
