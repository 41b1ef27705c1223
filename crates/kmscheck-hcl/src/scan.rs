//! A scanner that knows brackets, strings, heredocs and comments, and nothing else of the language.

use std::ops::Range;

/// What the parser trips over in a file, by place.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The line ends, and comments, directly inside `{ for … }`.
    pub(crate) breaks_in_for: Vec<Range<usize>>,
    /// All heredocs.
    pub(crate) heredocs: Vec<Heredoc>,
    /// The number of items in the object or body with the most of them, about.
    pub(crate) most_items: usize,
}

/// `<<MARKER`, the lines after it, and `MARKER`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heredoc {
    pub(crate) opening: Range<usize>,
    pub(crate) body: Range<usize>,
    pub(crate) closing: Range<usize>,
}

/// What encloses a place.
enum Frame {
    /// `(`, `[`, `{`, `${` or `%{`: an expression or a body within; `is_for` if a `for` follows the bracket.
    Bracket { is_for: bool, items: usize },
    /// A quoted string.
    Quoted,
    /// A heredoc, from the first byte of its body.
    Heredoc { opening: Range<usize>, body: usize },
}

const BRACKET: Frame = Frame::Bracket { is_for: false, items: 0 };

/// Scans a file to its end, whatever is in it.
pub(crate) fn scan(text: &[u8]) -> Scan {
    let mut scanner =
        Scanner { text, at: 0, frames: Vec::new(), pending: Vec::new(), found: Scan::default() };
    while scanner.at < text.len() {
        match scanner.frames.last() {
            Some(Frame::Quoted) => scanner.quoted(),
            Some(Frame::Heredoc { .. }) => scanner.heredoc(),
            Some(Frame::Bracket { .. }) | None => scanner.code(),
        }
    }
    scanner.found
}

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    frames: Vec<Frame>,
    /// The markers of heredocs that begin on the next line.
    pending: Vec<Range<usize>>,
    found: Scan,
}

impl Scanner<'_> {
    fn code(&mut self) {
        match self.rest() {
            [b'#', ..] | [b'/', b'/', ..] => self.comment(b"\n"),
            [b'/', b'*', ..] => self.comment(b"*/"),
            [b'"', ..] => self.enter(1, Frame::Quoted),
            [b'<', b'<', rest @ ..] if marker_length(rest).is_some() => self.heredoc_opening(),
            [b'(' | b'[', ..] => self.enter(1, BRACKET),
            [b'{', rest @ ..] => {
                let is_for = begins_with_for(rest);
                self.enter(1, Frame::Bracket { is_for, items: 0 });
            }
            [b')' | b']' | b'}', ..] => self.leave(1),
            [b'=' | b'!' | b'<' | b'>', b'=' | b'>', ..] => self.at += 2,
            [b'=' | b':', ..] => self.item(),
            [b'\n', ..] => self.line_end(),
            _ => self.at += 1,
        }
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn enter(&mut self, width: usize, frame: Frame) {
        self.at += width;
        self.frames.push(frame);
    }

    fn item(&mut self) {
        self.at += 1;
        if let Some(Frame::Bracket { items, .. }) = self.frames.last_mut() {
            *items += 1;
            self.found.most_items = self.found.most_items.max(*items);
        }
    }

    fn leave(&mut self, width: usize) {
        self.at += width;
        self.frames.pop();
    }

    fn is_in_for(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Bracket { is_for: true, .. }))
    }

    /// A comment up to `end`; a line's own end does not belong to it.
    fn comment(&mut self, end: &[u8]) {
        let length = find(self.rest(), end).unwrap_or(self.rest().len());
        let length = if end == b"\n" { length } else { (length + end.len()).min(self.rest().len()) };
        let comment = self.at..self.at + length;
        if self.is_in_for() {
            self.found.breaks_in_for.push(comment);
        }
        self.at += length;
    }

    fn line_end(&mut self) {
        let end = self.at..self.at + 1;
        self.at = end.end;
        if !self.pending.is_empty() {
            let opening = self.pending.remove(0);
            return self.frames.push(Frame::Heredoc { opening, body: self.at });
        }
        if self.is_in_for() {
            self.found.breaks_in_for.push(end);
        }
    }

    fn heredoc_opening(&mut self) {
        let after = self.rest().get(2..).unwrap_or_default();
        let flush = usize::from(after.first() == Some(&b'-'));
        let length = marker_length(after).unwrap_or_default();
        let start = self.at + 2 + flush;
        self.at = start + length;
        self.pending.push(start..self.at);
    }

    fn quoted(&mut self) {
        match self.rest() {
            [b'\\', ..] => self.at += 2,
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => self.at += 3,
            [b'$' | b'%', b'{', ..] => self.enter(2, BRACKET),
            [b'"', ..] => self.leave(1),
            _ => self.at += 1,
        }
    }

    /// At the beginning of a line, or somewhere in one.
    fn heredoc(&mut self) {
        let Some(Frame::Heredoc { opening, body }) = self.frames.last() else { return };
        let is_line_start = self.at == *body || self.text.get(self.at - 1) == Some(&b'\n');
        if is_line_start && let Some(closing) = self.closing(opening) {
            let found =
                Heredoc { opening: opening.clone(), body: *body..closing.start, closing: closing.clone() };
            self.found.heredocs.push(found);
            self.frames.pop();
            self.at = closing.end;
            return;
        }
        match self.rest() {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => self.at += 3,
            [b'$' | b'%', b'{', ..] => self.enter(2, BRACKET),
            _ => self.at += 1,
        }
    }

    /// The marker, if this line has nothing else.
    fn closing(&self, opening: &Range<usize>) -> Option<Range<usize>> {
        let marker = self.text.get(opening.clone())?;
        let line = self.rest().split(|byte| *byte == b'\n').next()?;
        let trimmed = line.trim_ascii();
        let start = self.at + line.len() - line.trim_ascii_start().len();
        (trimmed == marker).then_some(start..start + marker.len())
    }
}

