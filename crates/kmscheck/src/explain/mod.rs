//! `kmscheck explain CHECK`: the documentation of a check.

mod markdown;

use kmscheck_checks::{Documentation, Metadata, Needs, registry};
use kmscheck_report::{Palette, wrap};

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
    let strong = palette.strong;
    let style = palette.severity(check.severity);
    let name = format!("{style}{}{style:#}: {strong}", check.id);
    let title = wrap(check.summary, terminal::width(), &name, "");
    let documentation = markdown::render(&Documentation::of(check).markdown, terminal::width(), palette);
    format!("{}{strong:#}\n{}\n{documentation}", title.trim_end(), facts(check, palette))
}

fn facts(check: &Metadata, palette: &Palette) -> String {
    let faint = palette.faint;
    let needs = match check.needs {
        Needs::Anything => "any input",
        Needs::Plan => "a plan",
        Needs::Source => "a plan with its source (`--source`)",
    };
    let runs = if check.default { "by default" } else { "when selected" };
    let facts = [
        ("severity", check.severity.name()),
        ("group", check.group.name()),
        ("needs", needs),
        ("runs", runs),
        ("elsewhere", &check.aliases.join(", ")),
    ];
    let facts = facts.iter().filter(|(_, value)| !value.is_empty());
    let line = |(name, value): &(&str, &str)| {
        let first = format!("  {faint}{name:<10}{faint:#} ");
        wrap(value, terminal::width(), &first, "             ")
    };
    facts.map(line).collect()
}
