//! The objects of the JSON report, one struct each.

use kmscheck_checks as checks;
use serde::Serialize;

use crate::{Entry, Notice, Problem, Report, Undetermined as Verdict};

#[derive(Serialize)]
pub(super) struct Document<'a> {
    version: u32,
    tool: Tool,
    findings: Vec<Finding<'a>>,
    undetermined: Vec<Undetermined<'a>>,
    suppressed: usize,
    suppressed_findings: Vec<Finding<'a>>,
    errors: Vec<Error<'a>>,
    notices: Vec<Limit<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Finding<'a> {
    check: &'static str,
    severity: &'static str,
    group: &'static str,
    message: &'a str,
    help: &'a str,
    url: String,
    address: &'a str,
    location: Option<Location<'a>>,
    related: Vec<Related<'a>>,
    evidence: &'a [String],
    subject: String,
    instances: Vec<Instance<'a>>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Related<'a> {
    address: &'a str,
    location: Option<Location<'a>>,
    message: &'a str,
}

#[derive(Serialize)]
struct Instance<'a> {
    root: &'a str,
    address: &'a str,
    fingerprint: String,
}

#[derive(Serialize)]
struct Undetermined<'a> {
    check: &'static str,
    root: &'a str,
    address: &'a str,
    because: &'a str,
    settle: Option<&'a str>,
}

#[derive(Serialize)]
struct Error<'a> {
    path: Option<&'a str>,
    line: Option<usize>,
    check: Option<&'static str>,
    message: &'a str,
}

#[derive(Serialize)]
struct Limit<'a> {
    kind: &'static str,
    path: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Summary {
    roots: usize,
    keys: usize,
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
    undetermined: usize,
}

impl<'a> Document<'a> {
    pub(super) fn of(report: &'a Report<'a>) -> Self {
        Self {
            version: super::VERSION,
            tool: Tool { name: "kmscheck", version: env!("CARGO_PKG_VERSION") },
            findings: report.entries.iter().map(Finding::of).collect(),
            undetermined: report.undetermined.iter().map(Undetermined::of).collect(),
            suppressed: 0,
            suppressed_findings: Vec::new(),
            errors: report.errors.iter().map(Error::of).collect(),
            notices: report.notices.iter().map(Limit::of).collect(),
            summary: Summary::of(report),
        }
    }
}

impl<'a> Finding<'a> {
    fn of(entry: &'a Entry<'a>) -> Self {
        let finding = entry.finding;
        Self {
            check: finding.check.id,
            severity: entry.severity().name(),
            group: finding.check.group.name(),
            message: &finding.message,
            help: &finding.help,
            url: finding.check.url(),
            address: &finding.address,
            location: finding.location().map(Location::of),
            related: finding.related.iter().map(Related::of).collect(),
            evidence: &finding.evidence,
            subject: finding.subject.to_string(),
            instances: entry.instances.iter().map(|instance| Instance::of(instance)).collect(),
            fingerprint: finding.fingerprint(),
        }
    }
}

impl<'a> Location<'a> {
    fn of(location: &'a kmscheck_model::Location) -> Self {
        let position = |at: kmscheck_model::Position| Position { line: at.line, column: at.column };
        Self { path: &location.path, start: position(location.start), end: position(location.end) }
    }
}

impl<'a> Related<'a> {
    fn of(related: &'a checks::Related) -> Self {
        let location = related.location.as_ref().map(Location::of);
        Self { address: &related.address, location, message: &related.message }
    }
}

impl<'a> Instance<'a> {
    fn of(finding: &'a checks::Finding) -> Self {
        Self { root: &finding.root, address: &finding.address, fingerprint: finding.fingerprint() }
    }
}

impl<'a> Undetermined<'a> {
    fn of(verdict: &Verdict<'a>) -> Self {
        Self {
            check: verdict.check,
            root: verdict.root,
            address: verdict.address,
            because: &verdict.because.reason,
            settle: verdict.because.settle.as_deref(),
        }
    }
}

impl<'a> Error<'a> {
    fn of(problem: &'a Problem) -> Self {
        Self {
            path: problem.path.as_deref(),
            line: problem.line,
            check: problem.check,
            message: &problem.message,
        }
    }
}

impl<'a> Limit<'a> {
    fn of(notice: &'a Notice) -> Self {
        Self { kind: notice.kind, path: &notice.path, message: &notice.message }
    }
}

impl Summary {
    fn of(report: &Report<'_>) -> Self {
        Self {
            roots: report.counts.roots,
            keys: report.counts.keys,
            critical: report.count(checks::Severity::Critical),
            high: report.count(checks::Severity::High),
            medium: report.count(checks::Severity::Medium),
            low: report.count(checks::Severity::Low),
            info: report.count(checks::Severity::Info),
            undetermined: report.undetermined.len(),
        }
    }
}
