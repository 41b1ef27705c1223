use kmscheck_graph::{KeyId, Node};
use kmscheck_value::{Because, Truth};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key without a policy of its own, neither by its `policy` argument nor by an `aws_kms_key_policy`: it gets the
    /// AWS default policy. The check is off by default.
    ///
    /// # Why it matters
    ///
    /// The default policy gives the whole decision to IAM: whoever has `kms:*` in the account by an identity policy can
    /// use and manage the key. That is AWS's own choice and a sound one for many keys, so this is a matter of house
    /// rules. Switch the check on if every key is to say who may use it.
    ///
    /// # Example
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
    /// resource "aws_kms_key_policy" "app" {
    ///   key_id = aws_kms_key.app.key_id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Sid       = "Administration"
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "arn:aws:iam::111122223333:root" }
    ///       Action    = "kms:*"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key that keeps an earlier policy although the argument was removed: `policy-argument-removed` reports it.
    ///
    /// # References
    ///
    /// - [Default key policy](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)
    id: "default-key-policy",
    summary: "A key has the AWS default policy",
    group: Group::Lifecycle,
    severity: Severity::Info,
    aliases: &["CKV2_AWS_64"],
    needs: Needs::Anything,
    default: false,
    silenced_by: &[],
}

pub(crate) struct DefaultKeyPolicy;

impl Check for DefaultKeyPolicy {
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
        match (cx.graph.has_explicit_policy(*key), node.resource.configured.sets("policy")) {
            (Truth::Yes, _) => Ok(None),
            (Truth::No, Truth::No) => {
                cx.graph.all_policy_writers_known(*key).ok()?;
                Ok(Some(()))
            }
            _ => Err(unclear(node)),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, (): ()) -> Finding {
        let message = "This key has no policy of its own, so the AWS default policy holds: IAM policies of the account \
                       alone decide who may use and manage it.";
        let help = "Write down who may use the key: with the `policy` argument or an `aws_kms_key_policy`.";
        Finding::new(&METADATA, cx.graph.key(*key).node, message, help).subject_attribute("policy")
    }
}

fn unclear(key: Node<'_>) -> Because {
    Because::new(format!("whether the configuration gives {key} a policy is not in this input"))
        .settled_by("check a plan of the configuration")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&DefaultKeyPolicy);
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&DefaultKeyPolicy, resources)
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn key(policy: serde_json::Value) -> Planned {
        create("aws_kms_key.a", json!({"policy": policy, "key_id": {"$computed": true}}))
    }

    fn writer(key: &str) -> Planned {
        create("aws_kms_key_policy.a", json!({"key_id": {"$ref": key}, "policy": "{}"}))
    }

    const VIOLATED: [&str; 1] = ["violated info aws_kms_key.a"];

    #[test]
    fn a_new_key_without_a_policy_gets_the_default() {
        assert_eq!(judge(vec![key(json!({"$computed": true}))]), VIOLATED);
        assert!(judge(vec![key(json!("{\"Statement\": []}"))]).is_empty());
        assert!(judge(vec![key(json!({"$ref": "data.aws_iam_policy_document.x.json"}))]).is_empty());
        assert!(judge(vec![delete("aws_kms_key.a", json!({}))]).is_empty());
        assert!(judge(vec![create("data.aws_kms_key.a", json!({}))]).is_empty());
    }

    #[test]
    fn a_separate_policy_counts_if_it_is_for_this_key() {
        let plan = |reference: &str| judge(vec![key(json!({"$computed": true})), writer(reference)]);
        assert!(plan("aws_kms_key.a.key_id").is_empty());
        assert_eq!(plan("terraform_data.x.output"), ["undetermined aws_kms_key.a"]);
    }
}
