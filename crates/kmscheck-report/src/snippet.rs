//! A line of source, with the part that matters.

use kmscheck_model::Location;

use crate::{Texts, escape};

/// The first line of a location.
pub(crate) struct Snippet {
    /// Its number.
    pub(crate) line: usize,
    /// Its text, fit for a terminal.
    pub(crate) text: String,
    /// How many columns are before the part that matters.
    pub(crate) before: usize,
    /// How many columns it has in this line.
    pub(crate) marked: usize,
}

impl Snippet {
    /// `None` if the text is not at hand.
    pub(crate) fn of(location: &Location, texts: &Texts) -> Option<Self> {
        let line = location.start.line;
        let text = texts.get(&location.path)?.lines().nth(line.checked_sub(1)?)?;
        let (before, marked) = split(text, location);
        let marked_width = width(&shown(marked.trim_end()));
        Some(Self {
            line,
            text: shown(text.trim_end()),
            before: width(&shown(before)),
            marked: marked_width.max(1),
        })
    }

    /// How many digits the number has.
    pub(crate) fn digits(&self) -> usize {
        self.line.to_string().len()
    }
}

/// What comes before the part that matters, and as much of that part as is in its first line.
fn split<'t>(text: &'t str, location: &Location) -> (&'t str, &'t str) {
    let offset =
        |column: usize| text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let end = if location.end.line == location.start.line { offset(location.end.column) } else { text.len() };
    let (before, rest) = text.split_at(offset(location.start.column).min(end));
    (before, rest.get(..end - before.len()).unwrap_or(rest))
}

fn shown(text: &str) -> String {
    escape::line(&text.replace('\t', "  ")).into_owned()
}

fn width(text: &str) -> usize {
    textwrap::core::display_width(text)
}

#[cfg(test)]
mod tests {
    use kmscheck_model::Position;

    use super::*;

    fn snippet(text: &str, start: (usize, usize), end: (usize, usize)) -> (String, usize, usize) {
        let position = |(line, column)| Position { line, column };
        let location = Location { path: "main.tf".into(), start: position(start), end: position(end) };
        let snippet = Snippet::of(&location, &Texts::from([("main.tf".into(), text.into())])).unwrap();
        (snippet.text, snippet.before, snippet.marked)
    }

    #[test]
    fn the_part_is_marked_in_its_first_line() {
        assert_eq!(snippet("a = 1\n  b = 2\n", (2, 3), (2, 8)), ("  b = 2".to_owned(), 2, 5));
        assert_eq!(snippet("  b = [\n 1\n]\n", (1, 3), (3, 2)), ("  b = [".to_owned(), 2, 5));
        assert_eq!(snippet("\tb = 2", (1, 2), (1, 7)), ("  b = 2".to_owned(), 2, 5));
        assert_eq!(snippet("é漢 = 2", (1, 2), (1, 3)), ("é漢 = 2".to_owned(), 1, 2));
        assert_eq!(snippet("a", (1, 9), (1, 12)).2, 1, "beyond the end of a file that has changed");
    }

    #[test]
    fn a_line_that_is_not_there_is_not_shown() {
        let position = Position { line: 7, column: 1 };
        let location = Location { path: "main.tf".into(), start: position, end: position };
        assert!(Snippet::of(&location, &Texts::from([("main.tf".into(), "a\n".into())])).is_none());
        assert!(Snippet::of(&location, &Texts::new()).is_none());
    }
}
