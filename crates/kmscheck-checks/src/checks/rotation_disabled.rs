use kmscheck_graph::{KeyId, Node};
use kmscheck_value::Knowledge;

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key that AWS KMS could rotate every year, with rotation switched off: a symmetric encryption key with
    /// material that AWS KMS made.
    ///
    /// # Why it matters
    ///
    /// Rotation limits how much data hangs on one version of the key material. It costs nothing to use: the ARN, the
    /// policy and everything encrypted earlier stay valid. CIS, PCI DSS and AWS Security Hub (KMS.4) ask for it.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
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
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Keys that AWS KMS cannot rotate by itself: asymmetric and HMAC keys, imported material, custom key stores,
    /// replicas (they follow their primary). And keys that are disabled: nothing is encrypted with them.
    ///
    /// # References
    ///
    /// - [Rotating AWS KMS keys](https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html)
    id: "rotation-disabled",
    summary: "A key that can rotate does not",
    group: Group::Lifecycle,
    severity: Severity::Medium,
    aliases: &[
        "CKV_AWS_7",
        "AWS-0065",
        "AVD-AWS-0065",
        "aws-kms-auto-rotate-keys",
        "KMS.4",
        "CT.KMS.PR.1",
        "AC_AWS_0160",
        "kms_cmk_rotation_enabled",
    ],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["rotation-unsupported"],
}

pub(crate) struct RotationDisabled;

impl Check for RotationDisabled {
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
        let key = cx.graph.key(*key);
        let can_rotate = key.rotation_barrier().map(|barrier| barrier.is_none());
        let violated =
            Knowledge::all([can_rotate, key.is_enabled(), key.rotates().map(|rotates| !rotates)]).ok()?;
        Ok(violated.then_some(()))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, (): ()) -> Finding {
        let key = cx.graph.key(*key);
        let message = "The material of this key is never rotated, so all data it ever protects hangs on one version of it.";
        let help = "Set `enable_key_rotation = true`. Data that is encrypted already stays readable.";
        Finding::new(&METADATA, key.node, message, help).subject_attribute("enable_key_rotation")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, delete, keep, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&RotationDisabled);
    }

    fn judge(key: serde_json::Value) -> Vec<String> {
        verdicts(&RotationDisabled, vec![create("aws_kms_key.a", key)])
    }

    #[test]
    fn a_symmetric_enabled_key_that_does_not_rotate_is_reported() {
        let violated = ["violated medium aws_kms_key.a"];
        assert_eq!(judge(json!({})), violated);
        assert_eq!(judge(json!({"enable_key_rotation": false, "is_enabled": true})), violated);
        assert!(judge(json!({"enable_key_rotation": true})).is_empty());
        assert!(judge(json!({"is_enabled": false})).is_empty());
        assert!(judge(json!({"customer_master_key_spec": "RSA_2048"})).is_empty());
        assert!(judge(json!({"custom_key_store_id": "cks-1234567890abcdef0"})).is_empty());
    }

    #[test]
    fn what_is_unknown_matters_only_if_the_rest_does_not_decide() {
        let unknown = json!({"$ref": "terraform_data.x.output"});
        assert_eq!(judge(json!({"enable_key_rotation": unknown})), ["undetermined aws_kms_key.a"]);
        assert_eq!(judge(json!({"is_enabled": unknown})), ["undetermined aws_kms_key.a"]);
        assert!(judge(json!({"is_enabled": unknown, "enable_key_rotation": true})).is_empty());
        assert!(
            judge(json!({"enable_key_rotation": unknown, "customer_master_key_spec": "ECC_NIST_P256"}))
                .is_empty()
        );
    }

    #[test]
    fn an_argument_that_a_plan_withholds_is_not_left_out() {
        let key =
            create("aws_kms_key.a", json!({"enable_key_rotation": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&RotationDisabled, vec![key.cut_down()]), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn keys_that_go_replicas_and_imported_material_are_left_alone() {
        assert!(verdicts(&RotationDisabled, vec![delete("aws_kms_key.a", json!({}))]).is_empty());
        assert!(verdicts(&RotationDisabled, vec![create("aws_kms_external_key.a", json!({}))]).is_empty());
        assert!(verdicts(&RotationDisabled, vec![create("aws_kms_replica_key.a", json!({}))]).is_empty());
        assert!(verdicts(&RotationDisabled, vec![keep("data.aws_kms_key.a", json!({}))]).is_empty());
    }
}
