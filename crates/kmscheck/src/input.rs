//! What is read, and on how many threads.

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::sync::Arc;

use kmscheck_ingest::{Ingested, Input, InputError, InputNotice, Options, Stdin, ingest};
use kmscheck_model::{Interest, Project};
use kmscheck_report::{Notice, Problem, Texts};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::args::InputArgs;
use crate::{Failure, STACK};

/// What was read.
pub(crate) struct Inputs {
    /// The root modules.
    pub(crate) projects: Vec<Project>,
    /// What could not be read.
    pub(crate) errors: Vec<Problem>,
    /// What limits the analysis.
    pub(crate) notices: Vec<Notice>,
    /// Whether there was no Terraform at all.
    pub(crate) nothing_found: bool,
    /// The text of the source files, by the names that locations have.
    pub(crate) texts: Texts,
}

/// The threads that all parallel work runs on: this one and others.
pub(crate) fn pool(args: &InputArgs) -> Result<ThreadPool, Failure> {
    let threads = args.threads.map_or(0, NonZeroUsize::get);
    let pool = ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).use_current_thread().build();
    pool.map_err(|error| Failure::Said(format!("cannot start threads: {error}")))
}

/// Reads all that the command line names.
pub(crate) fn read(args: &InputArgs, interest: &dyn Interest) -> Inputs {
    let options = Options {
        region: args.region.as_deref().map(Into::into),
        account: args.account.as_deref().map(Into::into),
        source: args.source.clone(),
        workspace: args.workspace.clone().or_else(|| std::env::var("TF_WORKSPACE").ok()).map(Into::into),
        environment: environment(),
        variable_files: args.var_file.clone(),
        variables: args.var.iter().map(|(name, text)| (name.as_str().into(), text.clone())).collect(),
    };
    let inputs = inputs(args, io::stdin().is_terminal());
    let mut stream = io::stdin().lock();
    let stdin = Stdin::redirected().unwrap_or(Stdin::Stream(&mut stream));
    let ingested = ingest(&inputs, &options, interest, stdin);
    let nothing_found = ingested.nothing_found();
    let Ingested { projects, errors, notices, texts } = ingested;
    Inputs {
        projects,
        errors: errors.into_iter().map(problem).collect(),
        notices: notices.into_iter().map(notice).collect(),
        nothing_found,
        texts,
    }
}

/// The values of variables that the environment gives: `TF_VAR_name`.
fn environment() -> Vec<(Arc<str>, String)> {
    let variables = std::env::vars_os().filter_map(|(name, text)| {
        let name = name.to_str()?.strip_prefix("TF_VAR_")?;
        Some((name.into(), text.into_string().ok()?))
    });
    let mut variables: Vec<_> = variables.collect();
    variables.sort_unstable();
    variables
}

/// Without a path it is standard input, or the current directory if standard input is a person.
fn inputs(args: &InputArgs, is_interactive: bool) -> Vec<Input> {
    if args.paths.is_empty() {
        return vec![if is_interactive { Input::Path(".".into()) } else { Input::Stdin }];
    }
    let input = |path: &std::path::PathBuf| match path.to_str() {
        Some("-") => Input::Stdin,
        _ => Input::Path(path.clone()),
    };
    args.paths.iter().map(input).collect()
}

fn problem(error: InputError) -> Problem {
    Problem { path: Some(error.path), line: error.line, check: None, message: error.message }
}

fn notice(notice: InputNotice) -> Notice {
    Notice { kind: notice.notice.kind.name(), path: notice.path, message: notice.notice.message }
}
