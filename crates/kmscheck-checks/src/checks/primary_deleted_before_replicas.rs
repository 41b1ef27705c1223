use kmscheck_graph::{Key, KeyId, Node};
use kmscheck_model::Action;
use kmscheck_value::Value;

use super::cross_region::whereabouts_of_key;
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A plan that deletes or replaces the primary of a multi-Region key while a replica of it stays: because the replica names
    /// its primary by a literal ARN, ignores the change of `primary_key_arn`, or is only forgotten by Terraform.
    ///
    /// # Why it matters
    ///
    /// AWS KMS does not delete a primary that has replicas. The key waits in the state `PendingReplicaDeletion`, cannot be used,
    /// and its waiting period begins only when the last replica is gone. Terraform counts it as deleted and forgets it, so nobody
    /// sees it any more. The replicas go on encrypting under a key whose primary is lost: it cannot be rotated, and no other
    /// replica can be made from it.
    ///
    /// # Example
    ///
    /// ```hcl,before
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
    /// ```
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
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   primary_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-e762713856e6bc117fdd507d0be8ddaa"
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
    /// removed {
    ///   from = aws_kms_key.app
    ///
    ///   lifecycle {
    ///     destroy = false
    ///   }
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   primary_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-e762713856e6bc117fdd507d0be8ddaa"
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Replicas that the same plan destroys: Terraform deletes them first, and `key-destroyed` reports the primary. A primary
    /// that Terraform only forgets. Replicas that are managed elsewhere, unless their plan or state is given in the same call.
    ///
    /// # References
    ///
    /// - [Deleting multi-Region keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html)
    /// - [Key states](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html)
    id: "primary-deleted-before-replicas",
    summary: "The plan deletes a primary key whose replicas stay",
    group: Group::Replication,
    severity: Severity::Critical,
    aliases: &[],
    needs: Needs::Plan,
    default: true,
    silenced_by: &[],
}

pub(crate) struct PrimaryDeletedBeforeReplicas;

impl Check for PrimaryDeletedBeforeReplicas {
    type Subject<'g> = KeyId;
    /// The replicas that stay.
    type Fact = Vec<KeyId>;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        let primaries = cx.graph.keys().iter().filter(|key| key.kind.is_managed() && !key.kind.is_replica());
        primaries.map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Vec<KeyId>> {
        let key = cx.graph.key(*key);
        if !key.node.action().destroys() {
            return Ok(None);
        }
        let staying = cx.graph.staying_replicas_of(key.id);
        if staying.is_empty() && was_multi_region(key) {
            cx.graph.all_known().ok()?;
        }
        Ok(Some(staying.to_vec()).filter(|staying| !staying.is_empty()))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, staying: Vec<KeyId>) -> Finding {
        let key = cx.graph.key(*key).node;
        let verb = if key.action() == Action::Replace { "replaces" } else { "deletes" };
        let replicas: Vec<_> = staying.iter().map(|id| cx.graph.key(*id)).collect();
        let named: Vec<_> = replicas.iter().map(|replica| replica.node.to_string()).collect();
        let stay = if named.len() == 1 { "stays" } else { "stay" };
        let message = format!(
            "The plan {verb} this primary key while {} {stay}. The key cannot be used from the apply on, waits as \
             `PendingReplicaDeletion` until its last replica is gone, and Terraform forgets it; the replicas are left \
             without a primary.",
            named.join(" and ")
        );
        let help = "Keep the primary. If the whole key is to go, destroy its replicas first, or in the same plan; if \
                    another configuration takes the primary over, use a `removed` block with `destroy = false`.";
        let mut finding = Finding::new(&METADATA, key, message, help);
        finding.evidence.extend(replicas.iter().filter_map(|replica| primary_named_by(replica)));
        finding.evidence.extend(replicas.iter().filter_map(|replica| whereabouts_of_key(cx, replica.id)));
        replicas.iter().fold(finding, |finding, replica| finding.related(replica.node, what_happens(replica)))
    }
}

/// Whether the key that is destroyed was a multi-Region key.
fn was_multi_region(key: &Key<'_>) -> bool {
    key.node.resource.before("multi_region").and_then(Value::as_bool) == Some(true)
}

fn primary_named_by(replica: &Key<'_>) -> Option<String> {
    let primary = replica.node.resource.before("primary_key_arn").and_then(Value::as_str)?;
    Some(format!("the primary of {} is {primary}", replica.node))
}

fn what_happens(replica: &Key<'_>) -> &'static str {
    if replica.node.action() == Action::Forget {
        "a replica that Terraform only forgets"
    } else {
        "a replica that stays"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PrimaryDeletedBeforeReplicas);
    }
}
