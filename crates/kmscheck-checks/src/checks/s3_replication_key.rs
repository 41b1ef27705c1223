use std::sync::Arc;

use kmscheck_graph::{Node, ReplicationRule};
use kmscheck_value::Knowledge;

use super::cross_region::whereabouts_of_key;
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A rule of S3 replication that cannot replicate encrypted objects. Of a bucket that is encrypted with SSE-KMS (`aws:kms` or
    /// `aws:kms:dsse`), a rule that does not select such objects (`sse_kms_encrypted_objects`) or does not say with which key the
    /// replicas are encrypted (`replica_kms_key_id`). Of any bucket, a rule whose key for the replicas is not of the destination
    /// bucket's Region.
    ///
    /// # Why it matters
    ///
    /// S3 leaves objects that are encrypted with SSE-KMS out of the replication unless the rule asks for them and names a key.
    /// Nothing fails: the apply goes through, the rule is shown as enabled, and the copy that disaster recovery relies on is
    /// missing. S3 decrypts each object with the source's key and encrypts the replica with a key of the destination's Region,
    /// so a key of another Region (a multi-Region primary too) makes the replication of each object fail.
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
    /// resource "aws_s3_bucket" "source" {
    ///   bucket = "orders-source"
    /// }
    ///
    /// resource "aws_s3_bucket_server_side_encryption_configuration" "source" {
    ///   bucket = aws_s3_bucket.source.id
    ///
    ///   rule {
    ///     apply_server_side_encryption_by_default {
    ///       sse_algorithm     = "aws:kms"
    ///       kms_master_key_id = aws_kms_key.app.arn
    ///     }
    ///   }
    /// }
    ///
    /// resource "aws_s3_bucket" "destination" {
    ///   provider = aws.frankfurt
    ///   bucket   = "orders-destination"
    /// }
    ///
    /// resource "aws_s3_bucket_replication_configuration" "orders" {
    ///   bucket = aws_s3_bucket.source.id
    ///   role   = "arn:aws:iam::123456789012:role/s3-replication"
    ///
    ///   rule {
    ///     id     = "all"
    ///     status = "Enabled"
    ///
    ///     destination {
    ///       bucket = aws_s3_bucket.destination.arn
    ///     }
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
    /// }
    ///
    /// resource "aws_kms_key" "frankfurt" {
    ///   provider            = aws.frankfurt
    ///   description         = "orders"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_s3_bucket" "source" {
    ///   bucket = "orders-source"
    /// }
    ///
    /// resource "aws_s3_bucket_server_side_encryption_configuration" "source" {
    ///   bucket = aws_s3_bucket.source.id
    ///
    ///   rule {
    ///     apply_server_side_encryption_by_default {
    ///       sse_algorithm     = "aws:kms"
    ///       kms_master_key_id = aws_kms_key.app.arn
    ///     }
    ///   }
    /// }
    ///
    /// resource "aws_s3_bucket" "destination" {
    ///   provider = aws.frankfurt
    ///   bucket   = "orders-destination"
    /// }
    ///
    /// resource "aws_s3_bucket_replication_configuration" "orders" {
    ///   bucket = aws_s3_bucket.source.id
    ///   role   = "arn:aws:iam::123456789012:role/s3-replication"
    ///
    ///   rule {
    ///     id     = "all"
    ///     status = "Enabled"
    ///
    ///     source_selection_criteria {
    ///       sse_kms_encrypted_objects {
    ///         status = "Enabled"
    ///       }
    ///     }
    ///
    ///     destination {
    ///       bucket = aws_s3_bucket.destination.arn
    ///
    ///       encryption_configuration {
    ///         replica_kms_key_id = aws_kms_key.frankfurt.arn
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Rules that are switched off. Rules without a key of a bucket that is encrypted with S3's own keys, which every new bucket
    /// is. Whether the replication role may use the keys.
    ///
    /// # References
    ///
    /// - [Replicating encrypted objects](https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html)
    /// - [EncryptionConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_EncryptionConfiguration.html)
    /// - [Default encryption of buckets](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html)
    id: "s3-replication-key",
    summary: "A rule of S3 replication leaves encrypted objects out or has a key of the wrong Region",
    group: Group::Replication,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct S3ReplicationKey;

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Faults {
    /// It does not select encrypted objects.
    unselected: bool,
    /// It names no key for the replicas.
    keyless: bool,
    /// Where that key is and where it is needed, if those are two Regions.
    astray: Option<(Arc<str>, Arc<str>)>,
}

impl Check for S3ReplicationKey {
    type Subject<'g> = ReplicationRule<'g>;
    type Fact = Faults;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<ReplicationRule<'g>> {
        cx.graph.replication_rules()
    }

    fn bearer<'g>(&self, _: Context<'g>, rule: &ReplicationRule<'g>) -> Node<'g> {
        rule.node
    }

    fn detect<'g>(&self, cx: Context<'g>, rule: &ReplicationRule<'g>) -> Detection<Faults> {
        let key = rule.key(cx.graph);
        let uses_kms = cx.graph.bucket_uses_kms(rule.node);
        let lacks = |there: Knowledge<bool>| Knowledge::all([uses_kms.clone(), there.map(|there| !there)]);
        let (unselected, keyless) = (lacks(rule.selects_encrypted()), lacks(rule.names_key()));
        let astray = key.map_or(Knowledge::Known(None), |key| key.key.astray.clone());
        let faulty = [unselected.clone(), keyless.clone(), astray.as_ref().map(Option::is_some)];
        if !Knowledge::all([rule.is_enabled(), Knowledge::any(faulty)]).ok()? {
            return Ok(None);
        }
        let needed = key.and_then(|key| key.region.known().cloned());
        Ok(Some(Faults {
            unselected: unselected == Knowledge::Known(true),
            keyless: keyless == Knowledge::Known(true),
            astray: astray.known().cloned().flatten().zip(needed),
        }))
    }

    fn report<'g>(&self, cx: Context<'g>, rule: &ReplicationRule<'g>, faults: Faults) -> Finding {
        let key = rule.key(cx.graph).and_then(|consumer| consumer.key.key());
        let mut finding =
            Finding::new(&METADATA, rule.node, message(&faults), help(&faults)).subject(rule.path.clone());
        if faults.unselected || faults.keyless {
            finding.evidence.push("the source bucket is encrypted with SSE-KMS".to_owned());
        }
        if let Some((there, needed)) = &faults.astray {
            finding.evidence.push(format!("the destination bucket is in {needed}"));
            let of_key = key.and_then(|key| whereabouts_of_key(cx, key));
            finding.evidence.push(of_key.unwrap_or_else(|| format!("the ARN of the key is of {there}")));
        }
        let source = rule.source(cx.graph).filter(|source| source.to_string() != rule.node.to_string());
        let finding =
            source.into_iter().fold(finding, |finding, source| finding.related(source, "the source bucket"));
        match key.map(|key| cx.graph.key(key).node) {
            Some(key) => finding.on_key(key).related(key, "the key for the replicas"),
            None => finding,
        }
    }
}

