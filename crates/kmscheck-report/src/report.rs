//! What all formats are made from.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_checks::{Evaluation, Finding, Severity, Verdict};
use kmscheck_model::Location;
use kmscheck_value::{AttributePath, Because};

/// What a run found, in the order in which it is shown.
#[derive(Debug)]
pub struct Report<'a> {
    /// The findings: the gravest first, then by root, address, check and subject.
    pub entries: Vec<Entry<'a>>,
    /// The verdicts that could not be reached, by root, address and check.
    pub undetermined: Vec<Undetermined<'a>>,
    /// What could not be done.
    pub errors: &'a [Problem],
    /// What limits the analysis.
    pub notices: &'a [Notice],
    /// How much was looked at.
    pub counts: Counts,
    /// The source that findings stand in.
    pub texts: &'a Texts,
}

/// The text of source files, by the names that locations have.
pub type Texts = BTreeMap<Arc<str>, Arc<str>>;

/// One finding, with all the ways that lead to it.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The finding; of several instances the first.
    pub finding: &'a Finding,
    /// The same place of the source reached through several roots or module instances, sorted; without source, one.
    pub instances: Vec<&'a Finding>,
}

/// A verdict that could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undetermined<'a> {
    /// The root.
    pub root: &'a str,
    /// The resource.
    pub address: &'a str,
    /// The id of the check.
    pub check: &'static str,
    /// Why.
    pub because: &'a Because,
}

/// Something that could not be done: an input that could not be read, or a bug.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The input.
    pub path: Option<String>,
    /// The line in it, from 1.
    pub line: Option<usize>,
    /// The check at fault, if it is one.
    pub check: Option<&'static str>,
    /// What happened and what to do.
    pub message: String,
}

/// Something that limits the analysis but is no error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Which.
    pub kind: &'static str,
    /// The input.
    pub path: String,
    /// What it means and what to do.
    pub message: String,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Root modules.
    pub roots: usize,
    /// Keys.
    pub keys: usize,
}

impl<'a> Report<'a> {
    /// Sorts and groups what the checks said.
    pub fn new(
        evaluations: &'a [Evaluation],
        errors: &'a [Problem],
        notices: &'a [Notice],
        counts: Counts,
        texts: &'a Texts,
    ) -> Self {
        let findings = evaluations.iter().filter_map(|evaluation| match &evaluation.verdict {
            Verdict::Violated(finding) => Some(&**finding),
            Verdict::Satisfied | Verdict::Undetermined(_) => None,
        });
        Self {
            entries: entries(findings),
            undetermined: undetermined(evaluations),
            errors,
            notices,
            counts,
            texts,
        }
    }

    /// The number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.entries.iter().filter(|entry| entry.severity() == severity).count()
    }

    /// The gravest severity of all findings.
    pub fn gravest(&self) -> Option<Severity> {
        self.entries.iter().map(Entry::severity).max()
    }
}

impl Entry<'_> {
    /// The severity: that of the gravest instance.
    pub fn severity(&self) -> Severity {
        self.instances.iter().map(|finding| finding.severity).max().unwrap_or(self.finding.severity)
    }
}

fn entries<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Entry<'a>> {
    // Each check gives its findings nearly in this order: sorting them costs little.
    let mut places: Vec<_> = findings.map(|finding| (Place::of(finding), finding)).collect();
    places.sort_by(|(a, _), (b, _)| a.cmp(b));
    let same = places.chunk_by(|(a, _), (b, _)| a == b);
    let instances = same.map(|same| same.iter().map(|(_, finding)| *finding).collect());
    let mut entries: Vec<_> = instances.filter_map(entry).collect();
    entries.sort_by(|a, b| order(a).cmp(&order(b)));
    entries
}

/// What makes two findings one: in the source their place; without source they are one only if they are the same.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    Source(&'a Location, &'static str, &'a AttributePath),
    Object(&'a str, &'a str, &'static str, &'a AttributePath, &'a str),
}

impl<'a> Place<'a> {
    fn of(finding: &'a Finding) -> Self {
        let (check, subject) = (finding.check.id, &finding.subject);
        match finding.location() {
            Some(location) => Self::Source(location, check, subject),
            None => Self::Object(&finding.root, &finding.address, check, subject, &finding.message),
        }
    }
}

fn entry(mut instances: Vec<&Finding>) -> Option<Entry<'_>> {
    instances.sort_by_key(|finding| (&finding.root, &finding.address));
    instances.dedup_by_key(|finding| (&finding.root, &finding.address));
    let finding = instances.first().copied()?;
    Some(Entry { finding, instances })
}

type Order<'a> = (Reverse<Severity>, &'a str, &'a str, &'static str, &'a AttributePath, &'a str);

fn order<'a>(entry: &Entry<'a>) -> Order<'a> {
    let finding = entry.finding;
    let severity = Reverse(entry.severity());
    (severity, &finding.root, &finding.address, finding.check.id, &finding.subject, &finding.message)
}

fn undetermined(evaluations: &[Evaluation]) -> Vec<Undetermined<'_>> {
    let mut undetermined: Vec<_> = evaluations
        .iter()
        .filter_map(|evaluation| match &evaluation.verdict {
            Verdict::Undetermined(because) => Some(Undetermined {
                root: &evaluation.root,
                address: &evaluation.address,
                check: evaluation.check.id,
                because,
            }),
            Verdict::Violated(_) | Verdict::Satisfied => None,
        })
        .collect();
    undetermined.sort_unstable();
    undetermined.dedup();
    undetermined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NO_TEXTS, finding, source, undetermined, violated};

    /// The addresses of the instances of each entry.
    fn addresses(evaluations: &[Evaluation]) -> Vec<Vec<String>> {
        let report = Report::new(evaluations, &[], &[], Counts::default(), NO_TEXTS);
        let instances =
            |entry: &Entry<'_>| entry.instances.iter().map(|one| one.address.to_string()).collect();
        report.entries.iter().map(instances).collect()
    }

    #[test]
    fn the_gravest_come_first_then_by_root_and_address() {
        let mut last = finding("a", "a");
        last.severity = Severity::Low;
        let evaluations = [violated(last), violated(finding("b", "x")), violated(finding("b", "w"))];
        assert_eq!(addresses(&evaluations), [["w"], ["x"], ["a"]]);
    }

    #[test]
    fn one_place_reached_through_several_roots_is_one_finding() {
        let at = |root: &str, address: &str, line| {
            let mut finding = finding(root, address);
            finding.source = Some(source("main.tf", line));
            violated(finding)
        };
        assert_eq!(
            addresses(&[at("b", "m1", 3), at("a", "m2", 3), at("a", "n", 4)]),
            [vec!["m2", "m1"], vec!["n"]]
        );
    }

    #[test]
    fn without_a_place_nothing_is_merged() {
        let evaluations = [violated(finding("a", "x")), violated(finding("b", "x"))];
        assert_eq!(addresses(&evaluations), [["x"], ["x"]]);
    }

    #[test]
    fn what_is_undetermined_for_one_reason_is_said_once() {
        let evaluations = [undetermined("x"), undetermined("x"), undetermined("a")];
        let report = Report::new(&evaluations, &[], &[], Counts::default(), NO_TEXTS);
        let addresses: Vec<_> = report.undetermined.iter().map(|one| one.address).collect();
        assert_eq!(addresses, ["a", "x"]);
    }
}
