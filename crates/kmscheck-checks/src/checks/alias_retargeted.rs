use kmscheck_graph::{Alias, Key, KeyId, KeyIdentifier, Node, Target};
use kmscheck_model::Action;
use kmscheck_value::{Knowledge, Value};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A plan that moves an alias to another key.
    ///
    /// # Why it matters
    ///
    /// Everything that names the key by this alias uses another key from then on, and no consumer shows a change. What
    /// was encrypted before stays under the old key: it must live on as long as that data, and those who read it need
    /// both keys. Services look an alias up at different times, some once.
    ///
    /// # Example
    ///
    /// ```hcl,before
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "blue" {
    ///   description         = "Application data, until now"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key" "green" {
    ///   description         = "Application data, from now on"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_alias" "app" {
    ///   name          = "alias/app"
    ///   target_key_id = aws_kms_key.blue.key_id
    /// }
    /// ```
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "blue" {
    ///   description         = "Application data, until now"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key" "green" {
    ///   description         = "Application data, from now on"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_alias" "app" {
    ///   name          = "alias/app"
    ///   target_key_id = aws_kms_key.green.key_id
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "blue" {
    ///   description         = "Application data, until now"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key" "green" {
    ///   description         = "Application data, from now on"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_alias" "app" {
    ///   name          = "alias/app"
    ///   target_key_id = aws_kms_key.blue.key_id
    /// }
    ///
    /// resource "aws_kms_alias" "app_green" {
    ///   name          = "alias/app-green"
    ///   target_key_id = aws_kms_key.green.key_id
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// An alias that names the same key in another way (by id, then by ARN). An alias whose old key is destroyed in the
    /// same plan: `key-destroyed` says it.
    ///
    /// # References
    ///
    /// - [Aliases](https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html)
    /// - [UpdateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html)
    id: "alias-retargeted",
    summary: "An alias moves to another key",
    group: Group::Lifecycle,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Plan,
    default: true,
    silenced_by: &["primary-deleted-before-replicas", "key-destroyed"],
}

pub(crate) struct AliasRetargeted;

impl Check for AliasRetargeted {
    type Subject<'g> = &'g Alias<'g>;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Alias<'g>> {
        let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
        graph.aliases().iter().filter(|alias| alias.node.action() == Action::Update).collect()
    }

    fn bearer<'g>(&self, _: Context<'g>, alias: &&'g Alias<'g>) -> Node<'g> {
        alias.node
    }

    fn detect<'g>(&self, cx: Context<'g>, alias: &&'g Alias<'g>) -> Detection<()> {
        let former = alias.node.resource.before("target_key_id");
        let Some(former) = former.and_then(Value::as_str) else { return Ok(None) };
        Ok(moves(cx, alias, key_id(former)).ok()?.then_some(()))
    }

    fn report<'g>(&self, cx: Context<'g>, alias: &&'g Alias<'g>, (): ()) -> Finding {
        let name = alias.name().map_or_else(|| "This alias".to_owned(), |name| format!("`{name}`"));
        let message = format!(
            "{name} moves to another key. Whatever uses the alias encrypts under the new key from the apply on, \
             without a change of its own; what it wrote before stays under the old key."
        );
        let help = "Make sure that the old key lives as long as the data under it and that its readers may use both \
                    keys. Give the new key an alias of its own if the switch is not meant for everyone.";
        let mut finding =
            Finding::new(&METADATA, alias.node, message, help).subject_attribute("target_key_id");
        if let Some(old) = old_key(cx, alias) {
            finding = finding
                .on_key(spokesman(cx, old).node)
                .related(old.node, "the key that it stands for so far");
        }
        match alias.target.key().map(|key| cx.graph.key(key).node) {
            Some(new) => finding.related(new, "the key that it will stand for"),
            None => finding,
        }
    }
}

/// Whether the key of the alias is another one than that of this id.
fn moves(cx: Context<'_>, alias: &Alias<'_>, former: &str) -> Knowledge<bool> {
    match &alias.target.target {
        Target::Keys(keys) => several(keys.iter().map(|key| is_another(cx.graph.key(*key), former)), alias),
        Target::Elsewhere { key_id: Some(id), .. } => Knowledge::Known(**id != *former),
        Target::Undetermined(because) => Knowledge::Undetermined(because.clone()),
        Target::Elsewhere { .. } | Target::AwsManaged | Target::Nothing => {
            Knowledge::Undetermined(alias.node.unknown_until_apply("target_key_id"))
        }
    }
}

