use std::collections::BTreeMap;

use kmscheck_graph::{KeyId, KeyUsage, Node, Yield};
use kmscheck_model::Action;
use kmscheck_value::{AttributePath, Kind, Value};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A plan that deletes or replaces a KMS key. It names the argument that forces the replacement and every consumer
    /// of the key that stays.
    ///
    /// A replica that goes while its primary stays is a smaller loss: it can be created again from the primary. When a
    /// primary and its replicas go together, that is one finding, about the primary.
    ///
    /// # Why it matters
    ///
    /// Terraform destroys a key by scheduling its deletion. From that moment nothing can be decrypted with it, and when
    /// the waiting period is over everything that was ever encrypted under it is lost for good. A replacement is no
    /// remedy: the new key has other material and cannot read what the old one wrote. A single-Region key cannot be
    /// converted to a multi-Region key, so a change of `multi_region` replaces it.
    ///
    /// # Example
    ///
    /// ```hcl,before
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
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///   multi_region        = true
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
    /// resource "aws_kms_key" "app_multi_region" {
    ///   description         = "Application data, several Regions"
    ///   enable_key_rotation = true
    ///   multi_region        = true
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key that Terraform only forgets (`removed` with `destroy = false`): it stays in AWS KMS. Consumers that are
    /// destroyed or replaced in the same apply are not named, as their data goes with them, unless the new ones name the
    /// key again.
    ///
    /// # References
    ///
    /// - [Deleting AWS KMS keys](https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html)
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    id: "key-destroyed",
    summary: "The plan destroys a key",
    group: Group::Lifecycle,
    severity: Severity::Critical,
    aliases: &[],
    needs: Needs::Plan,
    default: true,
    silenced_by: &["primary-deleted-before-replicas"],
}

pub(crate) struct KeyDestroyed;

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The key material, for good, and what can only be had from it.
    Material(Yield),
    /// A replica that can be created again from its primary.
    Replica,
    /// The same, while something in its Region needs it.
    ReplicaInUse,
}

impl Check for KeyDestroyed {
    type Subject<'g> = KeyId;
    type Fact = Loss;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.keys().iter().filter(|key| key.kind.is_managed()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Loss> {
        let key = cx.graph.key(*key);
        if !key.node.action().destroys() || cx.graph.destroyed_primary_of(key.id).is_some() {
            return Ok(None);
        }
        if !key.kind.is_replica() {
            let yields = key.former_usage().map_or(Yield::Plaintexts, KeyUsage::yields);
            return Ok(Some(Loss::Material(yields)));
        }
        let in_use = !users(cx, key.id).is_empty();
        Ok(Some(if in_use { Loss::ReplicaInUse } else { Loss::Replica }))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, loss: Loss) -> Finding {
        let key = cx.graph.key(*key);
        let users = users(cx, key.id);
        let noun = if key.kind.is_replica() { "replica" } else { "key" };
        let message =
            [what(key.node, noun), why(loss).to_owned(), still_used(&users, loss), still_named(&users)]
                .concat();
        let mut finding =
            Finding::new(&METADATA, key.node, message, help(key.node, loss)).severity(severity(loss));
        finding.evidence.extend(cause(key.node));
        let finding = users.into_iter().fold(finding, |finding, ((_, attribute), (node, tie))| {
            finding.related(
                node,
                match tie {
                    Tie::Data => format!("stays, and used the key by `{attribute}`"),
                    Tie::Name => format!("will name a key that the plan deletes, by `{attribute}`"),
                },
            )
        });
        let replicas = cx.graph.destroyed_replicas_of(key.id).iter().map(|id| cx.graph.key(*id).node);
        replicas.fold(finding, |finding, replica| finding.related(replica, "goes with its primary"))
    }
}

/// The resources that depend on the key after the change, by address and attribute.
type Users<'g> = BTreeMap<(String, String), (Node<'g>, Tie)>;

/// What ties a resource to the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// It used the key and stays, with its data.
    Data,
    /// It names the key that goes; it is created, or it used another key.
    Name,
}

