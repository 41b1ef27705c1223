//! How a check is written and how it is run.

use std::ops::Range;
use std::sync::Arc;

use kmscheck_graph::{KmsGraph, Node};
use kmscheck_value::Because;

use crate::{Evaluation, Finding, Metadata, Part, Settings, Verdict};

/// What a check may look at.
#[derive(Clone, Copy)]
pub struct Context<'g> {
    /// The keys and all that has to do with them.
    pub graph: &'g KmsGraph<'g>,
    /// All policies, statement by statement: [`Part::all`].
    pub parts: &'g [Part<'g>],
    /// The user's settings.
    pub settings: &'g Settings,
}

/// What detection on one subject gives: `Ok(Some(fact))` if the check is violated, `Ok(None)` if it is satisfied,
/// and the reason if it can't be told. So `?` on anything undetermined makes the verdict undetermined.
pub type Detection<F> = Result<Option<F>, Because>;

/// A check.
pub trait Check: Sync {
    /// What is looked at, one at a time: a key, a statement, a consumer.
    type Subject<'g>: Send + Sync;
    /// What is found, typed and without words.
    type Fact;

    /// What is fixed about the check.
    fn metadata(&self) -> &'static Metadata;

    /// All that the check looks at, in the order of the graph.
    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<Self::Subject<'g>>;

    /// The resource that bears the finding.
    fn bearer<'g>(&self, cx: Context<'g>, subject: &Self::Subject<'g>) -> Node<'g>;

    /// Whether the condition of the check holds for `subject`.
    ///
    /// # Errors
    /// Why it can't be told.
    fn detect<'g>(&self, cx: Context<'g>, subject: &Self::Subject<'g>) -> Detection<Self::Fact>;

    /// The words for what was found.
    fn report<'g>(&self, cx: Context<'g>, subject: &Self::Subject<'g>, fact: Self::Fact) -> Finding;
}

/// A check of whatever type, ready to be run.
pub trait Registered: Sync {
    /// What is fixed about the check.
    fn metadata(&self) -> &'static Metadata;

    /// Gathers the subjects of the check.
    fn prepare<'g>(&'g self, cx: Context<'g>) -> Box<dyn Job + 'g>;
}

/// A check with its subjects.
pub trait Job: Send + Sync {
    /// What is fixed about the check.
    fn metadata(&self) -> &'static Metadata;

    /// The number of subjects.
    fn len(&self) -> usize;

    /// Whether there is nothing to look at.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The verdicts on a range of the subjects, without those that are satisfied.
    fn evaluate(&self, range: Range<usize>) -> Vec<Evaluation>;
}

struct CheckJob<'g, C: Check> {
    check: &'g C,
    cx: Context<'g>,
    subjects: Vec<C::Subject<'g>>,
}

impl<C: Check> Registered for C {
    fn metadata(&self) -> &'static Metadata {
        Check::metadata(self)
    }

    fn prepare<'g>(&'g self, cx: Context<'g>) -> Box<dyn Job + 'g> {
        Box::new(CheckJob { check: self, cx, subjects: self.subjects(cx) })
    }
}

impl<C: Check> Job for CheckJob<'_, C> {
    fn metadata(&self) -> &'static Metadata {
        Check::metadata(self.check)
    }

    fn len(&self) -> usize {
        self.subjects.len()
    }

    fn evaluate(&self, range: Range<usize>) -> Vec<Evaluation> {
        self.subjects
            .get(range)
            .unwrap_or_default()
            .iter()
            .filter_map(|subject| self.evaluate_one(subject))
            .collect()
    }
}

impl<'g, C: Check> CheckJob<'g, C> {
    fn evaluate_one(&self, subject: &C::Subject<'g>) -> Option<Evaluation> {
        let bearer = || self.check.bearer(self.cx, subject);
        let (address, verdict) = match self.check.detect(self.cx, subject) {
            Ok(Some(fact)) => {
                let finding = self.check.report(self.cx, subject, fact).guarded(bearer());
                (Arc::clone(&finding.address), Verdict::Violated(Box::new(finding)))
            }
            Ok(None) => return None,
            Err(because) => (bearer().to_string().into(), Verdict::Undetermined(because)),
        };
        let root = bearer().project.shared_root();
        Some(Evaluation { check: Check::metadata(self.check), root, address, verdict })
    }
}
