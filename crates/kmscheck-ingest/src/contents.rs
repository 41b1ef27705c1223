//! All bytes of an input.

use std::fs::File;
use std::io::{self, Read, Seek};

use rayon::prelude::*;

/// Where standard input is read from.
pub enum Stdin<'r> {
    /// From a file: `kmscheck < plan.json`.
    File(File),
    /// From a pipe, or from wherever.
    Stream(&'r mut dyn Read),
}

impl Stdin<'_> {
    /// The standard input of the process, if it is a file.
    #[cfg(unix)]
    pub fn redirected() -> Option<Self> {
        use std::os::fd::AsFd;

        let file = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
        file.metadata().ok()?.is_file().then_some(Self::File(file))
    }

    /// The standard input of the process, if it is a file.
    #[cfg(not(unix))]
    pub fn redirected() -> Option<Self> {
        None
    }

    /// What comes from it.
    pub(crate) fn contents(self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match self {
            Self::File(file) => return contents(file),
            Self::Stream(stream) => stream.read_to_end(&mut bytes)?,
        };
        Ok(bytes)
    }
}

/// From how many bytes on a file is read in parts of that size.
const PART: usize = 4 << 20;

/// The bytes of a file from where it stands on. Many are read in parts at the same time: more than half of the time
/// goes into memory that is touched for the first time.
pub(crate) fn contents(mut file: File) -> io::Result<Vec<u8>> {
    let metadata = file.metadata()?;
    // A pipe stands nowhere.
    let start = if metadata.is_file() { file.stream_position()? } else { 0 };
    let length = usize::try_from(metadata.len().saturating_sub(start)).unwrap_or_default();
    let mut bytes = Vec::new();
    if length > PART && read_parts(&file, start, length, &mut bytes)? {
        return Ok(bytes);
    }
    bytes.reserve_exact(length);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether this system can read the parts of a file independently.
#[cfg(unix)]
fn read_parts(file: &File, start: u64, length: usize, bytes: &mut Vec<u8>) -> io::Result<bool> {
    use std::os::unix::fs::FileExt;

    *bytes = vec![0; length];
    let parts: Vec<_> = (start..).step_by(PART).zip(bytes.chunks_mut(PART)).collect();
    parts.into_par_iter().try_for_each(|(offset, part)| file.read_exact_at(part, offset))?;
    Ok(true)
}

#[cfg(not(unix))]
fn read_parts(_: &File, _: u64, _: usize, _: &mut Vec<u8>) -> io::Result<bool> {
    Ok(false)
}
