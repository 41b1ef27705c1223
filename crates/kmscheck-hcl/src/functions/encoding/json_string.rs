//! Strings of JSON.

use kmscheck_value::Piece;

use super::super::text::literal;
use super::json_decode::{Reader, Stop, Token, invalid};

impl Reader {
    pub(super) fn string(&mut self) -> Result<Vec<Piece>, Stop> {
        self.advance();
        let mut pieces = Vec::new();
        let mut known = String::new();
        loop {
            match self.advance().ok_or_else(|| invalid("end of text"))? {
                Token::Symbol(symbol) => {
                    pieces.push(literal(std::mem::take(&mut known)));
                    pieces.push(Piece::Symbol(symbol));
                }
                Token::Char('"') => break,
                Token::Char('\\') => self.escape(&mut known)?,
                Token::Char('\0'..='\u{1f}') => return Err(invalid("a control character in a string")),
                Token::Char(char) => known.push(char),
            }
        }
        pieces.push(literal(known));
        Ok(pieces)
    }

    fn escape(&mut self, out: &mut String) -> Result<(), Stop> {
        let char = match self.peek()?.ok_or_else(|| invalid("end of text"))? {
            char @ ('"' | '\\' | '/') => char,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                self.advance();
                return self.unicode(out);
            }
            _ => return Err(invalid("an unknown escape sequence")),
        };
        self.advance();
        out.push(char);
        Ok(())
    }

    /// The four digits after `\u`. A half of a pair becomes U+FFFD.
    fn unicode(&mut self, out: &mut String) -> Result<(), Stop> {
        let mut code = self.hexadecimal()?;
        while (0xD800..0xDC00).contains(&code) && self.peek()? == Some('\\') {
            self.advance();
            if self.peek()? != Some('u') {
                out.push(char::REPLACEMENT_CHARACTER);
                return self.escape(out);
            }
            self.advance();
            let low = self.hexadecimal()?;
            if (0xDC00..0xE000).contains(&low) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                break;
            }
            out.push(char::REPLACEMENT_CHARACTER);
            code = low;
        }
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(())
    }

    fn hexadecimal(&mut self) -> Result<u32, Stop> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek()?.and_then(|char| char.to_digit(16));
            code = code * 16 + digit.ok_or_else(|| invalid("no hexadecimal digit"))?;
            self.advance();
        }
        Ok(code)
    }
}
