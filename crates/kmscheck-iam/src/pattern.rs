//! Matching with `*` and `?`, where pattern and value may hold symbols.

use kmscheck_value::{Piece, Symbol, Text, Truth};

/// Above this many comparisons a match is not decided: no pattern that people write comes near it.
const LIMIT: usize = 1 << 20;

/// A text to match values with.
#[derive(Debug, Clone)]
pub struct Pattern {
    tokens: Vec<Token>,
    ignore_case: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters, also none.
    Many,
    /// A symbol: some characters that are not known.
    Hole(Symbol),
}

impl Pattern {
    /// An element of `Action` or `NotAction`: `*` and `?` are wildcards, and case does not matter.
    /// Source: IAM user guide, "IAM JSON policy elements: Action".
    pub fn action(text: &Text) -> Self {
        Self { tokens: tokens(text, true), ignore_case: true }
    }

    /// A value under `StringLike`, or an element of `Resource`: `*` and `?` are wildcards.
    pub fn like(text: &Text) -> Self {
        Self { tokens: tokens(text, true), ignore_case: false }
    }

    /// A value under `StringEquals`: `*` and `?` are themselves.
    pub fn exact(text: &Text) -> Self {
        Self { tokens: tokens(text, false), ignore_case: false }
    }

    /// A value under `StringEqualsIgnoreCase`.
    pub fn exact_ignoring_case(text: &Text) -> Self {
        Self { tokens: tokens(text, false), ignore_case: true }
    }

    /// Whether `value` matches: yes or no if that is so whatever the symbols stand for.
    pub fn matches(&self, value: &Text) -> Truth {
        let value = tokens(value, false);
        if (self.tokens.len() + 1).saturating_mul(value.len() + 1) > LIMIT {
            return Truth::Unknown;
        }
        if self.search(&value, Reading::Certain) {
            return Truth::Yes;
        }
        let known = self.tokens.iter().chain(&value).all(|token| !matches!(token, Token::Hole(_)));
        if known || !self.search(&value, Reading::Possible) { Truth::No } else { Truth::Unknown }
    }

    /// Whether it matches whatever it is compared with.
    pub fn is_anything(&self) -> bool {
        !self.tokens.is_empty() && self.tokens.iter().all(|token| *token == Token::Many)
    }

    /// Dynamic programming over the tails of both: `row[j]` says whether the rest of the pattern matches
    /// `value[j..]`.
    fn search(&self, value: &[Token], reading: Reading) -> bool {
        let mut next = ends(value, reading);
        for token in self.tokens.iter().rev() {
            next = self.row(token, value, &next, reading);
        }
        next.first().copied().unwrap_or(false)
    }

    fn row(&self, token: &Token, value: &[Token], next: &[bool], reading: Reading) -> Vec<bool> {
        let mut row = vec![false; value.len() + 1];
        let at = |row: &[bool], j: usize| row.get(j).copied().unwrap_or(false);
        for j in (0..=value.len()).rev() {
            let here = value.get(j);
            let further = here.is_some() && at(&row, j + 1);
            let open = reading == Reading::Possible;
            let matched = match (token, here) {
                (Token::Many, _) => at(next, j) || further,
                (Token::Hole(_), _) if open => at(next, j) || further,
                (_, Some(Token::Hole(_))) if open => at(next, j) || further,
                (Token::One, Some(Token::Hole(_))) | (_, None) => false,
                (Token::One, Some(_)) => at(next, j + 1),
                (token, Some(here)) => self.same(token, here) && at(next, j + 1),
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = matched;
            }
        }
        row
    }

    fn same(&self, a: &Token, b: &Token) -> bool {
        match (a, b) {
            (Token::Char(a), Token::Char(b)) if self.ignore_case => a.eq_ignore_ascii_case(b),
            _ => a == b,
        }
    }
}

/// How a search takes a symbol.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// As something that equals itself only.
    Certain,
    /// As whatever makes the two match.
    Possible,
}

/// What an exhausted pattern matches: nothing, or symbols that may be empty.
fn ends(value: &[Token], reading: Reading) -> Vec<bool> {
    let mut row = vec![false; value.len() + 1];
    let mut matched = true;
    for (cell, token) in row.iter_mut().rev().zip(std::iter::once(None).chain(value.iter().rev().map(Some))) {
        let empty = match token {
            None => true,
            Some(Token::Hole(_)) => reading == Reading::Possible,
            Some(_) => false,
        };
        matched &= empty;
        *cell = matched;
    }
    row
}

fn tokens(text: &Text, wildcards: bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    for piece in text.pieces().iter() {
        match piece {
            Piece::Symbol(symbol) => tokens.push(Token::Hole(symbol.clone())),
            Piece::Literal(literal) => tokens.extend(literal.chars().map(|char| match char {
                '*' if wildcards => Token::Many,
                '?' if wildcards => Token::One,
                plain => Token::Char(plain),
            })),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pieces: &[&str]) -> Text {
        Text::concat(pieces.iter().map(|piece| match piece.strip_prefix('$') {
            Some(name) => Piece::Symbol(Symbol::new(name, "")),
            None => Piece::Literal((*piece).into()),
        }))
    }

    #[test]
    fn wildcards_match_and_case_matters_where_it_should() {
        let action = |pattern: &str, value: &str| Pattern::action(&pattern.into()).matches(&value.into());
        assert_eq!(action("KMS:de*", "kms:Decrypt"), Truth::Yes);
        assert_eq!(action("kms:*crypt", "kms:Encrypt"), Truth::Yes);
        assert_eq!(action("kms:Decryp?", "kms:Decrypt"), Truth::Yes);
        assert_eq!(action("kms:Decrypt?", "kms:Decrypt"), Truth::No);
        assert_eq!(action("*", ""), Truth::Yes);
        assert_eq!(Pattern::like(&"A*".into()).matches(&"ab".into()), Truth::No);
        assert_eq!(Pattern::exact(&"a*".into()).matches(&"ab".into()), Truth::No);
    }

    #[test]
    fn the_literal_parts_decide_where_they_can() {
        let like = |pattern: &[&str], value: &[&str]| Pattern::like(&text(pattern)).matches(&text(value));
        assert_eq!(like(&["s3:", "$x"], &["kms:Decrypt"]), Truth::No);
        assert_eq!(like(&["kms:", "$x"], &["kms:Decrypt"]), Truth::Unknown);
        assert_eq!(like(&["arn:*"], &["arn:", "$x"]), Truth::Yes);
        assert_eq!(like(&["arn:?"], &["arn:", "$x"]), Truth::Unknown);
        assert_eq!(like(&["a", "$x", "b"], &["a", "$x", "b"]), Truth::Yes);
        assert_eq!(like(&["a", "$x", "b"], &["a", "$y", "b"]), Truth::Unknown);
        assert_eq!(like(&["a", "$x", "b"], &["a", "$y", "c"]), Truth::No);
        assert_eq!(like(&["*"], &["$x"]), Truth::Yes);
        assert_eq!(like(&["$x"], &[""]), Truth::Unknown);
    }

    #[test]
    fn a_match_that_would_take_too_long_is_not_decided() {
        let long = "*a".repeat(2_000);
        assert_eq!(Pattern::like(&long.as_str().into()).matches(&long.as_str().into()), Truth::Unknown);
    }
}
