//! One fault, one finding: where a graver check has spoken, the checks that it implies are silent.

use std::collections::BTreeSet;

use kmscheck_value::{AttributePath, Step};

use crate::{Evaluation, Severity, Verdict};

/// Whose findings are silent beside whose: the same root, key and, for statements, statement.
type Subject<'e> = (&'e str, &'e str, Option<String>);

/// Turns the findings that a graver finding on the same subject implies into satisfied verdicts.
///
/// A finding about a key silences findings about its statements too; findings about two statements do not touch each
/// other. What a check says for information only, apart from what it is about, silences nothing.
pub fn silence(evaluations: &mut [Evaluation]) {
    for position in implied(evaluations) {
        if let Some(evaluation) = evaluations.get_mut(position) {
            evaluation.verdict = Verdict::Satisfied;
        }
    }
}

/// The positions of the findings that graver ones imply.
fn implied(evaluations: &[Evaluation]) -> Vec<usize> {
    let gravers: BTreeSet<_> =
        evaluations.iter().flat_map(|evaluation| evaluation.check.silenced_by).copied().collect();
    let spoken: BTreeSet<_> = evaluations
        .iter()
        .filter(|evaluation| gravers.contains(evaluation.check.id) && !is_aside(evaluation))
        .filter_map(|evaluation| Some((evaluation.check.id, subject(evaluation)?)))
        .collect();
    let is_implied = |evaluation: &Evaluation| {
        let mut gravers = evaluation.check.silenced_by.iter();
        subject(evaluation).is_some_and(|own| gravers.any(|graver| speaks(&spoken, graver, &own)))
    };
    let all = evaluations.iter().enumerate().filter(|(_, evaluation)| is_implied(evaluation));
    all.map(|(position, _)| position).collect()
}

/// Whether a finding is for information, of a check that is about something grave.
fn is_aside(evaluation: &Evaluation) -> bool {
    let Verdict::Violated(finding) = &evaluation.verdict else { return false };
    finding.severity == Severity::Info && evaluation.check.severity > Severity::Info
}

fn speaks<'e>(
    spoken: &BTreeSet<(&'static str, Subject<'e>)>,
    check: &'static str,
    (root, key, part): &Subject<'e>,
) -> bool {
    let about = |part: Option<String>| spoken.contains(&(check, (*root, *key, part)));
    about(None) || part.as_ref().is_some_and(|part| about(Some(part.clone())))
}

fn subject(evaluation: &Evaluation) -> Option<Subject<'_>> {
    let Verdict::Violated(finding) = &evaluation.verdict else { return None };
    Some((&evaluation.root, &finding.key, statement(&finding.subject)))
}

/// The statement that a finding is about, if it is about one: `policy.statement[2]` of `policy.statement[2].principal`.
fn statement(subject: &AttributePath) -> Option<String> {
    let steps = subject.steps();
    let position = steps.iter().position(|step| matches!(step, Step::Key(name) if &**name == "statement"))?;
    Some(steps.iter().take(position + 2).cloned().collect::<AttributePath>().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Finding, Group, Metadata, Needs};

    static GRAVE: Metadata = metadata("grave", &[]);
    static IMPLIED: Metadata = metadata("implied", &["grave"]);

    const fn metadata(id: &'static str, silenced_by: &'static [&'static str]) -> Metadata {
        Metadata {
            id,
            summary: "",
            group: Group::Exposure,
            severity: Severity::High,
            aliases: &[],
            needs: Needs::Anything,
            default: true,
            silenced_by,
            documentation: "",
        }
    }

    fn violated(check: &'static Metadata, root: &str, key: &str, subject: AttributePath) -> Evaluation {
        let finding = Finding {
            check,
            severity: check.severity,
            message: "".into(),
            help: "".into(),
            root: root.into(),
            address: "aws_kms_alias.a".into(),
            key: key.into(),
            subject,
            source: None,
            is_secret: false,
            evidence: Vec::new(),
            related: Vec::new(),
        };
        let (address, verdict) = (finding.address.clone(), Verdict::Violated(Box::new(finding)));
        Evaluation { check, root: root.into(), address, verdict }
    }

    fn part(position: usize) -> AttributePath {
        AttributePath::root().key("policy").key("statement").index(position).key("principal")
    }

    /// Whether the implied check is silent about `subject` of key `k` of root `r` beside this finding of the grave one.
    fn is_silent(root: &str, key: &str, grave: AttributePath, implied: AttributePath) -> bool {
        let mut evaluations = [violated(&IMPLIED, "r", "k", implied), violated(&GRAVE, root, key, grave)];
        silence(&mut evaluations);
        assert!(matches!(evaluations[1].verdict, Verdict::Violated(_)), "the graver one always speaks");
        matches!(evaluations[0].verdict, Verdict::Satisfied)
    }

    #[test]
    fn a_graver_finding_on_the_same_key_silences() {
        let whole = AttributePath::root;
        assert!(is_silent("r", "k", whole(), whole()));
        assert!(!is_silent("r", "other", whole(), whole()), "another key");
        assert!(!is_silent("other", "k", whole(), whole()), "another root");
    }

    #[test]
    fn statements_are_silenced_one_by_one() {
        assert!(is_silent("r", "k", part(1), part(1)));
        assert!(!is_silent("r", "k", part(1), part(2)), "another statement");
        assert!(is_silent("r", "k", AttributePath::root(), part(1)), "the key includes its statements");
        assert!(!is_silent("r", "k", part(1), AttributePath::root()), "a statement is not the key");
    }

    #[test]
    fn what_is_said_for_information_silences_nothing() {
        let whole = AttributePath::root;
        let mut evaluations = [violated(&IMPLIED, "r", "k", whole()), violated(&GRAVE, "r", "k", whole())];
        if let Verdict::Violated(finding) = &mut evaluations[1].verdict {
            finding.severity = Severity::Info;
        }
        silence(&mut evaluations);
        assert!(matches!(evaluations[0].verdict, Verdict::Violated(_)));
    }

    #[test]
    fn what_is_undetermined_neither_silences_nor_is_silenced() {
        let because = kmscheck_value::Because::new("nobody knows");
        let mut evaluations = [
            violated(&IMPLIED, "r", "k", AttributePath::root()),
            violated(&GRAVE, "r", "k", AttributePath::root()),
        ];
        evaluations[1].verdict = Verdict::Undetermined(because);
        silence(&mut evaluations);
        assert!(matches!(evaluations[0].verdict, Verdict::Violated(_)));
        assert!(matches!(evaluations[1].verdict, Verdict::Undetermined(_)));
    }
}
