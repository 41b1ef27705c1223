use kmscheck_graph::{Key, KeyId, Node};
use kmscheck_iam::{Action, ActionSet, Comparison, Normal};
use kmscheck_value::{Because, Knowledge, Truth};

use super::policies::{has_default_policy, primary_of, shown, with_writer};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A replica whose policy gives other access than the policy of its primary. Of severity high when the replica lets
    /// somebody decrypt, create grants or change the policy whom the primary does not let; medium when somebody loses
    /// `kms:Decrypt`; else low.
    ///
    /// # Why it matters
    ///
    /// A replica has the key material of its primary, and reads what the primary has encrypted. A policy that is wider on the
    /// replica opens the data of both; one that is narrower makes a failover end in AccessDenied.
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
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    ///   manage = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:root" }
    ///     Action    = "kms:*"
    ///     Resource  = "*"
    ///   }
    ///   read = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:role/reports" }
    ///     Action    = "kms:Decrypt"
    ///     Resource  = "*"
    ///   }
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///   multi_region        = true
    ///   policy              = jsonencode({ Version = "2012-10-17", Statement = [local.manage] })
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   description     = "Application data"
    ///   primary_key_arn = aws_kms_key.app.arn
    ///   policy          = jsonencode({ Version = "2012-10-17", Statement = [local.manage, local.read] })
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
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    ///   manage = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:root" }
    ///     Action    = "kms:*"
    ///     Resource  = "*"
    ///   }
    ///   read = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:role/reports" }
    ///     Action    = "kms:Decrypt"
    ///     Resource  = "*"
    ///   }
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///   multi_region        = true
    ///   policy              = jsonencode({ Version = "2012-10-17", Statement = [local.manage, local.read] })
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   description     = "Application data"
    ///   primary_key_arn = aws_kms_key.app.arn
    ///   policy          = jsonencode({ Version = "2012-10-17", Statement = [local.manage, local.read] })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Order, `Sid`, lists and single elements, the ways to write an account. The key's own Region, where the policy names
    /// it. Actions that only a primary has: `kms:ReplicateKey`, `kms:UpdatePrimaryRegion`, `kms:EnableKeyRotation`. Keys of
    /// which one has no policy of its own: `replica-default-policy`.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [Control access to multi-Region keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html)
    id: "replica-policy-differs",
    summary: "A replica gives other access than its primary",
    group: Group::Replication,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct ReplicaPolicyDiffers;

/// The actions that only a primary has.
const OF_PRIMARIES: [&str; 3] = ["kms:EnableKeyRotation", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"];

/// The actions with which a replica opens what its primary protects.
const OPENING: [&str; 3] = ["kms:CreateGrant", "kms:Decrypt", "kms:PutKeyPolicy"];

impl Check for ReplicaPolicyDiffers {
    type Subject<'g> = KeyId;
    type Fact = Comparison;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().filter(|key| key.kind.is_replica()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Node<'g> {
        cx.graph.key(*replica).node
    }

    fn detect<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Detection<Comparison> {
        let replica = cx.graph.key(*replica);
        if cx.graph.has_explicit_policy(replica.id) == Truth::No || has_default_policy(cx, replica.id) {
            return Ok(None);
        }
        let primary = primary_of(cx, replica)?;
        if cx.graph.has_explicit_policy(primary.id) == Truth::No {
            return Ok(None);
        }
        if cx.graph.share_policy(primary.id, replica.id) {
            return Ok(None);
        }
        let comparison = access(cx, primary)?.compare(&access(cx, replica)?);
        if comparison.is_same() {
            return Ok(None);
        }
        for key in [primary, replica] {
            is_explicit(cx, key)?;
            key.region.as_ref().ok()?;
        }
        Ok(Some(comparison))
    }

    fn report<'g>(&self, cx: Context<'g>, replica: &KeyId, comparison: Comparison) -> Finding {
        let replica = cx.graph.key(*replica);
        let (severity, consequence) = consequence(&comparison);
        let message = format!(
            "The policy of this replica gives other access than the policy of its primary. {consequence} A replica has the \
             key material of its primary and reads what the primary has encrypted."
        );
        let help = "Give both keys one policy document, with the Region as the only difference; or say in a comment why \
                    they differ and ignore this finding.";
        let finding = Finding::new(&METADATA, replica.node, message, help)
            .severity(severity)
            .subject_attribute("policy");
        let Ok(primary) = primary_of(cx, replica) else { return finding };
        let finding = with_statements(cx, primary, "only on the primary", &comparison.first_only, finding);
        let finding = with_statements(cx, replica, "only on the replica", &comparison.second_only, finding);
        with_writer(cx, replica.id, finding.related(primary.node, "is the primary"))
    }
}

fn is_explicit(cx: Context<'_>, key: &Key<'_>) -> Result<(), Because> {
    match cx.graph.has_explicit_policy(key.id) {
        Truth::Yes => Ok(()),
        _ => Err(Because::new(format!("whether {} has a policy of its own is not in this input", key.node))),
    }
}

fn access(cx: Context<'_>, key: &Key<'_>) -> Result<Normal, Because> {
    let unknown = || Because::new(format!("the policy of {} is not in this input", key.node));
    let policy = cx.graph.key_policy(key.id).ok()?.ok_or_else(unknown)?;
    let region = key.region.known().map(|region| &**region);
    Normal::of(policy, region, actions(&OF_PRIMARIES)).ok()
}

