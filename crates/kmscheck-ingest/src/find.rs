//! Which files to read.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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

/// What a directory has.
#[derive(Debug, Default)]
struct Listing {
    plans: Vec<PathBuf>,
    has_source: bool,
    errors: Vec<(PathBuf, io::Error)>,
}

/// How deep directories may lie in one another.
const DEPTH: usize = 64;

const SOURCE: &str = "Terraform source is not read yet; give the JSON of a plan: \
    `terraform plan -out=tfplan && terraform show -json tfplan | kmscheck`";

/// All files at or under the paths, each once, sorted; and what is wrong with the paths.
pub(crate) fn find<'p>(paths: impl Iterator<Item = &'p Path>) -> (Vec<Found>, Vec<InputError>) {
    let mut files = BTreeMap::new();
    let mut errors = Vec::new();
    for path in paths {
        let names = Names::around(path);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => find_in_directory(path, &names, &mut files, &mut errors),
            Ok(_) if is_source(path) => errors.push(InputError::new(names.of(path), SOURCE)),
            Ok(_) => {
                add(&mut files, path.to_owned(), &names, None);
            }
            Err(error) => errors.push(InputError::new(names.of(path), cannot_read(&error))),
        }
    }
    (files.into_values().collect(), errors)
}

fn cannot_read(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or directory".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// `directory` is the one that was named, unless it was the file itself.
fn add(files: &mut BTreeMap<String, Found>, path: PathBuf, names: &Names, directory: Option<&Path>) {
    let name = names.of(&path);
    let below = directory.and_then(|directory| path.parent()?.strip_prefix(directory).ok());
    let below = below.map(Path::to_owned).unwrap_or_default();
    let named = directory.is_none();
    let found = files.entry(name.clone()).or_insert(Found { path, name, below, named });
    found.named |= named;
}

fn find_in_directory(
    path: &Path,
    names: &Names,
    files: &mut BTreeMap<String, Found>,
    errors: &mut Vec<InputError>,
) {
    let mut listing = Listing::default();
    list(path, DEPTH, &mut listing);
    for (path, error) in listing.errors {
        errors.push(InputError::new(names.of(&path), cannot_read(&error)));
    }
    if listing.plans.is_empty() {
        errors.push(if listing.has_source {
            InputError::new(names.of(path), SOURCE)
        } else {
            let message = "there is no Terraform in this directory: no plan, no state and no source";
            InputError { kind: ErrorKind::NothingFound, ..InputError::new(names.of(path), message) }
        });
    }
    for plan in listing.plans {
        add(files, plan, names, Some(path));
    }
}

/// Lists a directory. Links are not followed: they may lead in circles or out of the repository.
fn list(directory: &Path, depth: usize, listing: &mut Listing) {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => return listing.errors.push((directory.to_owned(), error)),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 && !is_skipped(&path) => list(&path, depth - 1, listing),
            Ok(kind) if kind.is_file() && is_source(&path) => listing.has_source = true,
            Ok(kind) if kind.is_file() && is_json(&path) => match is_plan_or_state(&path) {
                Ok(true) => listing.plans.push(path),
                Ok(false) => {}
                Err(error) => listing.errors.push((path, error)),
            },
            _ => {}
        }
    }
}

/// Directories that belong to tools.
fn is_skipped(path: &Path) -> bool {
    let name = file_name(path);
    name.starts_with('.') || name == "node_modules"
}

fn is_source(path: &Path) -> bool {
    let name = file_name(path);
    [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| name.ends_with(end))
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
