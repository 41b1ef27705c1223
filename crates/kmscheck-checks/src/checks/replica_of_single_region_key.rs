use kmscheck_graph::{Key, KeyId, KeyReference, Node, Target, is_multi_region_id};
use kmscheck_model::Account;
use kmscheck_value::{Because, Knowledge, Truth};

use super::replication_words::unanimous;
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A replica whose `primary_key_arn` names a key that cannot be replicated: a single-Region key, another replica, or a
    /// key of another account or partition.
    ///
    /// # Why it matters
    ///
    /// Only a multi-Region primary key can be replicated, within its account and partition. The apply fails, often after
    /// the key itself has been made, and a single-Region key cannot be converted afterwards: all that is encrypted under
    /// it by then stays in its Region.
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
    /// resource "aws_kms_replica_key" "app" {
    ///   provider = aws.frankfurt
    ///
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
    /// Whether a key that is named by a literal ARN is a primary or a replica: its id, which begins with `mrk-` in both
    /// cases, does not say.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html)
    id: "replica-of-single-region-key",
    summary: "A replica names a key that cannot be replicated",
    group: Group::Replication,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct ReplicaOfSingleRegionKey;

/// Why a key cannot be the primary of a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    Replica,
    SingleRegion,
    OtherPartition,
    OtherAccount,
}

impl Check for ReplicaOfSingleRegionKey {
    type Subject<'g> = KeyId;
    type Fact = Unfit;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().filter(|key| key.kind.is_replica()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Node<'g> {
        cx.graph.key(*replica).node
    }

    fn detect<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Detection<Unfit> {
        let Some(reference) = cx.graph.primary_reference(*replica) else { return Ok(None) };
        let replica = cx.graph.key(*replica);
        match &reference.target {
            Target::Keys(keys) => {
                let each = || keys.iter().map(|key| unfit(replica, cx.graph.key(*key)));
                unanimous(each().map(|unfit| unfit.map(|unfit| unfit.is_some())))?;
                each().next().unwrap_or(Ok(None))
            }
            Target::Elsewhere { key_id: Some(id), partition, account, .. } => {
                let account = account.clone().map(Account::Known);
                let same = account.map_or(Truth::Unknown, |account| account.same(&replica.account));
                unfit_by(replica, is_multi_region_id(id), partition.as_deref(), same)
            }
            Target::Undetermined(because) => Err(because.clone()),
            Target::Elsewhere { key_id: None, .. } | Target::Nothing | Target::AwsManaged => {
                Err(Because::new(format!("`primary_key_arn` of {} is no key ARN", replica.node)))
            }
        }
    }

    fn report<'g>(&self, cx: Context<'g>, replica: &KeyId, unfit: Unfit) -> Finding {
        let replica = cx.graph.key(*replica);
        let reference = cx.graph.primary_reference(replica.id);
        let primary = reference.and_then(|reference| reference.keys().first()).map(|key| cx.graph.key(*key));
        let help = help(unfit, primary);
        let finding =
            Finding::new(&METADATA, replica.node, message(unfit), help).subject_attribute("primary_key_arn");
        match (primary, reference) {
            (Some(primary), _) => {
                let evidence = evidence(unfit, replica, primary);
                finding.evidence(evidence).related(primary.node, "the key that it names as its primary")
            }
            (None, Some(reference)) => finding.evidence(evidence_from_afar(replica, reference)),
            (None, None) => finding,
        }
    }
}

fn unfit(replica: &Key<'_>, primary: &Key<'_>) -> Detection<Unfit> {
    if primary.is_replica() {
        return Ok(Some(Unfit::Replica));
    }
    let multi_region = primary.is_multi_region();
    let partition = primary.partition();
    let is_multi_region = multi_region != Knowledge::Known(false);
    let place =
        unfit_by(replica, is_multi_region, partition.known().copied(), primary.shares_account(replica));
    match place {
        Ok(None) => multi_region.ok().map(|_| None),
        place => place,
    }
}

