use std::collections::BTreeMap;

use kmscheck_graph::{Alias, AliasId, Key, KeyId, KeyKind, Node, Primary};
use kmscheck_value::{Because, Knowledge, Text, Value};

use super::replication_words::{list, whereabouts};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A replica without an alias that its primary has.
    ///
    /// # Why it matters
    ///
    /// An alias belongs to one Region and is not replicated with the key. What names the key by alias works in the
    /// primary's Region and finds nothing in the replica's, often when it fails over to it. The usual cause is an alias
    /// without the `provider` argument that its replica has.
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
    /// resource "aws_kms_alias" "app" {
    ///   name          = "alias/app"
    ///   target_key_id = aws_kms_key.app.key_id
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
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
    /// resource "aws_kms_alias" "app" {
    ///   name          = "alias/app"
    ///   target_key_id = aws_kms_key.app.key_id
    /// }
    ///
    /// resource "aws_kms_replica_key" "app" {
    ///   provider        = aws.frankfurt
    ///   primary_key_arn = aws_kms_key.app.arn
    /// }
    ///
    /// resource "aws_kms_alias" "frankfurt" {
    ///   provider      = aws.frankfurt
    ///   name          = "alias/app"
    ///   target_key_id = aws_kms_replica_key.app.key_id
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Further aliases of the replica. A replica in the Region of its primary: `replica-in-primary-region` says it. A replica
    /// that cannot be made: `replica-of-single-region-key` says it. An alias may name the replica by the primary's key id:
    /// related keys share it, and it means the one in the alias's Region.
    ///
    /// # References
    ///
    /// - [Multi-Region keys in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html)
    /// - [Aliases](https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html)
    id: "alias-missing-in-replica-region",
    summary: "A replica lacks an alias of its primary",
    group: Group::Replication,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["replica-of-single-region-key"],
}

pub(crate) struct AliasMissingInReplicaRegion;

impl Check for AliasMissingInReplicaRegion {
    type Subject<'g> = KeyId;
    /// The primary's aliases that the replica lacks.
    type Fact = Vec<AliasId>;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.managed_keys().filter(|key| key.kind.is_replica()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Node<'g> {
        cx.graph.key(*replica).node
    }

    fn detect<'g>(&self, cx: Context<'g>, replica: &KeyId) -> Detection<Vec<AliasId>> {
        let replica = cx.graph.key(*replica);
        let Some(primary) = primary(cx, replica)? else { return Ok(None) };
        if primary.shares_region(replica) == Knowledge::Known(true) {
            return Ok(None);
        }
        let (missing, open) = compare(cx, primary.id, replica.id);
        if missing.is_empty() { open.map_or(Ok(None), Err) } else { Ok(Some(missing)) }
    }

    fn report<'g>(&self, cx: Context<'g>, replica: &KeyId, missing: Vec<AliasId>) -> Finding {
        let replica = cx.graph.key(*replica);
        let missing: Vec<_> = missing.into_iter().map(|alias| cx.graph.alias(alias)).collect();
        // The same alias may be managed and looked up.
        let by_name: BTreeMap<_, _> = missing.iter().rev().map(|alias| (name(alias), *alias)).collect();
        let names: Vec<_> = by_name.keys().collect();
        let message = format!(
            "This replica lacks what its primary has: {}. An alias belongs to one Region and is not replicated: what \
             names the key by it finds nothing in the replica's Region, or another key.",
            list(&names)
        );
        let help = "Add an `aws_kms_alias` of that name for the replica, with the replica's `provider` (or `region`).";
        let mut finding = Finding::new(&METADATA, replica.node, message, help).evidence(whereabouts(replica));
        finding.evidence.extend(by_name.values().flat_map(|alias| namesakes(cx, replica, alias)));
        by_name
            .into_values()
            .fold(finding, |finding, alias| finding.related(alias.node, "the alias of the primary"))
    }
}

/// The primary of a replica, if a project of the call has it.
fn primary<'g>(cx: Context<'g>, replica: &Key<'g>) -> Result<Option<&'g Key<'g>>, Because> {
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    match graph.primary_of(replica.id).map(Knowledge::ok).transpose()? {
        None => Ok(None),
        Some(Primary::Key(primary)) => Ok(Some(graph.key(primary))),
        Some(Primary::Elsewhere) => Err(elsewhere(replica)),
    }
}

