use kmscheck_graph::{Node, PolicyHolder};
use kmscheck_value::Knowledge;

use super::policies::{principal_words, with_writer};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key whose policy one user or role alone may change: the account principal may not, and only one principal that is
    /// named may call `kms:PutKeyPolicy`.
    ///
    /// # Why it matters
    ///
    /// The key is lost with that principal. When the role is deleted, nobody can change the policy any more, and a new role
    /// of the same name does not help: AWS keeps the unique id of the old one in the policy. Only AWS Support can help then.
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
    ///       Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/terraform" }
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
    /// # What it leaves alone
    ///
    /// A key that the account principal may manage: IAM administrators can always give somebody the permission. A key that
    /// two principals or more may manage. A key that nobody may manage: `key-lockout`.
    ///
    /// # References
    ///
    /// - [Default key policy](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)
    /// - [Principals in policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
    id: "single-policy-administrator",
    summary: "One principal alone can change the policy of a key",
    group: Group::Lockout,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["key-lockout"],
}

pub(crate) struct SinglePolicyAdministrator;

impl Check for SinglePolicyAdministrator {
    type Subject<'g> = PolicyHolder;
    /// The principal, as the policy writes it.
    type Fact = String;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<PolicyHolder> {
        cx.graph.policy_holders().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Node<'g> {
        cx.graph.holder(*holder)
    }

    fn detect<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Detection<String> {
        let Some(administrators) = cx.graph.policy_administrators(*holder).ok()? else { return Ok(None) };
        let certain: Vec<_> =
            administrators.named.iter().filter(|(_, may)| *may == Knowledge::Known(true)).collect();
        if administrators.account == Knowledge::Known(true) || certain.len() > 1 {
            return Ok(None);
        }
        let perhaps = administrators.named.iter().map(|(_, may)| may).find(|may| may.because().is_some());
        administrators.account.ok()?;
        perhaps.cloned().map_or(Ok(false), Knowledge::ok)?;
        Ok(certain.first().map(|(principal, _)| principal_words(&principal.written)))
    }

    fn report<'g>(&self, cx: Context<'g>, holder: &PolicyHolder, principal: String) -> Finding {
        let message = format!(
            "Only {principal} can change the policy of this key. If that principal is deleted, nobody can any more, and a \
             new one of the same name does not help: the policy keeps the unique id of the old one."
        );
        let help = "Allow `kms:*` to the account principal (`arn:aws:iam::ACCOUNT:root`), or `kms:PutKeyPolicy` to a \
                    second principal that is kept for such a day.";
        let finding =
            Finding::new(&METADATA, cx.graph.holder(*holder), message, help).subject_attribute("policy");
        with_writer(cx, *holder, finding.evidence(format!("kms:PutKeyPolicy is allowed to {principal} only")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&SinglePolicyAdministrator);
    }
}
