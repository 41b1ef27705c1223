//! Writing: the report to standard output or files, all else to standard error.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};

/// A write that failed for another reason than that nobody reads any more.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// The reader has gone, as in `kmscheck | head`: it has seen what it wanted.
    Closed,
    /// Anything else.
    Failed(String),
}

/// Writes to standard output. The text carries its colours; a console that cannot show them is told what they mean.
pub(crate) fn stdout(text: &str) -> Result<(), WriteError> {
    stdout_parts([text])
}

/// Writes a text in parts to standard output.
pub(crate) fn stdout_parts(parts: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), WriteError> {
    let mut stream = AutoStream::new(io::stdout().lock(), ColorChoice::Always);
    let mut parts = parts.into_iter();
    let written = parts.try_for_each(|part| stream.write_all(part.as_ref().as_bytes()));
    let written = written.and_then(|()| stream.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => WriteError::Closed,
        _ => WriteError::Failed(format!("standard output: {error}")),
    })
}

/// Writes to standard error. If that fails there is nobody left to tell.
pub(crate) fn stderr(text: &str) {
    let _ = AutoStream::new(io::stderr().lock(), ColorChoice::Always).write_all(text.as_bytes());
}

/// Writes a file.
pub(crate) fn file(path: &Path, text: &str) -> Result<(), WriteError> {
    fs::write(path, text).map_err(|error| WriteError::Failed(format!("{}: {error}", path.display())))
}
