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
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&S3ReplicationKey);
    }
}
