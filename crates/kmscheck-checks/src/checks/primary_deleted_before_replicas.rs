use kmscheck_graph::{Key, KeyId, Node};
use kmscheck_model::Action;
use kmscheck_value::Value;

use super::cross_region::{shown, whereabouts_of_key};
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
        let gone = cx.graph.keys().iter().filter(|key| key.node.action().destroys());
        gone.filter(|key| !key.kind.is_replica()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Vec<KeyId>> {
        let key = cx.graph.key(*key);
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
    let primary = replica.node.resource.before("primary_key_arn").and_then(shown)?;
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
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, delete, finding, forget, keep, plan, replace, update, verdicts};
    use super::super::key_destroyed::KeyDestroyed;
    use super::*;
    use crate::{Settings, testing};

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PrimaryDeletedBeforeReplicas);
    }

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    const VIOLATED: [&str; 1] = ["violated critical aws_kms_key.a"];

    fn primary() -> Json {
        json!({"arn": ARN, "key_id": "mrk-1234abcd12ab34cd56ef1234567890ab", "multi_region": true})
    }

    fn replica() -> Json {
        let arn = ARN.replace("eu-west-1", "us-east-1");
        json!({"arn": arn, "key_id": "mrk-1234abcd12ab34cd56ef1234567890ab", "primary_key_arn": ARN, "region": "us-east-1"})
    }

    fn replaced() -> Planned {
        let after = json!({"arn": {"$computed": true}, "key_id": {"$computed": true}, "multi_region": true});
        replace("aws_kms_key.a", "key_usage", primary(), after)
    }

    fn gone() -> Planned {
        delete("aws_kms_key.a", primary())
    }

    fn kept_replica() -> Planned {
        keep("aws_kms_replica_key.r", replica())
    }

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&PrimaryDeletedBeforeReplicas, resources)
    }

    #[test]
    fn a_primary_that_goes_must_have_no_replica_that_stays() {
        assert_eq!(judge(vec![gone(), kept_replica()]), VIOLATED);
        assert_eq!(judge(vec![replaced(), kept_replica()]), VIOLATED);
        let updated = update("aws_kms_replica_key.r", replica(), replica());
        assert_eq!(judge(vec![gone(), updated]), VIOLATED);
        assert_eq!(
            judge(vec![gone(), forget("aws_kms_replica_key.r", replica())]),
            VIOLATED,
            "it stays in AWS"
        );
        assert!(judge(vec![gone(), delete("aws_kms_replica_key.r", replica())]).is_empty());
        assert!(judge(vec![gone()]).is_empty());
    }

    #[test]
    fn only_a_primary_that_is_destroyed_counts() {
        assert!(judge(vec![keep("aws_kms_key.a", primary()), kept_replica()]).is_empty());
        assert!(judge(vec![forget("aws_kms_key.a", primary()), kept_replica()]).is_empty());
        assert!(
            judge(vec![delete("aws_kms_replica_key.a", replica()), keep("aws_kms_key.b", primary())])
                .is_empty()
        );
    }

    #[test]
    fn only_its_own_replicas_count() {
        let mut other = replica();
        other["primary_key_arn"] =
            json!("arn:aws:kms:eu-west-1:111122223333:key/mrk-5678abcd12ab34cd56ef1234567890ab");
        assert!(judge(vec![gone(), keep("aws_kms_replica_key.r", other)]).is_empty());
    }

    #[test]
    fn an_incomplete_plan_may_have_more_replicas() {
        let judge = |resources: Vec<Planned>| {
            let plan = plan(resources).replace("\"complete\":true", "\"complete\":false");
            testing::verdicts(&PrimaryDeletedBeforeReplicas, &plan, &Settings::default())
        };
        assert_eq!(judge(vec![gone()]), ["undetermined aws_kms_key.a"]);
        assert_eq!(judge(vec![gone(), kept_replica()]), VIOLATED);
        assert!(judge(vec![delete("aws_kms_replica_key.r", replica())]).is_empty(), "a replica has none");
        let single = json!({"arn": ARN, "multi_region": false});
        assert!(judge(vec![delete("aws_kms_key.a", single)]).is_empty());
        assert!(judge(vec![keep("aws_kms_key.a", primary())]).is_empty());
    }

    #[test]
    fn the_destroyed_key_is_not_reported_twice() {
        assert!(verdicts(&KeyDestroyed, vec![gone(), kept_replica()]).is_empty());
        assert_eq!(verdicts(&KeyDestroyed, vec![gone()]), VIOLATED);
    }

    #[test]
    fn the_finding_names_the_replicas_and_what_shows_them() {
        let second = keep("aws_kms_replica_key.s", replica());
        let found = finding(&PrimaryDeletedBeforeReplicas, vec![gone(), kept_replica(), second]);
        let what =
            "The plan deletes this primary key while aws_kms_replica_key.r and aws_kms_replica_key.s stay.";
        assert!(found.message.starts_with(what), "{}", found.message);
        assert_eq!(found.evidence[0], format!("the primary of aws_kms_replica_key.r is {ARN}"));
        assert!(found.evidence[2].starts_with("the ARN of aws_kms_replica_key.r is arn:aws:kms:us-east-1:"));
        assert_eq!(found.related[1].address, "aws_kms_replica_key.s");
        assert_eq!(found.related[1].message, "a replica that stays");
        let one = finding(
            &PrimaryDeletedBeforeReplicas,
            vec![replaced(), forget("aws_kms_replica_key.r", replica())],
        );
        let what = "The plan replaces this primary key while aws_kms_replica_key.r stays.";
        assert!(one.message.starts_with(what), "{}", one.message);
        assert_eq!(one.related[0].message, "a replica that Terraform only forgets");
    }

    #[test]
    fn an_arn_that_is_sensitive_is_not_shown() {
        let mut plan: Json = serde_json::from_str(&plan(vec![gone(), kept_replica()])).unwrap();
        for change in plan["resource_changes"].as_array_mut().unwrap() {
            let hidden = json!({"arn": true, "primary_key_arn": true});
            change["change"]["before_sensitive"] = hidden.clone();
            change["change"]["after_sensitive"] = hidden;
        }
        let found = testing::findings(&PrimaryDeletedBeforeReplicas, &plan.to_string(), &Settings::default());
        assert_eq!(found[0].evidence, ["`region` of aws_kms_replica_key.r is us-east-1"]);
    }
}
