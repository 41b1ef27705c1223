use kmscheck_graph::{Key, KeyId, Node};
use kmscheck_value::{Knowledge, Value};

use super::consumers::{is_used, with_consumers};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key for imported material, or a replica of one, that gets no material: `key_material_base64` is left out. Of
    /// severity high when something in the configuration uses the key.
    ///
    /// # Why it matters
    ///
    /// Such a key stays in the state `PendingImport` and refuses every cryptographic operation. What names it fails at
    /// apply or at its first write. A replica does not get the material of its primary: it must be imported in each
    /// Region.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_external_key" "app" {
    ///   description = "Application data"
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data, with material that AWS KMS makes"
    ///   enable_key_rotation = true
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key that exists and has got its material by other means, which its state shows. That is the better way: the
    /// argument writes the material into the Terraform state (see `secret-in-state`). If that is how the material of a
    /// new key will come, suppress this finding until it has come.
    ///
    /// # References
    ///
    /// - [Importing key material](https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html)
    /// - [Key states](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html)
    id: "external-key-without-material",
    summary: "A key for imported material has none",
    group: Group::Lifecycle,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct ExternalKeyWithoutMaterial;

/// Who needs the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Nobody,
    Consumers,
}

impl Check for ExternalKeyWithoutMaterial {
    type Subject<'g> = KeyId;
    type Fact = Need;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.living_keys().filter(|key| key.kind.is_imported()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Need> {
        let key = cx.graph.key(*key);
        let left_out = key.node.is_given("key_material_base64").map(|given| !given);
        if !Knowledge::all([left_out, has_no_material_yet(key)]).ok()? {
            return Ok(None);
        }
        Ok(Some(if is_used(cx, key.id) { Need::Consumers } else { Need::Nobody }))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, need: Need) -> Finding {
        let key = cx.graph.key(*key);
        let (users, severity) = match need {
            Need::Nobody => ("", Severity::Medium),
            Need::Consumers => (" The resources that name it fail.", Severity::High),
        };
        let replica =
            if key.kind.is_replica() { " A replica does not get the material of its primary." } else { "" };
        let message = format!(
            "Without `key_material_base64` this key has no material and stays in the state `PendingImport`: nothing \
             can be encrypted or decrypted with it.{replica}{users}"
        );
        let help = "Import the material: with `key_material_base64`, which puts it into the Terraform state, or \
                    outside of Terraform with `ImportKeyMaterial`.";
        let finding = Finding::new(&METADATA, key.node, message, help).severity(severity);
        with_consumers(cx, key.id, finding.subject_attribute("key_material_base64"))
    }
}

/// Whether the key waits for material. The state of a key that exists tells: somebody may have imported it by hand.
fn has_no_material_yet(key: &Key<'_>) -> Knowledge<bool> {
    if key.node.action().creates() {
        return Knowledge::Known(true);
    }
    match key.node.attribute("key_state").and_then(Value::as_str) {
        Some(state) => Knowledge::Known(state == "PendingImport"),
        None => Knowledge::undetermined(format!("the input does not show the state of {}", key.node)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, finding, keep, replace, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&ExternalKeyWithoutMaterial);
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&ExternalKeyWithoutMaterial, resources)
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn existing(state: serde_json::Value) -> Planned {
        keep("aws_kms_external_key.a", json!({"key_state": state}))
    }

    #[test]
    fn a_key_without_material_is_worse_when_something_uses_it() {
        let key = |material: serde_json::Value| {
            create(
                "aws_kms_external_key.a",
                json!({"key_material_base64": material, "arn": {"$computed": true}}),
            )
        };
        let queue = || {
            create("aws_sqs_queue.q", json!({"kms_master_key_id": {"$ref": "aws_kms_external_key.a.arn"}}))
        };
        assert_eq!(judge(vec![key(json!(null))]), ["violated medium aws_kms_external_key.a"]);
        assert_eq!(judge(vec![key(json!(null)), queue()]), ["violated high aws_kms_external_key.a"]);
        assert!(judge(vec![key(json!("c2VjcmV0")), queue()]).is_empty());
        assert!(judge(vec![key(json!({"$ref": "data.aws_iam_policy_document.x.json"}))]).is_empty());
        for perhaps in ["local.x", "terraform_data.x.output"] {
            let undetermined = ["undetermined aws_kms_external_key.a"];
            assert_eq!(judge(vec![key(json!({"$ref": perhaps}))]), undetermined, "{perhaps}");
        }
    }

    #[test]
    fn the_state_of_a_key_that_exists_tells_whether_it_has_material() {
        assert_eq!(judge(vec![existing(json!("PendingImport"))]), ["violated medium aws_kms_external_key.a"]);
        assert!(judge(vec![existing(json!("Enabled"))]).is_empty());
        assert_eq!(judge(vec![existing(json!(null))]), ["undetermined aws_kms_external_key.a"]);
        let replaced = replace(
            "aws_kms_external_key.a",
            "multi_region",
            json!({"key_state": "Enabled"}),
            json!({"key_state": {"$computed": true}}),
        );
        assert_eq!(judge(vec![replaced]), ["violated medium aws_kms_external_key.a"]);
    }

    #[test]
    fn replicas_count_and_other_keys_do_not() {
        assert_eq!(
            judge(vec![create("aws_kms_replica_external_key.a", json!({}))]),
            ["violated medium aws_kms_replica_external_key.a"]
        );
        assert!(judge(vec![create("aws_kms_key.a", json!({}))]).is_empty());
        assert!(judge(vec![delete("aws_kms_external_key.a", json!({}))]).is_empty());
    }

    #[test]
    fn a_replica_needs_the_material_again() {
        let message =
            |address: &str| finding(&ExternalKeyWithoutMaterial, vec![create(address, json!({}))]).message;
        let again = "A replica does not get the material of its primary.";
        assert!(message("aws_kms_replica_external_key.r").contains(again));
        assert!(!message("aws_kms_external_key.a").contains(again));
    }
}
