//! The command line: arguments, settings, wiring, exit code.

#![expect(clippy::disallowed_methods, reason = "the binary reads the environment and writes files")]

mod args;
mod bug;
mod check;
mod config;
mod evaluate;
mod exit;
mod explain;
mod input;
mod inspect;
mod list;
mod misquoted;
mod output;
mod select;
mod terminal;

use std::process::ExitCode;
use std::thread;

use clap::Parser;
use kmscheck_report::{Palette, Problem, diagnostics};
use tracing::level_filters::LevelFilter;

use crate::args::{Cli, Command};
use crate::exit::Exit;
use crate::output::WriteError;

/// How much stack each thread has: expressions are evaluated one within another.
const STACK: usize = 16 << 20;

fn main() -> ExitCode {
    bug::install_hook();
    // The first thread has as little stack as the system likes: 1 MiB on Windows.
    match thread::Builder::new().stack_size(STACK).spawn(command) {
        Ok(thread) => thread.join().unwrap_or(Exit::Incomplete),
        Err(error) => failed(&format!("cannot start a thread: {error}")),
    }
    .into()
}

fn command() -> Exit {
    let exit = bug::catch(|| match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => usage(&error),
    });
    exit.unwrap_or_else(|bug| failed(&bug.message("kmscheck")))
}

fn run(cli: &Cli) -> Exit {
    let (result, terminal) = match &cli.command {
        None => (check::run(&cli.check), &cli.check.terminal),
        Some(Command::Check(args)) => (check::run(args), &args.terminal),
        Some(Command::Inspect(args)) => (inspect::run(args), &args.terminal),
        Some(Command::Explain(args)) => (explain::run(args), &args.terminal),
        Some(Command::Checks(args)) => (list::run(args), &args.terminal),
    };
    result.unwrap_or_else(|failure| match failure {
        Failure::Closed => Exit::Clean,
        Failure::Said(message) => {
            say(&message, &terminal::stderr_palette(terminal.color));
            Exit::Incomplete
        }
    })
}

/// Why a command ended early.
#[derive(Debug)]
enum Failure {
    /// Nobody reads the output any more: no failure at all.
    Closed,
    /// For the reason that is said here.
    Said(String),
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Closed => Self::Closed,
            WriteError::Failed(message) => Self::Said(message),
        }
    }
}

fn usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Incomplete } else { Exit::Clean }
}

fn failed(message: &str) -> Exit {
    say(message, &Palette::plain());
    Exit::Incomplete
}

fn say(message: &str, palette: &Palette) {
    let problem = Problem { path: None, line: None, check: None, message: message.to_owned() };
    output::stderr(&diagnostics::errors(&[problem], palette));
}

/// Tells on standard error what is done, as much as `-v` asks for.
fn trace(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::TRACE,
    };
    let subscriber =
        tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).without_time();
    let _ = subscriber.with_ansi(false).try_init();
}
