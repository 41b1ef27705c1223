use kmscheck_graph::{Consumer, ConsumerId, Node};

use super::cross_region::{self, Astray};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A resource that needs a KMS key in one Region and names a single-Region key of another. Also an alias, a grant or a key
    /// policy that is created in another Region than its key, which is what happens when the provider is forgotten on it.
    ///
    /// Where the key must be is known for each attribute: mostly in the resource's own Region; for the replica of a DynamoDB
    /// table, a secret or a file system in the replica's; for a trail, Firehose, AWS Config and the like in the Region of the
    /// S3 bucket; for Route 53 DNSSEC in us-east-1. A key id and an alias name are looked up in that Region too.
    ///
    /// # Why it matters
    ///
    /// A KMS key can be used in its own Region only. The service looks for the key where it works, does not find it, and the
    /// apply fails; or it goes through, and the first message, object or snapshot cannot be encrypted. A single-Region key
    /// cannot be converted to a multi-Region key, nor copied.
    ///
    /// # Example
    ///
    /// ```hcl,bad
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
    /// }
    ///
    /// resource "aws_sqs_queue" "orders" {
    ///   provider          = aws.frankfurt
    ///   name              = "orders"
    ///   kms_master_key_id = aws_kms_key.app.arn
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
    ///   provider            = aws.frankfurt
    ///   description         = "orders"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_sqs_queue" "orders" {
    ///   provider          = aws.frankfurt
    ///   name              = "orders"
    ///   kms_master_key_id = aws_kms_key.app.arn
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Multi-Region keys: see `primary-used-from-other-region`. The key for the replicas of S3 replication: see
    /// `s3-replication-key`. The primary that a replica key names, which is in another Region on purpose. Keys that AWS manages,
    /// when they are named by alias: every Region has one.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [Finding the key ID and key ARN](https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html)
    /// - [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html)
    id: "single-region-key-used-cross-region",
    summary: "A resource names a single-Region key of another Region",
    group: Group::Replication,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct SingleRegionKeyUsedCrossRegion;

impl Check for SingleRegionKeyUsedCrossRegion {
    type Subject<'g> = ConsumerId;
    type Fact = Astray;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<ConsumerId> {
        cross_region::subjects(cx)
    }

    fn bearer<'g>(&self, cx: Context<'g>, consumer: &ConsumerId) -> Node<'g> {
        cx.graph.consumer(*consumer).node
    }

    fn detect<'g>(&self, cx: Context<'g>, consumer: &ConsumerId) -> Detection<Astray> {
        cross_region::detect(cx, *consumer, false)
    }

    fn report<'g>(&self, cx: Context<'g>, consumer: &ConsumerId, astray: Astray) -> Finding {
        let consumer = cx.graph.consumer(*consumer);
        let what = cross_region::what(cx, consumer, &astray, "single-Region");
        let message = format!(
            "{what} AWS KMS finds no such key in {}: the apply fails, or nothing can be encrypted.",
            astray.needed
        );
        cross_region::finding(&METADATA, cx, consumer, &astray, (message, help(consumer, &astray)))
    }
}

