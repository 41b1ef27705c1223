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
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PrimaryUsedFromOtherRegion);
    }
}