/// A key that is created now cannot be one that an alias had before.
fn is_another(key: &Key<'_>, former: &str) -> Option<bool> {
    if key.node.action().creates() {
        return Some(true);
    }
    key.key_id().map(|id| id != former)
}

fn several(mut answers: impl Iterator<Item = Option<bool>>, alias: &Alias<'_>) -> Knowledge<bool> {
    let unclear = || Knowledge::Undetermined(alias.node.unknown_until_apply("target_key_id"));
    let Some(Some(first)) = answers.next() else { return unclear() };
    if answers.all(|answer| answer == Some(first)) { Knowledge::Known(first) } else { unclear() }
}

/// The key id of a key id or key ARN.
fn key_id(name: &str) -> &str {
    match KeyIdentifier::parse(name) {
        Some(KeyIdentifier::KeyArn(_, id)) => id,
        _ => name,
    }
}

fn old_key<'g>(cx: Context<'g>, alias: &Alias<'g>) -> Option<&'g Key<'g>> {
    let name = |attribute: &str| alias.node.resource.before(attribute).and_then(Value::as_str);
    let arn = name("target_key_arn").and_then(|arn| cx.graph.former_key(alias.node, arn));
    let id: Option<KeyId> = arn.or_else(|| cx.graph.former_key(alias.node, name("target_key_id")?));
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    id.map(|id| graph.key(id))
}

