//! Reads the modules of directories, each once, in parallel.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Module, ParsedFile, SyntaxError, is_source, replaced_by};
use kmscheck_model::Interest;
use rayon::prelude::*;

use crate::InputError;
use crate::paths::Names;

/// A larger file is not read: nobody writes one.
const LARGE: u64 = 64 << 20;

/// Most files are no larger.
const MOST: usize = 8 << 10;

/// The modules that were read, by directory.
pub(crate) struct Modules<'n> {
    names: &'n Names,
    interest: &'n dyn Interest,
    /// What nothing may lie outside of.
    bound: PathBuf,
    by_directory: BTreeMap<PathBuf, Loaded>,
    pub(crate) errors: Vec<InputError>,
    /// The text of the files, by the names that locations have.
    pub(crate) texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// A module that was read.
struct Loaded {
    module: Arc<Module>,
    /// Where the modules lie that it calls by local paths, by the names of the calls.
    calls: BTreeMap<Arc<str>, PathBuf>,
}

/// What came of a directory.
struct Read {
    loaded: Loaded,
    errors: Vec<InputError>,
    texts: Vec<(Arc<str>, Arc<str>)>,
}

/// What came of one file.
struct ReadFile {
    name: Arc<str>,
    text: Arc<str>,
    parsed: Result<ParsedFile, InputError>,
}

impl<'n> Modules<'n> {
    pub(crate) fn new(names: &'n Names, interest: &'n dyn Interest, bound: PathBuf) -> Self {
        let (by_directory, errors, texts) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { names, interest, bound, by_directory, errors, texts }
    }

    pub(crate) fn get(&self, directory: &Path) -> Option<&Arc<Module>> {
        self.by_directory.get(directory).map(|loaded| &loaded.module)
    }

    /// The directory itself, if it lies within bounds.
    pub(crate) fn inside(&self, path: &Path) -> Option<PathBuf> {
        let path = path.canonicalize().ok()?;
        path.starts_with(&self.bound).then_some(path)
    }

    /// Reads the modules in these directories, and all that they call by local paths.
    pub(crate) fn load(&mut self, directories: impl IntoIterator<Item = PathBuf>) {
        let mut wanted: BTreeSet<PathBuf> = directories.into_iter().collect();
        loop {
            wanted.retain(|directory| !self.by_directory.contains_key(directory));
            if wanted.is_empty() {
                return;
            }
            let read: Vec<_> = wanted.par_iter().map(|directory| self.read(directory)).collect();
            let mut called = BTreeSet::new();
            for (directory, Read { loaded, errors, texts }) in wanted.into_iter().zip(read) {
                called.extend(loaded.calls.values().cloned());
                self.by_directory.insert(directory, loaded);
                self.errors.extend(errors);
                self.texts.extend(texts);
            }
            wanted = called;
        }
    }

    /// Gives all memory back, while others go on.
    pub(crate) fn dispose(self) {
        rayon::spawn(move || drop(self.by_directory));
    }

    /// The directories that a module calls by local paths.
    pub(crate) fn local_calls(&self, directory: &Path) -> impl Iterator<Item = &PathBuf> {
        self.by_directory.get(directory).into_iter().flat_map(|loaded| loaded.calls.values())
    }

    /// The directory that a module calls by a local path.
    pub(crate) fn local_call(&self, directory: &Path, name: &str) -> Option<&PathBuf> {
        self.by_directory.get(directory)?.calls.get(name)
    }

    fn read(&self, directory: &Path) -> Read {
        let name = self.names.of(directory);
        let (mut errors, mut texts, mut parsed) = (Vec::new(), Vec::new(), Vec::new());
        let files = self.source_files(directory).unwrap_or_else(|error| {
            errors.push(InputError::new(name.as_str(), format!("cannot be read: {error}")));
            Vec::new()
        });
        let read = |buffer: &mut Vec<u8>, (file, is_file): &(String, bool)| {
            self.read_file(&directory.join(file), within(&name, file), *is_file, buffer)
        };
        let read: Vec<_> = files.par_iter().map_init(Vec::new, read).collect();
        let mut unread = Vec::new();
        for ReadFile { name, text, parsed: file } in read {
            match file {
                Ok(file) => parsed.push(file),
                Err(error) => {
                    unread.push(Arc::clone(&name));
                    errors.push(error);
                }
            }
            texts.push((name, text));
        }
        let module = Arc::new(Module::of(parsed, unread));
        let calls = self.calls_of(directory, &module);
        Read { loaded: Loaded { module, calls }, errors, texts }
    }

