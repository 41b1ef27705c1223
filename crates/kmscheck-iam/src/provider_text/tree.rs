//! JSON as Go's encoder writes it.
//!
//! Source: Go, `encoding/json`: `Marshal`, `MarshalIndent` and `HTMLEscape`.

use std::fmt::Write as _;

use kmscheck_value::{Piece, Text};

/// JSON that is ready to be written.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    /// A string.
    Text(Text),
    /// `null`, a boolean or a number.
    Word(String),
    /// A list.
    Array(Vec<Self>),
    /// An object, in the order in which it is written.
    Object(Vec<(Text, Self)>),
}

/// How much space there is between the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Each on its own line, two spaces for each level.
    Indented,
    /// None.
    Minified,
}

/// An object of those elements that there are.
pub(super) fn elements<const N: usize>(all: [(&str, Option<Tree>); N]) -> Tree {
    Tree::Object(all.into_iter().filter_map(|(name, tree)| Some((name.into(), tree?))).collect())
}

/// A number as Go writes a `float64`: with an exponent only where it is very small or very large.
pub(super) fn number(number: f64) -> Tree {
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return Tree::Word(number.to_string());
    }
    let written = format!("{number:e}");
    let exponent = if size < 1.0 { "e" } else { "e+" };
    Tree::Word(written.replace('e', exponent))
}

/// The text of a tree.
pub(super) fn write(tree: &Tree, layout: Layout) -> Text {
    let mut writer = Writer { layout, pieces: Vec::new(), literal: String::new(), sensitive: false };
    writer.tree(tree, 0);
    writer.finish()
}

struct Writer {
    layout: Layout,
    pieces: Vec<Piece>,
    /// What comes after the last piece.
    literal: String,
    sensitive: bool,
}

impl Writer {
    fn finish(mut self) -> Text {
        self.pieces.push(Piece::Literal(self.literal.into()));
        let text = Text::concat(self.pieces);
        if self.sensitive { text.into_sensitive() } else { text }
    }

    fn tree(&mut self, tree: &Tree, depth: usize) {
        match tree {
            Tree::Text(text) => self.string(text),
            Tree::Word(word) => self.literal.push_str(word),
            Tree::Array(items) => self.list('[', ']', items, depth, |writer, item| {
                writer.tree(item, depth + 1);
            }),
            Tree::Object(elements) => self.list('{', '}', elements, depth, |writer, (name, tree)| {
                writer.string(name);
                writer.literal.push_str(if writer.layout == Layout::Indented { ": " } else { ":" });
                writer.tree(tree, depth + 1);
            }),
        }
    }

    fn list<T>(&mut self, open: char, close: char, items: &[T], depth: usize, write: impl Fn(&mut Self, &T)) {
        self.literal.push(open);
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                self.literal.push(',');
            }
            self.line(depth + 1);
            write(self, item);
        }
        if !items.is_empty() {
            self.line(depth);
        }
        self.literal.push(close);
    }

    fn line(&mut self, depth: usize) {
        if self.layout == Layout::Indented {
            self.literal.push('\n');
            self.literal.extend(std::iter::repeat_n("  ", depth));
        }
    }

    fn string(&mut self, text: &Text) {
        self.sensitive |= text.is_sensitive();
        self.literal.push('"');
        for piece in text.pieces().iter() {
            match piece {
                Piece::Literal(literal) => literal.chars().for_each(|char| self.char(char)),
                Piece::Symbol(_) => {
                    self.pieces.push(Piece::Literal(std::mem::take(&mut self.literal).into()));
                    self.pieces.push(piece.clone());
                }
            }
        }
        self.literal.push('"');
    }

    fn char(&mut self, char: char) {
        match char {
            '"' | '\\' => self.literal.extend(['\\', char]),
            '\u{8}' => self.literal.push_str("\\b"),
            '\u{c}' => self.literal.push_str("\\f"),
            '\n' => self.literal.push_str("\\n"),
            '\r' => self.literal.push_str("\\r"),
            '\t' => self.literal.push_str("\\t"),
            '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(self.literal, "\\u{:04x}", u32::from(char));
            }
            _ => self.literal.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_an_exponent_as_in_go() {
        let shown = |value: f64| match number(value) {
            Tree::Word(word) => word,
            other => format!("{other:?}"),
        };
        let values = [5.0, -0.0, 1.5, 1e20, 1e21, -1.25e-7, 1e-6, 1.234_567_890_123_456_8e29];
        assert_eq!(
            values.map(shown),
            [
                "5",
                "-0",
                "1.5",
                "100000000000000000000",
                "1e+21",
                "-1.25e-7",
                "0.000001",
                "1.2345678901234568e+29"
            ]
        );
    }
}
