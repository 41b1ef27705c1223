//! The one line that sums up a run.

use kmscheck_checks::Severity;

use crate::Report;

/// The line, without its end: findings by severity, keys looked at, what is undetermined, what went wrong.
pub(crate) fn line(report: &Report<'_>, shown: bool) -> String {
    if report.counts.roots == 0 {
        return format!("Nothing was looked at; {}", number(report.errors.len(), "error"));
    }
    let mut parts = vec![format!("{}{}", findings(report), scope(report))];
    if !report.undetermined.is_empty() {
        let hint = if shown { "" } else { " (--show-undetermined)" };
        parts.push(format!("{} undetermined{hint}", report.undetermined.len()));
    }
    if !report.errors.is_empty() {
        parts.push(number(report.errors.len(), "error"));
    }
    parts.join("; ")
}

fn findings(report: &Report<'_>) -> String {
    let of = |severity| (report.count(severity), severity);
    let counted = Severity::ALL.into_iter().map(of).filter(|(count, _)| *count > 0);
    let severities: Vec<_> = counted.map(|(count, severity)| format!("{count} {severity}")).collect();
    match report.entries.len() {
        0 => "No findings".to_owned(),
        count => format!("{} ({})", number(count, "finding"), severities.join(", ")),
    }
}

/// "No findings" after an error is true only of what could be read.
fn scope(report: &Report<'_>) -> String {
    match (report.counts.keys, report.errors.is_empty()) {
        (0, true) if report.entries.is_empty() => ": there are no KMS keys here".to_owned(),
        (0, true) => ", and no KMS keys here".to_owned(),
        (0, false) => " in what could be read".to_owned(),
        (keys, true) => format!(" in {}", number(keys, "key")),
        (keys, false) => format!(" in the {} that could be read", number(keys, "key")),
    }
}

fn number(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use kmscheck_checks::Evaluation;

    use super::*;
    use crate::testing::{NO_TEXTS, finding, undetermined, violated};
    use crate::{Counts, Problem};

    fn summed_up(evaluations: &[Evaluation], errors: usize, counts: Counts) -> String {
        let problem = Problem { path: None, line: None, check: None, message: String::new() };
        line(&Report::new(evaluations, &vec![problem; errors], &[], counts, NO_TEXTS), false)
    }

    #[test]
    fn findings_are_counted_by_severity() {
        let mut low = finding("root", "b");
        low.severity = Severity::Low;
        let evaluations = [violated(finding("root", "a")), violated(low), undetermined("c")];
        assert_eq!(
            summed_up(&evaluations, 0, Counts { roots: 1, keys: 1 }),
            "2 findings (1 high, 1 low) in 1 key; 1 undetermined (--show-undetermined)"
        );
    }

    #[test]
    fn there_may_be_findings_without_keys() {
        let evaluations = [violated(finding("root", "a"))];
        let counts = Counts { roots: 1, keys: 0 };
        assert_eq!(summed_up(&evaluations, 0, counts), "1 finding (1 high), and no KMS keys here");
    }

    #[test]
    fn no_findings_are_never_all_clear_beside_an_error() {
        let keys = |keys| Counts { roots: 1, keys };
        assert_eq!(summed_up(&[], 0, keys(3)), "No findings in 3 keys");
        assert_eq!(summed_up(&[], 0, keys(0)), "No findings: there are no KMS keys here");
        assert_eq!(summed_up(&[], 2, keys(3)), "No findings in the 3 keys that could be read; 2 errors");
        assert_eq!(summed_up(&[], 1, keys(0)), "No findings in what could be read; 1 error");
        assert_eq!(summed_up(&[], 1, Counts::default()), "Nothing was looked at; 1 error");
    }
}
