//! `kmscheck check`: from inputs to the report and the exit code.

use kmscheck_checks::{Context, Severity};
use kmscheck_graph::{KmsGraph, KmsInterest};
use kmscheck_report::full::Options;
use kmscheck_report::{Counts, Palette, Report, concise, diagnostics, full, json};

use crate::args::{CheckArgs, Format, Sink};
use crate::config::{self, Config};
use crate::evaluate::{self, Judgement};
use crate::exit::Exit;
use crate::input::{self, Inputs};
use crate::select::Selection;
use crate::{Failure, output, terminal, trace};

pub(crate) fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    trace(args.terminal.verbose);
    one_standard_output(&args.format)?;
    let config = args.config.as_deref().map_or_else(|| Ok(Config::default()), config::read);
    let config = config.map_err(Failure::Said)?;
    let selection =
        Selection::new(&args.select, &args.ignore).map_err(|error| Failure::Said(error.to_string()))?;
    input::pool(&args.input)?.install(|| scan(args, &config, &selection))
}

fn scan(args: &CheckArgs, config: &Config, selection: &Selection) -> Result<Exit, Failure> {
    let inputs = input::read(&args.input, &KmsInterest);
    let graph = KmsGraph::build(&inputs.projects);
    tracing::info!(roots = inputs.projects.len(), keys = graph.keys().len(), "read");
    let judgement = evaluate::judge(Context { graph: &graph, settings: &config.settings }, selection);
    let Judgement { evaluations, bugs } = judgement;
    let errors = [inputs.errors.as_slice(), &bugs].concat();
    let counts = Counts { roots: inputs.projects.len(), keys: graph.keys().len() };
    let report = Report::new(&evaluations, &errors, &inputs.notices, counts);
    say(args, &report);
    for sink in &args.format {
        write(args, sink, &report)?;
    }
    Ok(exit(args, config, &inputs, &report))
}

fn one_standard_output(sinks: &[Sink]) -> Result<(), Failure> {
    if sinks.iter().filter(|sink| sink.file.is_none()).count() > 1 {
        return Err(Failure::Said(
            "only one --format can go to standard output; use --format NAME=FILE".to_owned(),
        ));
    }
    Ok(())
}

/// Errors and notices go to standard error whatever the format is: nobody should have to look for them in a report.
fn say(args: &CheckArgs, report: &Report<'_>) {
    let palette = terminal::stderr_palette(args.terminal.color);
    if !args.terminal.quiet {
        output::stderr(&diagnostics::notices(report.notices, &palette));
    }
    output::stderr(&diagnostics::errors(report.errors, &palette));
}

fn write(args: &CheckArgs, sink: &Sink, report: &Report<'_>) -> Result<(), Failure> {
    let palette = match sink.file {
        None => terminal::stdout_palette(args.terminal.color),
        Some(_) => Palette::plain(),
    };
    let options = Options {
        width: terminal::width(),
        palette,
        show_undetermined: args.show_undetermined,
        quiet: args.terminal.quiet,
    };
    let text = match sink.format {
        Format::Full => full::render(report, &options),
        Format::Concise => concise::render(report, &options),
        Format::Json => json::render(report),
    };
    match &sink.file {
        None => output::stdout(&text)?,
        Some(path) => output::file(path, &text)?,
    }
    Ok(())
}

fn exit(args: &CheckArgs, config: &Config, inputs: &Inputs, report: &Report<'_>) -> Exit {
    let threshold = args.fail_on.or(config.fail_on).unwrap_or(Severity::Medium);
    let limited = args.strict && !report.notices.is_empty();
    if inputs.nothing_found {
        return Exit::NothingFound;
    }
    if !report.errors.is_empty() || limited {
        return Exit::Incomplete;
    }
    let fails = report.gravest().is_some_and(|severity| severity >= threshold);
    if fails && !args.exit_zero { Exit::Findings } else { Exit::Clean }
}