fn elsewhere(replica: &Key<'_>) -> Because {
    Because::new(format!("the primary of {} is managed elsewhere, and so are its aliases", replica.node))
        .settled_by("give the plan that has the primary in the same call")
}

/// The aliases of the primary that the replica lacks, and why there may be more.
fn compare(cx: Context<'_>, primary: KeyId, replica: KeyId) -> (Vec<AliasId>, Option<Because>) {
    let (mut missing, mut open) = (Vec::new(), None);
    for (alias, in_force) in cx.graph.aliases_in_force(primary) {
        if open.is_some() && in_force.because().is_some() {
            continue;
        }
        let lacks = lacks(cx, replica, alias);
        match Knowledge::all([in_force, lacks]) {
            Knowledge::Known(true) => missing.push(alias.id),
            Knowledge::Known(false) => {}
            Knowledge::Undetermined(because) => open = open.or(Some(because)),
        }
    }
    let unseen = cx.graph.all_projects_known().because().cloned();
    let is_foreign = cx.graph.key(primary).kind == KeyKind::Data;
    let foreign = || is_foreign.then(|| elsewhere(cx.graph.key(replica)));
    (missing, open.or(unseen).or_else(foreign))
}

fn lacks(cx: Context<'_>, replica: KeyId, alias: &Alias<'_>) -> Knowledge<bool> {
    let has = cx.graph.has_alias_like(replica, alias);
    match (has, cx.graph.all_projects_known()) {
        (Knowledge::Known(false), Knowledge::Undetermined(because)) => Knowledge::Undetermined(because),
        (has, _) => has.map(|has| !has),
    }
}

/// The name, or what it is made from.
fn name(alias: &Alias<'_>) -> String {
    let text =
        |attribute: &str| alias.node.attribute(attribute).and_then(Value::as_text).map(Text::to_string);
    let prefix = || Some(format!("{}…", text("name_prefix")?));
    text("name").or_else(prefix).unwrap_or_else(|| alias.node.to_string())
}

