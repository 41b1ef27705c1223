use kmscheck_graph::{Node, PolicyWriter, Target};
use kmscheck_model::Action;

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A plan that replaces a key while its `aws_kms_key_policy` is only updated in place.
    ///
    /// # Why it matters
    ///
    /// The provider then writes nothing: it looks for a change of `policy`, not of `key_id`. The new key keeps the default
    /// policy of AWS KMS until another apply, and Terraform says that all is well. Who the policy was to keep out is let in
    /// by any IAM policy of the account, and who it was to let in from elsewhere stays out.
    ///
    /// # Example
    ///
    /// ```hcl,before
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
    ///   multi_region        = true
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
    ///
    ///   lifecycle {
    ///     replace_triggered_by = [aws_kms_key.app]
    ///   }
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// An `aws_kms_key_policy` that is replaced along with the key.
    ///
    /// # References
    ///
    /// - [`aws_kms_key_policy`](https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy)
    id: "policy-lost-on-replace",
    summary: "A replaced key does not get its policy",
    group: Group::Lockout,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Plan,
    default: true,
    silenced_by: &[],
}

pub(crate) struct PolicyLostOnReplace;

impl Check for PolicyLostOnReplace {
    type Subject<'g> = &'g PolicyWriter<'g>;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g PolicyWriter<'g>> {
        let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
        graph.all_policy_writers().iter().filter(|writer| writer.node.action() == Action::Update).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, writer: &&'g PolicyWriter<'g>) -> Node<'g> {
        writer.key.key().map_or(writer.node, |key| cx.graph.key(key).node)
    }

    fn detect<'g>(&self, cx: Context<'g>, writer: &&'g PolicyWriter<'g>) -> Detection<()> {
        let replaced = |key: &kmscheck_graph::Key<'_>| key.node.action() == Action::Replace;
        match &writer.key.target {
            Target::Keys(keys) => {
                let count = keys.iter().filter(|key| replaced(cx.graph.key(**key))).count();
                match count {
                    0 => Ok(None),
                    all if all == keys.len() => Ok(Some(())),
                    _ => Err(writer.node.unknown_until_apply("key_id")),
                }
            }
            Target::Undetermined(because) if cx.graph.keys().iter().any(replaced) => Err(because.clone()),
            _ => Ok(None),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, writer: &&'g PolicyWriter<'g>, (): ()) -> Finding {
        let message = format!(
            "This key is replaced, and {} is only updated in place: the provider then writes no policy, and the new key \
             keeps the default policy of AWS KMS until the next apply. Whoever an IAM policy of the account lets in can use \
             and manage it; whoever only the key policy let in cannot.",
            writer.node
        );
        let help = "Add `lifecycle { replace_triggered_by = [KEY] }` to the `aws_kms_key_policy`, or move the policy into \
                    the key resource. If this plan must be applied as it is, replace the `aws_kms_key_policy` right after \
                    (`terraform apply -replace=…`).";
        Finding::new(&METADATA, self.bearer(cx, writer), message, help)
            .subject_attribute("policy")
            .evidence(format!("{} is updated in place, with another key_id", writer.node))
            .related(writer.node, "is updated in place")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, keep, replace, update, verdicts};
    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn key() -> Json {
        json!({"arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}"), "key_id": ID})
    }

    fn replaced(address: &str) -> Planned {
        replace(
            address,
            "key_usage",
            key(),
            json!({"arn": {"$computed": true}, "key_id": {"$computed": true}}),
        )
    }

    /// A policy that is updated in place, to be written to what `key_id` refers to.
    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn judge(references: Json, keys: Vec<Planned>) -> Vec<String> {
        let policy = update(
            "aws_kms_key_policy.a",
            json!({"key_id": ID, "policy": "{}"}),
            json!({"key_id": {"$ref": references}, "policy": "{}"}),
        );
        verdicts(&PolicyLostOnReplace, keys.into_iter().chain([policy]).collect())
    }

    #[test]
    fn it_is_lost_if_every_key_that_it_may_be_for_is_replaced() {
        let either = || json!(["aws_kms_key.a.key_id", "aws_kms_key.b.key_id"]);
        let half_known = json!({"arn": {"$computed": true}, "key_id": {"$computed": true}});
        let updated = update("aws_kms_key.b", json!({}), half_known);
        assert_eq!(
            judge(either(), vec![replaced("aws_kms_key.a"), replaced("aws_kms_key.b")]),
            ["violated high aws_kms_key_policy.a"]
        );
        assert_eq!(
            judge(either(), vec![replaced("aws_kms_key.a"), updated]),
            ["undetermined aws_kms_key_policy.a"]
        );
    }

    #[test]
    fn which_key_it_is_for_matters_only_if_one_is_replaced() {
        let anything = || json!("terraform_data.x.output");
        let undetermined = ["undetermined aws_kms_key_policy.a"];
        assert_eq!(judge(anything(), vec![replaced("aws_kms_key.a")]), undetermined);
        assert!(judge(anything(), vec![keep("aws_kms_key.a", key())]).is_empty());
    }

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PolicyLostOnReplace);
    }
}
