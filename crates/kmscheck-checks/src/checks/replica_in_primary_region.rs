use kmscheck_graph::{Key, KeyId, Node, Target};
use kmscheck_value::{Because, Knowledge};

use super::replication_words::{unanimous, whereabouts};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A replica in the Region of its primary, or in the Region of another replica of the same primary. The usual cause is
    /// a replica without a `provider` argument, or a module that is called without `providers`.
    ///
    /// # Why it matters
    ///
    /// AWS KMS has at most one key of a multi-Region family in a Region, so the apply fails. The Region that was to get
    /// the replica gets none.
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
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   description     = "orders"
    ///   primary_key_arn = aws_kms_key.app.arn
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
    /// Of two replicas in one Region only the later one is reported: the one that is created, else the one whose address
    /// comes second. Two that one provider configuration manages are in one Region, also where nobody knows in which.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html)
    id: "replica-in-primary-region",
    summary: "A replica is in the Region of its primary or of another replica",
    group: Group::Replication,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct ReplicaInPrimaryRegion;

/// Who is in the Region already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occupant {
    Primary,
    Replica(KeyId),
}

impl Check for ReplicaInPrimaryRegion {
    type Subject<'g> = KeyId;
    type Fact = Occupant;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().filter(|key| key.kind.is_replica()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Node<'g> {
        cx.graph.key(*replica).node
    }

