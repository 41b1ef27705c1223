//! Findings to show.

use std::sync::Arc;

use kmscheck_checks::{Evaluation, Finding, Group, Metadata, Needs, Related, Severity, Verdict};
use kmscheck_model::{Declaration, Lifecycle, Location, Position, Source};
use kmscheck_value::{AttributePath, Because};

use crate::Texts;

pub(crate) static CHECK: Metadata = Metadata {
    id: "example-check",
    summary: "Something is wrong",
    group: Group::Lifecycle,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
    documentation: "",
};

pub(crate) fn finding(root: &str, address: &str) -> Finding {
    Finding {
        check: &CHECK,
        severity: CHECK.severity,
        message: "What is wrong. Why it matters.".into(),
        help: "What to do.".into(),
        root: root.into(),
        address: address.into(),
        key: address.into(),
        subject: AttributePath::root(),
        source: None,
        is_secret: false,
        evidence: Vec::new(),
        related: Vec::new(),
    }
}

pub(crate) static NO_TEXTS: &Texts = &Texts::new();

/// A block whose header is the first eight columns of a line, called by a module call in line 1 of `root.tf`.
pub(crate) fn source(path: &str, line: usize) -> Source {
    let declaration =
        Declaration { header: location(path, line), places: Vec::new(), lifecycle: Lifecycle::default() };
    Source {
        declaration: Arc::new(declaration),
        calls: Arc::new([location("root.tf", 1)]),
        leads: Arc::default(),
    }
}

fn location(path: &str, line: usize) -> Location {
    let position = |column| Position { line, column };
    Location { path: path.into(), start: position(1), end: position(9) }
}

pub(crate) fn related(address: &str) -> Related {
    Related { address: address.to_owned(), location: None, message: "uses the key".into() }
}

pub(crate) fn violated(finding: Finding) -> Evaluation {
    Evaluation {
        check: finding.check,
        root: Arc::clone(&finding.root),
        address: finding.address.clone(),
        verdict: Verdict::Violated(Box::new(finding)),
    }
}

pub(crate) fn undetermined(address: &str) -> Evaluation {
    let because = Because::new("its policy is not known before apply").settled_by("Plan with the source.");
    Evaluation {
        check: &CHECK,
        root: "root".into(),
        address: address.into(),
        verdict: Verdict::Undetermined(because),
    }
}
