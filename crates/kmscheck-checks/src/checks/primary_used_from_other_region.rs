use kmscheck_graph::{ConsumerId, Node, Relative};
use kmscheck_value::Knowledge;

use super::cross_region::{self, Astray};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A resource that needs a KMS key in one Region and names a multi-Region key of another: mostly the primary, where it should
    /// name the replica of its own Region. The finding says whether that replica exists. Also an alias, a grant or a key policy
    /// that is created in another Region than the multi-Region key that it names by ARN.
    ///
    /// A bare key id is looked up where the key is needed. Related multi-Region keys share their id, so the id is right wherever
    /// there is one of them.
    ///
    /// # Why it matters
    ///
    /// Related multi-Region keys have the same material and the same id, but each is a key of its own Region. AWS services treat
    /// them as if they were single-Region keys: the ARN of the primary is not found in another Region, and the apply fails or
    /// nothing can be encrypted. If the ARN did reach the primary, a replica in the resource's own Region would be of no use.
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
    ///   multi_region        = true
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   primary_key_arn = aws_kms_key.app.arn
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
    ///   description         = "orders"
    ///   enable_key_rotation = true
    ///   multi_region        = true
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   primary_key_arn = aws_kms_key.app.arn
    /// }
    ///
    /// resource "aws_sqs_queue" "orders" {
    ///   provider          = aws.frankfurt
    ///   name              = "orders"
    ///   kms_master_key_id = aws_kms_replica_key.app.arn
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Single-Region keys: see `single-region-key-used-cross-region`. The key for the replicas of S3 replication: see
    /// `s3-replication-key`. The primary that a replica key names, which is in another Region on purpose. What the application
    /// does with the key by itself.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [Creating multi-Region replica keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-replicate.html)
    id: "primary-used-from-other-region",
    summary: "A resource names a multi-Region key of another Region instead of the related one of its own",
    group: Group::Replication,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct PrimaryUsedFromOtherRegion;

impl Check for PrimaryUsedFromOtherRegion {
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
        cross_region::detect(cx, *consumer, true)
    }

    fn report<'g>(&self, cx: Context<'g>, consumer: &ConsumerId, astray: Astray) -> Finding {
        let consumer = cx.graph.consumer(*consumer);
        let relative = cx.graph.relative_in(&consumer.key, &astray.needed);
        let what = cross_region::what(cx, consumer, &astray, "multi-Region");
        let message = format!(
            "{what} Each related multi-Region key is used in its own Region only, by its own ARN. {}",
            existence(cx, &relative, &astray)
        );
        let help = match cross_region::move_there(consumer, &astray) {
            Some(move_there) => format!("{move_there}. {}", help(cx, &relative, &astray)),
            None => help(cx, &relative, &astray),
        };
        let finding = cross_region::finding(&METADATA, cx, consumer, &astray, (message, help));
        with_relative(cx, finding, &relative, &astray)
    }
}

/// The related key in the Region where one is needed.
type Found<'g> = Knowledge<Option<Relative<'g>>>;

fn existence(cx: Context<'_>, relative: &Found<'_>, Astray { needed, .. }: &Astray) -> String {
    match relative {
        Knowledge::Known(Some(Relative::Key(key))) => {
            format!("In {needed} that is {}.", cx.graph.key(*key).node)
        }
        Knowledge::Known(Some(Relative::Seen(arn))) => format!("In {needed} that is {arn}."),
        Knowledge::Known(None) => format!("In {needed} there is none yet."),
        Knowledge::Undetermined(because) => {
            format!("Whether there is one in {needed} cannot be told: {because}.")
        }
    }
}

fn help(cx: Context<'_>, relative: &Found<'_>, Astray { needed, .. }: &Astray) -> String {
    match relative {
        Knowledge::Known(Some(Relative::Key(key))) => format!("Name {}.", cx.graph.key(*key).node),
        Knowledge::Known(Some(Relative::Seen(arn))) => format!("Name {arn}."),
        Knowledge::Known(None) => {
            format!(
                "Create a replica in {needed} (`aws_kms_replica_key` with that Region's provider) and name it."
            )
        }
        Knowledge::Undetermined(_) => {
            format!("Name the related key of {needed}; if there is none, create a replica there.")
        }
    }
}

