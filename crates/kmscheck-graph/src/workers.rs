//! Who does the work of building the graph.

/// Does many small pieces of work, perhaps several at once: the core has no threads of its own, but takes those that it
/// is lent.
pub trait Workers {
    /// What `work` gives for each item, in their order.
    fn map<T: Sync, U: Send>(&self, items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U>;
}

/// One piece of work after the other.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Workers for Alone {
    fn map<T: Sync, U: Send>(&self, items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
        items.iter().map(work).collect()
    }
}
