use kmscheck_graph::{Key, KeyId, Node};
use kmscheck_value::Knowledge;

use super::replication_words::{declared, whereabouts};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A multi-Region key that nothing replicates.
    ///
    /// # Why it matters
    ///
    /// It is more than is needed: whoever may call `kms:ReplicateKey` can copy the material of a
    /// multi-Region key to another Region, under a policy of their choice. AWS recommends to create one only when it is
    /// to be replicated. If it was meant to be, the replica is missing.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "orders"
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
    /// provider "aws" {
    ///   alias  = "frankfurt"
    ///   region = "eu-central-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "orders"
    ///   enable_key_rotation = true
    ///   multi_region        = true
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider = aws.frankfurt
    ///
    ///   description     = "orders"
    ///   primary_key_arn = aws_kms_key.app.arn
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key whose tag asks for replicas: `missing-replica` says what is missing. Replicas in all plans of the call
    /// count, so give the plans of all Regions together.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [Controlling access to multi-Region keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html)
    id: "multi-region-key-without-replica",
    summary: "A multi-Region key has no replica",
    group: Group::Replication,
    severity: Severity::Info,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["missing-replica"],
}

pub(crate) struct MultiRegionKeyWithoutReplica;

impl Check for MultiRegionKeyWithoutReplica {
    type Subject<'g> = KeyId;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        let primaries = cx.graph.managed_keys().filter(|key| !key.kind.is_replica());
        primaries.map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<()> {
        let key = cx.graph.key(*key);
        let is_replicated = match cx.graph.working_replicas_of(key.id).next() {
            Some(_) => Knowledge::Known(true),
            None => cx.graph.all_replicas_known(key.id).map(|()| false),
        };
        let asks_for_replicas = Knowledge::from(declared(cx, key)).map(|declared| declared.is_some());
        let not = |fact: Knowledge<bool>| fact.map(|holds| !holds);
        let conditions = [key.is_multi_region(), not(is_replicated), not(asks_for_replicas)];
        Ok(Knowledge::all(conditions).ok()?.then_some(()))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, (): ()) -> Finding {
        let key = cx.graph.key(*key);
        let message = "This is a multi-Region key without a replica. Until it has one it is of use in its own Region \
                       only, like any other key, while whoever may replicate it can copy its material to other \
                       Regions.";
        let finding = Finding::new(&METADATA, key.node, message, help(key)).subject_attribute("multi_region");
        let finding = finding.evidence(multi_region(key)).evidence(whereabouts(key));
        let others = cx.graph.replicas_of(key.id).map(|replica| replica.node);
        others.fold(finding, |finding, replica| finding.related(replica, role(replica)))
    }
}

fn multi_region(key: &Key<'_>) -> String {
    match key.key_id() {
        Some(_) => format!("the key id of {} begins with `mrk-`", key.node),
        None => format!("`multi_region` of {} is true", key.node),
    }
}

