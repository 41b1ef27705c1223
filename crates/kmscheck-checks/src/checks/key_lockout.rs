use kmscheck_graph::{Node, PolicyHolder};
use kmscheck_iam::{Action, Administrators, KeyPolicy, Statement};
use kmscheck_value::{Because, Knowledge};

use super::policies::{shown, with_writer};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key whose policy nobody can change any more after the apply. No statement allows `kms:PutKeyPolicy` to the key's
    /// own account or to a user or role in it that still exists; or only under a condition that such a request never
    /// meets; or a `Deny` hits all such requests.
    ///
    /// # Why it matters
    ///
    /// Unlike other resources, a key does not belong to its account by itself: only its policy gives anybody access. Who is
    /// not in it cannot get in, administrators and the root user included. What the policy leaves out is then out for good;
    /// only AWS Support can help. AWS KMS refuses such a policy, unless it is told not to with
    /// `bypass_policy_lockout_safety_check`.
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
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    ///       Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"]
    ///       Resource  = "*"
    ///     }]
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
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    ///       Action    = "kms:*"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key that one named role alone can manage: that is `single-policy-administrator`. A condition on who calls, on
    /// tags, on multi-factor authentication or on the network cannot be judged here; the verdict is then undetermined.
    /// Other accounts, services and unique ids of deleted principals do not count: none of them can write a key policy.
    ///
    /// # References
    ///
    /// - [Default key policy](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)
    /// - [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)
    id: "key-lockout",
    summary: "Nobody can change the policy of a key any more",
    group: Group::Lockout,
    severity: Severity::Critical,
    aliases: &["IAM-KMS-1"],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct KeyLockout;

/// Why nobody may change the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No statement allows it.
    NotAllowed,
    /// A `Deny` takes it from those whom a statement allows it.
    Denied,
}

impl Check for KeyLockout {
    type Subject<'g> = PolicyHolder;
    type Fact = Cause;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<PolicyHolder> {
        cx.graph.policy_holders().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Node<'g> {
        cx.graph.holder(*holder)
    }

    fn detect<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Detection<Cause> {
        let Some(administrators) = cx.graph.policy_administrators(*holder).ok()? else { return Ok(None) };
        let cause = if administrators.denied { Cause::Denied } else { Cause::NotAllowed };
        Ok((!anybody(administrators)?).then_some(cause))
    }

    fn report<'g>(&self, cx: Context<'g>, holder: &PolicyHolder, cause: Cause) -> Finding {
        let (why, help) = words(cause);
        let message = format!(
            "Nobody can change the policy of this key after the apply: {why}. Whoever the policy leaves out stays out, the \
             root user included, and only AWS Support can change that. AWS KMS refuses such a policy, unless \
             `bypass_policy_lockout_safety_check` tells it not to."
        );
        let mut finding =
            Finding::new(&METADATA, cx.graph.holder(*holder), message, help).subject_attribute("policy");
        let policy = cx.graph.policy_of(*holder).known().copied().flatten();
        let relevant: Vec<_> = policy.map(about_policies).unwrap_or_default();
        if relevant.is_empty() {
            finding = finding.evidence("no statement of the policy is about kms:PutKeyPolicy");
        }
        finding = relevant.into_iter().fold(finding, |finding, statement| finding.evidence(shown(statement)));
        with_writer(cx, *holder, finding)
    }
}

fn words(cause: Cause) -> (&'static str, &'static str) {
    match cause {
        Cause::NotAllowed => (
            "it allows `kms:PutKeyPolicy` to no principal of the key's own account that exists",
            "Allow `kms:*` to the account principal (`arn:aws:iam::ACCOUNT:root`), as the default policy does, or at least \
             `kms:PutKeyPolicy` to roles of the account that will stay.",
        ),
        Cause::Denied => (
            "it denies `kms:PutKeyPolicy` to every principal of the key's own account that exists and that a statement \
             allows it",
            "Leave `kms:PutKeyPolicy` out of the `Deny`, or let the `Deny` leave out the account principal \
             (`arn:aws:iam::ACCOUNT:root`) and roles of the account that will stay.",
        ),
    }
}

/// Whether anybody may, if it is known.
fn anybody(administrators: Administrators<'_>) -> Result<bool, Because> {
    let named = administrators.named.into_iter().map(|(_, may)| may);
    Knowledge::any(std::iter::once(administrators.account).chain(named)).ok()
}

/// The statements that allow or deny `kms:PutKeyPolicy` to anybody.
fn about_policies(policy: KeyPolicy<'_>) -> Vec<&Statement> {
    let action = Action::named("kms:PutKeyPolicy");
    let covers = |statement: &&Statement| action.is_some_and(|action| !statement.covers(action).is_no());
    policy.statements().iter().filter(covers).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&KeyLockout);
    }

    fn key(statements: &Value) -> Vec<super::super::inline::Planned> {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        vec![create("aws_kms_key.a", json!({"arn": arn, "policy": policy}))]
    }

    #[test]
    fn the_evidence_is_what_the_policy_says_about_writing_it() {
        let decrypt =
            json!([{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}]);
        assert!(finding(&KeyLockout, key(&decrypt)).message.contains("it allows `kms:PutKeyPolicy` to no"));
        assert_eq!(
            finding(&KeyLockout, key(&decrypt)).evidence,
            ["no statement of the policy is about kms:PutKeyPolicy"]
        );
        let denied = json!([
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "kms:Put*", "Resource": "*"},
        ]);
        let finding = finding(&KeyLockout, key(&denied));
        assert!(finding.message.contains("it denies `kms:PutKeyPolicy`"), "{}", finding.message);
        assert!(finding.help.starts_with("Leave `kms:PutKeyPolicy` out"), "{}", finding.help);
        assert_eq!(finding.evidence.len(), 2);
        assert!(
            finding.evidence[1].starts_with("statement 1: {\n  \"Effect\": \"Deny\""),
            "{:?}",
            finding.evidence
        );
    }

    #[test]
    fn a_key_without_a_policy_has_the_default() {
        assert!(
            verdicts(&KeyLockout, vec![create("aws_kms_key.a", json!({"policy": {"$computed": true}}))])
                .is_empty()
        );
    }
}
