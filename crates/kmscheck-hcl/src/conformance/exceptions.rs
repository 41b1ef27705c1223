//! Where we know less than Terraform, or more: the classes, with their reasons.

use std::collections::BTreeMap;

use super::compare::Agreement;

/// `exceptions.txt`: after a heading `# less: why` or `# more: why`, one expression a line.
#[derive(Default)]
pub(super) struct Exceptions {
    /// The kind of each expression, and whether it was needed.
    listed: BTreeMap<String, (String, bool)>,
}

impl Exceptions {
    pub(super) fn read() -> Self {
        let mut exceptions = Self::default();
        let mut kind = "";
        for line in include_str!("exceptions.txt").lines().filter(|line| !line.is_empty()) {
            match line.strip_prefix("# ").and_then(|heading| heading.split_once(": ")) {
                Some((next, _)) => kind = next,
                None => drop(exceptions.listed.insert(line.to_owned(), (kind.to_owned(), false))),
            }
        }
        exceptions
    }

    /// Whether this need not agree with Terraform. What we know of the parts of a value needs no reason.
    pub(super) fn has(&mut self, agreement: &Agreement, expression: &str) -> bool {
        let wanted = match agreement {
            Agreement::Agrees | Agreement::LacksType => return true,
            Agreement::KnowsMore(what) if !matches!(*what, "the value" | "an error") => return true,
            Agreement::KnowsMore(_) => "more",
            Agreement::KnowsLess(_) => "less",
            Agreement::Wrong(_) => return false,
        };
        match self.listed.get_mut(&on_one_line(expression)) {
            Some((kind, used)) if kind == wanted => {
                *used = true;
                true
            }
            _ => false,
        }
    }

    /// Those that agree by now, or are no expressions of the answers.
    pub(super) fn unused(&self) -> Vec<&String> {
        self.listed.iter().filter(|(_, (_, used))| !used).map(|(expression, _)| expression).collect()
    }
}

/// The expression as it stands in the list.
fn on_one_line(expression: &str) -> String {
    expression.replace('\n', "⏎")
}