fn with_relative(cx: Context<'_>, finding: Finding, relative: &Found<'_>, astray: &Astray) -> Finding {
    match relative {
        Knowledge::Known(Some(Relative::Key(key))) => {
            let finding =
                finding.related(cx.graph.key(*key).node, format!("the related key in {}", astray.needed));
            match cross_region::whereabouts_of_key(cx, *key) {
                Some(whereabouts) => finding.evidence(whereabouts),
                None => finding,
            }
        }
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, create, delete, finding, keep, plan, replace, verdicts};
    use super::*;
    use crate::{Settings, testing};

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PrimaryUsedFromOtherRegion);
    }

    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";
    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    const VIOLATED: [&str; 1] = ["violated high aws_sqs_queue.q"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_sqs_queue.q"];

    /// A queue in us-east-1.
    fn queue(key: impl Into<Json>) -> Planned {
        create("aws_sqs_queue.q", json!({"name": "q", "kms_master_key_id": key.into()})).in_region("us")
    }

    fn reference(to: impl Into<Json>) -> Json {
        json!({"$ref": to.into()})
    }

    fn unknown() -> Json {
        reference("terraform_data.x.output")
    }

    fn arn(region: &str) -> String {
        ARN.replace("eu-west-1", region)
    }

    /// A primary in eu-west-1 that is there.
    fn primary() -> Planned {
        keep("aws_kms_key.a", json!({"arn": ARN, "key_id": ID, "id": ID, "multi_region": true}))
    }

    fn replica_object(region: &str) -> Json {
        json!({"arn": arn(region), "key_id": ID, "id": ID, "primary_key_arn": ARN, "region": region})
    }

    /// A replica that is there.
    fn replica(region: &str) -> Planned {
        keep("aws_kms_replica_key.r", replica_object(region))
    }

    fn new_primary() -> Planned {
        let computed = || json!({"$computed": true});
        create(
            "aws_kms_key.a",
            json!({"multi_region": true, "arn": computed(), "key_id": computed(), "id": computed()}),
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn new_replica(primary: Json, region: Json) -> Planned {
        let computed = || json!({"$computed": true});
        let after =
            json!({"primary_key_arn": primary, "region": region, "arn": computed(), "key_id": computed()});
        create("aws_kms_replica_key.r", after)
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&PrimaryUsedFromOtherRegion, resources)
    }

    #[test]
    fn an_arn_must_be_of_the_region_of_its_user() {
        assert_eq!(judge(vec![queue(ARN)]), VIOLATED, "a key elsewhere");
        assert_eq!(judge(vec![primary(), replica("us-east-1"), queue(ARN)]), VIOLATED);
        assert!(judge(vec![primary(), replica("us-east-1"), queue(arn("us-east-1"))]).is_empty());
        assert_eq!(judge(vec![new_primary(), queue(reference("aws_kms_key.a.arn"))]), VIOLATED);
        let gone = delete("aws_sqs_queue.q", json!({"kms_master_key_id": ARN, "region": "us-east-1"}));
        assert!(judge(vec![gone]).is_empty());
    }

    #[test]
    fn only_a_multi_region_key_is_meant_here() {
        let single = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert!(judge(vec![queue(single)]).is_empty());
        let key = json!({"arn": {"$computed": true}, "multi_region": unknown()});
        assert_eq!(
            judge(vec![create("aws_kms_key.a", key), queue(reference("aws_kms_key.a.arn"))]),
            UNDETERMINED
        );
        assert!(judge(vec![queue("arn:aws:kms:eu-west-1:111122223333:alias/aws/sqs")]).is_empty());
        assert_eq!(judge(vec![queue("arn:aws:kms:eu-west-1:111122223333:alias/other")]), UNDETERMINED);
    }

    #[test]
    fn an_id_means_the_related_key_of_the_users_region() {
        for name in [json!(ID), reference("aws_kms_key.a.key_id")] {
            let primary = || if name.is_string() { primary() } else { new_primary() };
            let replica = |region: &str| {
                if name.is_string() {
                    replica(region)
                } else {
                    new_replica(reference("aws_kms_key.a.arn"), json!(region))
                }
            };
            assert!(judge(vec![primary(), replica("us-east-1"), queue(name.clone())]).is_empty());
            assert_eq!(judge(vec![primary(), replica("ap-south-1"), queue(name.clone())]), VIOLATED);
            assert_eq!(judge(vec![primary(), queue(name.clone())]), VIOLATED);
        }
        let gone = delete("aws_kms_replica_key.r", replica_object("us-east-1"));
        assert_eq!(judge(vec![primary(), gone, queue(ID)]), VIOLATED, "the replica goes");
    }

    #[test]
    fn the_id_of_a_key_that_is_replaced_leads_to_where_it_was() {
        let plan = |region: &str| {
            let before = json!({"arn": ARN, "key_id": ID, "multi_region": true});
            let after =
                json!({"arn": {"$computed": true}, "key_id": {"$computed": true}, "multi_region": false});
            let user = create("aws_sqs_queue.q", json!({"kms_master_key_id": ID, "region": region}));
            judge(vec![replace("aws_kms_key.a", "multi_region", before, after), user])
        };
        assert!(plan("eu-west-1").is_empty());
        assert_eq!(plan("us-east-1"), UNDETERMINED, "a replica there may be managed elsewhere");
    }

    #[test]
    fn replicas_of_a_primary_that_is_not_here_are_related_too() {
        let other = |region: &str| new_replica(json!(ARN), json!(region));
        assert!(judge(vec![other("us-east-1"), queue(ID)]).is_empty());
        assert_eq!(judge(vec![other("ap-south-1"), queue(ID)]), VIOLATED);
        assert_eq!(judge(vec![queue(ID)]), UNDETERMINED, "nobody knows where such keys are");
    }

    #[test]
    fn a_replica_that_may_be_related_makes_it_uncertain() {
        let plan =
            |region: Json, name: Json| judge(vec![primary(), new_replica(unknown(), region), queue(name)]);
        assert_eq!(plan(json!("us-east-1"), json!(ID)), UNDETERMINED);
        assert_eq!(plan(unknown(), json!(ID)), UNDETERMINED);
        assert_eq!(plan(json!("ap-south-1"), json!(ID)), VIOLATED, "it is in another Region too");
        assert_eq!(plan(json!("us-east-1"), json!(ARN)), VIOLATED, "an ARN means one key");
        let somewhere = new_replica(json!(ARN), unknown());
        assert_eq!(judge(vec![primary(), somewhere, queue(ID)]), UNDETERMINED);
        let gone = delete("aws_kms_replica_key.r", json!({"region": "us-east-1"}));
        assert_eq!(judge(vec![primary(), gone, queue(ID)]), VIOLATED);
    }

    #[test]
    fn the_id_means_the_related_key_that_goes_by_the_users_provider_configuration() {
        let plan = |name: &str, alias: &str| {
            let computed = || json!({"$computed": true});
            let primary = reference("aws_kms_key.a.arn");
            let replica = json!({"primary_key_arn": primary, "arn": computed(), "key_id": computed()});
            let user = create("aws_sqs_queue.q", json!({"kms_master_key_id": reference(name)}));
            let replica = create("aws_kms_replica_key.r", replica).in_region("somewhere");
            judge(vec![new_primary(), replica, user.in_region(alias)])
        };
        for name in ["aws_kms_key.a.key_id", "aws_kms_replica_key.r.key_id", "aws_kms_replica_key.r.arn"] {
            assert!(plan(name, "somewhere").is_empty(), "{name}");
            assert_eq!(plan(name, "elsewhere"), UNDETERMINED, "{name}");
        }
        assert_eq!(plan("aws_kms_key.a.arn", "somewhere"), UNDETERMINED, "an ARN means one key");
    }

    #[test]
    fn an_incomplete_plan_may_have_the_replica() {
        let judge = |name: &str| {
            let plan = plan(vec![primary(), queue(name)]).replace("\"complete\":true", "\"complete\":false");
            testing::verdicts(&PrimaryUsedFromOtherRegion, &plan, &Settings::default())
        };
        assert_eq!(judge(ID), UNDETERMINED);
        assert_eq!(judge(ARN), VIOLATED);
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn looked_up(relatives: Json) -> Planned {
        let configuration = json!([{"multi_region_key_type": "PRIMARY", "primary_key": [{"arn": ARN, "region": "eu-west-1"}],
            "replica_keys": relatives}]);
        let object = json!({"key_id": "alias/a", "arn": ARN, "id": ID, "multi_region": true,
            "multi_region_configuration": configuration});
        keep("data.aws_kms_key.a", object)
    }

    #[test]
    fn a_data_source_shows_the_related_keys() {
        let there = || json!([{"arn": arn("us-east-1"), "region": "us-east-1"}]);
        assert!(judge(vec![looked_up(there()), queue(ID)]).is_empty());
        assert_eq!(judge(vec![looked_up(json!([])), queue(ID)]), VIOLATED);
        let gone = delete("aws_kms_replica_key.r", replica_object("us-east-1"));
        assert_eq!(judge(vec![looked_up(there()), gone, queue(ID)]), VIOLATED, "the replica goes");
        let silent =
            keep("data.aws_kms_key.a", json!({"key_id": ID, "arn": ARN, "id": ID, "multi_region": true}));
        assert_eq!(judge(vec![silent, queue(ID)]), UNDETERMINED);
    }

    #[test]
    fn where_it_is_not_known_how_a_key_is_named_both_ways_must_be_wrong() {
        let deferred = |region: &str| {
            let computed = || json!({"$computed": true});
            let after = json!({"key_id": unknown(), "arn": computed(), "id": ID, "multi_region": true, "region": region});
            keep("data.aws_kms_key.a", after)
        };
        let name = || reference("data.aws_kms_key.a.key_id");
        assert!(judge(vec![deferred("us-east-1"), queue(name())]).is_empty());
        let replica = || replica("us-east-1");
        assert_eq!(judge(vec![deferred("eu-west-1"), replica(), queue(name())]), UNDETERMINED);
    }

    #[test]
    fn an_alias_stands_for_the_key_of_its_own_region() {
        let alias = |region: &str| {
            create("aws_kms_alias.a", json!({"name": "alias/a", "target_key_id": ID, "region": region}))
        };
        let plan = |region: &str| vec![primary(), replica("us-east-1"), alias(region), queue("alias/a")];
        assert!(judge(plan("us-east-1")).is_empty());
        assert_eq!(judge(plan("eu-west-1")), VIOLATED);
        let found = finding(&PrimaryUsedFromOtherRegion, plan("eu-west-1"));
        assert!(found.message.contains("names by an alias aws_kms_key.a"), "{}", found.message);
        assert_eq!(found.evidence[1], "`region` of aws_kms_alias.a is eu-west-1");
    }

    #[test]
    fn the_id_behind_an_alias_is_looked_up_anew() {
        let alias = |target: Json| {
            let after = json!({"name": "alias/a", "target_key_id": target, "arn": {"$computed": true}});
            vec![
                new_primary(),
                new_replica(reference("aws_kms_key.a.arn"), json!("us-east-1")),
                create("aws_kms_alias.a", after),
                queue(reference("aws_kms_alias.a.target_key_id")),
            ]
        };
        assert!(judge(alias(reference("aws_kms_key.a.key_id"))).is_empty());
        assert_eq!(judge(alias(reference("aws_kms_key.a.arn"))), VIOLATED, "an ARN was written there");
    }

    fn in_both_regions() -> Vec<Planned> {
        vec![primary(), replica("us-east-1"), queue(ARN)]
    }

    #[test]
    fn the_finding_says_which_related_key_to_name() {
        let found = finding(&PrimaryUsedFromOtherRegion, in_both_regions());
        let what = "`kms_master_key_id` needs a key in us-east-1 and names aws_kms_key.a, a multi-Region key in eu-west-1.";
        assert!(found.message.starts_with(what), "{}", found.message);
        assert!(found.message.ends_with("In us-east-1 that is aws_kms_replica_key.r."), "{}", found.message);
        assert_eq!(found.help, "Name aws_kms_replica_key.r.");
        let related: Vec<_> = found.related.iter().map(|related| &*related.address).collect();
        assert_eq!(related, ["aws_kms_key.a", "aws_kms_replica_key.r"]);
        let evidence = [
            "aws_sqs_queue.q is in us-east-1, the Region of provider `aws.us`".to_owned(),
            format!("the ARN of aws_kms_key.a is {ARN}"),
            format!("the ARN of aws_kms_replica_key.r is {}", arn("us-east-1")),
        ];
        assert_eq!(found.evidence, evidence);
    }

    #[test]
    fn the_finding_says_whether_there_is_a_related_key() {
        let none = finding(&PrimaryUsedFromOtherRegion, vec![primary(), queue(ARN)]);
        assert!(none.message.ends_with("In us-east-1 there is none yet."), "{}", none.message);
        assert!(none.help.starts_with("Create a replica in us-east-1"), "{}", none.help);
        let seen = looked_up(json!([{"arn": arn("us-east-1"), "region": "us-east-1"}]));
        let seen = finding(&PrimaryUsedFromOtherRegion, vec![seen, queue(ARN)]);
        assert_eq!(seen.help, format!("Name {}.", arn("us-east-1")));
        let uncertain = finding(&PrimaryUsedFromOtherRegion, vec![queue(ARN)]);
        assert!(
            uncertain.message.contains("Whether there is one in us-east-1 cannot be told"),
            "{}",
            uncertain.message
        );
        let elsewhere = vec![new_replica(json!(ARN), json!("us-east-1")), queue(ARN)];
        let elsewhere = finding(&PrimaryUsedFromOtherRegion, elsewhere);
        assert_eq!(elsewhere.help, "Name aws_kms_replica_key.r.");
    }

    #[test]
    fn for_an_alias_of_a_replica_the_provider_was_forgotten() {
        let alias = create("aws_kms_alias.r", json!({"name": "alias/a", "target_key_id": arn("us-east-1")}));
        let found = finding(&PrimaryUsedFromOtherRegion, vec![primary(), replica("us-east-1"), alias]);
        let help = "Give aws_kms_alias.r the `provider` (or `region`) of the key's Region, us-east-1";
        assert!(found.help.starts_with(help), "{}", found.help);
        assert!(found.help.ends_with("Name aws_kms_key.a."), "{}", found.help);
    }
}
