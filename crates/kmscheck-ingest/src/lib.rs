//! Finds what kmscheck is to look at, and reads it: files, directories, standard input.
//!
//! [`ingest`] never fails as a whole. What can be read becomes a project, the rest an [`InputError`] that says what, where
//! and what to do. Files are read in parallel on the threads of the caller's pool; the result is sorted, so it is the
//! same with any number of threads.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the crate that reads files, on behalf of those that must not"
)]

mod contents;
mod find;
mod installed;
mod local_files;
mod modules;
mod paths;
mod planting;
mod pool;
mod roots;
mod sniff;
mod source;
mod variables;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_model::{Interest, Notice, Project};
use kmscheck_plan::{ReadError, ReadOptions, Reading};
use rayon::prelude::*;

pub use contents::Stdin;
pub use pool::Pool;

use crate::contents::contents;
use crate::find::{Found, Listing};
use crate::paths::Names;
use crate::roots::Roots;
use crate::source::Sourced;

/// Where input comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// A file or a directory.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

/// What is told beside the inputs.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The Region where Terraform takes it from the environment.
    pub region: Option<Arc<str>>,
    /// The account where Terraform takes the credentials from the environment.
    pub account: Option<Arc<str>>,
    /// The directory of the root module that a plan was made from. Of a plan in a directory that is an input, the directory
    /// at the same place under this one.
    pub source: Option<PathBuf>,
    /// The workspace, if it is known.
    pub workspace: Option<Arc<str>>,
    /// The values of variables that the environment gives.
    pub environment: Vec<(Arc<str>, String)>,
    /// Files with the values of variables.
    pub variable_files: Vec<PathBuf>,
    /// The values of variables; they hold over those of files.
    pub variables: Vec<(Arc<str>, String)>,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Ingested {
    /// The projects, sorted by root.
    pub projects: Vec<Project>,
    /// What could not be read or is not whole, sorted by path.
    pub errors: Vec<InputError>,
    /// What limits the analysis of the projects, sorted by path.
    pub notices: Vec<InputNotice>,
    /// The text of the source files, by the names that locations have.
    pub texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// Something that is wrong with one input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputError {
    /// The input: relative to the repository, else to the current directory; `-` is standard input.
    pub path: String,
    /// The line that is at fault, from 1.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
    /// What it means for the run.
    pub kind: ErrorKind,
}

/// What an [`InputError`] means for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The input, or a part of it, could not be analysed.
    Incomplete,
    /// There is nothing about Terraform in the directory.
    NothingFound,
}

/// A notice with the input that it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputNotice {
    /// The input, as in [`InputError`].
    pub path: String,
    /// What limits its analysis.
    pub notice: Notice,
}

impl Ingested {
    /// Whether there was nothing about Terraform anywhere.
    pub fn nothing_found(&self) -> bool {
        self.projects.is_empty()
            && !self.errors.is_empty()
            && self.errors.iter().all(|error| error.kind == ErrorKind::NothingFound)
    }
}

impl InputError {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, message: message.into(), kind: ErrorKind::Incomplete }
    }
}

/// The name of standard input in reports.
const STDIN: &str = "-";

/// Finds and reads all inputs. `stdin` is read only if it is one of them.
pub fn ingest(inputs: &[Input], options: &Options, interest: &dyn Interest, stdin: Stdin<'_>) -> Ingested {
    let mut ingested = Ingested::default();
    if inputs.contains(&Input::Stdin) {
        let read = read_stdin(stdin, options, interest).map(Some);
        ingested.add(read, options.source.as_deref(), options, interest);
    }
    let paths = inputs.iter().filter_map(|input| match input {
        Input::Path(path) => Some(path.as_path()),
        Input::Stdin => None,
    });
    let Listing { files, sources, errors } = find::find(paths);
    ingested.errors.extend(errors);
    for (named, directories) in &sources {
        ingested.add_roots(roots::roots(named, directories, &Names::around(named), options, interest));
    }
    let files: Vec<_> = files.into_values().collect();
    let read: Vec<_> = files.par_iter().map(|file| read_file(file, options, interest)).collect();
    for (file, result) in files.iter().zip(read) {
        let source = options.source.as_ref().map(|source| source.join(&file.below));
        ingested.add(result, source.as_deref(), options, interest);
    }
    ingested.sorted()
}

impl Ingested {
    fn add(
        &mut self,
        result: Result<Option<Reading>, InputError>,
        source: Option<&Path>,
        options: &Options,
        interest: &dyn Interest,
    ) {
        let reading = match result {
            Ok(Some(reading)) => reading,
            Ok(None) => return,
            Err(error) => return self.errors.push(error),
        };
        let path = reading.project.root().to_owned();
        if reading.errored {
            self.errors.push(InputError::new(
                &path,
                "`terraform plan` failed and left only a part of the plan (`errored: true`); that part is \
                 analysed, findings may be missing: fix the error and plan again",
            ));
        }
        let notice = |notice: &Notice| InputNotice { path: path.clone(), notice: notice.clone() };
        self.notices.extend(reading.project.notices().iter().map(notice));
        match source {
            Some(source) => self.add_sourced(source::sourced(reading, source, options, interest)),
            None => self.projects.push(reading.project),
        }
    }

    fn add_roots(&mut self, roots: Roots) {
        self.projects.extend(roots.projects);
        self.errors.extend(roots.errors);
        self.notices.extend(roots.notices);
        self.texts.extend(roots.texts);
    }

    fn add_sourced(&mut self, sourced: Sourced) {
        self.projects.push(sourced.project);
        self.errors.extend(sourced.errors);
        self.notices.extend(sourced.notices);
        self.texts.extend(sourced.texts);
    }

    fn sorted(mut self) -> Self {
        self.projects.sort_by(|a, b| a.root().cmp(b.root()));
        self.errors.sort();
        self.errors.dedup();
        self.notices.sort();
        self
    }
}

fn read_stdin(stdin: Stdin<'_>, options: &Options, interest: &dyn Interest) -> Result<Reading, InputError> {
    let bytes = stdin
        .contents()
        .map_err(|error| InputError::new(STDIN, format!("cannot read standard input: {error}")))?;
    kmscheck_plan::read_with(&Pool, &bytes, &options.named(STDIN), interest).map_err(|error| match error {
        ReadError::Empty => {
            InputError::new(STDIN, "nothing on standard input; to scan this directory run `kmscheck .`")
        }
        other => wrong(STDIN, &other),
    })
}

/// `None` for a file of a directory that turns out to be of something else.
fn read_file(
    file: &Found,
    options: &Options,
    interest: &dyn Interest,
) -> Result<Option<Reading>, InputError> {
    let bytes = File::open(&file.path)
        .and_then(contents)
        .map_err(|error| InputError::new(&file.name, format!("cannot be read: {error}")))?;
    match kmscheck_plan::read_with(&Pool, &bytes, &options.named(&file.name), interest) {
        Ok(reading) => Ok(Some(reading)),
        Err(ReadError::NotTerraform { .. }) if !file.named => Ok(None),
        Err(error) => Err(wrong(&file.name, &error)),
    }
}

fn wrong(path: &str, error: &ReadError) -> InputError {
    InputError { line: error.position().map(|(line, _)| line), ..InputError::new(path, error.to_string()) }
}

impl Options {
    fn named(&self, root: &str) -> ReadOptions {
        ReadOptions { root: root.into(), region: self.region.clone(), account: self.account.clone() }
    }
}
