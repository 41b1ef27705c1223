use std::sync::Arc;

use kmscheck_graph::{Coverage, Gap, Key, KeyId, KeyKind, Node};
use kmscheck_value::Knowledge;

use super::replication_words::{declared, evidence, is_hidden, list, whereabouts};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key whose tag `CrossRegionReplication` says that it is replicated, while a Region that it names has no replica
    /// of it.
    ///
    /// The tag is on with `enabled`, `true`, `yes` or `on`, or with a list of Regions, separated by spaces, commas, `+`,
    /// `/` or `:`. It is off with `disabled`, `false`, `no`, `off`, `none` or nothing. The Regions are those in the tag;
    /// else those in the tag `CrossRegionReplicationRegions`; else those in the settings; else any one other Region will
    /// do. The provider's `default_tags` count. The name of the tag, and Regions for all keys:
    ///
    /// ```toml
    /// [replication]
    /// tag = "CrossRegionReplication"
    /// regions = ["eu-central-1", "us-east-1"]
    /// ```
    ///
    /// # Why it matters
    ///
    /// A multi-Region key is in one Region until it is replicated. If its Region fails, no other can decrypt what is
    /// encrypted under it, and then it is too late: replicating needs the primary. The tag promises that this is taken
    /// care of. On a single-Region key it can never be kept: such a key can neither be replicated nor converted.
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
    ///
    ///   tags = {
    ///     CrossRegionReplication = "enabled"
    ///   }
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
    ///
    ///   tags = {
    ///     CrossRegionReplication = "enabled"
    ///   }
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
    /// The key's own Region, wherever it is listed. Replicas: the tag on them asks for nothing. Replicas are looked for
    /// in all plans of the call, so give the plans of all Regions together. Tag keys are case-sensitive, as in AWS.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [Creating multi-Region replica keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-replicate.html)
    id: "missing-replica",
    summary: "A key is tagged as replicated, and a Region has no replica of it",
    group: Group::Replication,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct MissingReplica;

/// What the key lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lack {
    /// It is a single-Region key, which has no replicas.
    MultiRegion,
    /// Replicas.
    Replicas(Gap),
}

impl Check for MissingReplica {
    type Subject<'g> = KeyId;
    type Fact = Lack;

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

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Lack> {
        let key = cx.graph.key(*key);
        let Some(declared) = declared(cx, key)? else { return Ok(None) };
        let regions = declared.regions.as_deref();
        let without_replicas = || Coverage::none(key).gap(regions).ok();
        let with_replicas = || Coverage::of(cx.graph, key).gap(regions).ok();
        match key.is_multi_region() {
            Knowledge::Known(true) => Ok(with_replicas()?.map(Lack::Replicas)),
            Knowledge::Known(false) => Ok(without_replicas()?.map(|_| Lack::MultiRegion)),
            Knowledge::Undetermined(because) => match (without_replicas(), with_replicas()?) {
                (Ok(None), _) => Ok(None),
                (_, None) => Err(because),
                (_, gap) => Ok(gap.map(Lack::Replicas)),
            },
        }
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, lack: Lack) -> Finding {
        let key = cx.graph.key(*key);
        let tag = &cx.settings.replication.tag;
        let message = message(tag, &lack, is_hidden(cx, key));
        let finding = Finding::new(&METADATA, key.node, message, help(key, &lack)).subject_attribute("tags");
        let evidence = evidence(cx, key).into_iter().chain([whereabouts(key)]);
        let finding = evidence.fold(finding, Finding::evidence);
        cx.graph
            .replicas_of(key.id)
            .fold(finding, |finding, replica| finding.related(replica.node, role(key, replica)))
    }
}

const LOSS: &str = "what is encrypted under it cannot be decrypted there when the key's own Region fails";

fn message(tag: &str, lack: &Lack, hidden: bool) -> String {
    let named = |regions: &[Arc<str>]| if hidden { "a Region of its list".to_owned() } else { list(regions) };
    match lack {
        Lack::MultiRegion => format!(
            "The tag `{tag}` asks for replicas of this key, but it is a single-Region key, which can neither be \
             replicated nor converted to a multi-Region key. When its Region fails, nothing can decrypt what is \
             encrypted under it."
        ),
        Lack::Replicas(Gap::Anywhere) => format!(
            "The tag `{tag}` asks for a replica of this key in another Region, and there is none. When its Region \
             fails, nothing can decrypt what is encrypted under it."
        ),
        Lack::Replicas(Gap::Each(regions)) => {
            format!(
                "This key has no replica in {}, where its tag `{tag}` asks for one: {LOSS}.",
                named(regions)
            )
        }
        Lack::Replicas(Gap::OneOf(regions)) => format!(
            "This key lacks a replica that its tag `{tag}` asks for, in one of {} at least: {LOSS}.",
            named(regions)
        ),
    }
}

