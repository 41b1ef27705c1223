//! Which files to read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::paths::Names;
use crate::sniff::is_plan_or_state;
use crate::{ErrorKind, InputError};

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// How it is called in reports.
    pub(crate) name: String,
    /// The directory that it is in, below the one that was named.
    pub(crate) below: PathBuf,
    /// Whether somebody named this very file, rather than a directory above it.
    pub(crate) named: bool,
}

/// What there is to read.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Plans and states, each once, by their names.
    pub(crate) files: BTreeMap<String, Found>,
    /// The directories with source, by the path that was named for them.
    pub(crate) sources: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// What is wrong with the paths.
    pub(crate) errors: Vec<InputError>,
}

/// How deep directories may lie in one another.
const DEPTH: usize = 64;

/// All files at or under the paths, and what is wrong with the paths.
pub(crate) fn find<'p>(paths: impl Iterator<Item = &'p Path>) -> Listing {
    let mut listing = Listing::default();
    for path in paths {
        let names = Names::around(path);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => listing.add_directory(path, &names),
            Ok(_) if is_source(path) => {
                // The other files of the module are needed to understand it.
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let directory = parent.unwrap_or(Path::new("."));
                listing.add_source(directory, [directory]);
            }
            Ok(_) => listing.add_file(path.to_owned(), &names, None),
            Err(error) => listing.errors.push(InputError::new(names.of(path), cannot_read(&error))),
        }
    }
    listing
}

fn cannot_read(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or directory".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

impl Listing {
    /// `directory` is the one that was named, unless it was the file itself.
    fn add_file(&mut self, path: PathBuf, names: &Names, directory: Option<&Path>) {
        let name = names.of(&path);
        let below = directory.and_then(|directory| path.parent()?.strip_prefix(directory).ok());
        let below = below.map(Path::to_owned).unwrap_or_default();
        let named = directory.is_none();
        let found = self.files.entry(name.clone()).or_insert(Found { path, name, below, named });
        found.named |= named;
    }

    /// A directory is source if there is any under it, else its plans and states.
    fn add_directory(&mut self, directory: &Path, names: &Names) {
        let (mut sources, mut json, mut last) = (BTreeSet::new(), Vec::new(), None::<PathBuf>);
        for entry in walk(directory) {
            match entry {
                Ok(entry) if is_linked_source(&entry) => {
                    sources.extend(entry.path().parent().map(Path::to_owned));
                }
                Ok(entry) if !entry.file_type().is_some_and(|kind| kind.is_file()) => {}
                Ok(entry) if is_source(entry.path()) => {
                    // Most files come right after another one of their directory.
                    let parent = entry.path().parent().filter(|parent| last.as_deref() != Some(*parent));
                    if let Some(parent) = parent {
                        sources.insert(parent.to_owned());
                        last = Some(parent.to_owned());
                    }
                }
                Ok(entry) if is_json(entry.path()) => json.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => {
                    let message = format!("cannot be read: {error}");
                    self.errors.push(InputError::new(names.of(directory), message));
                }
            }
        }
        if sources.is_empty() {
            self.add_plans(directory, json, names);
        } else {
            self.add_source(directory, sources.iter().map(PathBuf::as_path));
        }
    }

    fn add_plans(&mut self, directory: &Path, json: Vec<PathBuf>, names: &Names) {
        let before = self.files.len() + self.errors.len();
        for path in json {
            match is_plan_or_state(&path) {
                Ok(true) => self.add_file(path, names, Some(directory)),
                Ok(false) => {}
                Err(error) => self.errors.push(InputError::new(names.of(&path), cannot_read(&error))),
            }
        }
        if self.files.len() + self.errors.len() == before {
            let message = "there is no Terraform in this directory: no plan, no state and no source";
            let error = InputError::new(names.of(directory), message);
            self.errors.push(InputError { kind: ErrorKind::NothingFound, ..error });
        }
    }

    fn add_source<'d>(&mut self, named: &Path, directories: impl IntoIterator<Item = &'d Path>) {
        let found = self.sources.entry(named.to_owned()).or_default();
        found.extend(directories.into_iter().filter_map(|directory| directory.canonicalize().ok()));
    }
}

/// What the repository's own `.gitignore` files do not ignore and no tool owns: what is found must not depend on whose
/// machine it is. Links are not followed: they may lead in circles or out of the repository.
fn walk(directory: &Path) -> ignore::Walk {
    WalkBuilder::new(directory)
        .max_depth(Some(DEPTH))
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .filter_entry(|entry| entry.file_name() != "node_modules")
        .build()
}

/// A link among the files of a module: whether it may be read is decided where it is.
fn is_linked_source(entry: &DirEntry) -> bool {
    entry.path_is_symlink() && is_source(entry.path()) && !entry.path().is_dir()
}

fn is_source(path: &Path) -> bool {
    kmscheck_hcl::is_source(file_name(path))
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
