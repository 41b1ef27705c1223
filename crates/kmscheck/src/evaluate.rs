//! Running checks: in parallel, and each on its own risk.

use std::collections::BTreeMap;
use std::ops::Range;

use kmscheck_checks::{Context, Evaluation, Job, Metadata, Registered, Verdict, chunks, silence};
use kmscheck_graph::KmsGraph;
use kmscheck_report::Problem;
use rayon::prelude::*;

use crate::bug::{self, Bug};
use crate::select::Selection;

/// What the checks said.
#[derive(Default)]
pub(crate) struct Judgement {
    /// The violations and what is undetermined, in no order.
    pub(crate) evaluations: Vec<Evaluation>,
    /// The checks that failed.
    pub(crate) bugs: Vec<Problem>,
    /// How many subjects each check looked at.
    subjects: BTreeMap<&'static str, usize>,
}

/// Runs the selected checks, and lets the graver ones speak for those that they imply.
pub(crate) fn judge(cx: Context<'_>, selection: &Selection) -> Judgement {
    let mut judgement = run(cx, &selection.to_evaluate());
    silence(&mut judgement.evaluations);
    judgement.trace();
    judgement.evaluations.retain(|evaluation| {
        selection.contains(evaluation.check) && !matches!(evaluation.verdict, Verdict::Satisfied)
    });
    for evaluation in &mut judgement.evaluations {
        let Verdict::Violated(finding) = &mut evaluation.verdict else { continue };
        if let Some(severity) = cx.settings.check(evaluation.check.id).severity {
            finding.severity = severity;
        }
    }
    judgement
}

fn run(cx: Context<'_>, checks: &[&'static dyn Registered]) -> Judgement {
    read_policies(cx.graph);
    let mut judgement = Judgement::default();
    let mut jobs = Vec::new();
    for prepared in checks.par_iter().map(|check| prepare(*check, cx)).collect::<Vec<_>>() {
        match prepared {
            Ok(job) => {
                judgement.subjects.insert(job.metadata().id, job.len());
                jobs.push(job);
            }
            Err(problem) => judgement.bugs.push(problem),
        }
    }
    let parts: Vec<_> = chunks(&jobs).into_par_iter().map(|(job, range)| evaluate(job, range)).collect();
    for part in parts {
        judgement.evaluations.extend(part.evaluations);
        judgement.bugs.extend(part.bugs);
    }
    judgement.bugs.sort();
    judgement.bugs.dedup();
    judgement
}

/// Policies are read when they are first asked for: all threads do it here, or else the first check that gathers its
/// subjects from them would do it alone. Whatever fails will fail again where the check is known.
fn read_policies(graph: &KmsGraph<'_>) {
    graph.keys().par_iter().for_each(|key| {
        let _ = bug::catch(|| drop(graph.policy(key.id).document()));
    });
}

impl Judgement {
    /// Tells how much each check could determine.
    fn trace(&self) {
        for (check, subjects) in &self.subjects {
            let own = self.evaluations.iter().filter(|evaluation| evaluation.check.id == *check);
            let (mut violated, mut undetermined) = (0, 0);
            for evaluation in own {
                match evaluation.verdict {
                    Verdict::Violated(_) => violated += 1,
                    Verdict::Undetermined(_) => undetermined += 1,
                    Verdict::Satisfied => {}
                }
            }
            tracing::info!(check, subjects, violated, undetermined, "judged");
        }
    }
}

fn prepare<'g>(check: &'g dyn Registered, cx: Context<'g>) -> Result<Box<dyn Job + 'g>, Problem> {
    bug::catch(|| check.prepare(cx)).map_err(|bug| problem(check.metadata(), &bug))
}

/// The verdicts on a chunk; if the check panics on it, those on every subject that it does not panic on.
fn evaluate(job: &dyn Job, range: Range<usize>) -> Judgement {
    if let Ok(evaluations) = bug::catch(|| job.evaluate(range.clone())) {
        return Judgement { evaluations, ..Judgement::default() };
    }
    let mut judgement = Judgement::default();
    for subject in range {
        match bug::catch(|| job.evaluate(subject..subject + 1)) {
            Ok(evaluations) => judgement.evaluations.extend(evaluations),
            Err(bug) => judgement.bugs.push(problem(job.metadata(), &bug)),
        }
    }
    judgement
}

fn problem(check: &'static Metadata, bug: &Bug) -> Problem {
    let message = bug.message(&format!("the check {}", check.id));
    Problem { path: None, line: None, check: Some(check.id), message }
}

#[cfg(test)]
mod tests {
    use kmscheck_checks::{Settings, registry};

    use super::*;

    /// A check of 1,000 subjects that panics on each hundredth.
    struct Fragile;

    impl Registered for Fragile {
        fn metadata(&self) -> &'static Metadata {
            registry::all()[0].metadata()
        }

        fn prepare<'g>(&'g self, _: Context<'g>) -> Box<dyn Job + 'g> {
            Box::new(Self)
        }
    }

    impl Job for Fragile {
        fn metadata(&self) -> &'static Metadata {
            Registered::metadata(self)
        }

        fn len(&self) -> usize {
            1000
        }

        fn evaluate(&self, range: Range<usize>) -> Vec<Evaluation> {
            let judge = |subject: usize| {
                assert!(!subject.is_multiple_of(100), "subject {subject}");
                let because = kmscheck_value::Because::new("nobody knows");
                Evaluation {
                    check: Registered::metadata(self),
                    root: "root".into(),
                    address: subject.to_string().into(),
                    verdict: Verdict::Undetermined(because),
                }
            };
            range.map(judge).collect()
        }
    }

    #[test]
    fn a_check_that_panics_is_one_error_and_costs_no_other_subject() {
        bug::install_hook();
        let graph = KmsGraph::build(&[]);
        let settings = Settings::default();
        let judgement = run(Context { graph: &graph, parts: &[], settings: &settings }, &[&Fragile]);
        assert_eq!(judgement.evaluations.len(), 990);
        let [bug] = judgement.bugs.as_slice() else { panic!("{:?}", judgement.bugs) };
        assert!(bug.message.contains("this is a bug in kmscheck") && bug.message.contains("evaluate.rs"));
        assert!(!bug.message.contains("subject 100"), "the payload may quote the plan");
    }
}
