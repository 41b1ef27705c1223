//! What a backslash begins.

use super::Translation;
use crate::cty::Fault;

impl Translation<'_> {
    pub(super) fn escape(&mut self) -> Result<(), Fault> {
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
            letter => match letter.and_then(perl_class) {
                Some(class) => self.out.push_str(class),
                None => {
                    let char = self.escaped()?;
                    self.character(char);
                    return Ok(());
                }
            },
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
    pub(super) fn escaped(&mut self) -> Result<char, Fault> {
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
    pub(super) fn property(&mut self) -> Result<(), Fault> {
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
pub(super) fn perl_class(letter: char) -> Option<&'static str> {
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
