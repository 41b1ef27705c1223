use kmscheck_graph::{KeyId, Node, PolicyWriter};
use kmscheck_model::Action;
use kmscheck_value::{Because, Knowledge, Truth, Value};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A plan that destroys an `aws_kms_key_policy` while its key stays.
    ///
    /// # Why it matters
    ///
    /// The provider does not leave the policy as it is: it puts the default policy on the key, which lets every IAM policy of
    /// the account decide. Whatever the destroyed policy denied or kept to itself is open to the account from then on.
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
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// removed {
    ///   from = aws_kms_key_policy.app
    ///
    ///   lifecycle {
    ///     destroy = false
    ///   }
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key that is destroyed in the same plan. A resource that has `bypass_policy_lockout_safety_check = true` in the
    /// state, and one that Terraform only forgets: the provider leaves the policy as it is. When another resource writes the
    /// policy of the key in the same apply, which of them comes last is not known, and the verdict is undetermined.
    ///
    /// # References
    ///
    /// - [`aws_kms_key_policy`](https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy)
    /// - [Default key policy](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)
    id: "policy-reset-on-destroy",
    summary: "The policy of a key is reset to the default",
    group: Group::Lockout,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Plan,
    default: true,
    silenced_by: &[],
}

pub(crate) struct PolicyResetOnDestroy;

impl Check for PolicyResetOnDestroy {
    type Subject<'g> = &'g PolicyWriter<'g>;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g PolicyWriter<'g>> {
        let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
        graph.all_policy_writers().iter().filter(|writer| writer.node.action() == Action::Delete).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, writer: &&'g PolicyWriter<'g>) -> Node<'g> {
        former_key(cx, writer).map_or(writer.node, |key| cx.graph.key(key).node)
    }

    fn detect<'g>(&self, cx: Context<'g>, writer: &&'g PolicyWriter<'g>) -> Detection<()> {
        if writer.node.flag("bypass_policy_lockout_safety_check", false).ok()? {
            return Ok(None);
        }
        let Some(key) = former_key(cx, writer) else { return Ok(Some(())) };
        if cx.graph.key(key).node.action().destroys() {
            return Ok(None);
        }
        match other_writer(cx, key) {
            None => Ok(Some(())),
            Some(other) => Err(Because::new(format!(
                "{other} writes the policy too, and whether that comes after {} is destroyed is not known",
                writer.node
            ))
            .settled_by("forget the old resource with a `removed` block instead of destroying it")),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, writer: &&'g PolicyWriter<'g>, (): ()) -> Finding {
        let message = format!(
            "The plan destroys {}, and its key stays: the provider then puts the default policy on the key, which lets any \
             IAM policy of the account give access to it. What the destroyed policy denied, or gave nobody, is open to the \
             account's administrators from then on.",
            writer.node
        );
        let help = "Keep the `aws_kms_key_policy`, or forget it with a `removed` block and `destroy = false`: then the \
                    policy stays as it is.";
        Finding::new(&METADATA, self.bearer(cx, writer), message, help)
            .subject_attribute("policy")
            .evidence(format!("{} is destroyed", writer.node))
            .related(writer.node, "is destroyed")
    }
}

/// The key that the policy was written to.
fn former_key(cx: Context<'_>, writer: &PolicyWriter<'_>) -> Option<KeyId> {
    let name = writer.node.resource.before("key_id").and_then(Value::as_str);
    name.and_then(|name| cx.graph.former_key(writer.node, name))
}

/// Another resource that writes the policy of the key in this apply.
fn other_writer<'g>(cx: Context<'g>, key: KeyId) -> Option<Node<'g>> {
    let writes = |node: &Node<'_>| node.action().creates() || node.action() == Action::Update;
    let separate = cx.graph.policy_writers(key).map(|writer| writer.node).find(writes);
    let own = cx.graph.key(key).node;
    let sets = match own.resource.configured.sets("policy") {
        Truth::Yes => own.is_given("policy") == Knowledge::Known(true),
        Truth::No => false,
        Truth::Unknown => own.resource.before("policy") != own.resource.after("policy"),
    };
    let inline = sets && writes(&own);
    separate.or_else(|| inline.then_some(own))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{delete, update, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PolicyResetOnDestroy);
    }

    #[test]
    fn an_argument_that_nobody_knows_to_be_set_writes_only_what_changes() {
        const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let judge = |policy: &str| {
            let key = |policy: &str| json!({"key_id": ID, "policy": policy});
            let key = update("aws_kms_key.a", key("{}"), key(policy)).undeclared();
            let writer = delete("aws_kms_key_policy.a", json!({"key_id": ID, "policy": "{}"}));
            verdicts(&PolicyResetOnDestroy, vec![key, writer])
        };
        assert_eq!(judge("{}"), ["violated high aws_kms_key.a"]);
        assert_eq!(judge(r#"{"Statement": []}"#), ["undetermined aws_kms_key.a"]);
    }
}