fn users<'g>(cx: Context<'g>, key: KeyId) -> Users<'g> {
    let entry =
        |node: Node<'g>, path: &AttributePath, tie| ((node.to_string(), path.to_string()), (node, tie));
    // After a replacement the references mean the new key.
    let deleted = cx.graph.key(key).node.action() == Action::Delete;
    let later = cx.graph.services_of(key).filter(|_| deleted).chain(cx.graph.bereft_of(key));
    let later = later.map(|consumer| entry(consumer.node, &consumer.path, Tie::Name));
    let former = cx.graph.former_uses_of(key).iter().map(|user| entry(user.node, &user.path, Tie::Data));
    later.chain(former).collect()
}

fn severity(loss: Loss) -> Severity {
    match loss {
        Loss::Material(_) => Severity::Critical,
        Loss::ReplicaInUse => Severity::High,
        Loss::Replica => Severity::Medium,
    }
}

fn what(key: Node<'_>, noun: &str) -> String {
    let verb = if key.action() == Action::Replace { "replaces" } else { "deletes" };
    let forced = match cause(key) {
        Some(cause) => format!(": {cause}"),
        None => String::new(),
    };
    format!("The plan {verb} this {noun}{forced}. ")
}

fn why(loss: Loss) -> &'static str {
    match loss {
        Loss::Material(Yield::Plaintexts) => {
            "The key cannot be used from the apply on, and after the waiting period everything that is encrypted \
             under it is lost for good."
        }
        Loss::Material(Yield::Signatures) => {
            "The key cannot be used from the apply on, and after the waiting period nothing can be signed with it ever \
             again. What it has signed can be verified with a copy of its public key only, and whoever trusts that \
             public key must be given another."
        }
        Loss::Material(Yield::Macs) => {
            "The key cannot be used from the apply on, and after the waiting period no MAC that was made with it can be \
             verified ever again."
        }
        Loss::Material(Yield::SharedSecrets) => {
            "The key cannot be used from the apply on, and after the waiting period no shared secret can be had from it \
             ever again: what is encrypted under one that nobody has kept is lost for good."
        }
        Loss::Replica | Loss::ReplicaInUse => {
            "Its Region can then no longer use the multi-Region key; the material stays in the primary."
        }
    }
}

/// How many consumers the message names; all of them are related resources.
const NAMED: usize = 5;

fn still_used(users: &Users<'_>, loss: Loss) -> String {
    let what = match loss {
        Loss::Material(Yield::Signatures | Yield::Macs | Yield::SharedSecrets) => "and in need of the key",
        _ => "with data under the key",
    };
    list(users, Tie::Data).map_or_else(String::new, |list| format!(" Still there, {what}: {list}."))
}

fn still_named(users: &Users<'_>) -> String {
    let list = list(users, Tie::Name);
    list.map_or_else(String::new, |list| format!(" The plan sets up with the key all the same: {list}."))
}

fn list(users: &Users<'_>, tie: Tie) -> Option<String> {
    let tied = users.iter().filter(|(_, (_, own))| *own == tie);
    let all: Vec<_> = tied.map(|((node, _), _)| node.as_str()).collect();
    let named = all.get(..NAMED).unwrap_or(&all).join(", ");
    match all.len().saturating_sub(NAMED) {
        _ if all.is_empty() => None,
        0 => Some(named),
        more => Some(format!("{named} and {more} more")),
    }
}

