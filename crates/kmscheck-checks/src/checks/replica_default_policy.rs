use kmscheck_graph::{Key, KeyId, Node, PolicySource};
use kmscheck_value::{Because, Knowledge, Truth};

use super::policies::{beside_writer, has_default_policy, primary_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A replica without a policy of its own whose primary has one. Of severity high when the policy of the primary does not
    /// let IAM policies of the account give access.
    ///
    /// # Why it matters
    ///
    /// A replica does not inherit the policy of its primary. Without one of its own it gets the default policy of AWS KMS,
    /// which lets every IAM policy of the account decide. It has the key material of the primary and reads what that has
    /// encrypted: whoever the primary's policy keeps out may come in by the replica.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// provider "aws" {
    ///   alias  = "frankfurt"
    ///   region = "eu-central-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Deny"
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/reports" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///   multi_region        = true
    ///   policy              = local.policy
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   description     = "Application data"
    ///   primary_key_arn = aws_kms_key.app.arn
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// provider "aws" {
    ///   alias  = "frankfurt"
    ///   region = "eu-central-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Deny"
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/reports" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///   multi_region        = true
    ///   policy              = local.policy
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   description     = "Application data"
    ///   primary_key_arn = aws_kms_key.app.arn
    ///   policy          = local.policy
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A primary without a policy of its own. A replica whose policy an `aws_kms_key_policy` writes. A replica that cannot be
    /// made: `replica-of-single-region-key` says it.
    ///
    /// # References
    ///
    /// - [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html)
    /// - [Control access to multi-Region keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html)
    id: "replica-default-policy",
    summary: "A replica has the default policy, its primary has not",
    group: Group::Replication,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["replica-of-single-region-key"],
}

pub(crate) struct ReplicaDefaultPolicy;

/// Whether the policy of the primary lets IAM policies give access, as the default policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfPrimary {
    /// It does, or it is not known.
    Delegates(KeyId),
    /// It does not.
    Keeps(KeyId),
}

impl Check for ReplicaDefaultPolicy {
    type Subject<'g> = KeyId;
    type Fact = OfPrimary;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().filter(|key| key.kind.is_replica()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Node<'g> {
        cx.graph.key(*replica).node
    }

    fn detect<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Detection<OfPrimary> {
        let replica = cx.graph.key(*replica);
        let own = cx.graph.has_explicit_policy(replica.id);
        if own == Truth::Yes {
            return Ok(None);
        }
        let primary = primary_of(cx, replica)?.id;
        let has_default = own == Truth::No || has_default_policy(cx, replica.id);
        match (has_default, cx.graph.has_explicit_policy(primary)) {
            (_, Truth::No) => Ok(None),
            (true, Truth::Yes) => {
                cx.graph.key_policy(replica.id).ok()?;
                Ok(Some(if keeps(cx, primary) {
                    OfPrimary::Keeps(primary)
                } else {
                    OfPrimary::Delegates(primary)
                }))
            }
            (true, Truth::Unknown) => Err(unclear(cx.graph.key(primary))),
            (false, _) => Err(unclear(replica)),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, replica: &KeyId, of_primary: OfPrimary) -> Finding {
        let replica = cx.graph.key(*replica);
        let node = replica.node;
        let (severity, primary, consequence) = match of_primary {
            OfPrimary::Delegates(primary) => (
                Severity::Medium,
                primary,
                "What the primary's policy denies, or gives to its principals, is missing here.",
            ),
            OfPrimary::Keeps(primary) => (
                Severity::High,
                primary,
                "The primary's policy gives no access by IAM policies; the replica gives it to whoever has one.",
            ),
        };
        let primary = cx.graph.key(primary);
        let (what, evidence) = words(cx, replica);
        let message = format!(
            "{what}, not that of its primary. {consequence} It has the key material of the primary and reads what that \
             has encrypted."
        );
        let help = "Give the replica the policy of its primary: a replica never inherits it.";
        let finding = Finding::new(&METADATA, node, message, help)
            .severity(severity)
            .subject_attribute("policy")
            .evidence(format!("{node} {evidence}"))
            .related(primary.node, "is the primary, and has a policy of its own");
        beside_writer(cx, primary.id, finding)
    }
}

/// What is known of the replica's policy, and the evidence. Of a replica that exists its policy is known, and perhaps not
/// what its configuration sets.
fn words(cx: Context<'_>, replica: &Key<'_>) -> (&'static str, &'static str) {
    let unset = "This replica has no policy of its own, so it gets the default policy of AWS KMS";
    match (cx.graph.policy(replica.id).source, cx.graph.has_explicit_policy(replica.id)) {
        (PolicySource::Earlier(_), Truth::No) => (
            "This replica has no policy of its own, so it has the default policy of AWS KMS",
            "sets no policy, and its policy is the default one",
        ),
        (PolicySource::Earlier(_), _) => (
            "The policy of this replica is the default policy of AWS KMS",
            "has a policy, and it is the default one",
        ),
        (PolicySource::Reset(_), _) => {
            (unset, "is left by its `aws_kms_key_policy`, and gets the default policy back")
        }
        _ => (unset, "sets no policy: assumed default"),
    }
}

/// Whether IAM policies certainly have no effect on the key.
fn keeps(cx: Context<'_>, primary: KeyId) -> bool {
    match cx.graph.key_policy(primary) {
        Knowledge::Known(Some(policy)) => policy.delegates() == Knowledge::Known(false),
        Knowledge::Known(None) | Knowledge::Undetermined(_) => false,
    }
}

fn unclear(key: &Key<'_>) -> Because {
    Because::new(format!("whether {} has a policy of its own is not in this input", key.node))
        .settled_by("check a plan of the configuration")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, keep, reasons, verdicts};
    use super::*;

