//! In which order to look at the subjects of all checks.

use std::ops::Range;

use crate::Job;

/// Subjects that are judged in one go. By check alone the slowest check would be the run.
const CHUNK: usize = 128;

/// All subjects of all jobs, in chunks. Those at the beginning of the graph come first: what one check has looked at is
/// then still at hand for the others.
pub fn chunks<'j>(jobs: &'j [Box<dyn Job + 'j>]) -> Vec<(&'j dyn Job, Range<usize>)> {
    let all = jobs.iter().map(|job| &**job);
    let mut chunks: Vec<_> = all.flat_map(|job| ranges(job.len()).map(move |range| (job, range))).collect();
    chunks.sort_by_key(|(job, range)| range.start.saturating_mul(1 << 20) / job.len().max(1));
    chunks
}

fn ranges(subjects: usize) -> impl Iterator<Item = Range<usize>> {
    (0..subjects).step_by(CHUNK).map(move |start| start..subjects.min(start + CHUNK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Evaluation, Metadata, registry};

    /// A job of so many subjects.
    struct Subjects(usize);

    impl Job for Subjects {
        fn metadata(&self) -> &'static Metadata {
            registry::all()[0].metadata()
        }

        fn len(&self) -> usize {
            self.0
        }

        fn evaluate(&self, _: Range<usize>) -> Vec<Evaluation> {
            Vec::new()
        }
    }

    #[test]
    fn every_subject_is_looked_at_once() {
        for subjects in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            assert!(ranges(subjects).flatten().eq(0..subjects));
        }
    }

    #[test]
    fn all_jobs_go_through_the_graph_together() {
        let jobs: [Box<dyn Job>; 2] = [Box::new(Subjects(4 * CHUNK)), Box::new(Subjects(2 * CHUNK))];
        let order: Vec<_> =
            chunks(&jobs).into_iter().map(|(job, range)| (job.len() / CHUNK, range.start / CHUNK)).collect();
        assert_eq!(order, [(4, 0), (2, 0), (4, 1), (4, 2), (2, 1), (4, 3)]);
    }
}
