use kmscheck_graph::{Key, KeyId, Node};
use kmscheck_value::Value;

use super::consumers::{is_used, with_consumers};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key that is switched off: `is_enabled = false`, for replicas and imported material `enabled = false`. Of
    /// severity high when something in the configuration uses the key.
    ///
    /// # Why it matters
    ///
    /// A disabled key refuses every cryptographic operation. What is encrypted under it cannot be read, services fail
    /// with `DisabledException`, often much later: a database goes on until it restarts. The key costs the same.
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
    ///   is_enabled          = false
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
    /// A key that waits for its material: AWS KMS reports it as not enabled, and `external-key-without-material` says
    /// why.
    ///
    /// # References
    ///
    /// - [Enabling and disabling keys](https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html)
    id: "key-disabled",
    summary: "A key is switched off",
    group: Group::Lifecycle,
    severity: Severity::Medium,
    aliases: &["CKV_AWS_227"],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct KeyDisabled;

/// Who needs the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Nobody,
    Consumers,
}

impl Check for KeyDisabled {
    type Subject<'g> = KeyId;
    type Fact = Need;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Need> {
        let key = cx.graph.key(*key);
        if waits_for_material(key) || key.is_enabled().ok()? {
            return Ok(None);
        }
        Ok(Some(if is_used(cx, key.id) { Need::Consumers } else { Need::Nobody }))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, need: Need) -> Finding {
        let key = cx.graph.key(*key);
        let argument = key.enabled_argument();
        let (message, severity) = match need {
            Need::Nobody => {
                ("This key is switched off: nothing can be encrypted or decrypted with it.", Severity::Medium)
            }
            Need::Consumers => (
                "This key is switched off, and there are resources that need it: they can neither write nor read \
                 their data.",
                Severity::High,
            ),
        };
        let help = format!("Remove `{argument} = false`, or, if nothing needs the key any more, delete it.");
        let finding = Finding::new(&METADATA, key.node, message, help).severity(severity);
        with_consumers(cx, key.id, finding.subject_attribute(argument))
    }
}

/// Whether the key is not enabled only because its material is missing: nobody asked to disable it.
/// Source: provider, `aws_kms_external_key`, `enabled`: "Keys pending import can only be false".
fn waits_for_material(key: &Key<'_>) -> bool {
    let state = key.node.attribute("key_state").and_then(Value::as_str);
    let asked = key.node.resource.configured.sets(key.enabled_argument());
    state == Some("PendingImport") && !asked.is_yes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, keep, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&KeyDisabled);
    }

    fn judge(planned: Planned) -> Vec<String> {
        verdicts(&KeyDisabled, vec![planned])
    }

    fn queue() -> Planned {
        create("aws_sqs_queue.q", json!({"kms_master_key_id": {"$ref": "aws_kms_key.a.arn"}}))
    }

    #[test]
    fn a_disabled_key_is_worse_when_something_uses_it() {
        let key = |enabled: serde_json::Value| {
            create("aws_kms_key.a", json!({"is_enabled": enabled, "arn": {"$computed": true}}))
        };
        assert_eq!(judge(key(json!(false))), ["violated medium aws_kms_key.a"]);
        assert_eq!(verdicts(&KeyDisabled, vec![key(json!(false)), queue()]), ["violated high aws_kms_key.a"]);
        assert!(verdicts(&KeyDisabled, vec![key(json!(true)), queue()]).is_empty());
        let unknown = json!({"$ref": "terraform_data.x.output"});
        assert_eq!(judge(key(unknown)), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn each_type_has_its_own_argument() {
        assert_eq!(
            judge(create("aws_kms_replica_key.a", json!({"enabled": false}))),
            ["violated medium aws_kms_replica_key.a"]
        );
        assert!(judge(create("aws_kms_key.a", json!({"enabled": false}))).is_empty());
        assert!(judge(delete("aws_kms_key.a", json!({"is_enabled": false}))).is_empty());
        assert!(judge(keep("data.aws_kms_key.a", json!({"enabled": false}))).is_empty());
    }

    #[test]
    fn a_key_that_waits_for_its_material_is_not_disabled() {
        let key = |state: &str| keep("aws_kms_external_key.a", json!({"enabled": false, "key_state": state}));
        let violated = ["violated medium aws_kms_external_key.a"];
        assert!(judge(key("PendingImport").unconfigured("enabled")).is_empty());
        assert_eq!(judge(key("PendingImport")), violated, "asked for");
        assert_eq!(judge(key("Disabled").unconfigured("enabled")), violated);
    }
}
