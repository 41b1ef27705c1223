use kmscheck_graph::{Key, KeyId, KeyKind, Node};
use kmscheck_value::{Because, Knowledge};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A combination of key arguments that AWS KMS refuses: a `key_usage` that the key spec does not have, or a
    /// multi-Region or not symmetric key in a custom key store.
    ///
    /// # Why it matters
    ///
    /// Neither Terraform nor the provider compares these arguments. The plan looks fine and the apply fails. The usual
    /// cause is a left-out `key_usage`: it is `ENCRYPT_DECRYPT` then, which HMAC and ECC keys cannot do.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "tokens" {
    ///   description              = "Signs session tokens"
    ///   customer_master_key_spec = "HMAC_256"
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "tokens" {
    ///   description              = "Signs session tokens"
    ///   customer_master_key_spec = "HMAC_256"
    ///   key_usage                = "GENERATE_VERIFY_MAC"
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Replicas: they have the spec and the usage of their primary. A spec that is newer than this list of specs is
    /// undetermined.
    ///
    /// # References
    ///
    /// - [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html)
    /// - [Key stores](https://docs.aws.amazon.com/kms/latest/developerguide/key-store-overview.html)
    id: "key-usage-spec-mismatch",
    summary: "AWS KMS has no key with this spec and this usage",
    group: Group::Lifecycle,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct KeyUsageSpecMismatch;

/// The arguments that do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mismatch {
    Usage { spec: String, usage: String, possible: &'static [&'static str] },
    MultiRegionInStore,
    SpecInStore { spec: String },
}

impl Check for KeyUsageSpecMismatch {
    type Subject<'g> = KeyId;
    type Fact = Mismatch;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        let keys = cx.graph.living_keys().filter(|key| matches!(key.kind, KeyKind::Kms | KeyKind::External));
        keys.map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Mismatch> {
        let key = cx.graph.key(*key);
        let judgements = [usage(key), multi_region_in_store(key), spec_in_store(key)];
        let mut open = None;
        for judgement in judgements {
            match judgement {
                Knowledge::Known(None) => {}
                Knowledge::Known(found) => return Ok(found),
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, mismatch: Mismatch) -> Finding {
        let key = cx.graph.key(*key);
        let (problem, help, argument) = match mismatch {
            Mismatch::Usage { spec, usage, possible } => (
                format!("A key with the spec `{spec}` cannot have the usage `{usage}`"),
                format!("Set `key_usage` to {}.", alternatives(possible)),
                "key_usage",
            ),
            Mismatch::MultiRegionInStore => (
                "A key in a custom key store cannot be a multi-Region key".to_owned(),
                "Remove `multi_region`, or keep the key in AWS KMS itself.".to_owned(),
                "multi_region",
            ),
            Mismatch::SpecInStore { spec } => (
                format!("A key in a custom key store must be a symmetric encryption key, not `{spec}`"),
                "Remove `customer_master_key_spec`, or keep the key in AWS KMS itself.".to_owned(),
                "customer_master_key_spec",
            ),
        };
        let message = format!("{problem}: AWS KMS refuses to create it, and the apply fails.");
        Finding::new(&METADATA, key.node, message, help).subject_attribute(argument)
    }
}

fn usage(key: &Key<'_>) -> Knowledge<Option<Mismatch>> {
    key.spec().and_then(|spec| key.usage().map(|usage| (spec.0, usage.0))).and_then(|(spec, usage)| {
        let Some(possible) = kmscheck_graph::KeySpec(spec).usages() else {
            return Knowledge::Undetermined(Because::new(format!(
                "`{spec}` is not among the key specs known here"
            )));
        };
        let mismatch = Mismatch::Usage { spec: spec.to_owned(), usage: usage.to_owned(), possible };
        Knowledge::Known((!possible.contains(&usage)).then_some(mismatch))
    })
}

fn multi_region_in_store(key: &Key<'_>) -> Knowledge<Option<Mismatch>> {
    Knowledge::all([key.is_in_custom_key_store(), key.is_multi_region()])
        .map(|both| both.then_some(Mismatch::MultiRegionInStore))
}

fn spec_in_store(key: &Key<'_>) -> Knowledge<Option<Mismatch>> {
    let asymmetric = key.spec().map(|spec| !spec.is_symmetric());
    match Knowledge::all([key.is_in_custom_key_store(), asymmetric]) {
        Knowledge::Known(true) => {
            key.spec().map(|spec| Some(Mismatch::SpecInStore { spec: spec.0.to_owned() }))
        }
        other => other.map(|_| None),
    }
}

fn alternatives(usages: &[&str]) -> String {
    usages.iter().map(|usage| format!("`{usage}`")).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&KeyUsageSpecMismatch);
    }

    fn judge(key: serde_json::Value) -> Vec<String> {
        verdicts(&KeyUsageSpecMismatch, vec![create("aws_kms_key.a", key)])
    }

    #[test]
    fn the_usage_must_be_one_that_the_spec_has() {
        let violated = ["violated high aws_kms_key.a"];
        assert_eq!(judge(json!({"customer_master_key_spec": "HMAC_256"})), violated);
        assert_eq!(judge(json!({"key_usage": "SIGN_VERIFY"})), violated);
        assert!(judge(json!({})).is_empty());
        assert!(judge(json!({"customer_master_key_spec": "RSA_2048"})).is_empty());
        assert!(
            judge(json!({"customer_master_key_spec": "RSA_2048", "key_usage": "SIGN_VERIFY"})).is_empty()
        );
    }

    #[test]
    fn custom_key_stores_have_symmetric_single_region_keys_only() {
        let violated = ["violated high aws_kms_key.a"];
        let store = "cks-1234567890abcdef0";
        assert_eq!(judge(json!({"custom_key_store_id": store, "multi_region": true})), violated);
        assert_eq!(
            judge(json!({"custom_key_store_id": store, "customer_master_key_spec": "RSA_2048"})),
            violated
        );
        assert!(judge(json!({"custom_key_store_id": store, "multi_region": false})).is_empty());
        assert!(judge(json!({"multi_region": true})).is_empty());
    }

    #[test]
    fn what_is_unknown_matters_only_if_the_rest_does_not_decide() {
        let unknown = json!({"$ref": "terraform_data.x.output"});
        let undetermined = ["undetermined aws_kms_key.a"];
        assert_eq!(judge(json!({"customer_master_key_spec": unknown})), undetermined);
        assert_eq!(judge(json!({"customer_master_key_spec": "NEW_1"})), undetermined);
        assert_eq!(judge(json!({"custom_key_store_id": "cks-1", "multi_region": unknown})), undetermined);
        assert!(judge(json!({"multi_region": unknown})).is_empty());
        let decided = json!({"customer_master_key_spec": unknown, "custom_key_store_id": "cks-1", "multi_region": true});
        assert_eq!(judge(decided), ["violated high aws_kms_key.a"]);
    }

    #[test]
    fn imported_keys_count_replicas_do_not() {
        let external = json!({"key_spec": "HMAC_256", "key_usage": "ENCRYPT_DECRYPT"});
        let judge = |planned| verdicts(&KeyUsageSpecMismatch, vec![planned]);
        assert_eq!(
            judge(create("aws_kms_external_key.a", external.clone())),
            ["violated high aws_kms_external_key.a"]
        );
        assert!(judge(create("aws_kms_replica_key.a", external)).is_empty());
    }
}