fn help(key: Node<'_>, loss: Loss) -> &'static str {
    match (loss, key.action()) {
        (Loss::Replica | Loss::ReplicaInUse, _) => {
            "Keep the replica, or move what uses it to another key first. It can be created again from its primary."
        }
        (Loss::Material(Yield::Plaintexts), Action::Replace) => {
            "Undo the change, or create the new key beside this one, move the data to it, and retire this key when \
             nothing needs it any more."
        }
        (Loss::Material(_), Action::Replace) => {
            "Undo the change, or create the new key beside this one, move what uses this key to it, and retire this key \
             when nothing needs it any more."
        }
        (Loss::Material(_), _) => {
            "Keep the key until nothing needs it any more. To take it out of Terraform without destroying it, use a \
             `removed` block with `destroy = false`."
        }
    }
}

/// Why Terraform destroys the key.
fn cause(key: Node<'_>) -> Option<String> {
    let forcing: Vec<_> = key.resource.change.replace_paths.iter().map(|path| forced_by(key, path)).collect();
    if !forcing.is_empty() {
        return Some(forcing.join("; "));
    }
    key.resource.change.reason.as_deref().and_then(reason).map(ToOwned::to_owned)
}

fn forced_by(key: Node<'_>, path: &AttributePath) -> String {
    let attribute = path.attribute().unwrap_or_default();
    let values = (key.resource.before(attribute), key.resource.after(attribute));
    let change = match (values.0.and_then(shown), values.1.and_then(shown)) {
        (Some(before), Some(after)) => format!(" from {before} to {after}"),
        _ => String::new(),
    };
    let conversion = match (attribute, values.0.and_then(Value::as_bool)) {
        ("multi_region", Some(false)) => {
            ", and a single-Region key cannot be converted to a multi-Region key"
        }
        ("multi_region", _) => ", and a multi-Region key cannot be converted to a single-Region key",
        _ => "",
    };
    format!("`{path}` changes{change}{conversion}")
}

fn shown(value: &Value) -> Option<String> {
    match &value.kind {
        _ if value.is_sensitive() => None,
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Text(text) => text.as_str().map(|text| format!("`{text}`")),
        _ => None,
    }
}

/// Source: Terraform, "JSON Output Format", `action_reason`.
fn reason(code: &str) -> Option<&'static str> {
    let words = match code {
        "delete_because_no_resource_config" => "its block is no longer in the configuration",
        "delete_because_no_module" => "its module is no longer called, or not with this key",
        "delete_because_count_index" => "`count` no longer covers it",
        "delete_because_each_key" => "its key is no longer in `for_each`",
        "delete_because_wrong_repetition" => "the block has got or lost `count` or `for_each`",
        "replace_because_tainted" => "it is marked as tainted",
        "replace_by_request" => "`-replace` asks for it",
        "replace_by_triggers" => "`replace_triggered_by` asks for it",
        _ => return None,
    };
    Some(words)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, finding, forget, keep, replace, update, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&KeyDestroyed);
    }

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const PRIMARY: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    const REPLICA: &str = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn key() -> serde_json::Value {
        json!({"arn": ARN, "key_id": ID, "multi_region": false})
    }

    fn primary() -> serde_json::Value {
        json!({"arn": PRIMARY, "key_id": "mrk-1234abcd12ab34cd56ef1234567890ab", "multi_region": true})
    }

    fn replica() -> serde_json::Value {
        json!({
            "arn": REPLICA, "key_id": "mrk-1234abcd12ab34cd56ef1234567890ab", "primary_key_arn": PRIMARY,
            "region": "us-east-1",
        })
    }

    fn converted() -> Planned {
        let after = json!({"arn": {"$computed": true}, "key_id": {"$computed": true}, "multi_region": true});
        replace("aws_kms_key.a", "multi_region", key(), after)
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn queue(key: serde_json::Value) -> serde_json::Value {
        json!({"name": "jobs", "kms_master_key_id": key, "region": "eu-west-1"})
    }

    fn message(resources: Vec<Planned>) -> Finding {
        finding(&KeyDestroyed, resources)
    }

    #[test]
    fn only_a_key_that_is_deleted_or_replaced_is_reported() {
        let gone = vec!["violated critical aws_kms_key.a"];
        assert_eq!(verdicts(&KeyDestroyed, vec![delete("aws_kms_key.a", key())]), gone);
        assert_eq!(verdicts(&KeyDestroyed, vec![converted()]), gone);
        for stays in
            [keep("aws_kms_key.a", key()), forget("aws_kms_key.a", key()), create("aws_kms_key.a", json!({}))]
        {
            assert!(verdicts(&KeyDestroyed, vec![stays]).is_empty());
        }
        assert!(verdicts(&KeyDestroyed, vec![update("aws_kms_key.a", key(), key())]).is_empty());
        assert!(verdicts(&KeyDestroyed, vec![delete("data.aws_kms_key.a", key())]).is_empty());
        assert!(
            message(vec![delete("aws_kms_key.a", key())]).message.starts_with("The plan deletes this key.")
        );
        assert!(message(vec![converted()]).message.starts_with("The plan replaces this key: "));
    }

    #[test]
    fn nothing_is_encrypted_under_a_key_of_another_usage() {
        let lost = |usage: &str| {
            let before = json!({"arn": ARN, "key_usage": usage});
            message(vec![delete("aws_kms_key.a", before), keep("aws_sqs_queue.q", queue(json!(ARN)))]).message
        };
        assert!(lost("ENCRYPT_DECRYPT").contains("everything that is encrypted under it is lost for good"));
        assert!(lost("ENCRYPT_DECRYPT").contains("with data under the key: aws_sqs_queue.q"));
        assert!(lost("SIGN_VERIFY").contains("nothing can be signed with it"));
        assert!(lost("SIGN_VERIFY").contains("in need of the key: aws_sqs_queue.q"));
        assert!(lost("GENERATE_VERIFY_MAC").contains("no MAC that was made with it"));
        assert!(lost("GENERATE_VERIFY_MAC").contains("in need of the key: aws_sqs_queue.q"));
        assert!(lost("KEY_AGREEMENT").contains("no shared secret"));
        assert!(lost("KEY_AGREEMENT").contains("in need of the key: aws_sqs_queue.q"));
    }

    #[test]
    fn the_usage_that_counts_is_the_one_before_the_change() {
        let usage = |usage: &str| json!({"arn": ARN, "key_usage": usage});
        let replaced = replace("aws_kms_key.a", "key_usage", usage("SIGN_VERIFY"), usage("ENCRYPT_DECRYPT"));
        let finding = message(vec![replaced]);
        assert!(finding.message.contains("nothing can be signed with it"), "{}", finding.message);
        assert!(!finding.help.contains("data"), "{}", finding.help);
    }

    #[test]
    fn a_replica_alone_is_worse_when_something_in_its_region_needs_it() {
        let plan = |user: Option<Planned>| {
            let keys = [keep("aws_kms_key.a", primary()), delete("aws_kms_replica_key.r", replica())];
            verdicts(&KeyDestroyed, keys.into_iter().chain(user).collect())
        };
        let object = json!({"name": "jobs", "kms_master_key_id": REPLICA, "region": "us-east-1"});
        let moved = json!({"name": "jobs", "kms_master_key_id": null, "region": "us-east-1"});
        let medium = vec!["violated medium aws_kms_replica_key.r"];
        let high = vec!["violated high aws_kms_replica_key.r"];
        assert_eq!(plan(None), medium);
        assert_eq!(plan(Some(keep("aws_sqs_queue.q", object.clone()))), high);
        assert_eq!(plan(Some(update("aws_sqs_queue.q", object.clone(), moved))), high);
        assert_eq!(plan(Some(forget("aws_sqs_queue.q", object.clone()))), high);
        assert_eq!(plan(Some(delete("aws_sqs_queue.q", object))), medium);
    }

    #[test]
    fn a_replica_is_called_one() {
        let plan = vec![keep("aws_kms_key.a", primary()), delete("aws_kms_replica_key.r", replica())];
        assert!(message(plan).message.starts_with("The plan deletes this replica. "));
    }

    #[test]
    fn replicas_that_go_with_their_primary_are_related_to_its_finding() {
        let after = json!({"arn": {"$computed": true}, "key_id": {"$computed": true}, "multi_region": false});
        let replaced = || replace("aws_kms_key.a", "multi_region", primary(), after.clone());
        let plan = || vec![replaced(), delete("aws_kms_replica_key.r", replica())];
        assert_eq!(verdicts(&KeyDestroyed, plan()), ["violated critical aws_kms_key.a"]);
        let finding = message(plan());
        assert_eq!(finding.related[0].address, "aws_kms_replica_key.r");
        assert!(finding.message.contains("a multi-Region key cannot be converted to a single-Region key"));
    }

    #[test]
    fn the_message_names_the_argument_and_who_stays() {
        let plan = |user| vec![converted(), user];
        let finding = message(plan(update(
            "aws_sqs_queue.q",
            queue(json!(ARN)),
            queue(json!({"$ref": "aws_kms_key.a.arn"})),
        )));
        assert!(finding.message.contains("`multi_region` changes from false to true"), "{}", finding.message);
        assert!(finding.message.contains("a single-Region key cannot be converted"), "{}", finding.message);
        assert!(finding.message.contains("aws_sqs_queue.q"), "{}", finding.message);
        assert_eq!(finding.related[0].address, "aws_sqs_queue.q");
        let adopts = message(plan(update(
            "aws_sqs_queue.q",
            queue(json!(null)),
            queue(json!({"$ref": "aws_kms_key.a.arn"})),
        )));
        assert!(adopts.related.is_empty(), "a consumer without data under the old key");
    }

    #[test]
    fn what_changes_is_shown_unless_it_is_sensitive() {
        let usage = |usage: &str| json!({"arn": ARN, "key_usage": usage});
        let replaced =
            || replace("aws_kms_key.a", "key_usage", usage("ENCRYPT_DECRYPT"), usage("SIGN_VERIFY"));
        let open = message(vec![replaced()]).message;
        assert!(open.contains("`key_usage` changes from `ENCRYPT_DECRYPT` to `SIGN_VERIFY`. "), "{open}");
        let hidden = message(vec![replaced().sensitive("key_usage")]).message;
        assert!(hidden.contains("`key_usage` changes. "), "{hidden}");
    }

    #[test]
    fn a_key_that_nothing_uses_has_no_list_of_users() {
        let message = message(vec![delete("aws_kms_key.a", key())]).message;
        assert!(message.ends_with("everything that is encrypted under it is lost for good."), "{message}");
    }

    #[test]
    fn a_consumer_that_names_a_deleted_key_is_named_once() {
        let user = keep("aws_sqs_queue.q", queue(json!(ARN)));
        let finding = message(vec![delete("aws_kms_key.a", key()), user]);
        assert_eq!(finding.related.len(), 1);
    }

    #[test]
    fn whoever_will_name_the_key_that_goes_is_told_from_whoever_used_it() {
        let gone = || [delete("aws_kms_key.a", key()), converted()];
        for (name, gone) in [ARN, ID].into_iter().flat_map(|name| gone().map(|gone| (name, gone))) {
            let created = create("aws_sqs_queue.c", queue(json!(name)));
            let moved = update("aws_sqs_queue.m", queue(json!("alias/other")), queue(json!(name)));
            let replaced = replace("aws_sqs_queue.r", "name", queue(json!(name)), queue(json!(name)));
            let replaced_without = replace("aws_sqs_queue.w", "name", queue(json!(name)), queue(json!(null)));
            let used = keep("aws_sqs_queue.u", queue(json!(name)));
            let finding = message(vec![gone, created, moved, replaced, replaced_without, used]);
            let related: Vec<_> =
                finding.related.iter().map(|related| (&*related.address, &*related.message)).collect();
            let named = "will name a key that the plan deletes, by `kms_master_key_id`";
            let used = ("aws_sqs_queue.u", "stays, and used the key by `kms_master_key_id`");
            let all =
                ["aws_sqs_queue.c", "aws_sqs_queue.m", "aws_sqs_queue.r"].map(|address| (address, named));
            assert_eq!(related, all.into_iter().chain([used]).collect::<Vec<_>>(), "{name}");
            assert!(
                finding.message.contains("with data under the key: aws_sqs_queue.u."),
                "{}",
                finding.message
            );
            let list = "with the key all the same: aws_sqs_queue.c, aws_sqs_queue.m, aws_sqs_queue.r.";
            assert!(finding.message.ends_with(list), "{}", finding.message);
        }
    }

    #[test]
    fn a_name_written_out_means_the_key_of_its_own_region() {
        let replaced = || {
            let after =
                json!({"arn": {"$computed": true}, "key_id": {"$computed": true}, "multi_region": false});
            replace("aws_kms_key.a", "multi_region", primary(), after)
        };
        let related = |name: &str, region: &str| {
            let object = json!({"kms_master_key_id": name, "region": region});
            message(vec![replaced(), create("aws_sqs_queue.q", object)]).related.len()
        };
        let id = "mrk-1234abcd12ab34cd56ef1234567890ab";
        assert_eq!(related(id, "eu-west-1"), 1);
        assert_eq!(related(id, "us-east-1"), 0, "there may be a replica, which stays");
        assert_eq!(related(PRIMARY, "us-east-1"), 1);
        assert_eq!(related(REPLICA, "us-east-1"), 0);
    }

    #[test]
    fn the_message_names_five_consumers_and_counts_the_others() {
        let queues = |count: usize| {
            let queue = |position| keep(&format!("aws_sqs_queue.q{position}"), queue(json!(ARN)));
            [delete("aws_kms_key.a", key())].into_iter().chain((0..count).map(queue)).collect::<Vec<_>>()
        };
        assert!(!message(queues(5)).message.contains("more"));
        let finding = message(queues(7));
        assert!(finding.message.contains("aws_sqs_queue.q4 and 2 more"), "{}", finding.message);
        assert_eq!(finding.related.len(), 7);
    }
}
