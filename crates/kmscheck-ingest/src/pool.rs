//! Work on the threads of the caller's pool.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use kmscheck_model::Workers;
use rayon::prelude::*;

/// The threads of the caller's pool.
#[derive(Debug, Clone, Copy)]
pub struct Pool;

impl Workers for Pool {
    fn join<A: Send, B: Send>(
        &self,
        first: impl FnOnce() -> A + Send,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        rayon::join(first, second)
    }

    fn map<T: Send, R: Send>(&self, items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
        items.into_par_iter().map(work).collect()
    }
}

/// From how many bytes on a file is read in parts of that size.
const PART: usize = 4 << 20;

/// The bytes of a file. A large one is read in parts: more than half of the time goes into memory that is touched for
/// the first time.
pub(crate) fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    let mut bytes = Vec::new();
    if length > PART && read_parts(&file, length, &mut bytes)? {
        return Ok(bytes);
    }
    bytes.reserve_exact(length);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether this system can read the parts of a file independently.
#[cfg(unix)]
fn read_parts(file: &File, length: usize, bytes: &mut Vec<u8>) -> io::Result<bool> {
    use std::os::unix::fs::FileExt;

    *bytes = vec![0; length];
    let parts = (0..).step_by(PART).zip(bytes.chunks_mut(PART)).collect::<Vec<_>>();
    parts.into_par_iter().try_for_each(|(offset, part)| file.read_exact_at(part, offset))?;
    Ok(true)
}

#[cfg(not(unix))]
fn read_parts(_: &File, _: usize, _: &mut Vec<u8>) -> io::Result<bool> {
    Ok(false)
}