    fn calls_of(&self, directory: &Path, module: &Module) -> BTreeMap<Arc<str>, PathBuf> {
        let calls = module.calls().filter_map(|(name, call)| {
            let source = call.source.filter(|source| is_local(source))?;
            Some((Arc::clone(name), self.inside(&directory.join(source))?))
        });
        calls.collect()
    }

    /// The names of the files in a directory that Terraform reads, and whether each is a file and no link.
    fn source_files(&self, directory: &Path) -> io::Result<Vec<(String, bool)>> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type()?;
            let is_directory = || kind.is_dir() || kind.is_symlink() && entry.path().is_dir();
            if is_source(&name) && !is_directory() {
                files.insert(name, kind.is_file());
            }
        }
        let is_replaced = |name: &str| replaced_by(name).is_some_and(|other| files.contains_key(&other));
        let ours = files.iter().filter(|(name, _)| !is_replaced(name));
        Ok(ours.map(|(name, is_file)| (name.clone(), *is_file)).collect())
    }

    fn read_file(&self, path: &Path, name: String, is_file: bool, buffer: &mut Vec<u8>) -> ReadFile {
        let name: Arc<str> = name.into();
        let may_be_read = if is_file { Ok(()) } else { self.leads_to_a_file(path, &name) };
        match may_be_read.and_then(|()| fill(buffer, path, &name)) {
            Ok(()) => {
                let (text, bytes) = shared(buffer);
                let parsed =
                    ParsedFile::read_for(self.interest, Arc::clone(&name), bytes).map_err(unparsable);
                ReadFile { name, text, parsed }
            }
            Err(error) => ReadFile { name, text: Arc::default(), parsed: Err(error) },
        }
    }

    /// Whether a link leads to a file of the repository. Nothing else is opened: reading a pipe may never end.
    fn leads_to_a_file(&self, path: &Path, name: &str) -> Result<(), InputError> {
        let target = path.canonicalize().and_then(|target| Ok((fs::metadata(&target)?.is_file(), target)));
        let (is_file, target) =
            target.map_err(|error| InputError::new(name, format!("cannot be read: {error}")))?;
        match is_file {
            _ if !target.starts_with(&self.bound) => {
                Err(InputError::new(name, "is a link out of the repository, and is not read"))
            }
            true => Ok(()),
            false => Err(InputError::new(name, "is no file")),
        }
    }
}

/// Reads a file into a buffer.
fn fill(buffer: &mut Vec<u8>, path: &Path, name: &str) -> Result<(), InputError> {
    let unreadable = |error: io::Error| InputError::new(name, format!("cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    // Room for most files, so that it takes no further call to learn their size.
    buffer.clear();
    buffer.reserve(MOST);
    file.take(LARGE + 1).read_to_end(buffer).map_err(unreadable)?;
    match buffer.len() as u64 > LARGE {
        true => Err(InputError::new(name, format!("is larger than {} MiB", LARGE >> 20))),
        false => Ok(()),
    }
}

/// A file in a directory, as reports call it.
fn within(directory: &str, file: &str) -> String {
    match directory {
        "." => file.to_owned(),
        root if root.ends_with('/') => format!("{root}{file}"),
        other => format!("{other}/{file}"),
    }
}

/// The text and the bytes of a file: the same memory, if they are the same.
fn shared(bytes: &[u8]) -> (Arc<str>, Arc<[u8]>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text: Arc<str> = text.into();
            (Arc::clone(&text), text.into())
        }
        Err(_) => (String::from_utf8_lossy(bytes).into(), bytes.into()),
    }
}

/// Whether the source of a module is a directory of the same repository.
/// Source: Terraform, "Module Sources".
pub(crate) fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../")
}

pub(crate) fn unparsable(error: SyntaxError) -> InputError {
    let SyntaxError { path, position, message } = error;
    let message =
        format!("line {}, column {}: this is not Terraform: {message}", position.line, position.column);
    InputError { line: Some(position.line), ..InputError::new(path, message) }
}