/// What a key's id, partition and account say.
fn unfit_by(
    replica: &Key<'_>,
    is_multi_region: bool,
    partition: Option<&str>,
    same_account: Truth,
) -> Detection<Unfit> {
    if !is_multi_region {
        return Ok(Some(Unfit::SingleRegion));
    }
    let own_partition = replica.partition();
    if partition.zip(own_partition.known().copied()).is_some_and(|(primary, own)| primary != own) {
        return Ok(Some(Unfit::OtherPartition));
    }
    match same_account {
        Truth::Yes => Ok(None),
        Truth::No => Ok(Some(Unfit::OtherAccount)),
        Truth::Unknown => Err(Because::new(format!(
            "whether {} is in the account of its primary is not known",
            replica.node
        ))
        .settled_by("pass `--account`, or add a `data \"aws_caller_identity\"` that uses its provider")),
    }
}

fn message(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::SingleRegion => {
            "This replica names a single-Region key as its primary. Such a key can neither be replicated nor converted to \
             a multi-Region key, so the apply fails."
        }
        Unfit::Replica => {
            "This replica names another replica as its primary. Only the primary itself can be replicated, so the apply \
             fails."
        }
        Unfit::OtherPartition => {
            "This replica names a primary in another partition of AWS. A multi-Region key cannot leave its partition, so \
             the apply fails."
        }
        Unfit::OtherAccount => {
            "This replica names a primary of another account. A key can only be replicated within its account, so the \
             apply fails."
        }
    }
}

