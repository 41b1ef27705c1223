use kmscheck_graph::{KeyId, KeySpec, Node, RotationBarrier};
use kmscheck_value::Knowledge;

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// Automatic rotation on a key that AWS KMS cannot rotate: an asymmetric or HMAC key, or a key in a custom key
    /// store.
    ///
    /// # Why it matters
    ///
    /// AWS KMS refuses to rotate such a key. The plan looks fine, the apply fails half-way: the key is created, then
    /// switching on the rotation fails, and the key is left behind as tainted.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "signing" {
    ///   description              = "Signs releases"
    ///   customer_master_key_spec = "RSA_4096"
    ///   key_usage                = "SIGN_VERIFY"
    ///   enable_key_rotation      = true
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "signing" {
    ///   description              = "Signs releases"
    ///   customer_master_key_spec = "RSA_4096"
    ///   key_usage                = "SIGN_VERIFY"
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Replicas and keys with imported material: their resource types have no argument for rotation.
    ///
    /// # References
    ///
    /// - [Rotating AWS KMS keys](https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html)
    /// - [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html)
    id: "rotation-unsupported",
    summary: "Rotation is switched on for a key that cannot rotate",
    group: Group::Lifecycle,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct RotationUnsupported;

/// Why the key cannot rotate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Spec(String),
    CustomKeyStore,
    ImportedMaterial,
    Replica,
}

impl From<RotationBarrier<'_>> for Obstacle {
    fn from(barrier: RotationBarrier<'_>) -> Self {
        match barrier {
            RotationBarrier::Spec(KeySpec(spec)) => Self::Spec(spec.to_owned()),
            RotationBarrier::CustomKeyStore => Self::CustomKeyStore,
            RotationBarrier::ImportedMaterial => Self::ImportedMaterial,
            RotationBarrier::Replica => Self::Replica,
        }
    }
}

impl Check for RotationUnsupported {
    type Subject<'g> = KeyId;
    type Fact = Obstacle;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Obstacle> {
        let key = cx.graph.key(*key);
        let barrier = key.rotation_barrier();
        let barred = barrier.clone().map(|barrier| barrier.is_some());
        if !Knowledge::all([key.rotates(), barred]).ok()? {
            return Ok(None);
        }
        Ok(barrier.ok()?.map(Obstacle::from))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, obstacle: Obstacle) -> Finding {
        let reason = match obstacle {
            Obstacle::Spec(spec) => {
                format!("its spec is `{spec}`, and only symmetric encryption keys rotate")
            }
            Obstacle::CustomKeyStore => "it lives in a custom key store".to_owned(),
            Obstacle::ImportedMaterial => "its material is imported".to_owned(),
            Obstacle::Replica => "it is a replica, which follows its primary".to_owned(),
        };
        let message = format!(
            "Rotation is switched on, but AWS KMS cannot rotate this key: {reason}. The apply fails when it comes to \
             the rotation."
        );
        let help = "Remove `enable_key_rotation`. To change the material of such a key, create a new key and move an \
                    alias to it.";
        Finding::new(&METADATA, cx.graph.key(*key).node, message, help)
            .subject_attribute("enable_key_rotation")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, keep, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&RotationUnsupported);
    }

    fn judge(key: serde_json::Value) -> Vec<String> {
        verdicts(&RotationUnsupported, vec![create("aws_kms_key.a", key)])
    }

    #[test]
    fn rotation_needs_a_symmetric_key_outside_custom_key_stores() {
        let violated = ["violated high aws_kms_key.a"];
        let store = "cks-1234567890abcdef0";
        assert_eq!(
            judge(json!({"enable_key_rotation": true, "customer_master_key_spec": "HMAC_256"})),
            violated
        );
        assert_eq!(judge(json!({"enable_key_rotation": true, "custom_key_store_id": store})), violated);
        assert_eq!(
            judge(json!({"enable_key_rotation": true, "xks_key_id": "x", "custom_key_store_id": store})),
            violated
        );
        assert!(judge(json!({"enable_key_rotation": true})).is_empty());
        assert!(judge(json!({"customer_master_key_spec": "HMAC_256"})).is_empty());
    }

    #[test]
    fn what_is_unknown_matters_only_if_the_rest_does_not_decide() {
        let unknown = json!({"$ref": "terraform_data.x.output"});
        let spec = |rotates: serde_json::Value| {
            judge(json!({"enable_key_rotation": rotates, "customer_master_key_spec": unknown}))
        };
        assert_eq!(spec(json!(true)), ["undetermined aws_kms_key.a"]);
        assert!(spec(json!(false)).is_empty());
        assert!(judge(json!({"enable_key_rotation": unknown})).is_empty());
    }

    #[test]
    fn a_key_that_something_else_manages_is_left_alone() {
        let key = json!({"enable_key_rotation": true, "key_spec": "HMAC_256"});
        assert!(verdicts(&RotationUnsupported, vec![keep("data.aws_kms_key.a", key)]).is_empty());
    }

    #[test]
    fn it_speaks_for_the_other_rotation_checks() {
        let key = json!({"enable_key_rotation": true, "customer_master_key_spec": "RSA_2048", "rotation_period_in_days": 9});
        let period = super::super::rotation_period::RotationPeriod;
        assert!(verdicts(&period, vec![create("aws_kms_key.a", key)]).is_empty());
    }
}
