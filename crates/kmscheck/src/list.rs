//! `kmscheck checks`: the list of all checks.

use std::fmt::Write as _;

use kmscheck_checks::{Group, Metadata, Needs, registry};
use kmscheck_report::{Palette, json, wrap};
use serde::Serialize;

use crate::args::{ChecksArgs, ListFormat};
use crate::exit::Exit;
use crate::{Failure, output, terminal, trace};

pub(crate) fn run(args: &ChecksArgs) -> Result<Exit, Failure> {
    trace(args.terminal.verbose);
    let text = match args.format {
        ListFormat::Full => table(&terminal::stdout_palette(args.terminal.color)),
        ListFormat::Json => json::to_string(&checks().map(View::of).collect::<Vec<_>>()),
    };
    output::stdout(&text)?;
    Ok(Exit::Clean)
}

fn checks() -> impl Iterator<Item = &'static Metadata> {
    registry::all().iter().map(|check| check.metadata())
}

fn table(palette: &Palette) -> String {
    let mut text = String::new();
    let Palette { strong, faint, .. } = *palette;
    for group in Group::ALL.into_iter().filter(|group| checks().any(|check| check.group == *group)) {
        let _ = writeln!(text, "{strong}{group}{strong:#} {faint}({}){faint:#}", group.title());
        let members = checks().filter(|check| check.group == group);
        text.extend(members.map(|check| row(check, palette)));
        text.push('\n');
    }
    let hint = "`kmscheck explain CHECK` shows what a check reports, why, and what it leaves alone.";
    text + &wrap(hint, terminal::width(), &format!("{faint}"), "") + &format!("{faint:#}")
}

fn row(check: &Metadata, palette: &Palette) -> String {
    let style = palette.severity(check.severity);
    let ids = checks().map(|check| check.id.len()).max().unwrap_or_default();
    let first = format!("  {:ids$}  {style}{:8}{style:#}  ", check.id, check.severity);
    let rest = " ".repeat(ids + 14);
    wrap(check.summary, terminal::width(), &first, &rest)
}

#[derive(Serialize)]
struct View {
    id: &'static str,
    group: &'static str,
    severity: &'static str,
    summary: &'static str,
    aliases: &'static [&'static str],
    needs_plan: bool,
    default: bool,
    url: String,
}

impl View {
    fn of(check: &'static Metadata) -> Self {
        Self {
            id: check.id,
            group: check.group.name(),
            severity: check.severity.name(),
            summary: check.summary,
            aliases: check.aliases,
            needs_plan: check.needs == Needs::Plan,
            default: check.default,
            url: check.url(),
        }
    }
}