/// The key that bears the finding when this one is destroyed: its primary, if both go.
fn spokesman<'g>(cx: Context<'g>, key: &'g Key<'g>) -> &'g Key<'g> {
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    graph.destroyed_primary_of(key.id).map_or(key, |primary| graph.key(primary))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, finding, keep, replace, update, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&AliasRetargeted);
    }

    const BLUE: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const GREEN: &str = "5678abcd-12ab-34cd-56ef-1234567890ab";

    fn arn(id: &str) -> String {
        format!("arn:aws:kms:eu-west-1:111122223333:key/{id}")
    }

    fn key(id: &str) -> serde_json::Value {
        json!({"arn": arn(id), "key_id": id, "id": id})
    }

    fn new_key() -> serde_json::Value {
        json!({"arn": {"$computed": true}, "key_id": {"$computed": true}, "id": {"$computed": true}})
    }

    /// After a change too, the provider shows the ARN of the old key.
    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn alias(target: serde_json::Value) -> serde_json::Value {
        json!({"name": "alias/app", "target_key_id": target, "target_key_arn": arn(BLUE)})
    }

    fn judge(target: impl Into<serde_json::Value>, keys: Vec<Planned>) -> Vec<String> {
        let planned = update("aws_kms_alias.app", alias(json!(BLUE)), alias(target.into()));
        verdicts(&AliasRetargeted, [planned].into_iter().chain(keys).collect())
    }

    const VIOLATED: [&str; 1] = ["violated medium aws_kms_alias.app"];

    #[test]
    fn another_key_is_another_id_in_whatever_form() {
        let keys = || vec![keep("aws_kms_key.blue", key(BLUE)), keep("aws_kms_key.green", key(GREEN))];
        assert_eq!(judge(GREEN, keys()), VIOLATED);
        assert_eq!(judge(arn(GREEN), keys()), VIOLATED);
        assert!(judge(arn(BLUE), keys()).is_empty());
        assert!(judge(BLUE, keys()).is_empty());
        assert_eq!(judge(GREEN, Vec::new()), VIOLATED);
        assert!(judge(arn(BLUE), Vec::new()).is_empty());
        let by_arn = |target: String| {
            let planned = update("aws_kms_alias.app", alias(json!(arn(BLUE))), alias(json!(target)));
            verdicts(&AliasRetargeted, vec![planned])
        };
        assert!(by_arn(BLUE.to_owned()).is_empty());
        assert_eq!(by_arn(GREEN.to_owned()), VIOLATED);
    }

    #[test]
    fn a_new_key_is_another_key() {
        let created = create("aws_kms_key.green", new_key());
        assert_eq!(judge(json!({"$ref": "aws_kms_key.green.key_id"}), vec![created]), VIOLATED);
        assert_eq!(
            judge(json!({"$ref": "terraform_data.x.output"}), Vec::new()),
            ["undetermined aws_kms_alias.app"]
        );
    }

    #[test]
    fn one_of_several_keys_is_another_key_if_all_of_them_are() {
        let several = json!({"$ref": ["aws_kms_key.new.key_id", "aws_kms_key.green.key_id"]});
        let plan = |green: Planned| vec![create("aws_kms_key.new", new_key()), green];
        assert_eq!(judge(several.clone(), plan(create("aws_kms_key.green", new_key()))), VIOLATED);
        let half_known = json!({"arn": {"$computed": true}, "key_id": {"$computed": true}});
        let green = |name: &str| update(name, key(GREEN), half_known.clone());
        let undetermined = ["undetermined aws_kms_alias.app"];
        assert_eq!(judge(several, plan(green("aws_kms_key.green"))), undetermined);
        let last = json!({"$ref": ["aws_kms_key.new.key_id", "aws_kms_key.old.key_id"]});
        assert_eq!(judge(last, plan(green("aws_kms_key.old"))), undetermined);
    }

    #[test]
    fn a_destroyed_key_is_reported_instead() {
        let replaced = replace("aws_kms_key.blue", "multi_region", key(BLUE), new_key());
        assert!(judge(json!({"$ref": "aws_kms_key.blue.key_id"}), vec![replaced]).is_empty());
        let moved = vec![delete("aws_kms_key.blue", key(BLUE)), keep("aws_kms_key.green", key(GREEN))];
        assert!(judge(GREEN, moved).is_empty());
    }

    #[test]
    fn the_alias_of_a_replica_that_goes_with_its_primary_is_left_alone_too() {
        const MRK: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";
        let primary = json!({"arn": arn(MRK), "key_id": MRK});
        let replica_arn = arn(MRK).replace("eu-west-1", "us-east-1");
        let replica = json!({"arn": replica_arn, "key_id": MRK, "primary_key_arn": arn(MRK)});
        let new_replica = json!({"arn": {"$computed": true}, "key_id": {"$computed": true},
            "primary_key_arn": {"$ref": "aws_kms_key.p.arn"}});
        let before = json!({"name": "alias/app", "target_key_id": MRK, "target_key_arn": replica_arn});
        let target = alias(json!({"$ref": "aws_kms_replica_key.r.key_id"}));
        let plan = vec![
            replace("aws_kms_key.p", "key_usage", primary, new_key()),
            replace("aws_kms_replica_key.r", "primary_key_arn", replica, new_replica).in_region("us"),
            update("aws_kms_alias.app", before, target).in_region("us"),
        ];
        assert!(verdicts(&AliasRetargeted, plan).is_empty());
    }

    #[test]
    fn only_a_change_in_place_moves_an_alias() {
        let before = || alias(json!(BLUE));
        let judge = |planned| verdicts(&AliasRetargeted, vec![planned]);
        assert!(judge(create("aws_kms_alias.app", alias(json!(GREEN)))).is_empty());
        assert!(judge(replace("aws_kms_alias.app", "name", before(), alias(json!(GREEN)))).is_empty());
        assert!(judge(delete("aws_kms_alias.app", before())).is_empty());
        assert!(judge(keep("aws_kms_alias.app", before())).is_empty());
    }

    #[test]
    fn the_finding_names_both_keys() {
        let keys = || [keep("aws_kms_key.blue", key(BLUE)), keep("aws_kms_key.green", key(GREEN))];
        let related = |before: serde_json::Value| {
            let planned = update("aws_kms_alias.app", before, alias(json!(GREEN)));
            let found = finding(&AliasRetargeted, keys().into_iter().chain([planned]).collect());
            found.related.iter().map(|related| related.address.clone()).collect::<Vec<_>>()
        };
        let both = ["aws_kms_key.blue", "aws_kms_key.green"];
        assert_eq!(related(alias(json!(BLUE))), both);
        assert_eq!(related(json!({"name": "alias/app", "target_key_id": BLUE})), both);
    }
}
