//! Symbols on their way through a JSON reader: each becomes one character of a plane that no policy may use.

use std::borrow::Cow;

use kmscheck_value::{Piece, Symbol, Text};

use crate::DocumentError;

/// The first character that stands for a symbol.
const FIRST: u32 = 0x10_0000;

/// What begins a string that stands for a symbol outside of any string.
const OUTSIDE: char = '\u{10FFFD}';

/// The symbols of a text.
pub(crate) struct Symbols {
    symbols: Vec<Symbol>,
    sensitive: bool,
}

impl Symbols {
    /// The text with its symbols encoded.
    ///
    /// # Errors
    /// If the text has characters that stand for symbols: AWS refuses them in a policy.
    pub(crate) fn encode(text: &Text) -> Result<(Cow<'_, str>, Self), DocumentError> {
        let mut all = Self { symbols: Vec::new(), sensitive: text.is_sensitive() };
        if let Some(literal) = text.as_str() {
            return Ok((Cow::Borrowed(literal), all));
        }
        let mut json = String::new();
        let mut inside = Inside::default();
        for piece in text.pieces().iter() {
            match piece {
                Piece::Literal(literal) if literal.chars().any(|char| u32::from(char) >= FIRST) => {
                    return Err(DocumentError::Json { line: 1, column: 1 });
                }
                Piece::Literal(literal) => {
                    inside.read(literal);
                    json.push_str(literal);
                }
                Piece::Symbol(symbol) => {
                    let char = all.add(symbol);
                    if inside.a_string {
                        json.push(char);
                    } else {
                        json.extend(['"', OUTSIDE, char, '"']);
                    }
                }
            }
        }
        Ok((Cow::Owned(json), all))
    }

    fn add(&mut self, symbol: &Symbol) -> char {
        let position = self.symbols.iter().position(|known| known == symbol).unwrap_or_else(|| {
            self.symbols.push(symbol.clone());
            self.symbols.len() - 1
        });
        u32::try_from(position).ok().and_then(|position| char::from_u32(FIRST + position)).unwrap_or(OUTSIDE)
    }

    /// Whether a string stands for something unknown that is not a string for certain.
    pub(crate) fn is_unknown(&self, string: &str) -> bool {
        !self.symbols.is_empty() && string.starts_with(OUTSIDE)
    }

    /// The text that a JSON string stands for.
    pub(crate) fn decode(&self, string: &str) -> Text {
        let text = if self.symbols.is_empty() { Text::literal(string) } else { self.with_symbols(string) };
        if self.sensitive { text.into_sensitive() } else { text }
    }

    fn with_symbols(&self, string: &str) -> Text {
        let pieces = string.chars().filter(|char| *char != OUTSIDE).map(|char| {
            let position =
                u32::from(char).checked_sub(FIRST).and_then(|position| usize::try_from(position).ok());
            match position.and_then(|position| self.symbols.get(position)) {
                Some(symbol) => Piece::Symbol(symbol.clone()),
                None => Piece::Literal(char.to_string().into()),
            }
        });
        Text::concat(pieces)
    }
}

/// Whether a JSON text, read so far, is inside of a string.
#[derive(Default)]
struct Inside {
    a_string: bool,
    escaped: bool,
}

impl Inside {
    fn read(&mut self, literal: &str) {
        for char in literal.chars() {
            match char {
                _ if self.escaped => self.escaped = false,
                '\\' if self.a_string => self.escaped = true,
                '"' => self.a_string = !self.a_string,
                _ => {}
            }
        }
    }
}
