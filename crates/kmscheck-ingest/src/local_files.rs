//! The files that functions such as `file()` read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::WalkBuilder;
use kmscheck_hcl::{FileError, Files};

/// The files of a root module, and of the repository that it is in.
pub(crate) struct LocalFiles {
    root: PathBuf,
    bound: PathBuf,
}

/// How large a file may be.
const LARGE: u64 = 16 << 20;

/// How many files may lie below a directory.
const MANY: usize = 50_000;

impl LocalFiles {
    pub(crate) fn new(root: PathBuf, bound: PathBuf) -> Self {
        Self { root, bound }
    }

    fn inside(&self, path: &str) -> Result<PathBuf, FileError> {
        if path.contains('\0') {
            return Err(FileError::Refused("the name of a file has a zero byte".to_owned()));
        }
        let whole = self.root.join(path);
        // What is not there can't be followed; where it would be can.
        let outside = || FileError::Refused(format!("{path:?} lies outside of the repository"));
        match whole.canonicalize() {
            Ok(found) if found.starts_with(&self.bound) => Ok(found),
            Ok(_) => Err(outside()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = whole.ancestors().skip(1).find_map(|parent| parent.canonicalize().ok());
                let is_inside = parent.is_some_and(|parent| parent.starts_with(&self.bound));
                Err(if is_inside { FileError::NotFound } else { outside() })
            }
            Err(error) => Err(FileError::Refused(format!("{path:?} cannot be read: {error}"))),
        }
    }
}

impl Files for LocalFiles {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let found = self.inside(path)?;
        let refused = |error: io::Error| FileError::Refused(format!("{path:?} cannot be read: {error}"));
        let metadata = fs::metadata(&found).map_err(refused)?;
        if !metadata.is_file() {
            return Err(FileError::Refused(format!("{path:?} is not a file")));
        }
        if metadata.len() > LARGE {
            return Err(FileError::Refused(format!("{path:?} is larger than {} MiB", LARGE >> 20)));
        }
        fs::read(&found).map(Arc::from).map_err(refused)
    }

    fn below(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let found = self.inside(directory)?;
        if !found.is_dir() {
            return Err(FileError::NotFound);
        }
        let mut files = Vec::new();
        // All files, those that git ignores and hidden ones too: Terraform sees them.
        for entry in WalkBuilder::new(&found).standard_filters(false).build() {
            let entry = entry.map_err(|error| FileError::Refused(error.to_string()))?;
            if entry.file_type().is_some_and(|kind| kind.is_file()) {
                files.extend(entry.path().strip_prefix(&found).ok().map(slashed));
            }
            if files.len() > MANY {
                return Err(FileError::Refused(format!(
                    "there are more than {MANY} files below {directory:?}"
                )));
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
