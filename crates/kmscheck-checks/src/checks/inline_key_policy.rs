use kmscheck_graph::{KeyId, Node};
use kmscheck_value::{Because, Truth};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key whose policy stands in the key resource itself, as its `policy` argument.
    ///
    /// # Why it matters
    ///
    /// It is a matter of choice, and each side has a price. A separate `aws_kms_key_policy` avoids a cycle when the policy
    /// names the key, or a resource that needs the key first. But it opens a window in which the new key has the default
    /// policy, a replaced key keeps the default policy until the next apply, and destroying the resource resets the policy
    /// to the default. An inline policy has none of these faults.
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
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key_policy" "app" {
    ///   key_id = aws_kms_key.app.key_id
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
    /// A key without a policy, and one whose `policy` is the empty string: the provider takes that for left out. A policy
    /// that is there from earlier, while the configuration has none.
    ///
    /// # References
    ///
    /// - [`aws_kms_key_policy`](https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy)
    id: "inline-key-policy",
    summary: "A key policy stands in the key resource",
    group: Group::Lockout,
    severity: Severity::Info,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct InlineKeyPolicy;

impl Check for InlineKeyPolicy {
    type Subject<'g> = KeyId;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<()> {
        let node = cx.graph.key(*key).node;
        match node.resource.configured.sets("policy") {
            Truth::Yes => Ok(Some(())),
            Truth::No => Ok(None),
            Truth::Unknown => {
                Err(Because::new(format!("whether the configuration gives {node} a policy is not known"))
                    .settled_by("check a plan of the configuration"))
            }
        }
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, (): ()) -> Finding {
        let message = "The policy of this key stands in the key resource. A separate `aws_kms_key_policy` avoids cycles \
                       when the policy names the key; but with it a new key has the default policy for a moment, a \
                       replaced key keeps the default policy until the next apply, and destroying the resource resets the \
                       policy to the default.";
        let help = "Keep it, unless the policy needs the key's ARN or something that needs the key first: then move it to \
                    an `aws_kms_key_policy`.";
        Finding::new(&METADATA, cx.graph.key(*key).node, message, help).subject_attribute("policy")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&InlineKeyPolicy);
    }

    #[test]
    fn an_empty_policy_is_none() {
        let judge = |policy: &str| {
            verdicts(&InlineKeyPolicy, vec![create("aws_kms_key.a", json!({"policy": policy}))])
        };
        assert_eq!(judge("{}"), ["violated info aws_kms_key.a"]);
        assert!(judge("").is_empty());
    }
}
