//! `kmscheck explain CHECK`: the documentation of a check.

mod markdown;

use kmscheck_checks::{Documentation, Metadata, Needs, registry};
use kmscheck_report::Palette;

use crate::args::ExplainArgs;
use crate::exit::Exit;
use crate::select::UnknownCheck;
use crate::{Failure, misquoted, output, terminal, trace};

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    trace(args.terminal.verbose);
    let palette = terminal::stdout_palette(args.terminal.color);
    let checks: Vec<_> = registry::called(&args.check).map(|check| check.metadata()).collect();
    let text = match (checks.is_empty(), misquoted::entry(&args.check)) {
        (false, _) => checks.iter().map(|check| page(check, &palette)).collect::<Vec<_>>().join("\n"),
        (true, Some(entry)) => markdown::render(&format!("{entry}."), terminal::width(), &palette),
        (true, None) => return Err(Failure::Said(UnknownCheck(args.check.clone()).to_string())),
    };
    output::stdout(&text)?;
    Ok(Exit::Clean)
}

fn page(check: &Metadata, palette: &Palette) -> String {
    let Palette { strong, faint, .. } = *palette;
    let style = palette.severity(check.severity);
    let documentation = markdown::render(&Documentation::of(check).markdown, terminal::width(), palette);
    format!(
        "{style}{}{style:#}: {strong}{}{strong:#}\n{faint}{}{faint:#}\n\n{documentation}",
        check.id,
        check.summary,
        facts(check),
    )
}

fn facts(check: &Metadata) -> String {
    let mut facts = vec![format!("severity {}", check.severity), format!("group {}", check.group)];
    if check.needs == Needs::Plan {
        facts.push("needs a plan".to_owned());
    }
    if !check.default {
        facts.push("off unless selected".to_owned());
    }
    if !check.aliases.is_empty() {
        facts.push(format!("elsewhere {}", check.aliases.join(", ")));
    }
    facts.join("; ")
}
