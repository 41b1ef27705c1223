use kmscheck_graph::{KeyId, Node};

use super::policies::with_writer;
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key policy in which no `Allow` names the key's own account (`arn:aws:iam::ACCOUNT:root` or the twelve digits).
    ///
    /// # Why it matters
    ///
    /// IAM policies that allow something with the key then have no effect: the account principal in the key policy is what
    /// switches them on. AWS permits this choice, and some want it: nobody gets access through IAM alone. The principals
    /// that the policy names and grants still work, and an IAM policy that denies still denies. What stops working is every
    /// role that reaches the key by an IAM policy, administrators and auditors included.
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
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = ["${local.account}:role/terraform", "${local.account}:role/break-glass"] }
    ///       Action    = "kms:*"
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
    ///         Effect    = "Allow"
    ///         Principal = { AWS = ["${local.account}:role/terraform", "${local.account}:role/break-glass"] }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A policy that gives the account principal less than everything: IAM policies work as far as that statement reaches.
    /// A key without a policy of its own: the default policy of AWS KMS names the account.
    ///
    /// # References
    ///
    /// - [Allows IAM policies to allow access to the key](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam)
    id: "no-iam-delegation",
    summary: "IAM policies have no effect on a key",
    group: Group::Lockout,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["key-lockout"],
}

pub(crate) struct NoIamDelegation;

impl Check for NoIamDelegation {
    type Subject<'g> = KeyId;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.living_keys().filter(|key| key.kind.is_managed()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<()> {
        let Some(policy) = cx.graph.key_policy(*key).ok()? else { return Ok(None) };
        Ok((!policy.delegates().ok()?).then_some(()))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, (): ()) -> Finding {
        let key = cx.graph.key(*key);
        let message = "The policy of this key does not name its account, so IAM policies cannot allow anything with it. AWS \
                       permits this choice: the principals that the policy names, and grants, still work, and IAM \
                       policies can still deny. Roles that rely on an IAM policy for the key get AccessDenied.";
        let help = "If IAM policies are to work, allow the account principal (`arn:aws:iam::ACCOUNT:root`) what they may \
                    give. If not, make sure that the policy names everyone who needs the key.";
        let finding = Finding::new(&METADATA, key.node, message, help).subject_attribute("policy");
        with_writer(cx, key, finding.evidence("no statement allows the account principal anything"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&NoIamDelegation);
    }
}
