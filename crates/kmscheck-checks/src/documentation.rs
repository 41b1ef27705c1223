//! The documentation of a check, taken apart.
//!
//! A check's doc comment is Markdown with the headings *What it reports*, *Why it matters*, *Example*,
//! *What it leaves alone* and *References*. Its code blocks are whole configurations: `hcl,bad` has the fault,
//! `hcl,good` does not, and `hcl,before`, where there is one, is what was applied earlier.

use crate::Metadata;

/// The documentation of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documentation {
    /// The Markdown as it was written, without the space that begins the lines of a doc comment.
    pub markdown: String,
    /// The examples, in order.
    pub examples: Vec<Example>,
}

/// A configuration in the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub kind: ExampleKind,
    /// The text of the file.
    pub text: String,
}

/// What an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// What the check reports.
    Bad,
    /// The same without the fault.
    Good,
    /// What was applied before.
    Before,
}

impl ExampleKind {
    fn of(fence: &str) -> Option<Self> {
        match fence {
            "```hcl,bad" => Some(Self::Bad),
            "```hcl,good" => Some(Self::Good),
            "```hcl,before" => Some(Self::Before),
            _ => None,
        }
    }
}

impl Documentation {
    /// Takes the documentation of a check apart.
    pub fn of(check: &Metadata) -> Self {
        let lines = check.documentation.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        let markdown = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
        let examples = examples(&markdown);
        Self { markdown, examples }
    }

    /// The first example of this kind.
    pub fn example(&self, kind: ExampleKind) -> Option<&str> {
        self.examples.iter().find(|example| example.kind == kind).map(|example| example.text.as_str())
    }
}

fn examples(markdown: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = ExampleKind::of(line) else { continue };
        let text = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        examples.push(Example { kind, text });
    }
    examples
}