fn help(key: &Key<'_>, lack: &Lack) -> String {
    if *lack != Lack::MultiRegion {
        return format!(
            "Add an `{}` with the provider (or, from version 6 on, the `region`) of each Region and this key's `arn` \
             as `primary_key_arn`. If other plans have the replicas, give those in the same call. If the key needs no \
             replicas, switch the tag off.",
            replica_type(key)
        );
    }
    if key.node.action().creates() {
        return "Set `multi_region = true` before the key is created, and add its replicas; or switch the tag off."
            .to_owned();
    }
    "Create a multi-Region key with replicas beside this one and move the data to it; `multi_region = true` here would \
     replace the key and lose its data. If the key needs no replicas, switch the tag off."
        .to_owned()
}

fn replica_type(key: &Key<'_>) -> &'static str {
    if key.kind == KeyKind::External { "aws_kms_replica_external_key" } else { "aws_kms_replica_key" }
}

/// What a replica of the key has to do with the finding.
fn role(key: &Key<'_>, replica: &Key<'_>) -> String {
    if !replica.node.stays() {
        return "the plan destroys this replica".to_owned();
    }
    if replica.node.resource_type() != replica_type(key) {
        return format!("is no replica of this key: an `{}` would be", replica_type(key));
    }
    match &replica.region {
        _ if replica.shares_region(key) == Knowledge::Known(true) => "is in the key's own Region".to_owned(),
        Knowledge::Known(region) => format!("is the replica in `{region}`"),
        Knowledge::Undetermined(_) => "is a replica whose Region is not known".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{
        Planned, create, delete, finding, forget, keep, plan, settings, update, verdicts, verdicts_with,
    };
    use super::*;
    use crate::{Settings, testing};

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        testing::recorded(&MissingReplica);
    }

    const VIOLATED: [&str; 1] = ["violated high aws_kms_key.a"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_kms_key.a"];
    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn tagged(value: &str) -> Json {
        json!({"arn": {"$computed": true}, "multi_region": true, "tags_all": {"CrossRegionReplication": value}})
    }

    /// A key in Ireland.
    fn key(value: &str) -> Planned {
        create("aws_kms_key.a", tagged(value))
    }

    fn replica(address: &str) -> Planned {
        create(address, json!({"primary_key_arn": {"$ref": "aws_kms_key.a.arn"}}))
    }

    /// A replica of nobody knows which key.
    fn stray(address: &str) -> Planned {
        create(address, json!({"primary_key_arn": {"$ref": "terraform_data.x.output"}}))
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&MissingReplica, resources)
    }

    #[test]
    fn a_region_of_the_list_without_a_replica_is_named() {
        let list = "eu-west-1 us-east-1 ap-south-1";
        let finding =
            finding(&MissingReplica, vec![key(list), replica("aws_kms_replica_key.r").in_region("us")]);
        assert!(
            finding.message.starts_with("This key has no replica in `ap-south-1`, "),
            "{}",
            finding.message
        );
        assert_eq!(finding.related[0].message, "is the replica in `us-east-1`");
        assert_eq!(
            finding.evidence[0],
            format!(
                "the tag `CrossRegionReplication` of aws_kms_key.a is `{list}`, by `default_tags` of the provider configuration `aws`"
            )
        );
        assert!(
            finding.evidence[1].starts_with("aws_kms_key.a is in `eu-west-1`: "),
            "{}",
            finding.evidence[1]
        );
        assert!(finding.help.starts_with("Add an `aws_kms_replica_key`"), "{}", finding.help);
    }

    #[test]
    fn each_replica_in_an_unknown_region_fills_one_at_most() {
        let unknown = |name| replica(name).in_region("somewhere");
        let one = || unknown("aws_kms_replica_key.r");
        assert_eq!(judge(vec![key("us-east-1"), one()]), UNDETERMINED);
        assert_eq!(judge(vec![key("us-east-1 ap-south-1"), one()]), VIOLATED);
        let two = vec![key("us-east-1 ap-south-1"), one(), unknown("aws_kms_replica_key.s")];
        assert_eq!(judge(two), UNDETERMINED);
        let finding = finding(&MissingReplica, vec![key("us-east-1 ap-south-1"), one()]);
        assert!(
            finding.message.contains("in one of `us-east-1`, `ap-south-1` at least"),
            "{}",
            finding.message
        );
        assert_eq!(finding.related[0].message, "is a replica whose Region is not known");
    }

    #[test]
    fn one_of_the_regions_may_be_the_keys_own_if_that_is_unknown() {
        let key = |value| key(value).in_region("somewhere");
        assert_eq!(judge(vec![key("us-east-1")]), UNDETERMINED);
        assert_eq!(judge(vec![key("us-east-1 ap-south-1")]), VIOLATED);
        assert_eq!(judge(vec![key("on")]), VIOLATED);
        let us = || replica("aws_kms_replica_key.r").in_region("us");
        assert!(judge(vec![key("us-east-1"), us()]).is_empty());
        assert_eq!(judge(vec![key("on"), us()]), UNDETERMINED, "Virginia may be the key's own Region");
        assert!(judge(vec![key("on"), us(), replica("aws_kms_replica_key.s")]).is_empty());
    }

    #[test]
    fn a_replica_of_the_same_provider_is_beside_the_key_wherever_that_is() {
        let plan = |value, region| {
            vec![key(value).in_region("somewhere"), replica("aws_kms_replica_key.r").in_region(region)]
        };
        assert_eq!(judge(plan("on", "somewhere")), VIOLATED);
        assert_eq!(judge(plan("on", "elsewhere")), UNDETERMINED);
        assert_eq!(judge(plan("us-east-1 ap-south-1", "somewhere")), VIOLATED);
        assert_eq!(judge(plan("us-east-1 ap-south-1", "elsewhere")), UNDETERMINED);
        let finding = finding(&MissingReplica, plan("on", "somewhere"));
        assert_eq!(finding.related[0].message, "is in the key's own Region");
        assert!(
            finding.evidence[1].ends_with("`aws.somewhere`, which is not known"),
            "{}",
            finding.evidence[1]
        );
    }

    #[test]
    fn a_replica_of_an_unknown_key_may_be_this_ones_where_nothing_speaks_against_it() {
        let stray = |region| stray("aws_kms_replica_key.r").in_region(region);
        assert_eq!(judge(vec![key("us-east-1"), stray("us")]), UNDETERMINED);
        assert_eq!(judge(vec![key("us-east-1"), stray("frankfurt")]), VIOLATED);
        assert_eq!(judge(vec![key("us-east-1"), stray("somewhere")]), UNDETERMINED);
        assert_eq!(judge(vec![key("us-east-1 eu-central-1"), stray("frankfurt")]), VIOLATED);
        assert_eq!(judge(vec![key("on"), stray("us")]), UNDETERMINED);
        let here =
            create("aws_kms_replica_key.r", json!({"primary_key_arn": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(judge(vec![key("on"), here]), VIOLATED, "it would be in the key's own Region");
        let external = create(
            "aws_kms_replica_external_key.r",
            json!({"primary_key_arn": {"$ref": "terraform_data.x.output"}}),
        );
        assert_eq!(judge(vec![key("on"), external.in_region("us")]), VIOLATED, "it is for imported material");
        let one_of_two = json!({"primary_key_arn": {"$ref": ["aws_kms_key.a.arn", "aws_kms_key.b.arn"]}});
        let plan = |key_b: Planned| {
            vec![key("on"), key_b, create("aws_kms_replica_key.r", one_of_two.clone()).in_region("us")]
        };
        let b = || create("aws_kms_key.b", json!({"arn": {"$computed": true}, "multi_region": true}));
        assert_eq!(judge(plan(b())), UNDETERMINED);
        let others = json!({"primary_key_arn": {"$ref": ["aws_kms_key.b.arn", "aws_kms_key.c.arn"]}});
        let c = create("aws_kms_key.c", json!({"arn": {"$computed": true}, "multi_region": true}));
        let others = create("aws_kms_replica_key.r", others).in_region("us");
        assert_eq!(judge(vec![key("on"), b(), c, others]), VIOLATED);
    }

    #[test]
    fn a_single_region_key_lacks_what_it_cannot_have() {
        let single = |value| json!({"multi_region": false, "tags_all": {"CrossRegionReplication": value}});
        let new = || create("aws_kms_key.a", single("on"));
        assert_eq!(judge(vec![new(), replica("aws_kms_replica_key.r").in_region("us")]), VIOLATED);
        assert_eq!(judge(vec![create("aws_kms_key.a", single("us-east-1"))]), VIOLATED);
        assert!(judge(vec![create("aws_kms_key.a", single("eu-west-1"))]).is_empty());
        assert_eq!(
            judge(vec![create("aws_kms_key.a", single("us-east-1")).in_region("somewhere")]),
            UNDETERMINED
        );
        let finding = |planned| finding(&MissingReplica, vec![planned]);
        assert!(finding(new()).message.contains("can neither be replicated nor converted"));
        assert!(finding(new()).help.starts_with("Set `multi_region = true` before the key is created"));
        let existing = update("aws_kms_key.a", single("off"), single("on"));
        assert!(
            finding(existing).help.starts_with("Create a multi-Region key with replicas beside this one")
        );
    }

    #[test]
    fn replicas_decide_where_it_is_unknown_whether_the_key_may_have_any() {
        let unknown = |value| {
            let tags = json!({"CrossRegionReplication": value});
            create(
                "aws_kms_key.a",
                json!({"arn": {"$computed": true}, "tags_all": tags,
                "multi_region": {"$ref": "terraform_data.x.output"}}),
            )
        };
        assert_eq!(judge(vec![unknown("on")]), VIOLATED);
        assert_eq!(
            judge(vec![unknown("on"), replica("aws_kms_replica_key.r").in_region("us")]),
            UNDETERMINED
        );
        assert!(judge(vec![unknown("eu-west-1")]).is_empty());
    }

    #[test]
    fn replicas_count_in_all_plans_of_the_call() {
        let arn = format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}");
        let mut object = tagged("on");
        object["arn"] = json!(arn);
        let ireland = plan(vec![keep("aws_kms_key.a", object)]);
        let virginia = |arn: &str| {
            plan(vec![create("aws_kms_replica_key.r", json!({"primary_key_arn": arn})).in_region("us")])
        };
        let judge = |plans: &[&str]| testing::verdicts_together(&MissingReplica, plans, &Settings::default());
        assert_eq!(judge(&[&ireland]), VIOLATED);
        assert!(judge(&[&ireland, &virginia(&arn)]).is_empty());
        assert_eq!(judge(&[&ireland, &virginia(&arn.replace("1234", "5678"))]), VIOLATED);
        let incomplete =
            virginia(&arn.replace("1234", "5678")).replace(r#""complete":true"#, r#""complete":false"#);
        assert_eq!(judge(&[&ireland, &incomplete]), UNDETERMINED);
        let incomplete = virginia(&arn).replace(r#""complete":true"#, r#""complete":false"#);
        assert!(judge(&[&ireland, &incomplete]).is_empty(), "one replica is enough");
    }

    #[test]
    fn a_replica_must_be_there_after_the_change_and_of_the_right_type() {
        let arn = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/{ID}");
        let mut object = tagged("on");
        object["arn"] = json!(arn("eu-west-1"));
        let key = || keep("aws_kms_key.a", object.clone());
        let replica = || json!({"arn": arn("us-east-1"), "primary_key_arn": arn("eu-west-1")});
        assert!(judge(vec![key(), keep("aws_kms_replica_key.r", replica()).in_region("us")]).is_empty());
        assert!(judge(vec![key(), forget("aws_kms_replica_key.r", replica())]).is_empty(), "it stays in AWS");
        let destroyed = || vec![key(), delete("aws_kms_replica_key.r", replica())];
        assert_eq!(judge(destroyed()), VIOLATED);
        let related = |plan| finding(&MissingReplica, plan).related[0].message.clone();
        assert_eq!(related(destroyed()), "the plan destroys this replica");
        let external = || vec![key(), keep("aws_kms_replica_external_key.r", replica()).in_region("us")];
        assert_eq!(judge(external()), VIOLATED);
        assert_eq!(related(external()), "is no replica of this key: an `aws_kms_replica_key` would be");
        assert!(judge(vec![delete("aws_kms_key.a", object.clone())]).is_empty());
        assert!(judge(vec![keep("data.aws_kms_key.a", object.clone())]).is_empty());
        assert!(judge(vec![create("aws_kms_replica_key.a", tagged("on")).in_region("us")]).is_empty());
    }

    #[test]
    fn a_key_with_imported_material_needs_the_other_type_of_replica() {
        let plan = |resource_type: &str| {
            let primary = json!({"primary_key_arn": {"$ref": "aws_kms_external_key.a.arn"}});
            let replica = create(&format!("{resource_type}.r"), primary).in_region("us");
            vec![create("aws_kms_external_key.a", tagged("on")), replica]
        };
        assert!(judge(plan("aws_kms_replica_external_key")).is_empty());
        let finding = finding(&MissingReplica, plan("aws_kms_replica_key"));
        assert_eq!(
            finding.related[0].message,
            "is no replica of this key: an `aws_kms_replica_external_key` would be"
        );
        assert!(finding.help.starts_with("Add an `aws_kms_replica_external_key`"), "{}", finding.help);
    }

    #[test]
    fn the_regions_come_from_the_tag_then_from_the_second_tag_then_from_the_settings() {
        let configured = settings(r#"replication.regions = ["us-east-1"]"#);
        let judge = |tag: &str, second: Json, region: &str| {
            let mut key = tagged(tag);
            key["tags_all"]["CrossRegionReplicationRegions"] = second;
            let replica = replica("aws_kms_replica_key.r").in_region(region);
            verdicts_with(&MissingReplica, vec![create("aws_kms_key.a", key), replica], &configured)
        };
        assert!(judge("eu-central-1", json!("ap-south-1"), "frankfurt").is_empty());
        assert!(judge("on", json!("eu-central-1"), "frankfurt").is_empty());
        assert_eq!(judge("on", json!("eu-central-1"), "us"), VIOLATED);
        for nothing in [json!(null), json!(""), json!(" ")] {
            assert!(judge("on", nothing.clone(), "us").is_empty());
            assert_eq!(judge("on", nothing, "frankfurt"), VIOLATED);
        }
        assert_eq!(judge("on", json!("all of them"), "us"), UNDETERMINED);
        assert!(judge("off", json!("eu-central-1"), "us").is_empty());
    }

    #[test]
    fn the_evidence_is_what_asks_for_the_replicas() {
        let settings =
            settings("replication.tag = \"Copies\"\nreplication.regions = [\"us-east-1\", \"ap-south-1\"]");
        let finding = |tags: Json| {
            let key = create("aws_kms_key.a", json!({"multi_region": true, "tags": tags, "tags_all": tags}));
            testing::findings(&MissingReplica, &plan(vec![key]), &settings).pop().unwrap()
        };
        let both = finding(json!({"Copies": "on", "CopiesRegions": "us-east-1"})).evidence;
        let tags = [
            "the tag `Copies` of aws_kms_key.a is `on`",
            "the tag `CopiesRegions` of aws_kms_key.a is `us-east-1`",
        ];
        assert_eq!(both[..2], tags);
        let one = finding(json!({"Copies": "on"}));
        assert_eq!(
            one.evidence[1],
            "`[replication] regions` in the settings lists `us-east-1`, `ap-south-1`"
        );
        assert!(
            one.message.contains("in `us-east-1`, `ap-south-1`, where its tag `Copies` asks"),
            "{}",
            one.message
        );
        assert_eq!(finding(json!({"Copies": "us-east-1"})).evidence.len(), 2, "the tag and the key's Region");
    }

    #[test]
    fn tags_that_are_not_known_or_not_given() {
        let judge = |tags: Json| {
            judge(vec![create(
                "aws_kms_key.a",
                json!({"multi_region": true, "tags": tags, "tags_all": {"$computed": true}}),
            )])
        };
        assert_eq!(judge(json!({"$ref": "terraform_data.x.output"})), UNDETERMINED);
        assert!(judge(json!(null)).is_empty());
        assert!(judge(json!({"CrossRegionReplication": null})).is_empty());
        assert_eq!(judge(json!({"CrossRegionReplication": "perhaps"})), UNDETERMINED);
    }

    #[test]
    fn a_sensitive_list_is_used_and_not_shown() {
        for name in ["CrossRegionReplication", "CrossRegionReplicationRegions"] {
            let mut key = tagged("on");
            key["tags_all"][name] = json!("ap-south-1");
            let mut plan: Json = serde_json::from_str(&plan(vec![create("aws_kms_key.a", key)])).unwrap();
            plan["resource_changes"][0]["change"]["after_sensitive"] = json!({"tags_all": {name: true}});
            let finding =
                testing::findings(&MissingReplica, &plan.to_string(), &Settings::default()).pop().unwrap();
            assert!(!format!("{finding:?}").contains("ap-south-1"), "{finding:?}");
        }
    }
}
