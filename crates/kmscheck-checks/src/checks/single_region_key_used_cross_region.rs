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
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&SingleRegionKeyUsedCrossRegion);
    }
}
