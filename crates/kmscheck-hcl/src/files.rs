//! The files that functions read.

use std::sync::Arc;

/// The files of a root module, by paths as expressions have them: relative to the directory of the root module.
pub trait Files {
    /// What is in a file.
    ///
    /// # Errors
    /// If it is not there, or must not be read.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError>;

    /// The paths of all files below a directory, relative to it, with `/`, sorted.
    ///
    /// # Errors
    /// If it is not there, or must not be read.
    fn below(&self, directory: &str) -> Result<Vec<String>, FileError>;
}

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// There is none. Terraform finds none either.
    NotFound,
    /// It lies outside of the repository, or can't be read for another reason that Terraform need not have.
    Refused(String),
}