/// The length of the marker in what follows `<<`, without the `-`.
fn marker_length(after: &[u8]) -> Option<usize> {
    let marker = after.strip_prefix(b"-").unwrap_or(after);
    let length = marker.iter().take_while(|byte| is_identifier(**byte)).count();
    marker.first().is_some_and(|byte| is_identifier(*byte) && !byte.is_ascii_digit()).then_some(length)
}

pub(crate) fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || !byte.is_ascii()
}

/// Whether the first word is `for`, whatever space and comments come before it.
fn begins_with_for(mut rest: &[u8]) -> bool {
    loop {
        rest = rest.trim_ascii_start();
        rest = match rest {
            [b'#', ..] | [b'/', b'/', ..] => after(rest, b"\n"),
            [b'/', b'*', ..] => after(rest, b"*/"),
            _ => {
                return rest
                    .strip_prefix(b"for")
                    .is_some_and(|rest| !rest.first().is_some_and(|byte| is_identifier(*byte)));
            }
        };
    }
}

fn after<'t>(text: &'t [u8], end: &[u8]) -> &'t [u8] {
    find(text, end).and_then(|at| text.get(at + end.len()..)).unwrap_or_default()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaks(text: &str) -> Vec<&str> {
        let scan = scan(text.as_bytes());
        scan.breaks_in_for.iter().map(|range| &text[range.clone()]).collect()
    }

    fn markers(text: &str) -> Vec<(&str, &str, &str)> {
        let part = |range: &Range<usize>| &text[range.clone()];
        let heredocs = scan(text.as_bytes()).heredocs;
        heredocs.iter().map(|found| (part(&found.opening), part(&found.body), part(&found.closing))).collect()
    }

    #[test]
    fn breaks_count_directly_inside_a_for_object_only() {
        assert_eq!(breaks("a = { for k in x : k =>\n 1 # c\n }\n"), ["\n", "# c", "\n"]);
        assert_eq!(breaks("a = {\n for k in x : k => f(\n1) }\n"), ["\n"]);
        assert!(breaks("a = [for k in x :\n k]\nb = {\n format = 1\n}\n").is_empty());
        assert_eq!(breaks("a = { /* why */ for k in x : k => \"}\n${ 1\n}\"\n }\n"), ["/* why */", "\n"]);
    }

    #[test]
    fn items_are_counted_by_object() {
        let most = |text: &str| scan(text.as_bytes()).most_items;
        assert_eq!(most("a = { b = 1, c : { d = 2 }, e = x == 1 }\nb = {}\n"), 3);
        assert_eq!(most("a = \"= = =\" # = =\n"), 0);
    }

    #[test]
    fn heredocs_end_at_a_line_with_the_marker_alone() {
        assert_eq!(markers("a = <<EOF\n x ${f(<<IN\n y\nIN\n)}\nEOF\"\n  EOF\nb = 1\n").len(), 2);
        assert_eq!(markers("a = <<-E\n EOF\n E\n"), [("E", " EOF\n ", "E")]);
        assert!(markers("a = 1 << 2\nb = \"<<EOF\"\n# <<EOF\n").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_scanned_to_its_end(text in "[\\x00-\\x7f]{0,60}|[{}\\[\\]\"$%<E\\n for#/*=-]{0,60}") {
            let found = scan(text.as_bytes());
            for range in &found.breaks_in_for {
                assert!(range.end <= text.len());
            }
            for heredoc in &found.heredocs {
                assert!(heredoc.closing.end <= text.len() && heredoc.body.start <= heredoc.body.end);
            }
        }
    }
}
