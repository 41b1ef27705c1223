//! The resources of a document, read in batches that do not depend on each other.

use kmscheck_model::{Resource, Workers};

use crate::deployment;
use crate::document::ResourceChange;
use crate::instance::Instance;
use crate::observed::Observed;
use crate::reader::{Reader, Source};
use crate::{ReadError, ReadOptions};

/// How many instances make a batch. It does not depend on the workers: neither must what comes out.
const SIZE: usize = 1024;

/// What some of the instances give.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The resources that matter.
    pub(crate) resources: Vec<Resource>,
    /// What these and those that do not matter show of where they are.
    pub(crate) observed: Observed,
}

/// What is to be read in one go.
enum Task<'s, 'a> {
    Existing(&'s [Instance<'a>]),
    Gone(&'s [&'a ResourceChange<'a>]),
}

/// All resources that matter, batch by batch, in no particular order.
pub(crate) fn resources(
    source: &Source<'_, '_>,
    options: &ReadOptions,
    workers: &impl Workers,
) -> Result<Vec<Vec<Resource>>, ReadError> {
    let existing = source.instances.all().chunks(SIZE).map(Task::Existing);
    let gone = source.instances.gone.chunks(SIZE).map(Task::Gone);
    let read = |task| match task {
        Task::Existing(instances) => Reader::new(source).existing(instances),
        Task::Gone(changes) => Reader::new(source).gone(changes),
    };
    let mut observed = Observed::default();
    let mut batches = Vec::new();
    for batch in workers.map(existing.chain(gone).collect(), read) {
        let batch = batch?;
        observed.join(batch.observed);
        batches.push(batch.resources);
    }
    let deploy = |mut resources: Vec<Resource>| {
        deployment::deploy(&mut resources, source.providers, &observed, options);
        resources
    };
    Ok(workers.map(batches, deploy))
}
