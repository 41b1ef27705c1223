use kmscheck_graph::{KeyId, Node};
use kmscheck_value::Value;

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key with imported material that expires: `valid_to` is set.
    ///
    /// # Why it matters
    ///
    /// At that moment AWS KMS deletes the material and the key becomes unusable. Everything encrypted under it can only
    /// be read again when the same material is imported once more, and AWS KMS does not have a copy of it. Each replica
    /// has an expiry of its own.
    ///
    /// # Example
    ///
    /// ```hcl,before
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_external_key" "app" {
    ///   description = "Application data"
    /// }
    /// ```
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_external_key" "app" {
    ///   description = "Application data"
    ///   valid_to    = "2030-01-01T00:00:00Z"
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_external_key" "app" {
    ///   description = "Application data"
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Keys with material that AWS KMS made: it never expires.
    ///
    /// # References
    ///
    /// - [Importing key material](https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html)
    id: "material-expires",
    summary: "Imported key material expires",
    group: Group::Lifecycle,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct MaterialExpires;

impl Check for MaterialExpires {
    type Subject<'g> = KeyId;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.living_keys().filter(|key| key.kind.is_imported()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<()> {
        Ok(cx.graph.key(*key).node.is_given("valid_to").ok()?.then_some(()))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, (): ()) -> Finding {
        let key = cx.graph.key(*key);
        let at = match key.node.attribute("valid_to").and_then(Value::as_text) {
            Some(time) => format!("on {time}"),
            None => "at the time in `valid_to`".to_owned(),
        };
        let message = format!(
            "AWS KMS deletes the imported material of this key {at}. The data under it is unreadable from then on, \
             until the same material is imported again."
        );
        let help =
            "Remove `valid_to`, or make sure that the material is kept safe and imported again in time.";
        Finding::new(&METADATA, key.node, message, help).subject_attribute("valid_to")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, keep, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&MaterialExpires);
    }

    fn judge(planned: Planned) -> Vec<String> {
        verdicts(&MaterialExpires, vec![planned])
    }

    #[test]
    fn any_expiry_counts_even_one_that_is_not_known_yet() {
        let key = |time: serde_json::Value| create("aws_kms_external_key.a", json!({"valid_to": time}));
        let violated = ["violated medium aws_kms_external_key.a"];
        assert_eq!(judge(key(json!("2030-01-01T00:00:00Z"))), violated);
        assert!(judge(key(json!(null))).is_empty());
        assert_eq!(judge(key(json!({"$ref": "data.aws_iam_policy_document.x.json"}))), violated);
        for perhaps in ["local.x", "terraform_data.x.output"] {
            let undetermined = ["undetermined aws_kms_external_key.a"];
            assert_eq!(judge(key(json!({"$ref": perhaps}))), undetermined, "{perhaps}");
        }
        let replica = create("aws_kms_replica_external_key.a", json!({"valid_to": "2030-01-01T00:00:00Z"}));
        assert_eq!(judge(replica), ["violated medium aws_kms_replica_external_key.a"]);
        let looked_up = keep("data.aws_kms_key.a", json!({"valid_to": "2030-01-01T00:00:00Z"}));
        assert!(judge(looked_up).is_empty());
        let gone = delete("aws_kms_external_key.a", json!({"valid_to": "2030-01-01T00:00:00Z"}));
        assert!(judge(gone).is_empty());
    }
}
