//! Work on the threads of the caller's pool.

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
