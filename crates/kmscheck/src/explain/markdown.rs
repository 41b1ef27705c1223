//! Markdown for the terminal: as much of it as the documentation of checks uses.

use kmscheck_report::{Palette, wrap};

/// Renders headings, paragraphs, lists and code blocks at `width` columns.
pub(crate) fn render(markdown: &str, width: usize, palette: &Palette) -> String {
    let mut page = Page { text: String::new(), paragraph: String::new(), width, palette };
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix('#') {
            page.heading(heading.trim_start_matches('#').trim());
        } else if line.starts_with("```") {
            page.code(line, lines.by_ref().take_while(|line| *line != "```"));
        } else if line.is_empty() {
            page.end_paragraph();
        } else {
            page.continue_paragraph(line);
        }
    }
    page.end_paragraph();
    format!("{}\n", page.text.trim_end())
}

struct Page<'p> {
    text: String,
    paragraph: String,
    width: usize,
    palette: &'p Palette,
}

impl Page<'_> {
    fn heading(&mut self, text: &str) {
        self.end_paragraph();
        let strong = self.palette.strong;
        self.text += &format!("{strong}{text}{strong:#}\n\n");
    }

    /// A fence may say what the block is an example of: `hcl,bad`.
    fn code<'l>(&mut self, fence: &str, lines: impl Iterator<Item = &'l str>) {
        self.end_paragraph();
        let Palette { faint, strong, .. } = *self.palette;
        if let Some((_, kind)) = fence.split_once(',') {
            self.text += &format!("  {strong}{kind}{strong:#}\n");
        }
        for line in lines {
            self.text += &format!("  {faint}|{faint:#} {line}\n");
        }
        self.text.push('\n');
    }

    fn continue_paragraph(&mut self, line: &str) {
        if line.starts_with("- ") {
            self.flush();
        } else if !self.paragraph.is_empty() {
            self.paragraph.push(' ');
        }
        self.paragraph += line.trim_start();
    }

    fn end_paragraph(&mut self) {
        if !self.paragraph.is_empty() {
            self.flush();
            self.text.push('\n');
        }
    }

    fn flush(&mut self) {
        if self.paragraph.is_empty() {
            return;
        }
        let paragraph = link_targets(&std::mem::take(&mut self.paragraph));
        let rest = if paragraph.starts_with("- ") { "    " } else { "  " };
        self.text += &wrap(&paragraph, self.width, "  ", rest);
    }
}

/// `[words](target)` as `words (target)`.
fn link_targets(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, words, target, after)) = next_link(rest) {
        result += &format!("{before}{words} <{target}>");
        rest = after;
    }
    result + rest
}

fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, words) = head.rsplit_once('[')?;
    let (target, after) = tail.split_once(')')?;
    Some((before, words, target, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_checks_are_documented_with_is_rendered() {
        let markdown =
            "# Title\n\nA text that is\nlong.\n\n```hcl,bad\nx = 1\n```\n\n- [One](https://a)\n- two";
        let text = render(markdown, 20, &Palette::plain());
        assert_eq!(
            text,
            "Title\n\n  A text that is\n  long.\n\n  bad\n  | x = 1\n\n  - One <https://a>\n  - two\n"
        );
    }
}
