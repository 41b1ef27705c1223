use kmscheck_graph::Node;
use kmscheck_iam::{Clause, Effect, List, Principal, PrincipalKind, Statement};
use kmscheck_value::{Because, Truth};

use super::policies::{principal_words, shown, statement_of, statement_path, with_writer};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A `Deny` with `NotPrincipal` that exempts a user, a role or a session, and not the account that it belongs to.
    ///
    /// # Why it matters
    ///
    /// A request is made by an identity *and* by its account. Unless `NotPrincipal` names both, the `Deny` covers the account,
    /// and with it the very principal that was to be exempted: nobody may do what the statement is about.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect       = "Deny"
    ///         NotPrincipal = { AWS = "${local.account}:user/admin" }
    ///         Action       = "kms:ScheduleKeyDeletion"
    ///         Resource     = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect       = "Deny"
    ///         NotPrincipal = { AWS = ["${local.account}:root", "${local.account}:user/admin"] }
    ///         Action       = "kms:ScheduleKeyDeletion"
    ///         Resource     = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Of a role AWS asks for the ARN of each session as well, which nobody can list. Where only that is missing, the verdict is
    /// undetermined: `aws:PrincipalArn` under `ArnNotLike` says what is meant, for all sessions.
    ///
    /// # References
    ///
    /// - [`NotPrincipal` with `Deny`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html)
    id: "incomplete-not-principal",
    summary: "A Deny covers the principal that it exempts",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct IncompleteNotPrincipal;

impl Check for IncompleteNotPrincipal {
    type Subject<'g> = &'g Part<'g>;
    /// The principal that is denied all the same, as the policy writes it.
    type Fact = String;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<String> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let Clause::Not(exempted) = &statement.principals else { return Ok(None) };
        if statement.has_effect(Effect::Deny).is_no() {
            return Ok(None);
        }
        let identities = || exempted.iter().filter(|principal| principal.kind.identity().is_some());
        let mut open = exempted.more.clone();
        for principal in identities() {
            match has_account_of(exempted, principal) {
                Truth::Yes => {}
                Truth::Unknown => {
                    open = open.or_else(|| Some(unclear(statement, "the account of", principal)));
                }
                Truth::No => {
                    statement.effect.as_ref().ok()?;
                    return Ok(Some(principal_words(&principal.written)));
                }
            }
        }
        let role = identities().find(|principal| lacks_sessions(principal));
        let open = open.or_else(|| role.map(|role| unclear(statement, "the sessions of", role)));
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, principal: String) -> Finding {
        let message = format!(
            "This `Deny` is meant to exempt {principal}, and covers it too: `NotPrincipal` does not name its account, which every \
             request of it is also made by."
        );
        let help = "Add the account (`arn:aws:iam::ACCOUNT:root`) to `NotPrincipal`; or better, deny `*` under a condition with \
                    `ArnNotLike` on `aws:PrincipalArn`, which covers the sessions of a role as well.";
        let finding = Finding::new(&METADATA, self.bearer(cx, part), message, help);
        let Part::Statement(holder, _, statement) = part else { return finding };
        let path = statement_path(statement).key("notprincipal");
        with_writer(cx, *holder, finding.subject(path).evidence(shown(statement)))
    }
}

/// Whether the list has the account principal of the account that a user, role or session belongs to.
fn has_account_of(exempted: &List<Principal>, principal: &Principal) -> Truth {
    let Some(account) = principal.account() else { return Truth::Unknown };
    exempted.any(|other| other.is_account(account))
}

/// A role is exempted with all its sessions only if each of them is named.
fn lacks_sessions(principal: &Principal) -> bool {
    matches!(principal.kind, PrincipalKind::Role(_))
}

/// That `NotPrincipal` leaves open whether it exempts something of a principal.
fn unclear(statement: &Statement, what: &str, principal: &Principal) -> Because {
    let words = principal_words(&principal.written);
    let index = statement.index;
    Because::new(format!("whether `NotPrincipal` of statement {index} exempts {what} {words} is not known"))
        .settled_by("deny `*` under a condition with `ArnNotLike` on `aws:PrincipalArn` instead")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&IncompleteNotPrincipal);
    }

    const VIOLATED: [&str; 1] = ["violated high aws_kms_key.a"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_kms_key.a"];
    const ROOT: &str = "arn:aws:iam::111122223333:root";
    const USER: &str = "arn:aws:iam::111122223333:user/admin";
    const ROLE: &str = "arn:aws:iam::111122223333:role/admin";

    fn key(effect: &str, element: &str, principals: &Value) -> Vec<super::super::inline::Planned> {
        let statement = json!({"Effect": effect, element: principals, "Action": "kms:*", "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(principals: &Value) -> Vec<String> {
        verdicts(&IncompleteNotPrincipal, key("Deny", "NotPrincipal", principals))
    }

    #[test]
    fn each_identity_needs_its_account() {
        assert_eq!(judge(&json!({"AWS": USER})), VIOLATED);
        assert_eq!(judge(&json!({"AWS": ROLE})), VIOLATED);
        assert!(judge(&json!({"AWS": [USER, ROOT]})).is_empty());
        assert!(judge(&json!({"AWS": [USER, "111122223333"]})).is_empty());
        assert_eq!(judge(&json!({"AWS": [USER, "arn:aws:iam::444455556666:root"]})), VIOLATED);
        assert_eq!(judge(&json!({"AWS": [ROOT, "arn:aws:iam::444455556666:user/b", USER]})), VIOLATED);
    }

    #[test]
    fn a_role_needs_its_sessions_too() {
        assert_eq!(judge(&json!({"AWS": [ROLE, ROOT]})), UNDETERMINED);
        let session = "arn:aws:sts::111122223333:assumed-role/admin/me";
        assert!(judge(&json!({"AWS": [session, ROOT]})).is_empty());
        assert_eq!(judge(&json!({"AWS": session})), VIOLATED);
    }

    #[test]
    fn who_is_denied_for_certain_comes_before_who_may_be() {
        let other = "arn:aws:iam::444455556666:user/b";
        assert_eq!(judge(&json!({"AWS": [ROLE, ROOT, other]})), VIOLATED);
    }

    #[test]
    fn only_a_deny_with_not_principal_exempts() {
        assert!(
            verdicts(&IncompleteNotPrincipal, key("Allow", "NotPrincipal", &json!({"AWS": USER}))).is_empty()
        );
        assert!(
            verdicts(&IncompleteNotPrincipal, key("Deny", "Principal", &json!({"AWS": USER}))).is_empty()
        );
        assert!(judge(&json!({"AWS": ROOT})).is_empty());
        assert!(judge(&json!({"Service": "logs.eu-west-1.amazonaws.com"})).is_empty());
    }

    #[test]
    fn the_finding_names_whom_the_deny_covers() {
        let found = finding(&IncompleteNotPrincipal, key("Deny", "NotPrincipal", &json!({"AWS": USER})));
        assert!(
            found.message.starts_with(&format!("This `Deny` is meant to exempt {USER}, ")),
            "{}",
            found.message
        );
        assert_eq!(found.subject.to_string(), "policy.statement[0].notprincipal");
        assert!(found.evidence[0].contains("NotPrincipal"), "{:?}", found.evidence);
    }
}
