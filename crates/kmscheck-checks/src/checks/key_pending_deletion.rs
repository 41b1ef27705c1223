use kmscheck_graph::{Consumer, Key, KeyId, Node, Target};
use kmscheck_value::{Because, Knowledge, Value};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A resource that uses a key which, by a data source or the state, waits for its deletion (`PendingDeletion`,
    /// `PendingReplicaDeletion`) or is disabled.
    ///
    /// # Why it matters
    ///
    /// The key refuses every cryptographic operation already, so the resource fails at apply or at its first write. When
    /// the waiting period of a deletion is over, all data under the key is lost for good.
    ///
    /// # Example
    ///
    /// Another configuration has switched the key off:
    ///
    /// ```hcl,before
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "shared" {
    ///   description         = "Shared by several teams"
    ///   enable_key_rotation = true
    ///   is_enabled          = false
    /// }
    ///
    /// resource "aws_kms_alias" "shared" {
    ///   name          = "alias/shared"
    ///   target_key_id = aws_kms_key.shared.key_id
    /// }
    /// ```
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// data "aws_kms_key" "shared" {
    ///   key_id = "alias/shared"
    /// }
    ///
    /// resource "aws_sqs_queue" "jobs" {
    ///   name              = "jobs"
    ///   kms_master_key_id = data.aws_kms_key.shared.arn
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "jobs" {
    ///   description         = "Jobs"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_sqs_queue" "jobs" {
    ///   name              = "jobs"
    ///   kms_master_key_id = aws_kms_key.jobs.arn
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Keys that the configuration itself disables: see `key-disabled`. Keys that the plan destroys: see `key-destroyed`.
    /// Keys that nothing here uses.
    ///
    /// # References
    ///
    /// - [Key states](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html)
    /// - [KMS.3](https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html)
    id: "key-pending-deletion",
    summary: "A resource uses a key that waits for its deletion or is disabled",
    group: Group::Lifecycle,
    severity: Severity::High,
    aliases: &["KMS.3", "kms_cmk_not_deleted_unintentionally"],
    needs: Needs::Plan,
    default: true,
    silenced_by: &[],
}

pub(crate) struct KeyPendingDeletion;

/// A consumer, and whether any key of the call may be unusable: if none is, it does not matter which one is used.
pub(crate) struct Use<'g> {
    consumer: &'g Consumer<'g>,
    suspicion: bool,
}

/// The states in which a key can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unusable {
    PendingDeletion,
    PendingReplicaDeletion,
    Disabled,
}

/// An unusable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    key: KeyId,
    state: Unusable,
}

impl Check for KeyPendingDeletion {
    type Subject<'g> = Use<'g>;
    type Fact = Fault;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<Use<'g>> {
        let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
        let suspicion = graph.keys().iter().any(|key| state(key) != Knowledge::Known(None));
        let consumers = graph.consumers().iter();
        let services = consumers.filter(|consumer| consumer.is_service() && consumer.node.remains());
        services.map(|consumer| Use { consumer, suspicion }).collect()
    }

    fn bearer<'g>(&self, _: Context<'g>, used: &Use<'g>) -> Node<'g> {
        used.consumer.node
    }

    fn detect<'g>(&self, cx: Context<'g>, used: &Use<'g>) -> Detection<Fault> {
        match &used.consumer.key.target {
            Target::Keys(keys) => fault(cx, keys),
            Target::Undetermined(because) if used.suspicion => Err(because.clone()),
            _ => Ok(None),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, used: &Use<'g>, fault: Fault) -> Finding {
        let key = cx.graph.key(fault.key).node;
        let (state, help) = match fault.state {
            Unusable::PendingDeletion => ("waits for its deletion", RESCUE),
            Unusable::PendingReplicaDeletion => {
                ("waits for its deletion, which begins when its last replica is gone", RESCUE)
            }
            Unusable::Disabled => ("is disabled", "Enable the key, or use another one."),
        };
        let path = &used.consumer.path;
        let message = format!(
            "`{path}` names {key}, which {state}: the key refuses to encrypt and to decrypt, so this resource fails."
        );
        Finding::new(&METADATA, used.consumer.node, message, help)
            .on_key(key)
            .subject(path.clone())
            .evidence(format!("`key_state` of {key} is `{}`", fault.state.name()))
            .related(key, "the key")
    }
}

const RESCUE: &str = "Cancel the deletion if the key is needed (`CancelKeyDeletion`, then `EnableKey`); else move the \
                      resource and its data to another key before the waiting period is over.";

impl Unusable {
    /// Source: KMS API reference, `KeyMetadata`, `KeyState`.
    fn named(state: &str) -> Option<Self> {
        match state {
            "PendingDeletion" => Some(Self::PendingDeletion),
            "PendingReplicaDeletion" => Some(Self::PendingReplicaDeletion),
            "Disabled" => Some(Self::Disabled),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::PendingDeletion => "PendingDeletion",
            Self::PendingReplicaDeletion => "PendingReplicaDeletion",
            Self::Disabled => "Disabled",
        }
    }
}

/// The fault of the keys that it may be, if they all have one.
fn fault(cx: Context<'_>, keys: &[KeyId]) -> Detection<Fault> {
    let mut faults = Vec::new();
    let mut usable = false;
    for id in keys {
        match state(cx.graph.key(*id)).ok()? {
            Some(state) => faults.push(Fault { key: *id, state }),
            None => usable = true,
        }
    }
    match (faults.first(), usable) {
        (Some(_), true) => Err(Because::new("which of several keys it uses is not known before apply")),
        (fault, _) => Ok(fault.copied()),
    }
}