/// What has the name in the replica's Region instead.
fn namesakes(cx: Context<'_>, replica: &Key<'_>, alias: &Alias<'_>) -> Vec<String> {
    let is_here = |other: &&Alias<'_>| match (other.node.region(), &replica.region) {
        (Knowledge::Known(own), Knowledge::Known(region)) => other.node.stays() && own == &**region,
        _ => false,
    };
    let named = alias.name().into_iter().flat_map(|name| cx.graph.aliases_named(name));
    named
        .filter(is_here)
        .map(|other| format!("there the name belongs to {}, of another key", other.node))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, create, delete, finding, forget, keep, plan, update, verdicts};
    use super::*;
    use crate::{Settings, testing};

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        testing::recorded(&AliasMissingInReplicaRegion);
    }

    const VIOLATED: [&str; 1] = ["violated low aws_kms_replica_key.r"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_kms_replica_key.r"];
    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn computed() -> Json {
        json!({"$computed": true})
    }

    fn unknown() -> Json {
        json!({"$ref": "terraform_data.x.output"})
    }

    fn key(address: &str) -> Planned {
        create(address, json!({"arn": computed(), "key_id": computed(), "multi_region": true}))
    }

    fn replica() -> Planned {
        let primary = json!({"$ref": "aws_kms_key.p.arn"});
        create(
            "aws_kms_replica_key.r",
            json!({"arn": computed(), "key_id": computed(), "primary_key_arn": primary}),
        )
    }

    fn named(address: &str, name: &str, target: &str) -> Planned {
        create(address, json!({"name": name, "target_key_id": {"$ref": target}}))
    }

    /// A primary with an alias in Ireland, its replica in Virginia, and more.
    fn judge(more: Vec<Planned>) -> Vec<String> {
        verdicts(&AliasMissingInReplicaRegion, with(more))
    }

    fn with(more: Vec<Planned>) -> Vec<Planned> {
        let family = [
            key("aws_kms_key.p"),
            replica().in_region("us"),
            named("aws_kms_alias.p", "alias/app", "aws_kms_key.p.key_id"),
        ];
        family.into_iter().chain(more).collect()
    }

    #[test]
    fn the_replica_needs_an_alias_of_that_name_in_its_region() {
        let alias = |name| named("aws_kms_alias.r", name, "aws_kms_replica_key.r.key_id");
        assert_eq!(judge(Vec::new()), VIOLATED);
        assert!(judge(vec![alias("alias/app").in_region("us")]).is_empty());
        assert_eq!(judge(vec![alias("alias/other").in_region("us")]), VIOLATED);
        assert_eq!(judge(vec![alias("alias/app").in_region("frankfurt")]), VIOLATED);
        assert_eq!(judge(vec![alias("alias/app").in_region("somewhere")]), UNDETERMINED);
    }

    #[test]
    fn a_key_id_means_the_related_key_of_the_aliass_region_and_an_arn_does_not() {
        let alias = |target| named("aws_kms_alias.r", "alias/app", target).in_region("us");
        assert!(judge(vec![alias("aws_kms_key.p.key_id")]).is_empty());
        assert_eq!(judge(vec![alias("aws_kms_key.p.arn")]), VIOLATED);
        assert!(judge(vec![alias("aws_kms_replica_key.r.arn")]).is_empty());
        assert_eq!(
            judge(vec![key("aws_kms_key.other").in_region("us"), alias("aws_kms_key.other.key_id")]),
            VIOLATED
        );
    }

    #[test]
    fn an_alias_beside_the_primary_is_the_primarys_whichever_id_it_names() {
        let more = || {
            vec![
                named("aws_kms_alias.r", "alias/app", "aws_kms_replica_key.r.key_id").in_region("us"),
                named("aws_kms_alias.misplaced", "alias/app-dr", "aws_kms_replica_key.r.key_id"),
            ]
        };
        assert_eq!(judge(more()), VIOLATED);
        let finding = finding(&AliasMissingInReplicaRegion, with(more()));
        assert!(finding.message.contains(": `alias/app-dr`. "), "{}", finding.message);
        assert_eq!(finding.related[0].address, "aws_kms_alias.misplaced");
    }

    #[test]
    fn only_aliases_of_the_primary_in_its_own_region_count() {
        let judge = |more: Vec<Planned>| {
            let family = [key("aws_kms_key.p"), replica().in_region("us"), key("aws_kms_key.other")];
            verdicts(&AliasMissingInReplicaRegion, family.into_iter().chain(more).collect())
        };
        assert!(judge(Vec::new()).is_empty());
        assert!(judge(vec![named("aws_kms_alias.o", "alias/o", "aws_kms_key.other.key_id")]).is_empty());
        assert!(
            judge(vec![named("aws_kms_alias.p", "alias/p", "aws_kms_key.p.key_id").in_region("frankfurt")])
                .is_empty()
        );
        assert!(
            judge(vec![named("aws_kms_alias.p", "alias/p", "aws_kms_key.p.arn").in_region("us")]).is_empty()
        );
        let either = create(
            "aws_kms_alias.e",
            json!({"name": "alias/e", "target_key_id": {"$ref": ["aws_kms_key.p.key_id", "aws_kms_key.other.key_id"]}}),
        );
        assert_eq!(judge(vec![either]), UNDETERMINED);
        let stray = || create("aws_kms_alias.x", json!({"name": "alias/x", "target_key_id": unknown()}));
        assert_eq!(judge(vec![stray()]), UNDETERMINED, "it may be the primary's");
        assert!(judge(vec![stray().in_region("frankfurt")]).is_empty());
        let both = vec![
            stray(),
            named("aws_kms_alias.r", "alias/x", "aws_kms_replica_key.r.key_id").in_region("us"),
        ];
        assert!(judge(both).is_empty(), "whosever it is, the replica has it too");
    }

    #[test]
    fn an_alias_that_is_looked_up_is_the_one_that_the_project_manages() {
        let managed = || named("aws_kms_alias.o", "alias/other", "aws_kms_key.other.key_id");
        let judge = |name: &str, alias: Planned| {
            let object = json!({"name": name, "arn": computed(), "target_key_id": computed()});
            let looked_up = create("data.aws_kms_alias.d", object);
            let family = [key("aws_kms_key.p"), replica().in_region("us"), key("aws_kms_key.other")];
            verdicts(&AliasMissingInReplicaRegion, family.into_iter().chain([alias, looked_up]).collect())
        };
        assert!(judge("alias/other", managed()).is_empty());
        assert_eq!(judge("alias/third", managed()), UNDETERMINED, "it may be the primary's");
        assert_eq!(judge("alias/other", managed().in_region("us")), UNDETERMINED, "another alias");
        let before = json!({"name": "alias/other", "target_key_id": ID});
        let after = json!({"name": "alias/other", "target_key_id": {"$ref": "aws_kms_key.other.key_id"}});
        let moves = update("aws_kms_alias.o", before, after);
        assert_eq!(judge("alias/other", moves), UNDETERMINED, "it may be read before that");
    }

    #[test]
    fn an_alias_of_an_unknown_key_may_be_the_replicas() {
        let stray = |name: &str| create("aws_kms_alias.x", json!({"name": name, "target_key_id": unknown()}));
        assert_eq!(judge(vec![stray("alias/app").in_region("us")]), UNDETERMINED);
        assert_eq!(judge(vec![stray("alias/other").in_region("us")]), VIOLATED);
        assert_eq!(judge(vec![stray("alias/app").in_region("frankfurt")]), VIOLATED);
        let unnamed = create("aws_kms_alias.x", json!({"name": unknown(), "target_key_id": unknown()}));
        assert_eq!(judge(vec![unnamed.in_region("us")]), UNDETERMINED);
    }

    #[test]
    fn names_that_are_not_known_yet() {
        let own = |mut alias: Json| {
            alias["target_key_id"] = json!({"$ref": "aws_kms_replica_key.r.key_id"});
            create("aws_kms_alias.r", alias).in_region("us")
        };
        assert_eq!(judge(vec![own(json!({"name": unknown()}))]), UNDETERMINED);
        assert_eq!(judge(vec![own(json!({"name": computed(), "name_prefix": "alias/a"}))]), UNDETERMINED);
        assert_eq!(judge(vec![own(json!({"name": computed(), "name_prefix": "alias/b"}))]), VIOLATED);
        let judge = |replicas: Vec<Planned>| {
            let prefixed = |target: &str| {
                json!({"arn": computed(), "name": computed(), "name_prefix": "alias/app-",
                    "target_key_id": {"$ref": target}})
            };
            let family = [
                key("aws_kms_key.p"),
                replica().in_region("us"),
                create("aws_kms_alias.p", prefixed("aws_kms_key.p.key_id")),
                create("aws_kms_alias.third", prefixed("aws_kms_key.third.key_id")),
                key("aws_kms_key.third"),
            ];
            verdicts(&AliasMissingInReplicaRegion, family.into_iter().chain(replicas).collect())
        };
        assert_eq!(judge(Vec::new()), VIOLATED, "it has no alias at all");
        assert_eq!(judge(vec![own(json!({"name": "alias/other"}))]), VIOLATED);
        assert_eq!(judge(vec![own(json!({"name": "alias/app-1"}))]), UNDETERMINED);
        assert_eq!(judge(vec![own(json!({"name": unknown()}))]), UNDETERMINED);
        assert!(judge(vec![own(json!({"name": {"$ref": "aws_kms_alias.p.name"}}))]).is_empty());
        assert_eq!(judge(vec![own(json!({"name": {"$ref": "aws_kms_alias.p.arn"}}))]), UNDETERMINED);
        assert_eq!(judge(vec![own(json!({"name": {"$ref": "aws_kms_alias.third.name"}}))]), UNDETERMINED);
    }

    #[test]
    fn a_missing_alias_is_certain_though_another_is_not() {
        let prefixed = json!({"name": computed(), "target_key_id": {"$ref": "aws_kms_key.p.key_id"}});
        let own = create(
            "aws_kms_alias.r",
            json!({"name": computed(), "name_prefix": "alias/x", "target_key_id": {"$ref": "aws_kms_replica_key.r.key_id"}}),
        );
        assert_eq!(judge(vec![create("aws_kms_alias.a", prefixed), own.in_region("us")]), VIOLATED);
    }

    #[test]
    fn aliases_that_go_do_not_count_and_forgotten_ones_do() {
        let arn = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/{ID}");
        let alias = |region: &str| json!({"name": "alias/app", "target_key_id": ID, "target_key_arn": arn(region), "region": region});
        let judge = |more: Vec<Planned>| {
            let primary = keep("aws_kms_key.p", json!({"arn": arn("eu-west-1"), "key_id": ID}));
            let object = json!({"arn": arn("us-east-1"), "key_id": ID, "primary_key_arn": arn("eu-west-1")});
            let family = [primary, keep("aws_kms_replica_key.r", object).in_region("us")];
            verdicts(&AliasMissingInReplicaRegion, family.into_iter().chain(more).collect())
        };
        let p = || keep("aws_kms_alias.p", alias("eu-west-1"));
        assert_eq!(judge(vec![p()]), VIOLATED);
        assert!(judge(vec![p(), keep("aws_kms_alias.r", alias("us-east-1")).in_region("us")]).is_empty());
        assert_eq!(judge(vec![p(), delete("aws_kms_alias.r", alias("us-east-1"))]), VIOLATED);
        assert!(judge(vec![p(), forget("aws_kms_alias.r", alias("us-east-1"))]).is_empty());
        assert!(judge(vec![delete("aws_kms_alias.p", alias("eu-west-1"))]).is_empty());
        assert!(
            judge(vec![p(), keep("data.aws_kms_alias.r", alias("us-east-1")).in_region("us")]).is_empty()
        );
        assert_eq!(judge(vec![keep("data.aws_kms_alias.p", alias("eu-west-1"))]), VIOLATED);
    }

    #[test]
    fn a_replica_beside_its_primary_is_left_alone() {
        let family =
            vec![key("aws_kms_key.p"), replica(), named("aws_kms_alias.p", "alias/app", "aws_kms_key.p.arn")];
        assert!(verdicts(&AliasMissingInReplicaRegion, family).is_empty());
        let elsewhere = |region| {
            let alias = named("aws_kms_alias.p", "alias/app", "aws_kms_key.p.key_id").in_region("somewhere");
            vec![key("aws_kms_key.p").in_region("somewhere"), replica().in_region(region), alias]
        };
        assert!(verdicts(&AliasMissingInReplicaRegion, elsewhere("somewhere")).is_empty());
        assert_eq!(verdicts(&AliasMissingInReplicaRegion, elsewhere("us")), UNDETERMINED);
    }

    #[test]
    fn aliases_count_in_all_plans_of_the_call() {
        let arn = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/{ID}");
        let alias =
            |region: &str| json!({"name": "alias/app", "target_key_id": ID, "target_key_arn": arn(region)});
        let primary = keep("aws_kms_key.p", json!({"arn": arn("eu-west-1"), "key_id": ID}));
        let ireland = plan(vec![primary, keep("aws_kms_alias.p", alias("eu-west-1"))]);
        let object = json!({"arn": arn("us-east-1"), "key_id": ID, "primary_key_arn": arn("eu-west-1")});
        let virginia = |more: Option<Planned>| {
            let replica = keep("aws_kms_replica_key.r", object.clone()).in_region("us");
            plan([replica].into_iter().chain(more).collect())
        };
        let judge = |plans: &[&str]| {
            testing::verdicts_together(&AliasMissingInReplicaRegion, plans, &Settings::default())
        };
        let own = || keep("aws_kms_alias.r", alias("us-east-1")).in_region("us");
        assert_eq!(judge(&[&ireland, &virginia(None)]), VIOLATED);
        assert!(judge(&[&ireland, &virginia(Some(own()))]).is_empty());
        assert_eq!(
            judge(&[&virginia(Some(own()))]),
            UNDETERMINED,
            "the primary's aliases are not to be seen"
        );
        let open = |plan: String| plan.replace(r#""complete":true"#, r#""complete":false"#);
        assert_eq!(judge(&[&ireland, &open(virginia(None))]), UNDETERMINED);
        assert_eq!(judge(&[&open(ireland), &virginia(Some(own()))]), UNDETERMINED);
    }

    #[test]
    fn a_provider_of_the_same_name_in_another_plan_is_another() {
        let arn = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/{ID}");
        let alias = |target| json!({"name": "alias/app", "target_key_id": target});
        let primary = keep("aws_kms_key.p", json!({"arn": arn("eu-west-1"), "key_id": ID}));
        let object = json!({"arn": arn("us-east-1"), "key_id": ID, "primary_key_arn": arn("eu-west-1")});
        let replica = keep("aws_kms_replica_key.r", object).in_region("somewhere");
        let first = plan(vec![primary, create("aws_kms_alias.p", alias(arn("eu-west-1"))), replica]);
        let own = create("aws_kms_alias.r", alias(arn("us-east-1"))).in_region("somewhere");
        let second = plan(vec![own]);
        let plans: [&str; 2] = [&first, &second];
        let verdicts = testing::verdicts_together(&AliasMissingInReplicaRegion, &plans, &Settings::default());
        assert_eq!(verdicts, UNDETERMINED);
    }

    #[test]
    fn a_primary_that_something_else_manages_may_have_more_aliases() {
        let arn = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/{ID}");
        let judge = |more: Option<Planned>| {
            let primary = keep("data.aws_kms_key.p", json!({"arn": arn("eu-west-1"), "key_id": "alias/app"}));
            let object = json!({"arn": arn("us-east-1"), "key_id": ID, "primary_key_arn": arn("eu-west-1")});
            let family = [primary, keep("aws_kms_replica_key.r", object).in_region("us")];
            verdicts(&AliasMissingInReplicaRegion, family.into_iter().chain(more).collect())
        };
        assert_eq!(judge(None), UNDETERMINED);
        let alias = json!({"name": "alias/app", "target_key_id": ID, "target_key_arn": arn("eu-west-1")});
        assert_eq!(judge(Some(keep("data.aws_kms_alias.p", alias))), VIOLATED);
    }

    #[test]
    fn a_primary_that_is_not_known_makes_it_undetermined() {
        let stray = create("aws_kms_replica_key.r", json!({"primary_key_arn": unknown()})).in_region("us");
        assert_eq!(verdicts(&AliasMissingInReplicaRegion, vec![stray]), UNDETERMINED);
    }

    #[test]
    fn only_replicas_that_stay_are_looked_at() {
        let object = json!({"primary_key_arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}")});
        assert!(
            verdicts(&AliasMissingInReplicaRegion, vec![delete("aws_kms_replica_key.r", object)]).is_empty()
        );
        assert!(verdicts(&AliasMissingInReplicaRegion, vec![key("aws_kms_key.p")]).is_empty());
    }

    #[test]
    fn the_finding_names_each_alias_once_and_who_has_the_name_instead() {
        let looked_up = json!({"name": "alias/app", "target_key_arn": {"$ref": "aws_kms_key.p.arn"}});
        let taken = named("aws_kms_alias.other", "alias/app", "aws_kms_key.other.key_id").in_region("us");
        let more =
            vec![keep("data.aws_kms_alias.p", looked_up), key("aws_kms_key.other").in_region("us"), taken];
        let finding = finding(&AliasMissingInReplicaRegion, with(more));
        assert!(
            finding.message.starts_with("This replica lacks what its primary has: `alias/app`. "),
            "{}",
            finding.message
        );
        assert_eq!(finding.related.len(), 1);
        assert_eq!(finding.related[0].address, "aws_kms_alias.p");
        assert!(
            finding.evidence[0].starts_with("aws_kms_replica_key.r is in `us-east-1`: "),
            "{:?}",
            finding.evidence
        );
        assert_eq!(finding.evidence[1], "there the name belongs to aws_kms_alias.other, of another key");
        assert_eq!(finding.evidence.len(), 2, "{:?}", finding.evidence);
    }

    #[test]
    fn an_alias_that_goes_does_not_have_the_name() {
        let arn = format!("arn:aws:kms:us-east-1:111122223333:key/{ID}");
        let object =
            json!({"name": "alias/app", "target_key_id": ID, "target_key_arn": arn, "region": "us-east-1"});
        let evidence = |other| finding(&AliasMissingInReplicaRegion, with(vec![other])).evidence;
        assert_eq!(evidence(delete("aws_kms_alias.gone", object.clone())).len(), 1);
        assert_eq!(evidence(forget("aws_kms_alias.gone", object)).len(), 2);
    }

    #[test]
    fn an_alias_with_a_prefix_is_called_by_it() {
        let prefixed = json!({"name": computed(), "name_prefix": "alias/x-", "target_key_id": {"$ref": "aws_kms_key.p.key_id"}});
        let plan = vec![key("aws_kms_key.p"), replica().in_region("us"), create("aws_kms_alias.p", prefixed)];
        let message = finding(&AliasMissingInReplicaRegion, plan).message;
        assert!(message.contains("what its primary has: `alias/x-…`."), "{message}");
    }

    #[test]
    fn a_replica_that_cannot_be_made_needs_no_alias() {
        let single = json!({"arn": computed(), "key_id": computed(), "multi_region": false});
        let single = create("aws_kms_key.p", single);
        let alias = named("aws_kms_alias.p", "alias/app", "aws_kms_key.p.key_id");
        let plan = vec![single, replica().in_region("us"), alias];
        assert!(verdicts(&AliasMissingInReplicaRegion, plan).is_empty());
    }
}