    fn detect<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Detection<Occupant> {
        let replica = cx.graph.key(*replica);
        let beside_primary = is_beside_primary(cx, replica);
        if beside_primary == Ok(true) {
            return Ok(Some(Occupant::Primary));
        }
        let mut open = None;
        for fellow in earlier_fellows(cx, replica) {
            match fellow.shares_region(replica) {
                Knowledge::Known(true) => return Ok(Some(Occupant::Replica(fellow.id))),
                Knowledge::Known(false) => {}
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        beside_primary?;
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, replica: &KeyId, occupant: Occupant) -> Finding {
        let replica = cx.graph.key(*replica);
        let primaries = primaries(cx, replica.id).map(|key| (key, "the primary"));
        let (whom, others): (_, Vec<_>) = match occupant {
            Occupant::Primary => ("its primary", primaries.collect()),
            Occupant::Replica(other) => {
                let other = (cx.graph.key(other), "the other replica in this Region");
                ("another replica of its primary", std::iter::once(other).chain(primaries).collect())
            }
        };
        let message = format!(
            "This replica is in the Region of {whom}. AWS KMS has at most one of related multi-Region keys in a Region, \
             so the apply fails, and the Region that was to get the replica gets none."
        );
        let help = "Give the replica a `provider` of the Region that it is meant for (in a module, pass it by \
                    `providers`), or, from version 6 of the AWS provider on, a `region`.";
        let finding = Finding::new(&METADATA, replica.node, message, help).subject_attribute("region");
        let mut finding = finding.evidence(whereabouts(replica));
        finding.evidence.extend(named_region(cx, replica));
        others
            .into_iter()
            .fold(finding, |finding, (key, role)| finding.evidence(whereabouts(key)).related(key.node, role))
    }
}

fn is_beside_primary(cx: Context<'_>, replica: &Key<'_>) -> Result<bool, Because> {
    let Some(reference) = cx.graph.primary_reference(replica.id) else { return Ok(false) };
    match &reference.target {
        Target::Keys(_) => unanimous(primaries(cx, replica.id).map(|key| key.shares_region(replica).ok())),
        Target::Elsewhere { region: Some(region), .. } => Ok(*region == replica.region.clone().ok()?),
        Target::Undetermined(because) => Err(because.clone()),
        Target::Elsewhere { .. } | Target::Nothing | Target::AwsManaged => {
            Err(replica.node.unknown_until_apply("primary_key_arn"))
        }
    }
}

/// The Region in the ARN of a primary that no project of the call has.
fn named_region(cx: Context<'_>, replica: &Key<'_>) -> Option<String> {
    match &cx.graph.primary_reference(replica.id)?.target {
        Target::Elsewhere { region: Some(region), .. } => {
            Some(format!("`primary_key_arn` of {} names a key in `{region}`", replica.node))
        }
        _ => None,
    }
}

/// The keys that a replica's primary may be.
fn primaries<'g>(cx: Context<'g>, replica: KeyId) -> impl Iterator<Item = &'g Key<'g>> {
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    let reference = graph.primary_reference(replica).into_iter();
    reference.flat_map(|reference| reference.keys()).map(|id| graph.key(*id))
}

/// The replicas of the same primary that have the Region before this one, if it is the same. One that has an ARN is in
/// its Region already, and so nothing else is; what seems to be is the same object in another input.
fn earlier_fellows<'g>(cx: Context<'g>, replica: &Key<'g>) -> impl Iterator<Item = &'g Key<'g>> {
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    let rank = |key: &Key<'_>| (key.node.action().creates(), key.id);
    let (own_rank, is_there) = (rank(replica), replica.arn().is_some());
    let fellows = graph.fellow_replicas_of(replica.id).filter(|fellow| fellow.node.stays());
    fellows.filter(move |fellow| !is_there && rank(fellow) < own_rank)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, create, delete, finding, forget, keep, plan, verdicts};
    use super::*;
    use crate::{Settings, testing};

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        testing::recorded(&ReplicaInPrimaryRegion);
    }

    const VIOLATED: [&str; 1] = ["violated high aws_kms_replica_key.r"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_kms_replica_key.r"];
    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&ReplicaInPrimaryRegion, resources)
    }

    fn arn(region: &str) -> String {
        format!("arn:aws:kms:{region}:111122223333:key/{ID}")
    }

    fn primary(name: &str) -> Planned {
        create(&format!("aws_kms_key.{name}"), json!({"arn": {"$computed": true}, "multi_region": true}))
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn replica(name: &str, primary: Json) -> Planned {
        create(
            &format!("aws_kms_replica_key.{name}"),
            json!({"arn": {"$computed": true}, "primary_key_arn": primary}),
        )
    }

    fn own(name: &str) -> Planned {
        replica(name, json!({"$ref": "aws_kms_key.p.arn"}))
    }

    #[test]
    fn one_provider_is_one_region_even_if_nobody_knows_which() {
        let plan = |key, replica| vec![primary("p").in_region(key), own("r").in_region(replica)];
        assert_eq!(judge(plan("us", "us")), VIOLATED);
        assert!(judge(plan("us", "frankfurt")).is_empty());
        assert_eq!(judge(plan("somewhere", "somewhere")), VIOLATED);
        assert_eq!(judge(plan("somewhere", "elsewhere")), UNDETERMINED);
        assert_eq!(judge(plan("us", "somewhere")), UNDETERMINED);
        let with_region = create(
            "aws_kms_replica_key.r",
            json!({"primary_key_arn": {"$ref": "aws_kms_key.p.arn"},
            "region": {"$ref": "terraform_data.x.output"}}),
        );
        let plan = vec![primary("p").in_region("somewhere"), with_region.in_region("somewhere")];
        assert_eq!(judge(plan), UNDETERMINED, "its own `region` argument decides");
        let with_region = create(
            "aws_kms_key.p",
            json!({"arn": {"$computed": true}, "multi_region": true, "region": {"$ref": "terraform_data.x.output"}}),
        );
        let plan = vec![with_region.in_region("somewhere"), own("r").in_region("somewhere")];
        assert_eq!(judge(plan), UNDETERMINED, "the primary's `region` argument decides");
    }

    #[test]
    fn the_region_of_a_primary_elsewhere_is_in_its_arn() {
        assert_eq!(judge(vec![replica("r", json!(arn("eu-west-1")))]), VIOLATED);
        assert!(judge(vec![replica("r", json!(arn("us-east-1")))]).is_empty());
        assert_eq!(judge(vec![replica("r", json!(arn("us-east-1"))).in_region("somewhere")]), UNDETERMINED);
        assert_eq!(judge(vec![replica("r", json!("alias/app"))]), UNDETERMINED);
        assert_eq!(judge(vec![replica("r", json!(null))]), UNDETERMINED);
        let finding = finding(&ReplicaInPrimaryRegion, vec![replica("r", json!(arn("eu-west-1")))]);
        assert_eq!(
            finding.evidence[1],
            "`primary_key_arn` of aws_kms_replica_key.r names a key in `eu-west-1`"
        );
    }

    #[test]
    fn one_of_several_primaries_decides_if_all_are_in_one_region() {
        let either = || replica("r", json!({"$ref": ["aws_kms_key.p.arn", "aws_kms_key.q.arn"]}));
        let judge = |p, q| {
            judge(vec![primary("p").in_region(p), primary("q").in_region(q), either().in_region("us")])
        };
        assert_eq!(judge("us", "us"), VIOLATED);
        assert!(judge("frankfurt", "frankfurt").is_empty());
        assert_eq!(judge("us", "frankfurt"), UNDETERMINED);
        assert_eq!(judge("frankfurt", "us"), UNDETERMINED);
    }

    #[test]
    fn the_later_of_two_replicas_in_one_region_is_reported() {
        let key = || keep("aws_kms_key.p", json!({"arn": arn("eu-west-1"), "key_id": ID}));
        let new = |name: &str| replica(name, json!(arn("eu-west-1"))).in_region("us");
        let old = |name: &str| {
            let object = json!({"arn": arn("us-east-1"), "key_id": ID, "primary_key_arn": arn("eu-west-1")});
            keep(&format!("aws_kms_replica_key.{name}"), object).in_region("us")
        };
        assert_eq!(judge(vec![key(), new("q"), new("r")]), VIOLATED, "the second by its address");
        assert_eq!(judge(vec![key(), new("r"), old("s")]), VIOLATED, "the one that is not there yet");
        assert!(judge(vec![key(), old("r")]).is_empty());
        assert_eq!(judge(vec![new("q"), new("r")]), VIOLATED, "the primary is in no plan");
        assert!(
            judge(vec![
                replica("q", json!(arn("eu-west-1").replace("1234", "5678"))).in_region("us"),
                new("r")
            ])
            .is_empty()
        );
        let finding = finding(&ReplicaInPrimaryRegion, vec![key(), new("r"), old("s")]);
        let related: Vec<_> = finding.related.iter().map(|related| &*related.address).collect();
        assert_eq!(related, ["aws_kms_replica_key.s", "aws_kms_key.p"]);
        assert!(finding.message.starts_with("This replica is in the Region of another replica"));
    }

    #[test]
    fn a_replica_that_goes_leaves_its_region_and_one_that_is_forgotten_does_not() {
        let object = || json!({"arn": arn("us-east-1"), "key_id": ID, "primary_key_arn": arn("eu-west-1")});
        let new = || replica("r", json!(arn("eu-west-1"))).in_region("us");
        assert!(judge(vec![delete("aws_kms_replica_key.q", object()), new()]).is_empty());
        assert_eq!(judge(vec![forget("aws_kms_replica_key.q", object()), new()]), VIOLATED);
        let beside = json!({"arn": arn("eu-west-1"), "primary_key_arn": arn("eu-west-1")});
        assert!(judge(vec![delete("aws_kms_replica_key.q", beside)]).is_empty());
    }

    #[test]
    fn a_replica_that_two_plans_show_is_one() {
        let object = json!({"arn": arn("us-east-1"), "key_id": ID, "primary_key_arn": arn("eu-west-1")});
        let plan = || plan(vec![keep("aws_kms_replica_key.r", object.clone()).in_region("us")]);
        let settings = Settings::default();
        assert!(
            testing::verdicts_together(&ReplicaInPrimaryRegion, &[&plan(), &plan()], &settings).is_empty()
        );
    }

    #[test]
    fn an_earlier_replica_of_an_unknown_region_may_be_in_this_one() {
        let plan = |q, r| vec![primary("p"), own("q").in_region(q), own("r").in_region(r)];
        assert_eq!(judge(plan("us", "us")), VIOLATED);
        assert!(judge(plan("us", "frankfurt")).is_empty());
        assert_eq!(judge(plan("somewhere", "us")), ["undetermined aws_kms_replica_key.q", UNDETERMINED[0]]);
        assert_eq!(judge(plan("us", "somewhere")), UNDETERMINED);
        let both = judge(plan("somewhere", "somewhere"));
        assert_eq!(both, ["undetermined aws_kms_replica_key.q", VIOLATED[0]], "one provider is one Region");
    }

    #[test]
    fn the_evidence_says_what_puts_both_there() {
        let finding = finding(&ReplicaInPrimaryRegion, vec![primary("p"), own("r")]);
        let place = "is in `eu-west-1`: the Region of the provider configuration `aws`";
        let expected = [format!("aws_kms_replica_key.r {place}"), format!("aws_kms_key.p {place}")];
        assert_eq!(finding.evidence, expected);
        assert_eq!(finding.related[0].message, "the primary");
        assert!(finding.message.starts_with("This replica is in the Region of its primary."));
    }
}