/// The state in which the key can't be used, if it is in one. A managed key that is disabled is either enabled by this
/// change or disabled by its configuration, and then `key-disabled` reports it.
fn state(key: &Key<'_>) -> Knowledge<Option<Unusable>> {
    let shown = key.node.attribute("key_state");
    match shown.and_then(Value::as_str) {
        Some(state) => Knowledge::Known(
            Unusable::named(state).filter(|state| !(key.kind.is_managed() && *state == Unusable::Disabled)),
        ),
        None if key.kind.is_managed() => Knowledge::Known(None),
        None => Knowledge::Undetermined(key.node.not_read()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, forget, keep, update, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&KeyPendingDeletion);
    }

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn looked_up(state: serde_json::Value) -> Planned {
        keep(
            "data.aws_kms_key.a",
            json!({"arn": ARN, "key_id": "1234abcd-12ab-34cd-56ef-1234567890ab", "key_state": state}),
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn queue(key: serde_json::Value) -> Planned {
        create("aws_sqs_queue.q", json!({"kms_master_key_id": key}))
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&KeyPendingDeletion, resources)
    }

    #[test]
    fn a_consumer_of_an_unusable_key_is_reported() {
        let violated = ["violated high aws_sqs_queue.q"];
        for state in ["PendingDeletion", "PendingReplicaDeletion", "Disabled"] {
            assert_eq!(judge(vec![looked_up(json!(state)), queue(json!(ARN))]), violated, "{state}");
        }
        for state in ["Enabled", "Creating", "Updating", "PendingImport"] {
            assert!(judge(vec![looked_up(json!(state)), queue(json!(ARN))]).is_empty(), "{state}");
        }
        assert!(judge(vec![looked_up(json!("Disabled"))]).is_empty(), "nobody uses it");
        assert!(judge(vec![looked_up(json!("Disabled")), queue(json!("alias/aws/sqs"))]).is_empty());
    }

    #[test]
    fn aliases_and_other_resources_about_a_key_are_no_consumers() {
        let alias = create("aws_kms_alias.a", json!({"name": "alias/a", "target_key_id": ARN}));
        assert!(judge(vec![looked_up(json!("PendingDeletion")), alias]).is_empty());
        let gone = delete("aws_sqs_queue.q", json!({"kms_master_key_id": ARN}));
        assert!(judge(vec![looked_up(json!("PendingDeletion")), gone]).is_empty());
    }

    #[test]
    fn a_key_that_terraform_forgets_is_the_one_that_is_looked_up() {
        let forgotten = || forget("aws_kms_key.a", json!({"arn": ARN}));
        let violated = ["violated high aws_sqs_queue.q"];
        assert_eq!(
            judge(vec![looked_up(json!("PendingDeletion")), forgotten(), queue(json!(ARN))]),
            violated
        );
        assert!(judge(vec![looked_up(json!("Enabled")), forgotten(), queue(json!(ARN))]).is_empty());
    }

    #[test]
    fn a_managed_key_that_is_disabled_belongs_to_another_check() {
        let key = |state: &str| keep("aws_kms_external_key.a", json!({"arn": ARN, "key_state": state}));
        assert!(judge(vec![key("Disabled"), queue(json!(ARN))]).is_empty());
        assert_eq!(judge(vec![key("PendingDeletion"), queue(json!(ARN))]), ["violated high aws_sqs_queue.q"]);
        let created = create(
            "aws_kms_external_key.a",
            json!({"arn": {"$computed": true}, "key_state": {"$computed": true}}),
        );
        assert!(judge(vec![created, queue(json!({"$ref": "aws_kms_external_key.a.arn"}))]).is_empty());
    }

    #[test]
    fn one_of_several_keys_is_unusable_if_all_of_them_are() {
        let several = || queue(json!({"$ref": ["aws_kms_external_key.a.arn", "aws_kms_external_key.b.arn"]}));
        let key = |address: &str, state: &str| {
            let after = json!({"arn": {"$computed": true}, "key_state": state});
            update(address, json!({"key_state": state}), after)
        };
        let plan = |other: &str| {
            let keys =
                [key("aws_kms_external_key.a", "PendingDeletion"), key("aws_kms_external_key.b", other)];
            judge(keys.into_iter().chain([several()]).collect())
        };
        assert_eq!(plan("PendingReplicaDeletion"), ["violated high aws_sqs_queue.q"]);
        assert_eq!(plan("Enabled"), ["undetermined aws_sqs_queue.q"]);
    }

    #[test]
    fn an_unknown_key_matters_only_if_there_is_an_unusable_one() {
        let unknown = || queue(json!({"$ref": "terraform_data.x.output"}));
        let undetermined = ["undetermined aws_sqs_queue.q"];
        assert_eq!(judge(vec![looked_up(json!("Disabled")), unknown()]), undetermined);
        assert!(judge(vec![looked_up(json!("Enabled")), unknown()]).is_empty());
        let deferred = json!({"arn": {"$computed": true}, "key_state": {"$computed": true}});
        let deferred = create("data.aws_kms_key.a", deferred);
        assert_eq!(judge(vec![deferred, queue(json!({"$ref": "data.aws_kms_key.a.arn"}))]), undetermined);
    }
}
