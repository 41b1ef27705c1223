//! `terraform plan -json`: what Terraform complains of, and about which case.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::answer::Failure;

/// Stands in the answers for the file of the case.
const FILE: &str = "main.tf";

/// The errors of one run.
#[derive(Default)]
pub(super) struct Complaints {
    /// The first error in the file of a case, with its place there.
    pub(super) placed: BTreeMap<usize, (usize, Failure)>,
    /// An error of which Terraform does not tell the place.
    pub(super) elsewhere: Option<Failure>,
}

/// A line of the log.
#[derive(Deserialize)]
struct Line {
    diagnostic: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    summary: String,
    detail: String,
    range: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    filename: String,
    start: Start,
}

#[derive(Deserialize)]
struct Start {
    byte: usize,
}

impl Complaints {
    /// Reads a log. `number` tells which case a file is about.
    pub(super) fn read(log: &str, number: impl Fn(&str) -> Option<usize>) -> Result<Self, String> {
        let mut complaints = Self::default();
        for line in log.lines() {
            let line: Line =
                serde_json::from_str(line).map_err(|error| format!("terraform plan: {error}"))?;
            let Some(diagnostic) = line.diagnostic.filter(|found| found.severity == "error") else {
                continue;
            };
            let Diagnostic { summary, detail, range, .. } = diagnostic;
            let place = range.and_then(|range| Some((number(&range.filename)?, range)));
            match place {
                Some((number, Range { filename, start })) => {
                    // Where a function of Terraform's crashes, its stack follows, which differs each time.
                    let detail = detail.split("\ngoroutine ").next().unwrap_or_default();
                    let detail = detail.replace(&filename, FILE);
                    complaints.add(number, start.byte, Failure { summary, detail });
                }
                None => complaints.elsewhere = Some(Failure { summary, detail }),
            }
        }
        Ok(complaints)
    }

    fn add(&mut self, number: usize, byte: usize, failure: Failure) {
        if self.placed.get(&number).is_none_or(|(before, _)| byte < *before) {
            self.placed.insert(number, (byte, failure));
        }
    }
}