    #[test]
    fn a_replica_that_cannot_be_made_has_another_fault() {
        let judge = |multi_region: bool| {
            let policy = json!({"Version": "2012-10-17", "Statement": []}).to_string();
            let primary = json!({"arn": {"$computed": true}, "multi_region": multi_region, "policy": policy});
            let primary = create("aws_kms_key.a", primary);
            let arn = json!({"$ref": "aws_kms_key.a.arn"});
            let replica = create("aws_kms_replica_key.a", json!({"primary_key_arn": arn}));
            verdicts(&ReplicaDefaultPolicy, vec![primary, replica.in_region("frankfurt")])
        };
        assert_eq!(judge(true), ["violated high aws_kms_replica_key.a"]);
        assert!(judge(false).is_empty());
    }

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&ReplicaDefaultPolicy);
    }

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

    fn looked_up() -> Planned {
        keep("data.aws_kms_key.a", json!({"arn": ARN, "key_id": ARN, "multi_region": true}))
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn replica_of(primary: serde_json::Value) -> Planned {
        create("aws_kms_replica_key.a", json!({"primary_key_arn": primary})).in_region("frankfurt")
    }

    #[test]
    fn the_policy_of_a_primary_that_is_looked_up_may_be_written_here() {
        let policy = json!({"Version": "2012-10-17", "Statement": []}).to_string();
        let writer = create("aws_kms_key_policy.a", json!({"key_id": ARN, "policy": policy}));
        let plan = vec![looked_up(), writer, replica_of(json!(ARN))];
        assert_eq!(verdicts(&ReplicaDefaultPolicy, plan), ["violated high aws_kms_replica_key.a"]);
        let elsewhere = ["the primary of aws_kms_replica_key.a is not in this input"];
        assert_eq!(reasons(&ReplicaDefaultPolicy, vec![looked_up(), replica_of(json!(ARN))]), elsewhere);
    }

    #[test]
    fn an_unknown_primary_is_said_to_be_unknown() {
        let anything = json!({"$ref": "terraform_data.x.output"});
        let reasons = reasons(&ReplicaDefaultPolicy, vec![replica_of(anything)]);
        assert!(reasons[0].contains("depends on `terraform_data.x.output`"), "{reasons:?}");
    }
}
