//! Reads the modules of directories, each once, in parallel.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Module, ParsedFile, SourceFile, SyntaxError, is_source, replaced_by};
use rayon::prelude::*;

use crate::InputError;
use crate::paths::Names;

/// A larger file is not read: nobody writes one.
const LARGE: u64 = 64 << 20;

/// The modules that were read, by directory.
pub(crate) struct Modules<'n> {
    names: &'n Names,
    /// What nothing may lie outside of.
    bound: PathBuf,
    by_directory: BTreeMap<PathBuf, Arc<Module>>,
    pub(crate) errors: Vec<InputError>,
    /// The text of the files, by the names that locations have.
    pub(crate) texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// What came of one file.
struct ReadFile {
    directory: PathBuf,
    name: Arc<str>,
    text: Arc<str>,
    parsed: Result<ParsedFile, InputError>,
}

/// The files of one directory.
#[derive(Default)]
struct Files {
    parsed: Vec<ParsedFile>,
    /// The names of those that could not be read.
    unread: Vec<Arc<str>>,
}

impl<'n> Modules<'n> {
    pub(crate) fn new(names: &'n Names, bound: PathBuf) -> Self {
        Self { names, bound, by_directory: BTreeMap::new(), errors: Vec::new(), texts: BTreeMap::new() }
    }

    pub(crate) fn get(&self, directory: &Path) -> Option<&Arc<Module>> {
        self.by_directory.get(directory)
    }

    /// The directory itself, if it lies within bounds.
    pub(crate) fn inside(&self, path: &Path) -> Option<PathBuf> {
        let path = path.canonicalize().ok()?;
        path.starts_with(&self.bound).then_some(path)
    }

    /// Reads the modules in these directories, and all that they call by local paths.
    pub(crate) fn load(&mut self, directories: impl IntoIterator<Item = PathBuf>) {
        let mut wanted: BTreeSet<PathBuf> = directories.into_iter().collect();
        while !wanted.is_empty() {
            wanted.retain(|directory| !self.by_directory.contains_key(directory));
            self.read(&wanted);
            let loaded =
                wanted.iter().filter_map(|directory| Some((directory, self.by_directory.get(directory)?)));
            let called = loaded.flat_map(|(directory, module)| self.local_calls(directory, module));
            wanted = called.map(|(_, directory)| directory).collect();
            wanted.retain(|directory| !self.by_directory.contains_key(directory));
        }
    }

    /// The directories that a module calls by local paths, with the names of the calls.
    pub(crate) fn local_calls<'m>(
        &'m self,
        directory: &'m Path,
        module: &'m Module,
    ) -> impl Iterator<Item = (&'m Arc<str>, PathBuf)> {
        module.calls().filter_map(|(name, call)| {
            let source = call.source.filter(|source| is_local(source))?;
            Some((name, self.inside(&directory.join(source))?))
        })
    }

    fn read(&mut self, directories: &BTreeSet<PathBuf>) {
        let mut paths = Vec::new();
        for directory in directories {
            match self.source_files(directory) {
                Ok(files) => paths.extend(files.into_iter().map(|path| (directory.clone(), path))),
                Err(error) => {
                    self.errors
                        .push(InputError::new(self.names.of(directory), format!("cannot be read: {error}")));
                }
            }
        }
        let read = |(directory, path): (PathBuf, PathBuf)| {
            read_file(directory, &path, self.names.of(&path), &self.bound)
        };
        let read: Vec<_> = paths.into_par_iter().map(read).collect();
        let mut files: BTreeMap<PathBuf, Files> =
            directories.iter().map(|directory| (directory.clone(), Files::default())).collect();
        for ReadFile { directory, name, text, parsed } in read {
            let files = files.entry(directory).or_default();
            match parsed {
                Ok(parsed) => files.parsed.push(parsed),
                Err(error) => {
                    files.unread.push(Arc::clone(&name));
                    self.errors.push(error);
                }
            }
            self.texts.insert(name, text);
        }
        let module = |files: Files| Arc::new(Module::of(files.parsed, files.unread));
        let modules = files.into_par_iter().map(|(directory, files)| (directory, module(files)));
        self.by_directory.extend(modules.collect::<Vec<_>>());
    }

    /// The files of a directory that Terraform reads.
    fn source_files(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_replaced = || replaced_by(name).is_some_and(|other| path.with_file_name(other).is_file());
            if is_source(name) && !path.is_dir() && !is_replaced() {
                files.push(path);
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}

/// Whether the source of a module is a directory of the same repository.
/// Source: Terraform, "Module Sources".
pub(crate) fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../")
}

fn read_file(directory: PathBuf, path: &Path, name: String, bound: &Path) -> ReadFile {
    let bytes = contents(path, &name, bound);
    let text = bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into()).unwrap_or_default();
    let parsed = bytes
        .and_then(|bytes| ParsedFile::read(&SourceFile { path: &name, text: &bytes }).map_err(unparsable));
    ReadFile { directory, name: name.into(), text, parsed }
}

fn contents(path: &Path, name: &str, bound: &Path) -> Result<Vec<u8>, InputError> {
    let unreadable = |error: io::Error| InputError::new(name, format!("cannot be read: {error}"));
    let is_inside = path.canonicalize().map_err(unreadable)?.starts_with(bound);
    let metadata = fs::metadata(path).map_err(unreadable)?;
    let wrong = |message: &str| Err(InputError::new(name, message));
    match metadata.len() {
        _ if !is_inside => wrong("is a link out of the repository, and is not read"),
        _ if !metadata.is_file() => wrong("is no file"),
        length if length > LARGE => wrong(&format!("is larger than {} MiB", LARGE >> 20)),
        _ => fs::read(path).map_err(unreadable),
    }
}

pub(crate) fn unparsable(error: SyntaxError) -> InputError {
    let SyntaxError { path, position, message } = error;
    let message =
        format!("line {}, column {}: this is not Terraform: {message}", position.line, position.column);
    InputError { line: Some(position.line), ..InputError::new(path, message) }
}