fn help(key: &Key<'_>) -> &'static str {
    if key.node.action().creates() {
        return "Add its replica, or, if other Regions never need it, leave `multi_region` out while the key is not yet \
                created. If another plan has the replica, give it in the same call.";
    }
    "Add its replica, or give the plan that has it in the same call. If other Regions never need the key, nothing has to \
     be done: it cannot be converted, and changing `multi_region` would replace it."
}

fn role(replica: Node<'_>) -> &'static str {
    if replica.stays() {
        "is of a type that does not replicate this key"
    } else {
        "the plan destroys this replica"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, create, delete, finding, forget, keep, update, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&MultiRegionKeyWithoutReplica);
    }

    const VIOLATED: [&str; 1] = ["violated info aws_kms_key.a"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_kms_key.a"];
    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&MultiRegionKeyWithoutReplica, resources)
    }

    fn unknown() -> Json {
        json!({"$ref": "terraform_data.x.output"})
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn key(multi_region: Json, tag: Json) -> Planned {
        let tags = json!({"CrossRegionReplication": tag});
        create(
            "aws_kms_key.a",
            json!({"arn": {"$computed": true}, "multi_region": multi_region, "tags": tags}),
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn replica(resource_type: &str, primary: Json) -> Planned {
        create(&format!("{resource_type}.r"), json!({"primary_key_arn": primary})).in_region("us")
    }

    #[test]
    fn a_multi_region_key_without_tag_and_replica_is_reported() {
        assert_eq!(judge(vec![key(json!(true), json!(null))]), VIOLATED);
        assert_eq!(judge(vec![key(json!(true), json!("off"))]), VIOLATED);
        assert!(judge(vec![key(json!(false), json!(null))]).is_empty());
        assert!(judge(vec![key(json!(true), json!("on"))]).is_empty());
        assert!(
            judge(vec![key(json!(true), json!("eu-west-1"))]).is_empty(),
            "its own Region is a list, too"
        );
        assert_eq!(judge(vec![key(unknown(), json!(null))]), UNDETERMINED);
        assert_eq!(judge(vec![key(json!(true), json!("perhaps"))]), UNDETERMINED);
    }

    #[test]
    fn what_is_known_decides_whatever_the_rest_is() {
        let own = || replica("aws_kms_replica_key", json!({"$ref": "aws_kms_key.a.arn"}));
        let stray = || replica("aws_kms_replica_key", unknown());
        assert!(judge(vec![key(unknown(), json!("perhaps")), own()]).is_empty());
        assert!(judge(vec![key(json!(false), json!("perhaps")), stray()]).is_empty());
        assert!(judge(vec![key(unknown(), json!("on")), stray()]).is_empty());
    }

    #[test]
    fn a_replica_that_may_be_its_own_makes_it_undetermined() {
        let plan = |resource_type| vec![key(json!(true), json!(null)), replica(resource_type, unknown())];
        assert_eq!(judge(plan("aws_kms_replica_key")), UNDETERMINED);
        assert_eq!(judge(plan("aws_kms_replica_external_key")), VIOLATED, "it is for imported material");
        let gone = delete("aws_kms_replica_key.r", json!({"primary_key_arn": null}));
        assert_eq!(judge(vec![key(json!(true), json!(null)), gone]), VIOLATED, "whosever it was, it goes");
        let wrong_type = || {
            vec![
                key(json!(true), json!(null)),
                replica("aws_kms_replica_external_key", json!({"$ref": "aws_kms_key.a.arn"})),
            ]
        };
        assert_eq!(judge(wrong_type()), VIOLATED);
        let related = finding(&MultiRegionKeyWithoutReplica, wrong_type()).related;
        assert_eq!(related[0].message, "is of a type that does not replicate this key");
    }

    #[test]
    fn a_replica_of_another_account_is_its_own_only_if_it_says_so() {
        let arn = |account: &str, region: &str| format!("arn:aws:kms:{region}:{account}:key/{ID}");
        let primary =
            || keep("aws_kms_key.a", json!({"arn": arn("111122223333", "eu-west-1"), "key_id": ID}));
        let stray = |account| {
            let object = json!({"arn": arn(account, "us-east-1"), "primary_key_arn": unknown()});
            keep("aws_kms_replica_key.r", object).in_region("us")
        };
        assert_eq!(judge(vec![primary(), stray("444455556666")]), VIOLATED);
        assert_eq!(judge(vec![primary(), stray("111122223333")]), UNDETERMINED);
        let object = json!({"arn": arn("444455556666", "us-east-1"), "primary_key_arn": arn("111122223333", "eu-west-1")});
        let named = keep("aws_kms_replica_key.r", object).in_region("us");
        assert!(judge(vec![primary(), named]).is_empty(), "that another check says");
    }

    #[test]
    fn only_keys_that_stay_and_are_managed_count() {
        let object = || json!({"arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}"), "key_id": ID});
        assert_eq!(judge(vec![keep("aws_kms_key.a", object())]), VIOLATED);
        for other in [
            delete("aws_kms_key.a", object()),
            forget("aws_kms_key.a", object()),
            keep("data.aws_kms_key.a", object()),
            keep("aws_kms_replica_key.a", object()),
        ] {
            assert!(judge(vec![other]).is_empty());
        }
    }

    #[test]
    fn a_key_that_exists_is_never_to_be_changed() {
        let new = finding(&MultiRegionKeyWithoutReplica, vec![key(json!(true), json!(null))]);
        assert!(
            new.help.contains("leave `multi_region` out while the key is not yet created"),
            "{}",
            new.help
        );
        assert_eq!(new.evidence[0], "`multi_region` of aws_kms_key.a is true");
        let object = json!({"key_id": ID, "multi_region": true});
        let gone = json!({"arn": "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "primary_key_arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}")});
        let mut existing = object.clone();
        existing["arn"] = json!(format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}"));
        let plan = vec![update("aws_kms_key.a", object, existing), delete("aws_kms_replica_key.r", gone)];
        let old = finding(&MultiRegionKeyWithoutReplica, plan);
        assert!(old.help.contains("changing `multi_region` would replace it"), "{}", old.help);
        assert_eq!(old.evidence[0], "the key id of aws_kms_key.a begins with `mrk-`");
        assert_eq!(old.related[0].message, "the plan destroys this replica");
    }
}
