//! `kmscheck check`: from inputs to the report and the exit code.

use std::mem::ManuallyDrop;

use kmscheck_checks::{Context, Part, Severity};
use kmscheck_graph::{KmsGraph, KmsInterest};
use kmscheck_ingest::Pool;
use kmscheck_model::Workers;
use kmscheck_report::full::Options;
use kmscheck_report::{Counts, Palette, Report, concise, diagnostics, full, json};

use crate::args::{CheckArgs, Format, Sink};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::select::Selection;
use crate::{Failure, evaluate, input, output, terminal, trace};

pub(crate) fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    trace(args.terminal.verbose);
    let request = Request::new(args)?;
    input::pool(&args.input)?.install(|| request.scan())
}

/// What is asked for, with all names resolved.
struct Request<'a> {
    args: &'a CheckArgs,
    sinks: Vec<Sink>,
    config: Config,
    selection: Selection,
}

impl<'a> Request<'a> {
    fn new(args: &'a CheckArgs) -> Result<Self, Failure> {
        if let Some(command) = args.misplaced_command() {
            let hint = format!(
                "{command} is a command and comes first: `kmscheck {command}`; a file is ./{command}"
            );
            return Err(Failure::Said(hint));
        }
        let config = args.config.as_deref().map_or_else(|| Ok(Config::default()), config::read);
        let selection = Selection::new(&args.select, &args.ignore);
        Ok(Self {
            args,
            sinks: sinks(&args.format)?,
            config: config.map_err(Failure::Said)?,
            selection: selection.map_err(|error| Failure::Said(error.to_string()))?,
        })
    }

    fn scan(&self) -> Result<Exit, Failure> {
        // What is read and built here is left to the system, which takes it back all at once: to free a million small
        // objects one by one, just before the end, takes as long as the checks do.
        let inputs = ManuallyDrop::new(input::read(&self.args.input, &KmsInterest));
        let graph = ManuallyDrop::new(KmsGraph::build_with(&Pool, &inputs.projects));
        tracing::info!(roots = inputs.projects.len(), keys = graph.keys().len(), "read");
        let parts = ManuallyDrop::new(Part::all_with(&Pool, &graph));
        let cx = Context { graph: &graph, parts: &parts, settings: &self.config.settings };
        let judgement = evaluate::judge(cx, &self.selection);
        let errors = [inputs.errors.as_slice(), &judgement.bugs].concat();
        let counts = Counts { roots: inputs.projects.len(), keys: graph.keys().len() };
        let report = Report::new(&judgement.evaluations, &errors, &inputs.notices, counts, &inputs.texts);
        self.say(&report);
        self.sinks.iter().try_for_each(|sink| self.write(sink, &report))?;
        Ok(if inputs.nothing_found { Exit::NothingFound } else { self.exit(&report) })
    }

    /// Errors and notices go to standard error whatever the format is: nobody should have to look for them in a report.
    fn say(&self, report: &Report<'_>) {
        let palette = terminal::stderr_palette(self.args.terminal.color);
        if !self.args.terminal.quiet {
            output::stderr(&diagnostics::notices(report.notices, &palette));
        }
        output::stderr(&diagnostics::errors(report.errors, &palette));
    }

    fn write(&self, sink: &Sink, report: &Report<'_>) -> Result<(), Failure> {
        let palette = match sink.file {
            None => terminal::stdout_palette(self.args.terminal.color),
            Some(_) => Palette::plain(),
        };
        let options = Options {
            width: terminal::width(),
            palette,
            show_undetermined: self.args.show_undetermined,
            quiet: self.args.terminal.quiet,
        };
        let parts = match sink.format {
            Format::Full => Pool.map(full::parts(report, &options), |part| part.render()),
            Format::Concise => vec![concise::render(report, &options)],
            Format::Json => vec![json::render(report)],
        };
        match &sink.file {
            None => output::stdout_parts(parts)?,
            Some(path) => output::file(path, &parts.concat())?,
        }
        Ok(())
    }

    fn exit(&self, report: &Report<'_>) -> Exit {
        let limited = self.args.strict && !report.notices.is_empty();
        if !report.errors.is_empty() || limited {
            return Exit::Incomplete;
        }
        let threshold = self.args.fail_on.or(self.config.fail_on).unwrap_or(Severity::Medium);
        let fails = report.gravest().is_some_and(|severity| severity >= threshold);
        if fails && !self.args.exit_zero { Exit::Findings } else { Exit::Clean }
    }
}

/// Standard output always gets a report: nobody should take silence for success.
fn sinks(asked: &[Sink]) -> Result<Vec<Sink>, Failure> {
    let mut sinks = asked.to_vec();
    match sinks.iter().filter(|sink| sink.file.is_none()).count() {
        0 => sinks.insert(0, Sink { format: Format::Full, file: None }),
        1 => {}
        _ => {
            let message = "only one --format can go to standard output; use --format NAME=FILE";
            return Err(Failure::Said(message.to_owned()));
        }
    }
    Ok(sinks)
}
