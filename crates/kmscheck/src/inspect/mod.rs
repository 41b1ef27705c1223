//! `kmscheck inspect`: what was understood, as JSON.

mod value;
mod view;

use kmscheck_graph::{Everything, KmsGraph};
use kmscheck_report::{diagnostics, json};

use crate::args::InspectArgs;
use crate::exit::Exit;
use crate::{Failure, input, output, terminal, trace};

pub(crate) fn run(args: &InspectArgs) -> Result<Exit, Failure> {
    trace(args.terminal.verbose);
    let inputs = input::pool(&args.input)?.install(|| input::read(&args.input, &Everything));
    let palette = terminal::stderr_palette(args.terminal.color);
    if !args.terminal.quiet {
        output::stderr(&diagnostics::notices(&inputs.notices, &palette));
    }
    output::stderr(&diagnostics::errors(&inputs.errors, &palette));
    if inputs.nothing_found {
        return Ok(Exit::NothingFound);
    }
    let graph = KmsGraph::build(&inputs.projects);
    output::stdout(&json::to_string(&view::Document::of(&graph)))?;
    Ok(if inputs.errors.is_empty() { Exit::Clean } else { Exit::Incomplete })
}
