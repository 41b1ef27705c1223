//! One line a finding, for logs, editors and `grep`.

use std::fmt::Write as _;

use crate::full::Options;
use crate::paragraph::first_sentence;
use crate::{Entry, Report, escape, summary};

/// The report, one line a finding. The width does not matter: what reads lines must find whole ones.
pub fn render(report: &Report<'_>, options: &Options) -> String {
    let mut text = String::new();
    let several_roots = report.counts.roots > 1;
    for entry in &report.entries {
        let style = options.palette.severity(entry.severity());
        let strong = options.palette.strong;
        let (what, _) = first_sentence(&entry.finding.message);
        let _ = writeln!(
            text,
            "{style}{}[{}]{style:#} {}{strong}{}{strong:#}: {}",
            entry.severity(),
            entry.finding.check.id,
            escape::line(&place(entry, several_roots)),
            escape::line(&entry.finding.address),
            escape::line(what),
        );
    }
    if options.show_undetermined {
        for undetermined in &report.undetermined {
            let root = if several_roots { format!("{}: ", undetermined.root) } else { String::new() };
            let _ = writeln!(
                text,
                "undetermined[{}] {}{}: {}",
                undetermined.check,
                escape::line(&root),
                escape::line(undetermined.address),
                escape::line(&undetermined.because.reason),
            );
        }
    }
    if !options.quiet {
        let _ = writeln!(text, "{}", summary::line(report, options.show_undetermined));
    }
    text
}

fn place(entry: &Entry<'_>, several_roots: bool) -> String {
    let finding = entry.finding;
    match finding.location() {
        Some(location) => format!("{}:{}:{}: ", location.path, location.start.line, location.start.column),
        None if several_roots => format!("{}: ", finding.root),
        None => String::new(),
    }
}
