//! What several checks say about the policy of a key.

use kmscheck_graph::{Key, KeyId, PolicyHolder, PolicySource, Primary};
use kmscheck_iam::{Condition, ConditionKey, KeyPolicy, Pattern, Statement};
use kmscheck_model::Address;
use kmscheck_value::{AttributePath, Because, Knowledge, Piece, Text, Truth};

use crate::{Context, Finding, Part};

/// Why a policy may say more than its known statements, if that is so.
///
/// # Errors
/// The reason.
pub(super) fn rest(cx: Context<'_>, holder: PolicyHolder) -> Result<(), Because> {
    let policy = cx.graph.policy_of(holder).ok()?;
    policy.and_then(KeyPolicy::more).cloned().map_or(Ok(()), Err)
}

/// The statement that a part is, in its policy.
///
/// # Errors
/// Why the policy may say more, if the part stands for that.
pub(super) fn statement_of<'g>(
    cx: Context<'g>,
    part: &Part<'g>,
) -> Result<Option<(KeyPolicy<'g>, &'g Statement)>, Because> {
    match part {
        Part::Statement(_, policy, statement) => Ok(Some((*policy, statement))),
        Part::Rest(holder) => rest(cx, *holder).map(|()| None),
    }
}

/// The conditions that hold only of requests with their key, and why there may be more of them.
pub(super) fn requiring_keys(statement: &Statement) -> (Vec<&Condition>, Option<Because>) {
    let mut requiring = Vec::new();
    let mut open = statement.conditions.more.clone();
    for condition in &statement.conditions {
        match (condition.requires_key(), ConditionKey::of(&condition.key).is_known()) {
            (Truth::No, _) => {}
            (Truth::Unknown, _) => open = open.or_else(|| Some(unknown_operator(condition))),
            (Truth::Yes, false) => open = open.or_else(|| Some(unknown_key(condition))),
            (Truth::Yes, true) => requiring.push(condition),
        }
    }
    (requiring, open)
}

/// That the actions of a statement can't be told.
pub(super) fn unknown_actions(statement: &Statement) -> Because {
    let list = statement.actions.list().and_then(|list| list.more.clone());
    let because =
        || Because::new(format!("which actions statement {} is about is not known", statement.index));
    list.unwrap_or_else(because)
}

/// That a value of a condition can't be told.
pub(super) fn unknown_value(condition: &Condition, value: &Text) -> Because {
    Because::new(format!("`{value}`, a value of {}, is not known", condition.key))
}

/// Whether the default policy of AWS KMS is in force on an existing key, and nobody is known to have written it down.
pub(super) fn has_default_policy(cx: Context<'_>, key: KeyId) -> bool {
    let is_default = || match cx.graph.key_policy(key) {
        Knowledge::Known(Some(policy)) => policy.is_default() == Truth::Yes,
        Knowledge::Known(None) | Knowledge::Undetermined(_) => false,
    };
    cx.graph.has_explicit_policy(key) != Truth::Yes && is_default()
}

/// Whether a condition is on this key. Case does not matter in the names of keys.
pub(super) fn is_on(condition: &Condition, key: &str) -> Truth {
    match condition.key.as_str() {
        Some(own) => own.eq_ignore_ascii_case(key).into(),
        None => Pattern::exact_ignoring_case(&key.into()).matches(&condition.key),
    }
}

/// Why a condition may be on this key.
pub(super) fn may_be_on(condition: &Condition, key: &str) -> Because {
    Because::new(format!("whether `{}`, the key of a condition, is {key} is not known", condition.key))
}

/// A statement of the policy, as a part of the key.
pub(super) fn statement_path(statement: &Statement) -> AttributePath {
    AttributePath::root().key("policy").key("statement").index(statement.index)
}

/// The statement as evidence, with its position.
pub(super) fn shown(statement: &Statement) -> String {
    format!("statement {}: {statement}", statement.index)
}

/// A principal in words: the role or user of this plan whose ARN it is, or what is written.
pub(super) fn principal_words(written: &Text) -> String {
    let of_identity = |piece: &Piece| {
        let Piece::Symbol(symbol) = piece else { return None };
        let address = symbol.object().parse::<Address>().ok()?;
        matches!(&*address.resource_type, "aws_iam_role" | "aws_iam_user").then(|| address.to_string())
    };
    written.pieces().iter().find_map(of_identity).unwrap_or_else(|| written.to_string())
}

/// Whether a part of a text is not known, and somebody chose it: it may have a wildcard or a policy variable. What AWS
/// names by itself has neither.
pub(super) fn is_chosen(piece: &Piece) -> bool {
    match piece {
        Piece::Literal(_) => false,
        Piece::Symbol(symbol) => !["", "account_id", "arn", "id"].contains(&symbol.path()),
    }
}

/// The primary of a replica, if the input tells anything about its policy.
pub(super) fn primary_of<'g>(cx: Context<'g>, replica: &Key<'_>) -> Result<&'g Key<'g>, Because> {
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    let shows_policy =
        |primary: &Key<'_>| primary.kind.is_managed() || graph.has_explicit_policy(primary.id) == Truth::Yes;
    match graph.primary_of(replica.id) {
        Some(Knowledge::Undetermined(because)) => Err(because),
        Some(Knowledge::Known(Primary::Key(primary))) if shows_policy(graph.key(primary)) => {
            Ok(graph.key(primary))
        }
        _ => Err(Because::new(format!("the primary of {} is not in this input", replica.node))
            .settled_by("give the plan that has the primary in the same call")),
    }
}

/// That the operator of a condition can't be told.
pub(super) fn unknown_operator(condition: &Condition) -> Because {
    Because::new(format!("`{}`, the operator on {}, is not known", condition.operator, condition.key))
}

/// That the condition key of a condition can't be told.
pub(super) fn unknown_key(condition: &Condition) -> Because {
    Because::new(format!("`{}`, a condition key under {}, is not known", condition.key, condition.operator))
}

/// The same finding, about a statement.
pub(super) fn on_statement(cx: Context<'_>, part: &Part<'_>, finding: Finding) -> Finding {
    let Part::Statement(holder, _, statement) = part else { return finding };
    with_writer(cx, *holder, finding.subject(statement_path(statement)).evidence(shown(statement)))
}

/// The same finding, about the condition of a statement.
pub(super) fn on_condition(cx: Context<'_>, part: &Part<'_>, finding: Finding) -> Finding {
    let Part::Statement(holder, _, statement) = part else { return finding };
    let path = statement_path(statement).key("condition");
    with_writer(cx, *holder, finding.subject(path).evidence(shown(statement)))
}

/// The same finding, in the resource that writes the policy where another one bears it.
pub(super) fn with_writer(cx: Context<'_>, holder: impl Into<PolicyHolder>, finding: Finding) -> Finding {
    let PolicyHolder::Key(key) = holder.into() else { return finding };
    match cx.graph.policy(key).source {
        PolicySource::Separate(writer) => beside_writer(cx, key, finding.written_in(writer)),
        _ => finding,
    }
}

/// The same finding, with the resource that writes the policy of a key beside it.
pub(super) fn beside_writer(cx: Context<'_>, key: KeyId, finding: Finding) -> Finding {
    match cx.graph.policy(key).source {
        PolicySource::Separate(writer) => finding.related(writer, "writes this policy"),
        _ => finding,
    }
}