fn help(unfit: Unfit, primary: Option<&Key<'_>>) -> &'static str {
    let is_new = primary.is_some_and(|primary| primary.node.action().creates());
    match unfit {
        Unfit::SingleRegion if is_new => "Set `multi_region = true` on the primary before it is created.",
        Unfit::SingleRegion => {
            "Create a multi-Region key beside the present one, replicate that, and move the data to it. Setting \
             `multi_region` on a key that exists replaces it, and its data is lost."
        }
        Unfit::Replica => "Name the ARN of the primary, `primary_key_arn` of the replica that it names now.",
        Unfit::OtherPartition => "Create a key of its own in the other partition.",
        Unfit::OtherAccount => {
            "Manage the replica with a provider of the primary's account and let the other account use it by its key \
             policy, or create a key of its own there."
        }
    }
}

fn evidence(unfit: Unfit, replica: &Key<'_>, primary: &Key<'_>) -> String {
    let node = primary.node;
    match (unfit, primary.key_id()) {
        (Unfit::Replica, _) => format!("{node} is a replica"),
        (Unfit::SingleRegion, Some(id)) => format!("the key id of {node} is `{id}`, without `mrk-`"),
        (Unfit::SingleRegion, None) if node.resource.configured.sets("multi_region").is_no() => {
            format!("{node} does not set `multi_region`, which is false then")
        }
        (Unfit::SingleRegion, None) => format!("`multi_region` of {node} is false"),
        (Unfit::OtherPartition | Unfit::OtherAccount, _) => {
            format!("{node} is in {}, {} in {}", place(primary), replica.node, place(replica))
        }
    }
}

fn place(key: &Key<'_>) -> String {
    let partition = key.partition();
    let partition = partition.known().copied().unwrap_or("a partition that is not known");
    format!("account {} of `{partition}`", key.account)
}

fn evidence_from_afar(replica: &Key<'_>, reference: &KeyReference) -> String {
    let Target::Elsewhere { partition, account, key_id, .. } = &reference.target else {
        return String::new();
    };
    let part = |part: &Option<std::sync::Arc<str>>| part.as_deref().unwrap_or("?").to_owned();
    format!(
        "`primary_key_arn` of {} names key `{}` in account {} of `{}`; the replica is in {}",
        replica.node,
        part(key_id),
        part(account),
        part(partition),
        place(replica)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, create, delete, finding, keep, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&ReplicaOfSingleRegionKey);
    }

    const VIOLATED: [&str; 1] = ["violated high aws_kms_replica_key.r"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_kms_replica_key.r"];
    const SINGLE: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const MULTI: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn judge(resources: Vec<Planned>) -> Vec<String> {
        verdicts(&ReplicaOfSingleRegionKey, resources)
    }

    fn arn(id: &str) -> String {
        format!("arn:aws:kms:eu-west-1:111122223333:key/{id}")
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn primary(name: &str, multi_region: Json) -> Planned {
        create(
            &format!("aws_kms_key.{name}"),
            json!({"arn": {"$computed": true}, "multi_region": multi_region}),
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn replica(primary: Json) -> Planned {
        create("aws_kms_replica_key.r", json!({"primary_key_arn": primary})).in_region("us")
    }

    /// One that exists: its ARN tells its account and partition.
    fn existing(own: &str, primary: &str) -> Planned {
        keep("aws_kms_replica_key.r", json!({"arn": own, "primary_key_arn": primary})).in_region("us")
    }

    #[test]
    fn the_primary_must_be_a_multi_region_key() {
        let judge = |multi_region| {
            judge(vec![primary("p", multi_region), replica(json!({"$ref": "aws_kms_key.p.arn"}))])
        };
        assert_eq!(judge(json!(false)), VIOLATED);
        assert_eq!(judge(json!(null)), VIOLATED);
        assert!(judge(json!(true)).is_empty());
        assert_eq!(judge(json!({"$ref": "terraform_data.x.output"})), UNDETERMINED);
    }

    #[test]
    fn the_id_of_an_existing_key_tells() {
        let key = |id: &str| keep("aws_kms_key.p", json!({"arn": arn(id), "key_id": id}));
        assert_eq!(judge(vec![key(SINGLE), replica(json!(arn(SINGLE)))]), VIOLATED);
        assert!(judge(vec![key(MULTI), replica(json!(arn(MULTI)))]).is_empty());
        assert_eq!(judge(vec![replica(json!(arn(SINGLE)))]), VIOLATED, "a key that no plan has");
        let here = arn(MULTI).replace("eu-west-1", "us-east-1");
        assert!(judge(vec![existing(&here, &arn(MULTI))]).is_empty());
    }

    #[test]
    fn a_data_source_tells_when_it_was_read() {
        let judge = |mut key: Json| {
            key["key_id"] = json!("alias/app");
            let reference = json!({"$ref": "data.aws_kms_key.p.arn"});
            let arn = key["arn"].as_str().map_or(reference, |arn| json!(arn));
            judge(vec![keep("data.aws_kms_key.p", key), replica(arn)])
        };
        let computed = || json!({"$computed": true});
        assert_eq!(judge(json!({"arn": computed(), "multi_region": computed()})), UNDETERMINED);
        assert_eq!(judge(json!({"arn": computed(), "multi_region": false})), VIOLATED);
        assert_eq!(judge(json!({"arn": arn(SINGLE)})), VIOLATED);
        assert!(judge(json!({"arn": arn(MULTI)})).is_empty());
        let of_type = |name: &str| json!({"arn": arn(MULTI), "multi_region_configuration": [{"multi_region_key_type": name}]});
        assert!(judge(of_type("PRIMARY")).is_empty());
        assert_eq!(judge(of_type("REPLICA")), VIOLATED);
    }

    #[test]
    fn what_is_looked_up_by_name_is_in_the_account_of_who_looks() {
        let judge = |name: &str| {
            let key = keep("data.aws_kms_key.p", json!({"arn": arn(MULTI), "key_id": name}));
            judge(vec![key, replica(json!(arn(MULTI)))])
        };
        assert!(judge("alias/app").is_empty());
        assert!(judge(MULTI).is_empty());
        assert_eq!(judge(&arn(MULTI)), UNDETERMINED);
        assert_eq!(judge("arn:aws:kms:eu-west-1:111122223333:alias/app"), UNDETERMINED);
    }

    #[test]
    fn only_a_primary_can_be_replicated() {
        let first = create(
            "aws_kms_replica_key.a",
            json!({"arn": {"$computed": true}, "primary_key_arn": arn(MULTI)}),
        );
        let plan = || vec![replica(json!({"$ref": "aws_kms_replica_key.a.arn"}))];
        let plan: Vec<_> = plan().into_iter().chain([first]).collect();
        let verdicts = judge(plan);
        assert!(verdicts.contains(&VIOLATED[0].to_owned()), "{verdicts:?}");
    }

    #[test]
    fn a_replica_stays_in_the_account_of_its_primary() {
        let ours = arn(MULTI).replace("eu-west-1", "us-east-1");
        let theirs = ours.replace("111122223333", "444455556666");
        assert!(judge(vec![existing(&ours, &arn(MULTI))]).is_empty());
        assert_eq!(judge(vec![existing(&theirs, &arn(MULTI))]), VIOLATED);
        assert_eq!(
            judge(vec![replica(json!(arn(MULTI)))]),
            UNDETERMINED,
            "nobody knows the replica's account"
        );
        let key = keep("aws_kms_key.p", json!({"arn": arn(MULTI), "key_id": MULTI}));
        assert_eq!(judge(vec![key, existing(&theirs, &arn(MULTI))]), VIOLATED);
    }

    #[test]
    fn a_replica_stays_in_the_partition_of_its_primary() {
        let there = "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        assert_eq!(judge(vec![replica(json!(there))]), VIOLATED);
        let key = keep("aws_kms_key.p", json!({"arn": there, "key_id": MULTI}));
        assert_eq!(judge(vec![key, replica(json!(there))]), VIOLATED);
        let finding = finding(&ReplicaOfSingleRegionKey, vec![replica(json!(there))]);
        assert!(
            finding.evidence[0].contains("in account 111122223333 of `aws-cn`; the replica is in account")
        );
        assert!(finding.evidence[0].ends_with("of `aws`"), "{}", finding.evidence[0]);
    }

    #[test]
    fn what_is_certain_decides_whatever_the_rest_is() {
        let unknown = json!({"$ref": "terraform_data.x.output"});
        let there = "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        let key = keep("aws_kms_key.p", json!({"arn": there, "multi_region": unknown}));
        assert_eq!(judge(vec![key, replica(json!(there))]), VIOLATED);
    }

    #[test]
    fn one_of_several_primaries_decides_if_all_are_alike() {
        let judge = |p: bool, q: bool| {
            let either = json!({"$ref": ["aws_kms_key.p.arn", "aws_kms_key.q.arn"]});
            judge(vec![primary("p", json!(p)), primary("q", json!(q)), replica(either)])
        };
        assert_eq!(judge(false, false), VIOLATED);
        assert!(judge(true, true).is_empty());
        assert_eq!(judge(true, false), UNDETERMINED);
        assert_eq!(judge(false, true), UNDETERMINED);
    }

    #[test]
    fn names_that_are_no_key_arn_tell_nothing() {
        for name in [
            json!({"$ref": "terraform_data.x.output"}),
            json!("alias/app"),
            json!("alias/aws/s3"),
            json!(null),
        ] {
            assert_eq!(judge(vec![replica(name)]), UNDETERMINED);
        }
    }

    #[test]
    fn only_replicas_that_stay_are_looked_at() {
        assert!(
            judge(vec![delete("aws_kms_replica_key.r", json!({"primary_key_arn": arn(SINGLE)}))]).is_empty()
        );
        assert!(judge(vec![primary("p", json!(false))]).is_empty());
    }

    #[test]
    fn the_help_depends_on_whether_the_primary_exists() {
        let plan = |key| vec![key, replica(json!({"$ref": "aws_kms_key.p.arn"}))];
        let finding = |key| finding(&ReplicaOfSingleRegionKey, plan(key));
        let new = finding(primary("p", json!(null)));
        assert_eq!(new.help, "Set `multi_region = true` on the primary before it is created.");
        assert_eq!(new.evidence, ["aws_kms_key.p does not set `multi_region`, which is false then"]);
        assert_eq!(
            finding(primary("p", json!(false))).evidence,
            ["`multi_region` of aws_kms_key.p is false"]
        );
        let old = keep("aws_kms_key.p", json!({"arn": arn(SINGLE), "key_id": SINGLE}));
        let old =
            super::super::inline::finding(&ReplicaOfSingleRegionKey, vec![old, replica(json!(arn(SINGLE)))]);
        assert!(old.help.starts_with("Create a multi-Region key beside the present one"), "{}", old.help);
        assert_eq!(old.evidence, [format!("the key id of aws_kms_key.p is `{SINGLE}`, without `mrk-`")]);
        assert_eq!(old.related[0].address, "aws_kms_key.p");
    }
}
