//! Strings that may hold symbols.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::Symbol;

/// A part of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Piece {
    /// Characters that are known.
    Literal(Arc<str>),
    /// A string that is known by its reference only.
    Symbol(Symbol),
}

/// A string of literal parts and symbols: `arn:aws:iam::` *account* `:root`.
///
/// Adjacent literals are joined, so two texts are equal exactly when they are known to be the same string.
/// A text from a sensitive value can be compared and read by the analysis but not shown: [`fmt::Display`] and
/// [`fmt::Debug`] hide it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    repr: Repr,
    sensitive: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr {
    Literal(Arc<str>),
    Pieces(Arc<[Piece]>),
}

/// What stands for a sensitive value in any output.
const HIDDEN: &str = "(sensitive value)";

impl Text {
    /// A text that is known in full.
    pub fn literal(text: impl Into<Arc<str>>) -> Self {
        Self { repr: Repr::Literal(text.into()), sensitive: false }
    }

    /// A text that is known by its reference only.
    pub fn symbol(symbol: Symbol) -> Self {
        Self { repr: Repr::Pieces(Arc::from([Piece::Symbol(symbol)])), sensitive: false }
    }

    /// Joins pieces, as interpolation does.
    pub fn concat(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        let mut literal = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(text) => literal.push_str(&text),
                Piece::Symbol(_) => {
                    flush(&mut literal, &mut joined);
                    joined.push(piece);
                }
            }
        }
        if joined.is_empty() {
            return Self::literal(literal);
        }
        flush(&mut literal, &mut joined);
        Self { repr: Repr::Pieces(joined.into()), sensitive: false }
    }

    /// The same text, marked as one that must not be shown.
    #[must_use]
    pub fn into_sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Whether it must not be shown.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// The string if it is known in full. For analysis: what is shown to people goes through [`fmt::Display`].
    pub fn as_str(&self) -> Option<&str> {
        match &self.repr {
            Repr::Literal(text) => Some(text),
            Repr::Pieces(_) => None,
        }
    }

    /// The symbol if the text is that symbol and nothing else.
    pub fn as_symbol(&self) -> Option<&Symbol> {
        match &self.repr {
            Repr::Pieces(pieces) => match &**pieces {
                [Piece::Symbol(symbol)] => Some(symbol),
                _ => None,
            },
            Repr::Literal(_) => None,
        }
    }

    /// The parts in order; a known text is one literal.
    pub fn pieces(&self) -> Cow<'_, [Piece]> {
        match &self.repr {
            Repr::Literal(text) => Cow::Owned(vec![Piece::Literal(Arc::clone(text))]),
            Repr::Pieces(pieces) => Cow::Borrowed(pieces),
        }
    }
}

fn flush(literal: &mut String, pieces: &mut Vec<Piece>) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal).into()));
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive {
            return f.write_str(HIDDEN);
        }
        match &self.repr {
            Repr::Literal(text) => f.write_str(text),
            Repr::Pieces(pieces) => pieces.iter().try_for_each(|piece| match piece {
                Piece::Literal(text) => f.write_str(text),
                Piece::Symbol(symbol) => write!(f, "${{{symbol}}}"),
            }),
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Symbol {
        Symbol::new("data.aws_caller_identity.current", "account_id")
    }

    #[test]
    fn equal_symbols_make_equal_texts() {
        let arn = |symbol| {
            Text::concat([
                Piece::Literal("arn:aws:".into()),
                Piece::Literal("iam::".into()),
                Piece::Symbol(symbol),
                Piece::Literal(":root".into()),
            ])
        };
        assert_eq!(arn(account()), arn(account()));
        assert_ne!(arn(account()), arn(Symbol::new("data.aws_caller_identity.other", "account_id")));
        assert_eq!(
            arn(account()).to_string(),
            "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"
        );
    }

    #[test]
    fn literals_alone_are_a_known_string() {
        let text = Text::concat([Piece::Literal("a".into()), Piece::Literal("b".into())]);
        assert_eq!(text.as_str(), Some("ab"));
        assert_eq!(text, Text::from("ab"));
    }

    #[test]
    fn a_sensitive_text_can_be_compared_but_not_shown() {
        let secret = Text::from("hunter2").into_sensitive();
        assert_eq!(secret.as_str(), Some("hunter2"));
        assert_eq!(format!("{secret} {secret:?}"), "(sensitive value) \"(sensitive value)\"");
    }
}
