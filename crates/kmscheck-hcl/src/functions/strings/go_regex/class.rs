//! Classes of characters.

use super::escape::perl_class;
use super::{Translation, push_character};
use crate::cty::Fault;

impl Translation<'_> {
    pub(super) fn class(&mut self) -> Result<(), Fault> {
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
        self.skip(name.len() + 4);
        Ok(true)
    }

    /// A class within the class.
    fn class_escape(&mut self) -> Result<bool, Fault> {
        match self.rest.clone().nth(1) {
            Some('p' | 'P') => {
                self.rest.next();
                self.property().map(|()| true)
            }
            letter => {
                let Some(class) = letter.and_then(perl_class) else { return Ok(false) };
                self.out.push_str(class);
                self.skip(2);
                Ok(true)
            }
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