fn message(faults: &Faults) -> String {
    let mut sentences = Vec::new();
    let missing = match (faults.unselected, faults.keyless) {
        (true, true) => Some("neither selects encrypted objects nor names a key for the replicas"),
        (true, false) => Some("does not select encrypted objects"),
        (false, true) => Some("names no key for the replicas"),
        (false, false) => None,
    };
    if let Some(missing) = missing {
        sentences.push(format!(
            "The source bucket is encrypted with SSE-KMS, and this replication rule {missing}. S3 leaves such objects \
             out without an error: they are not replicated."
        ));
    }
    if let Some((there, needed)) = &faults.astray {
        sentences.push(format!(
            "The key for the replicas is in {there}, and the destination bucket is in {needed}. S3 encrypts replicas \
             with a key of the destination's Region, so the replication of encrypted objects fails."
        ));
    }
    sentences.join(" ")
}

fn help(faults: &Faults) -> String {
    let mut steps = Vec::new();
    if faults.unselected {
        steps
            .push("Add `source_selection_criteria` with `sse_kms_encrypted_objects` switched on.".to_owned());
    }
    if faults.keyless {
        steps.push("Set `replica_kms_key_id` to a key of the destination bucket's Region.".to_owned());
    }
    if let Some((_, needed)) = &faults.astray {
        steps.push(format!(
            "Name a key of {needed} in `replica_kms_key_id`, of a multi-Region key its replica there."
        ));
    }
    steps.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, create, delete, finding, keep, plan, verdicts};
    use super::*;
    use crate::{Settings, testing};

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&S3ReplicationKey);
    }

    const HERE: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const THERE: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const VIOLATED: [&str; 1] = ["violated high aws_s3_bucket_replication_configuration.c"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_s3_bucket_replication_configuration.c"];

    fn rule(status: &str, selection: &str, key: &str) -> Json {
        json!({
            "status": status,
            "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": selection}]}],
            "destination": [{
                "bucket": "arn:aws:s3:::d",
                "encryption_configuration": [{"replica_kms_key_id": key}],
            }],
        })
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn replication(rules: Json) -> Planned {
        create("aws_s3_bucket_replication_configuration.c", json!({"bucket": "s", "rule": rules}))
    }

    fn rules(algorithm: &str) -> Json {
        json!([{"apply_server_side_encryption_by_default": [{"sse_algorithm": algorithm}]}])
    }

    /// The source bucket in eu-west-1 and the destination in us-east-1.
    fn buckets() -> Vec<Planned> {
        vec![
            create("aws_s3_bucket.s", json!({"bucket": "s", "id": {"$computed": true}})),
            create("aws_s3_bucket.d", json!({"bucket": "d"})).in_region("us"),
        ]
    }

    fn encryption(algorithm: &str) -> Planned {
        let after = json!({"bucket": "s", "rule": rules(algorithm)});
        create("aws_s3_bucket_server_side_encryption_configuration.e", after)
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&S3ReplicationKey, resources)
    }

    fn with_kms(rules: Json) -> Vec<Planned> {
        let mut plan = buckets();
        plan.extend([encryption("aws:kms"), replication(rules)]);
        plan
    }

    #[test]
    fn a_rule_of_a_bucket_with_kms_needs_the_selection_and_a_key() {
        let one = |rule: Json| judge(with_kms(json!([rule])));
        assert!(one(rule("Enabled", "Enabled", THERE)).is_empty());
        assert_eq!(one(rule("Enabled", "Disabled", THERE)), VIOLATED);
        assert_eq!(one(rule("Enabled", "Enabled", "")), VIOLATED);
        assert_eq!(
            one(json!({"status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::d"}]})),
            VIOLATED
        );
        assert!(one(rule("Disabled", "Disabled", "")).is_empty());
        assert_eq!(one(json!({})), UNDETERMINED, "whether the rule is enabled nobody says");
        let two = json!([rule("Enabled", "Enabled", THERE), rule("Enabled", "Enabled", "")]);
        assert_eq!(judge(with_kms(two)), VIOLATED, "one of two");
        let second = json!([rule("Enabled", "Enabled", THERE), rule("Enabled", "Enabled", HERE)]);
        assert_eq!(judge(with_kms(second.clone())), VIOLATED);
        assert_eq!(finding(&S3ReplicationKey, with_kms(second)).subject.to_string(), "rule[1]");
    }

    #[test]
    fn the_key_must_be_of_the_destinations_region_whatever_the_source() {
        let plan = |key: &str| {
            let mut plan = buckets();
            plan.push(replication(json!([rule("Enabled", "Enabled", key)])));
            judge(plan)
        };
        assert_eq!(plan(HERE), VIOLATED);
        assert!(plan(THERE).is_empty());
        assert_eq!(judge(vec![replication(json!([rule("Enabled", "Enabled", HERE)]))]), UNDETERMINED);
        let off = replication(json!([rule("Disabled", "Enabled", HERE)]));
        assert!(judge(buckets().into_iter().chain([off]).collect()).is_empty());
    }

    fn without_key(others: Vec<Planned>) -> Vec<String> {
        let missing = replication(json!([rule("Enabled", "Disabled", "")]));
        judge(others.into_iter().chain([missing]).collect())
    }

    #[test]
    fn how_a_bucket_is_encrypted_says_its_configuration() {
        let with =
            |algorithm: &str| without_key(buckets().into_iter().chain([encryption(algorithm)]).collect());
        assert_eq!(with("aws:kms"), VIOLATED);
        assert_eq!(with("aws:kms:dsse"), VIOLATED);
        assert!(with("AES256").is_empty());
        let keys_only = json!({"bucket": "s", "rule": [{"bucket_key_enabled": true}]});
        let keys_only = create("aws_s3_bucket_server_side_encryption_configuration.e", keys_only);
        assert!(without_key(buckets().into_iter().chain([keys_only]).collect()).is_empty());
        for unknown in [json!({"$ref": "terraform_data.x.output"}), json!({"$computed": true})] {
            let after = json!({"bucket": "s", "rule": unknown});
            let unknown = create("aws_s3_bucket_server_side_encryption_configuration.e", after);
            assert_eq!(without_key(buckets().into_iter().chain([unknown]).collect()), UNDETERMINED);
        }
        assert_eq!(without_key(vec![encryption("aws:kms")]), VIOLATED, "the bucket itself is not here");
        assert_eq!(without_key(Vec::new()), UNDETERMINED, "nothing is here");
    }

    #[test]
    fn a_bucket_without_a_configuration_shows_how_it_is_encrypted() {
        assert!(without_key(buckets()).is_empty(), "a new bucket");
        let existing = |encryption: Json| {
            keep(
                "aws_s3_bucket.s",
                json!({"bucket": "s", "server_side_encryption_configuration": encryption}),
            )
        };
        assert_eq!(without_key(vec![existing(json!([{"rule": rules("aws:kms")}]))]), VIOLATED);
        assert!(without_key(vec![existing(json!([{"rule": rules("AES256")}]))]).is_empty());
        assert_eq!(without_key(vec![existing(Json::Null)]), UNDETERMINED);
        let unknown = existing(json!({"$ref": "terraform_data.x.output"}));
        assert_eq!(without_key(vec![unknown]), UNDETERMINED);
        let gone = delete(
            "aws_s3_bucket_server_side_encryption_configuration.e",
            json!({"bucket": "s", "rule": rules("aws:kms")}),
        );
        let was_kms = existing(json!([{"rule": rules("aws:kms")}]));
        assert!(without_key(vec![was_kms, gone]).is_empty(), "S3 goes back to its own keys");
        assert_eq!(without_key(vec![keep("data.aws_s3_bucket.s", json!({"bucket": "s"}))]), UNDETERMINED);
    }

    #[test]
    fn a_configuration_that_may_be_the_buckets_makes_it_uncertain() {
        let of_unknown = |name: Json| {
            let after = json!({"bucket": name, "rule": rules("aws:kms")});
            let stray = create("aws_s3_bucket_server_side_encryption_configuration.e", after);
            without_key(buckets().into_iter().chain([stray]).collect())
        };
        assert_eq!(of_unknown(json!({"$ref": "terraform_data.x.output"})), UNDETERMINED);
        assert!(of_unknown(json!("other")).is_empty());
        assert_eq!(of_unknown(json!({"$ref": "aws_s3_bucket.s.id"})), VIOLATED, "no unknown after all");
    }

    #[test]
    fn an_incomplete_plan_may_have_the_configuration() {
        let missing = replication(json!([rule("Enabled", "Disabled", "")]));
        let plan = plan(buckets().into_iter().chain([missing]).collect());
        let incomplete = plan.replace("\"complete\":true", "\"complete\":false");
        let judge = |plan: &str| testing::verdicts(&S3ReplicationKey, plan, &Settings::default());
        assert!(judge(&plan).is_empty());
        assert_eq!(judge(&incomplete), UNDETERMINED);
    }

    #[test]
    fn what_is_unknown_may_be_right() {
        for unknown in [json!({"$ref": "terraform_data.x.output"}), json!({"$computed": true})] {
            let plan = [encryption("aws:kms"), replication(unknown)];
            assert_eq!(judge(buckets().into_iter().chain(plan).collect()), UNDETERMINED);
        }
        let gone = json!({"bucket": "s", "rule": [rule("Enabled", "Disabled", "")]});
        let gone = delete("aws_s3_bucket_replication_configuration.c", gone);
        assert!(judge(vec![encryption("aws:kms"), gone]).is_empty());
    }

    fn bucket_with_rule(selection: bool, key: &str) -> Json {
        let rule = json!({
            "status": "Enabled",
            "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"enabled": selection}]}],
            "destination": [{"bucket": "arn:aws:s3:::d", "replica_kms_key_id": key}],
        });
        let encryption = json!([{"rule": rules("aws:kms")}]);
        json!({"bucket": "s", "server_side_encryption_configuration": encryption,
            "replication_configuration": [{"rules": [rule]}]})
    }

    fn inline(selection: bool, key: &str) -> Planned {
        create("aws_s3_bucket.s", bucket_with_rule(selection, key))
    }

    fn destination() -> Planned {
        create("aws_s3_bucket.d", json!({"bucket": "d"})).in_region("us")
    }

    #[test]
    fn rules_on_the_bucket_itself_count_too() {
        let violated = ["violated high aws_s3_bucket.s"];
        assert!(judge(vec![inline(true, THERE), destination()]).is_empty());
        assert_eq!(judge(vec![inline(false, THERE), destination()]), violated);
        assert_eq!(judge(vec![inline(true, ""), destination()]), violated);
        assert_eq!(judge(vec![inline(true, HERE), destination()]), violated);
        assert!(
            judge(vec![delete("aws_s3_bucket.s", bucket_with_rule(true, HERE)), destination()]).is_empty()
        );
        let unknown =
            json!({"bucket": "s", "replication_configuration": {"$ref": "terraform_data.x.output"}});
        let unknown = keep("aws_s3_bucket.s", unknown);
        assert_eq!(judge(vec![unknown, encryption("aws:kms")]), ["undetermined aws_s3_bucket.s"]);
    }

    #[test]
    fn what_the_provider_shows_on_the_bucket_counts_if_nothing_else_writes_it() {
        let shown = || inline(false, "").unconfigured("replication_configuration");
        assert_eq!(
            judge(vec![shown(), destination()]),
            ["violated high aws_s3_bucket.s"],
            "or a dynamic block"
        );
        let mended = replication(json!([rule("Enabled", "Enabled", THERE)]));
        assert!(judge(vec![shown(), destination(), mended]).is_empty());
    }

    #[test]
    fn the_finding_says_what_is_missing() {
        let found = finding(&S3ReplicationKey, with_kms(json!([rule("Enabled", "Disabled", "")])));
        let what = "The source bucket is encrypted with SSE-KMS, and this replication rule neither selects encrypted \
                    objects nor names a key for the replicas.";
        assert!(found.message.starts_with(what), "{}", found.message);
        assert!(
            found.help.contains("source_selection_criteria") && found.help.contains("replica_kms_key_id")
        );
        assert_eq!(found.subject.to_string(), "rule[0]");
        assert_eq!(found.related[0].address, "aws_s3_bucket.s");
        let selected = finding(&S3ReplicationKey, with_kms(json!([rule("Enabled", "Enabled", "")])));
        assert!(selected.message.contains("this replication rule names no key"), "{}", selected.message);
        let keyed = finding(&S3ReplicationKey, with_kms(json!([rule("Enabled", "Disabled", THERE)])));
        assert!(keyed.message.contains("does not select encrypted objects"), "{}", keyed.message);
        assert!(!keyed.help.contains("replica_kms_key_id"), "{}", keyed.help);
        assert!(!selected.help.contains("source_selection_criteria"), "{}", selected.help);
        for found in [found, selected, keyed] {
            assert_eq!(found.evidence, ["the source bucket is encrypted with SSE-KMS"]);
        }
    }

    #[test]
    fn a_bucket_that_replicates_itself_is_not_related_to_itself() {
        let destination = json!([{"bucket": "arn:aws:s3:::d", "replica_kms_key_id": HERE}]);
        let configuration = json!([{"rules": [{"status": "Enabled", "destination": destination}]}]);
        let source =
            create("aws_s3_bucket.s", json!({"bucket": "s", "replication_configuration": configuration}));
        let destination = create("aws_s3_bucket.d", json!({"bucket": "d"})).in_region("us");
        let found = finding(&S3ReplicationKey, vec![source, destination]);
        assert_eq!(found.address, "aws_s3_bucket.s".into());
        assert!(found.related.is_empty(), "{:?}", found.related);
    }

    #[test]
    fn the_finding_says_where_the_key_is_and_where_it_must_be() {
        let key =
            || keep("aws_kms_key.k", json!({"arn": HERE, "key_id": "1234abcd-12ab-34cd-56ef-1234567890ab"}));
        let plan =
            buckets().into_iter().chain([key(), replication(json!([rule("Enabled", "Enabled", HERE)]))]);
        let found = finding(&S3ReplicationKey, plan.collect());
        let what = "The key for the replicas is in eu-west-1, and the destination bucket is in us-east-1.";
        assert!(found.message.starts_with(what), "{}", found.message);
        let evidence = [
            "the destination bucket is in us-east-1".to_owned(),
            format!("the ARN of aws_kms_key.k is {HERE}"),
        ];
        assert_eq!(found.evidence, evidence);
        assert_eq!(found.related[1].address, "aws_kms_key.k");
        let plan = buckets().into_iter().chain([replication(json!([rule("Enabled", "Enabled", HERE)]))]);
        assert_eq!(
            finding(&S3ReplicationKey, plan.collect()).evidence[1],
            "the ARN of the key is of eu-west-1"
        );
    }
}