fn help(consumer: &Consumer<'_>, astray: &Astray) -> String {
    let needed = &astray.needed;
    match cross_region::move_there(consumer, astray) {
        Some(move_there) => format!("{move_there}; else name a key of {needed}."),
        None => format!(
            "Name a key of {needed}: one that is there, or a new one. A single-Region key cannot be converted; if the \
             two Regions must share a key, create one with `multi_region = true` and a replica in {needed}."
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{self, Planned, create, delete, finding, keep, verdicts};
    use super::*;
    use crate::{Settings, testing};

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&SingleRegionKeyUsedCrossRegion);
    }

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const MULTI_REGION: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    const VIOLATED: [&str; 1] = ["violated high aws_sqs_queue.q"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_sqs_queue.q"];

    /// A queue in us-east-1.
    fn queue(key: impl Into<Json>) -> Planned {
        create("aws_sqs_queue.q", json!({"name": "q", "kms_master_key_id": key.into()})).in_region("us")
    }

    fn reference(to: impl Into<Json>) -> Json {
        json!({"$ref": to.into()})
    }

    /// A key in eu-west-1 that is there.
    fn key() -> Planned {
        keep("aws_kms_key.a", json!({"arn": ARN, "key_id": ID, "id": ID, "multi_region": false}))
    }

    fn new_key(address: &str, region: Json) -> Planned {
        let names =
            ["arn", "key_id", "id", "tags_all"].map(|name| (name.to_owned(), json!({"$computed": true})));
        create(address, names.into_iter().chain([("region".to_owned(), region)]).collect())
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn alias(region: Json, name: Json) -> Planned {
        create(
            "aws_kms_alias.a",
            json!({"name": name, "target_key_id": ID, "region": region, "arn": {"$computed": true}}),
        )
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&SingleRegionKeyUsedCrossRegion, resources)
    }

    #[test]
    fn whichever_way_it_is_named_the_key_must_be_in_the_region_of_its_user() {
        let alias_arn = "arn:aws:kms:eu-west-1:111122223333:alias/a";
        for name in [json!(ARN), json!(ID), json!("alias/a"), json!(alias_arn)] {
            let plan = |queue| vec![key(), alias(json!("eu-west-1"), json!("alias/a")), queue];
            assert_eq!(judge(plan(queue(name.clone()))), VIOLATED, "{name}");
            let here = create("aws_sqs_queue.q", json!({"kms_master_key_id": name}));
            assert!(judge(plan(here)).is_empty(), "{name}");
        }
    }

    #[test]
    fn every_attribute_of_a_key_that_is_created_names_it() {
        let plan = |attribute: &str, region: &str| {
            judge(vec![
                new_key("aws_kms_key.a", json!(region)),
                queue(reference(format!("aws_kms_key.a.{attribute}"))),
            ])
        };
        for attribute in ["arn", "key_id", "id"] {
            assert_eq!(plan(attribute, "eu-west-1"), VIOLATED, "{attribute}");
            assert!(plan(attribute, "us-east-1").is_empty(), "{attribute}");
        }
        assert_eq!(plan("tags_all", "eu-west-1"), UNDETERMINED, "that is no name");
    }

    #[test]
    fn every_attribute_of_an_alias_names_its_key() {
        let plan = |attribute: &str, region: &str| {
            let computed = || json!({"$computed": true});
            let alias = create(
                "aws_kms_alias.a",
                json!({"name": computed(), "name_prefix": "alias/a-", "id": computed(), "arn": computed(),
                    "target_key_arn": computed(), "target_key_id": reference("aws_kms_key.a.key_id"), "region": region}),
            );
            let name = reference(format!("aws_kms_alias.a.{attribute}"));
            judge(vec![new_key("aws_kms_key.a", json!(region)), alias, queue(name)])
        };
        for attribute in ["arn", "target_key_arn", "target_key_id", "name", "id"] {
            assert_eq!(plan(attribute, "eu-west-1"), VIOLATED, "{attribute}");
            assert!(plan(attribute, "us-east-1").is_empty(), "{attribute}");
        }
    }

    #[test]
    fn only_a_single_region_key_is_meant_here() {
        assert!(judge(vec![queue(MULTI_REGION)]).is_empty());
        assert_eq!(judge(vec![queue(ARN)]), VIOLATED, "a key elsewhere: its id tells");
        let unknown =
            json!({"arn": {"$computed": true}, "multi_region": reference("terraform_data.x.output")});
        let plan = |user| vec![create("aws_kms_key.a", unknown.clone()), user];
        assert_eq!(judge(plan(queue(reference("aws_kms_key.a.arn")))), UNDETERMINED);
        let here = create("aws_sqs_queue.q", json!({"kms_master_key_id": reference("aws_kms_key.a.arn")}));
        assert!(judge(plan(here)).is_empty());
    }

    #[test]
    fn a_key_that_the_plan_looks_up_is_where_its_data_source_is() {
        let known =
            |kind: Json| keep("data.aws_kms_key.a", json!({"key_id": "alias/a", "arn": ARN, "id": kind}));
        assert_eq!(judge(vec![known(json!(ID)), queue(ARN)]), VIOLATED);
        let deferred = |region: &str| {
            let after = json!({"arn": {"$computed": true}, "id": {"$computed": true}, "multi_region": {"$computed": true},
                "key_id": "alias/a", "region": region});
            judge(vec![create("data.aws_kms_key.a", after), queue(reference("data.aws_kms_key.a.arn"))])
        };
        assert_eq!(deferred("eu-west-1"), UNDETERMINED, "it may be a multi-Region key");
        assert!(deferred("us-east-1").is_empty());
    }

    #[test]
    fn a_key_by_an_alias_that_the_plan_looks_up_is_where_its_data_source_is() {
        let deferred = |region: &str| {
            let computed = || json!({"$computed": true});
            let after = json!({"name": "alias/b", "arn": computed(), "target_key_arn": computed(),
                "target_key_id": computed(), "region": region});
            judge(vec![
                create("data.aws_kms_alias.b", after),
                queue(reference("data.aws_kms_alias.b.target_key_arn")),
            ])
        };
        assert_eq!(deferred("eu-west-1"), UNDETERMINED, "it may be a multi-Region key");
        assert!(deferred("us-east-1").is_empty());
    }

    #[test]
    fn where_a_region_is_not_known_nothing_is_said() {
        let unknown = || reference("terraform_data.x.output");
        let somewhere = create("aws_sqs_queue.q", json!({"kms_master_key_id": ARN, "region": unknown()}));
        assert_eq!(judge(vec![somewhere]), UNDETERMINED);
        let plan = vec![new_key("aws_kms_key.a", unknown()), queue(reference("aws_kms_key.a.arn"))];
        assert_eq!(judge(plan), UNDETERMINED);
        assert_eq!(judge(vec![queue(unknown())]), UNDETERMINED);
        assert_eq!(judge(vec![queue(ID)]), UNDETERMINED, "a key elsewhere has an id and no Region");
        assert_eq!(judge(vec![queue("alias/a")]), UNDETERMINED);
    }

    #[test]
    fn one_provider_configuration_is_one_region_whichever_it_is() {
        let key = |address: &str, alias: &str| {
            let computed = || json!({"$computed": true});
            create(address, json!({"arn": computed(), "key_id": computed()})).in_region(alias)
        };
        let user = |names: Json, alias: &str| {
            create("aws_sqs_queue.q", json!({"kms_master_key_id": reference(names)})).in_region(alias)
        };
        for name in ["aws_kms_key.a.arn", "aws_kms_key.a.key_id"] {
            let plan = |alias| vec![key("aws_kms_key.a", "somewhere"), user(json!(name), alias)];
            assert!(judge(plan("somewhere")).is_empty(), "{name}");
            assert_eq!(judge(plan("elsewhere")), UNDETERMINED, "{name}");
        }
        let either = json!(["aws_kms_key.a.arn", "aws_kms_key.b.arn"]);
        let plan = |alias| {
            let keys = [key("aws_kms_key.a", "somewhere"), key("aws_kms_key.b", alias)];
            keys.into_iter().chain([user(either.clone(), "somewhere")]).collect()
        };
        assert!(judge(plan("somewhere")).is_empty());
        assert_eq!(judge(plan("elsewhere")), UNDETERMINED, "all must be there");
        let with_region = create(
            "aws_sqs_queue.q",
            json!({"kms_master_key_id": reference("aws_kms_key.a.arn"), "region": reference("terraform_data.x.output")}),
        );
        let plan = vec![key("aws_kms_key.a", "somewhere"), with_region.in_region("somewhere")];
        assert_eq!(judge(plan), UNDETERMINED, "an argument of its own");
    }

    #[test]
    fn what_uses_no_key_by_its_kind_needs_none_here() {
        let judge = |resource_type: &str, kind: (&str, Json), attribute: (&str, &Json)| {
            let address = format!("{resource_type}.q");
            let arguments = [(kind.0.to_owned(), kind.1), (attribute.0.to_owned(), attribute.1.clone())];
            judge(vec![create(&address, arguments.into_iter().collect()).in_region("us")])
        };
        let parameter = |kind: Json| judge("aws_ssm_parameter", ("type", kind), ("key_id", &json!(ARN)));
        assert!(parameter(json!("String")).is_empty());
        assert_eq!(parameter(json!("SecureString")), ["violated high aws_ssm_parameter.q"]);
        assert_eq!(parameter(reference("terraform_data.x.output")), ["violated high aws_ssm_parameter.q"]);
        let document = reference("terraform_data.x.output");
        let document =
            |kind: &str| judge("aws_ssm_document", ("document_type", json!(kind)), ("content", &document));
        assert!(document("Command").is_empty());
        assert_eq!(document("Session"), ["undetermined aws_ssm_document.q"]);
    }

    #[test]
    fn an_alias_of_the_users_provider_configuration_is_the_one_it_names() {
        let plan = |alias: &str| {
            let named = json!({"name": "alias/a", "target_key_id": {"$ref": "aws_kms_key.a.key_id"}});
            let user = create("aws_sqs_queue.q", json!({"kms_master_key_id": "alias/a"}));
            vec![
                create("aws_kms_key.a", json!({"key_id": {"$computed": true}})).in_region("somewhere"),
                create("aws_kms_alias.a", named).in_region(alias),
                user.in_region("somewhere"),
            ]
        };
        assert!(judge(plan("somewhere")).is_empty());
        assert!(judge(plan("elsewhere")).contains(&UNDETERMINED[0].to_owned()));
    }

    #[test]
    fn whoever_needs_no_key_can_name_none_of_another_region() {
        assert!(judge(vec![queue(Json::Null)]).is_empty());
        assert!(judge(vec![queue("")]).is_empty());
        assert!(judge(vec![queue("alias/aws/sqs")]).is_empty());
        assert_eq!(judge(vec![queue("arn:aws:kms:eu-west-1:111122223333:alias/aws/sqs")]), VIOLATED);
        assert!(
            judge(vec![delete("aws_sqs_queue.q", json!({"kms_master_key_id": ARN, "region": "us-east-1"}))])
                .is_empty()
        );
    }

    #[test]
    fn an_alias_that_may_be_the_one_makes_it_uncertain() {
        let plan = |other: Json| {
            let other = create("aws_kms_alias.b", other);
            judge(vec![key(), alias(json!("eu-west-1"), json!("alias/a")), other, queue("alias/a")])
        };
        let unknown = || reference("terraform_data.x.output");
        let there = ARN.replace("eu-west-1", "us-east-1");
        let other =
            |name: Json, region: Json| plan(json!({"name": name, "target_key_arn": there, "region": region}));
        assert_eq!(other(unknown(), json!("us-east-1")), UNDETERMINED);
        assert_eq!(other(json!("alias/a"), unknown()), UNDETERMINED);
        assert_eq!(other(unknown(), json!("eu-west-1")), VIOLATED, "it is in another Region too");
        let prefixed = |prefix: &str| {
            plan(
                json!({"name": {"$computed": true}, "name_prefix": prefix, "target_key_arn": there, "region": "us-east-1"}),
            )
        };
        assert_eq!(prefixed("alias/"), UNDETERMINED);
        assert_eq!(prefixed("alias/b-"), VIOLATED, "its name begins in another way");
    }

    #[test]
    fn an_alias_that_goes_is_none() {
        let gone =
            delete("aws_kms_alias.b", json!({"name": "alias/a", "target_key_id": ID, "region": "us-east-1"}));
        assert_eq!(
            judge(vec![key(), alias(json!("eu-west-1"), json!("alias/a")), gone, queue("alias/a")]),
            VIOLATED
        );
    }

    #[test]
    fn an_alias_of_another_account_is_none() {
        let there = |account: &str, region: &str| {
            let arn = format!("arn:aws:kms:{region}:{account}:alias/a");
            keep(
                &format!("aws_kms_alias.of_{account}"),
                json!({"name": "alias/a", "target_key_id": ID, "arn": arn, "region": region}),
            )
        };
        let queue = |key: &str| {
            let arn = "arn:aws:sqs:us-east-1:111122223333:q";
            keep("aws_sqs_queue.q", json!({"kms_master_key_id": key, "arn": arn, "region": "us-east-1"}))
        };
        let (own, other) = ("111122223333", "444455556666");
        assert_eq!(judge(vec![key(), there(own, "eu-west-1"), queue("alias/a")]), VIOLATED);
        let both = vec![key(), there(own, "eu-west-1"), there(other, "us-east-1"), queue("alias/a")];
        assert!(judge(both).contains(&VIOLATED[0].to_owned()));
        assert_eq!(judge(vec![there(other, "eu-west-1"), queue("alias/a")]).last().unwrap(), UNDETERMINED[0]);
        let arn = format!("arn:aws:kms:us-east-1:{other}:alias/a");
        assert!(
            judge(vec![key(), there(own, "us-east-1"), queue(&arn)])
                .iter()
                .all(|line| !line.ends_with("queue.q"))
        );
    }

    #[test]
    fn of_several_keys_all_must_be_elsewhere() {
        let several = || queue(reference(["aws_kms_key.a.arn", "aws_kms_key.b.key_id"]));
        let plan = |region: Json| {
            let keys = [new_key("aws_kms_key.a", json!("eu-west-1")), new_key("aws_kms_key.b", region)];
            judge(keys.into_iter().chain([several()]).collect())
        };
        assert_eq!(plan(json!("eu-west-1")), VIOLATED);
        assert_eq!(plan(json!("ap-south-1")), VIOLATED);
        assert_eq!(plan(json!("us-east-1")), UNDETERMINED);
        assert_eq!(plan(reference("terraform_data.x.output")), UNDETERMINED);
    }

    #[test]
    fn of_several_keys_all_must_be_single_region_keys() {
        let several = queue(reference(["aws_kms_key.a.arn", "aws_kms_key.b.arn"]));
        let multi_region = create("aws_kms_key.b", json!({"arn": {"$computed": true}, "multi_region": true}));
        assert_eq!(
            judge(vec![new_key("aws_kms_key.a", json!("eu-west-1")), multi_region, several]),
            UNDETERMINED
        );
    }

    #[test]
    fn an_alias_of_an_account_that_may_be_another_makes_it_uncertain() {
        let foreign = keep("aws_kms_key.b", json!({"arn": ARN.replace("111122223333", "444455556666")}));
        let arn = "arn:aws:kms:eu-west-1:111122223333:alias/a";
        let alias = keep("aws_kms_alias.a", json!({"name": "alias/a", "target_key_id": ID, "arn": arn}));
        assert_eq!(judge(vec![key(), foreign, alias, queue("alias/a")]), UNDETERMINED);
    }

    #[test]
    fn the_arn_of_an_alias_means_that_one() {
        let there = ARN.replace("eu-west-1", "us-east-1");
        let here = create(
            "aws_kms_alias.a",
            json!({"name": "alias/a", "target_key_arn": there, "region": "us-east-1"}),
        );
        let meant =
            create("aws_kms_alias.b", json!({"name": "alias/a", "target_key_id": ID, "region": "eu-west-1"}));
        let plan = vec![key(), here, meant, queue("arn:aws:kms:eu-west-1:111122223333:alias/a")];
        assert_eq!(&*finding(&SingleRegionKeyUsedCrossRegion, plan).key, "aws_kms_key.a");
    }

    #[test]
    fn an_alias_in_the_wrong_region_is_the_only_fault() {
        let computed = || json!({"$computed": true});
        let alias = create(
            "aws_kms_alias.a",
            json!({"name": "alias/a", "arn": computed(), "target_key_arn": computed(),
            "target_key_id": reference("aws_kms_key.a.arn")}),
        );
        let user = queue(reference("aws_kms_alias.a.target_key_arn"));
        let plan = vec![new_key("aws_kms_key.a", json!("us-east-1")), alias, user];
        assert_eq!(judge(plan), ["violated high aws_kms_alias.a"]);
    }

    #[test]
    fn an_incomplete_plan_may_have_the_alias() {
        let plan = inline::plan(vec![key(), alias(json!("eu-west-1"), json!("alias/a")), queue("alias/a")]);
        let incomplete = plan.replace("\"complete\":true", "\"complete\":false");
        let judge =
            |plan: &str| testing::verdicts(&SingleRegionKeyUsedCrossRegion, plan, &Settings::default());
        assert_eq!(judge(&plan), VIOLATED);
        assert_eq!(judge(&incomplete), UNDETERMINED);
        let by_id = inline::plan(vec![key(), queue(ID)]).replace("\"complete\":true", "\"complete\":false");
        assert_eq!(judge(&by_id), VIOLATED, "a single-Region key has no relatives that may be missing");
    }

    #[test]
    fn the_primary_of_a_replica_and_the_key_of_a_replication_rule_are_left_to_others() {
        let replica = create("aws_kms_replica_key.r", json!({"primary_key_arn": ARN})).in_region("us");
        assert!(judge(vec![replica]).is_empty());
        let destination =
            json!([{"bucket": "arn:aws:s3:::d", "encryption_configuration": [{"replica_kms_key_id": ARN}]}]);
        let rule = json!([{"status": "Enabled", "destination": destination}]);
        let plan = vec![
            create("aws_s3_bucket.d", json!({"bucket": "d"})).in_region("us"),
            create("aws_s3_bucket_replication_configuration.c", json!({"bucket": "s", "rule": rule})),
        ];
        assert!(judge(plan).is_empty());
    }

    fn used_by(resource_type: &str, attributes: Json) -> Vec<String> {
        let bucket = create("aws_s3_bucket.b", json!({"bucket": "b"}));
        judge(vec![bucket, create(&format!("{resource_type}.u"), attributes).in_region("us")])
    }

    #[test]
    fn the_region_where_a_key_is_needed_may_be_that_of_a_bucket() {
        let delivery = |bucket: &str| {
            used_by("aws_config_delivery_channel", json!({"s3_bucket_name": bucket, "s3_kms_key_arn": ARN}))
        };
        assert!(delivery("b").is_empty());
        assert_eq!(delivery("elsewhere"), ["undetermined aws_config_delivery_channel.u"]);
        let share = json!({"location_arn": "arn:aws:s3:::b/folder/", "kms_key_arn": ARN});
        assert!(used_by("aws_storagegateway_nfs_file_share", share).is_empty(), "a folder of the bucket");
        let backup = json!({"bucket_arn": "arn:aws:s3:::b", "kms_key_arn": ARN});
        let stream = json!({"bucket_arn": "arn:aws:s3:::elsewhere", "s3_backup_configuration": [backup]});
        let stream = json!({"extended_s3_configuration": [stream]});
        assert!(used_by("aws_kinesis_firehose_delivery_stream", stream).is_empty(), "the nearest bucket");
    }

    #[test]
    fn a_bucket_that_is_looked_up_shows_where_it_is() {
        let bucket =
            |region: &str| keep("data.aws_s3_bucket.b", json!({"bucket": "b", "bucket_region": region}));
        let trail = || create("aws_cloudtrail.t", json!({"s3_bucket_name": "b", "kms_key_id": ARN}));
        assert!(judge(vec![bucket("eu-west-1"), trail()]).is_empty());
        assert_eq!(judge(vec![bucket("us-east-1"), trail()]), ["violated high aws_cloudtrail.t"]);
    }

    #[test]
    fn the_region_where_a_key_is_needed_may_stand_in_a_block() {
        let efs = |destination: Json| {
            let efs =
                json!({"source_file_system_id": "fs-1", "region": "us-east-1", "destination": [destination]});
            used_by("aws_efs_replication_configuration", efs)
        };
        let violated = ["violated high aws_efs_replication_configuration.u"];
        assert!(efs(json!({"region": "eu-west-1", "kms_key_id": ARN})).is_empty());
        assert_eq!(efs(json!({"region": "us-east-1", "kms_key_id": ARN})), violated);
        assert!(efs(json!({"availability_zone_name": "eu-west-1a", "kms_key_id": ARN})).is_empty());
        assert_eq!(efs(json!({"availability_zone_name": "us-east-1a", "kms_key_id": ARN})), violated);
        let nowhere = ["undetermined aws_efs_replication_configuration.u"];
        assert_eq!(efs(json!({"kms_key_id": ARN})), nowhere, "not where the resource is");
    }

    #[test]
    fn the_region_where_a_key_is_needed_may_be_that_of_a_block_or_of_the_resource() {
        let pipeline = |region: Json| {
            let store =
                json!({"region": region, "location": "b", "encryption_key": [{"id": ARN, "type": "KMS"}]});
            used_by("aws_codepipeline", json!({"artifact_store": [store]}))
        };
        let violated = ["violated high aws_codepipeline.u"];
        assert!(pipeline(json!("eu-west-1")).is_empty());
        assert_eq!(pipeline(json!("us-east-1")), violated);
        assert_eq!(pipeline(json!("")), violated);
        assert_eq!(pipeline(Json::Null), violated);
        let evidence = |region: Json| {
            let store = json!({"region": region, "encryption_key": [{"id": ARN}]});
            let pipeline =
                create("aws_codepipeline.u", json!({"artifact_store": [store], "region": "us-east-1"}));
            finding(&SingleRegionKeyUsedCrossRegion, vec![pipeline]).evidence.swap_remove(0)
        };
        assert_eq!(evidence(Json::Null), "`region` of aws_codepipeline.u is us-east-1");
        let block = "`region` beside `artifact_store[0].encryption_key[0].id` says ap-south-1";
        assert_eq!(evidence(json!("ap-south-1")), block);
    }

    #[test]
    fn the_region_where_a_key_is_needed_may_be_fixed() {
        let dnssec = |region: &str| {
            let arn = ARN.replace("eu-west-1", region);
            used_by("aws_route53_key_signing_key", json!({"key_management_service_arn": arn}))
        };
        assert!(dnssec("us-east-1").is_empty());
        assert_eq!(dnssec("eu-west-1"), ["violated high aws_route53_key_signing_key.u"]);
    }

    #[test]
    fn the_finding_says_which_key_is_where_and_what_says_so() {
        let found = finding(&SingleRegionKeyUsedCrossRegion, vec![key(), queue(ARN)]);
        let what = "`kms_master_key_id` needs a key in us-east-1 and names aws_kms_key.a, a single-Region key in eu-west-1.";
        assert!(found.message.starts_with(what), "{}", found.message);
        assert!(found.help.contains("a key of us-east-1"), "{}", found.help);
        let evidence = [
            "aws_sqs_queue.q is in us-east-1, the Region of provider `aws.us`".to_owned(),
            format!("the ARN of aws_kms_key.a is {ARN}"),
        ];
        assert_eq!(found.evidence, evidence);
        assert_eq!((&*found.related[0].address, &*found.key), ("aws_kms_key.a", "aws_kms_key.a"));
        assert_eq!(found.subject.to_string(), "kms_master_key_id");
    }

    #[test]
    fn a_key_that_is_not_here_is_shown_by_its_region_alone() {
        let found = finding(&SingleRegionKeyUsedCrossRegion, vec![queue(ARN)]);
        assert!(found.message.contains("and names a single-Region key in eu-west-1."), "{}", found.message);
        assert_eq!(found.evidence[1], "the ARN that `kms_master_key_id` names is of eu-west-1");
        let managed = finding(
            &SingleRegionKeyUsedCrossRegion,
            vec![queue("arn:aws:kms:eu-west-1:111122223333:alias/aws/sqs")],
        );
        assert!(
            managed.message.contains("names by an alias an AWS managed key in eu-west-1."),
            "{}",
            managed.message
        );
    }

    #[test]
    fn for_an_alias_a_grant_or_a_policy_the_provider_was_forgotten() {
        let new = || new_key("aws_kms_key.a", json!("us-east-1"));
        let alias = create(
            "aws_kms_alias.a",
            json!({"name": "alias/a", "target_key_id": reference("aws_kms_key.a.key_id")}),
        );
        let found = finding(&SingleRegionKeyUsedCrossRegion, vec![new(), alias]);
        assert!(
            found.help.starts_with("Give aws_kms_alias.a the `provider` (or `region`)"),
            "{}",
            found.help
        );
        assert!(found.message.contains("names by its id aws_kms_key.a"), "{}", found.message);
        assert_eq!(found.evidence[1], "`region` of aws_kms_key.a is us-east-1");
    }
}
