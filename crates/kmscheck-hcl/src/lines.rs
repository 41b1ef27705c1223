//! From byte offsets to lines and columns.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use kmscheck_model::{Location, Position};

/// A file, to tell places in it.
#[derive(Debug)]
pub(crate) struct Lines {
    path: Arc<str>,
    text: Arc<[u8]>,
    /// The offset of the first byte of each line, once somebody has asked for a place: of most files nobody does.
    starts: OnceLock<Vec<usize>>,
}

impl Lines {
    pub(crate) fn of(path: Arc<str>, text: Arc<[u8]>) -> Self {
        Self { path, text, starts: OnceLock::new() }
    }

    pub(crate) fn text(&self) -> &Arc<[u8]> {
        &self.text
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let newlines = self.text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(offset, _)| offset + 1)).collect()
        })
    }

    pub(crate) fn path(&self) -> Arc<str> {
        Arc::clone(&self.path)
    }

    /// The position of a byte, in lines and Unicode scalars from 1.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let starts = self.starts();
        let line = starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|line| starts.get(line)).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        Position { line, column: String::from_utf8_lossy(before).chars().count() + 1 }
    }

    pub(crate) fn location(&self, range: Range<usize>) -> Location {
        let (start, end) = (self.position(range.start), self.position(range.end));
        Location { path: self.path(), start, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let lines = Lines::of("main.tf".into(), "a = 1\n# é\nb = \"é\" # x\n".as_bytes().into());
        let position = |offset| {
            let position = lines.position(offset);
            (position.line, position.column)
        };
        assert_eq!([position(0), position(4), position(6)], [(1, 1), (1, 5), (2, 1)]);
        assert_eq!(position(18), (3, 7), "after two bytes of one character");
        assert_eq!(position(1000), (4, 1), "beyond the end");
    }
}
