//! The threads of the binary, lent to the core.

use kmscheck_graph::Workers;
use rayon::prelude::*;

/// The thread pool that the work is done in.
pub(crate) struct Pool;

/// Into how many parts work is divided at most, so that no thread waits long for another.
const PARTS: usize = 64;

impl Workers for Pool {
    fn map<T: Sync, U: Send>(&self, items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
        items.par_iter().with_min_len(items.len() / PARTS + 1).map(&work).collect()
    }
}