fn actions(names: &[&str]) -> ActionSet {
    names.iter().filter_map(|name| Action::named(name)).collect()
}

fn consequence(comparison: &Comparison) -> (Severity, String) {
    let opened = comparison.gained.intersection(actions(&OPENING));
    if !opened.is_empty() {
        let names: Vec<_> = opened.iter().map(|action| action.name).collect();
        let text = format!("It allows {} to somebody whom the primary does not.", names.join(", "));
        return (Severity::High, text);
    }
    if !comparison.lost.intersection(actions(&["kms:Decrypt"])).is_empty() {
        let text = "Somebody who may decrypt with the primary may not with the replica: a failover ends in AccessDenied.";
        return (Severity::Medium, text.to_owned());
    }
    (Severity::Low, "Neither lets anybody decrypt whom the other does not.".to_owned())
}

fn with_statements(
    cx: Context<'_>,
    key: &Key<'_>,
    side: &str,
    indices: &[usize],
    finding: Finding,
) -> Finding {
    let Knowledge::Known(Some(policy)) = cx.graph.key_policy(key.id) else { return finding };
    let statements = indices.iter().filter_map(|index| policy.statements().get(*index));
    statements.fold(finding, |finding, statement| finding.evidence(format!("{side}, {}", shown(statement))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, keep, verdicts};
    use super::*;

    const DOCUMENT: &str = "data.aws_iam_policy_document.a.json";

    /// The verdicts on a primary and a replica whose policies are made from these.
    fn judge(primary: &Value, replica: &Value) -> Vec<String> {
        let arn = json!({"$ref": "aws_kms_key.a.arn"});
        let primary = json!({"arn": {"$computed": true}, "multi_region": true, "policy": primary});
        let replica = json!({"primary_key_arn": arn, "policy": replica});
        let replica = create("aws_kms_replica_key.a", replica).in_region("frankfurt");
        let statement = json!({"$ref": "terraform_data.x.output"});
        let document = json!({"json": {"$computed": true}, "statement": statement});
        let document = create("data.aws_iam_policy_document.a", document);
        verdicts(&ReplicaPolicyDiffers, vec![document, create("aws_kms_key.a", primary), replica])
    }

    #[test]
    fn one_policy_is_the_same_whatever_it_says() {
        let made_from = |what: &str| json!({"$ref": what});
        let of_primary = made_from("aws_kms_key.a.policy");
        assert!(judge(&made_from(DOCUMENT), &made_from(DOCUMENT)).is_empty());
        assert!(judge(&made_from(DOCUMENT), &of_primary).is_empty());
        assert!(judge(&made_from("terraform_data.x.output"), &of_primary).is_empty());
        let undetermined = ["undetermined aws_kms_replica_key.a"];
        let anything = made_from("terraform_data.x.output");
        assert_eq!(judge(&anything, &anything), undetermined, "two templates may be made from one thing");
        assert_eq!(judge(&made_from(DOCUMENT), &anything), undetermined);
        let either = json!({"$ref": [DOCUMENT, "terraform_data.x.output"]});
        assert_eq!(judge(&either, &either), undetermined, "the conditions may differ");
        assert_eq!(judge(&made_from("local.policy"), &made_from("local.policy")), undetermined);
    }

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&ReplicaPolicyDiffers);
    }

    fn policy(principal: &str) -> String {
        let statement = json!({"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": "kms:*",
            "Principal": {"AWS": format!("arn:aws:iam::111122223333:{principal}")}, "Resource": "*"});
        json!({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}).to_string()
    }

    fn primary_of_role() -> super::super::inline::Planned {
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        keep("aws_kms_key.a", json!({"arn": arn, "policy": policy("role/app")}))
    }

    fn replica(principal: &str) -> super::super::inline::Planned {
        let arn = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        let primary = arn.replace("central", "west");
        keep(
            "aws_kms_replica_key.a",
            json!({"arn": arn, "primary_key_arn": primary, "policy": policy(principal)}),
        )
    }

    #[test]
    fn the_default_policy_on_a_replica_is_another_check() {
        let judge = |principal: &str| {
            let replica = replica(principal).in_region("frankfurt").undeclared();
            verdicts(&ReplicaPolicyDiffers, vec![primary_of_role(), replica])
        };
        assert!(judge("root").is_empty());
        assert_eq!(judge("role/other"), ["violated high aws_kms_replica_key.a"]);
    }

    #[test]
    fn without_the_region_of_a_key_what_differs_is_not_known() {
        let judge = |region: &str| {
            let primary =
                json!({"arn": {"$computed": true}, "multi_region": true, "policy": policy("role/app")});
            let arn = json!({"$ref": "aws_kms_key.a.arn"});
            let replica = json!({"primary_key_arn": arn, "policy": policy("role/other")});
            let replica = create("aws_kms_replica_key.a", replica).in_region(region);
            verdicts(&ReplicaPolicyDiffers, vec![create("aws_kms_key.a", primary), replica])
        };
        assert_eq!(judge("somewhere"), ["undetermined aws_kms_replica_key.a"]);
        assert_eq!(judge("frankfurt"), ["violated high aws_kms_replica_key.a"]);
    }
}
