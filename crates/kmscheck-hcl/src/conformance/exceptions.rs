//! Where we know less than Terraform, or more: the classes, with their reasons.

use std::collections::BTreeMap;

use super::compare::Agreement;

/// `exceptions.txt`: after a heading with `#`, which is the reason, one expression a line.
#[derive(Default)]
pub(super) struct Exceptions {
    /// Whether each was needed.
    used: BTreeMap<String, bool>,
}

impl Exceptions {
    pub(super) fn read() -> Self {
        let lines = include_str!("exceptions.txt").lines();
        let expressions = lines.filter(|line| !line.is_empty() && !line.starts_with("# "));
        Self { used: expressions.map(|line| (line.to_owned(), false)).collect() }
    }

    /// Whether this need not agree with Terraform. What we know of the parts of a value needs no reason.
    pub(super) fn has(&mut self, agreement: &Agreement, expression: &str) -> bool {
        match agreement {
            Agreement::Agrees => return true,
            Agreement::KnowsMore(what) if !matches!(*what, "the value" | "an error") => return true,
            Agreement::Wrong(_) => return false,
            Agreement::KnowsMore(_) | Agreement::KnowsLess(_) => {}
        }
        self.used.get_mut(&on_one_line(expression)).map(|used| *used = true).is_some()
    }

    pub(super) fn expressions(&self) -> Vec<String> {
        self.used.keys().cloned().collect()
    }

    /// Those that agree by now.
    pub(super) fn unused(&self) -> Vec<&String> {
        self.used.iter().filter(|(_, used)| !**used).map(|(expression, _)| expression).collect()
    }
}

/// The expression as it stands in the list.
pub(super) fn on_one_line(expression: &str) -> String {
    expression.replace('\n', "⏎")
}
