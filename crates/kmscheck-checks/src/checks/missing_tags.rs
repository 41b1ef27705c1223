use kmscheck_graph::{KeyId, Node};
use kmscheck_value::Knowledge;

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key that lacks a tag which every key must have. It reports nothing until the tags are configured:
    ///
    /// ```toml
    /// [checks.missing-tags]
    /// tags = ["Owner", "DataClass"]
    /// ```
    ///
    /// # Why it matters
    ///
    /// Tags on a key are not only for the bill: policies allow and deny by `aws:ResourceTag`, and before a key is deleted
    /// somebody has to be asked.
    ///
    /// # Example
    ///
    /// With `tags = ["Owner"]`:
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   tags = {
    ///     Owner = "payments"
    ///   }
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Values: only the presence of a tag counts. The provider's `default_tags` count too. Tag keys are case-sensitive, as
    /// in AWS.
    ///
    /// # References
    ///
    /// - [Tags in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html)
    id: "missing-tags",
    summary: "A key lacks a required tag",
    group: Group::Lifecycle,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct MissingTags;

impl Check for MissingTags {
    type Subject<'g> = KeyId;
    type Fact = Vec<String>;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        if required(cx).is_empty() {
            return Vec::new();
        }
        cx.graph.managed_keys().map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Vec<String>> {
        let key = cx.graph.key(*key);
        let mut missing = Vec::new();
        let mut open = None;
        for tag in required(cx) {
            match key.tag(&tag).map(|value| value.is_some()) {
                Knowledge::Known(true) => {}
                Knowledge::Known(false) => missing.push(tag),
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        match (missing.is_empty(), open) {
            (false, _) => Ok(Some(missing)),
            (true, None) => Ok(None),
            (true, Some(because)) => Err(because),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, missing: Vec<String>) -> Finding {
        let names = missing.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", ");
        let message = format!("This key lacks tags that every key must have: {names}.");
        let help = "Add them to `tags` of the key or to `default_tags` of the provider.";
        Finding::new(&METADATA, cx.graph.key(*key).node, message, help).subject_attribute("tags")
    }
}

fn required(cx: Context<'_>) -> Vec<String> {
    cx.settings.check(METADATA.id).tags.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, delete, keep, settings, verdicts_with};
    use super::*;
    use crate::Settings;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&MissingTags);
    }

    fn judge(key: serde_json::Value) -> Vec<String> {
        let settings = settings(r#"checks.missing-tags.tags = ["Owner", "Class"]"#);
        verdicts_with(&MissingTags, vec![create("aws_kms_key.a", key)], &settings)
    }

    const VIOLATED: [&str; 1] = ["violated low aws_kms_key.a"];

    #[test]
    fn all_the_tags_must_be_there() {
        assert!(judge(json!({"tags_all": {"Owner": "a", "Class": ""}})).is_empty());
        assert_eq!(judge(json!({"tags_all": {"Owner": "a", "class": "b"}})), VIOLATED);
        assert_eq!(judge(json!({"tags": null, "tags_all": {"$computed": true}})), VIOLATED);
        assert_eq!(judge(json!({"tags": {"Owner": "a"}})), VIOLATED, "an old provider");
    }

    #[test]
    fn default_tags_are_not_known_while_a_tag_is_not() {
        let unknown = json!({"$ref": "terraform_data.x.output"});
        let computed = json!({"$computed": true});
        assert_eq!(judge(json!({"tags": unknown, "tags_all": computed})), ["undetermined aws_kms_key.a"]);
        let partly = |tags: serde_json::Value| judge(json!({"tags": tags, "tags_all": computed}));
        assert!(partly(json!({"Owner": "a", "Class": "b"})).is_empty());
        assert_eq!(partly(json!({"Owner": "a"})), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn a_key_that_something_else_manages_is_left_alone() {
        let settings = settings(r#"checks.missing-tags.tags = ["Owner"]"#);
        assert!(
            verdicts_with(&MissingTags, vec![keep("data.aws_kms_key.a", json!({}))], &settings).is_empty()
        );
    }

    #[test]
    fn nothing_is_required_unless_it_is_configured() {
        let plan = || vec![create("aws_kms_key.a", json!({"tags_all": {}}))];
        assert!(verdicts_with(&MissingTags, plan(), &Settings::default()).is_empty());
        let settings = settings(r#"checks.missing-tags.tags = ["Owner"]"#);
        assert!(
            verdicts_with(&MissingTags, vec![delete("aws_kms_key.a", json!({"tags_all": {}}))], &settings)
                .is_empty()
        );
        let replica = vec![create("aws_kms_replica_key.a", json!({"tags_all": {}}))];
        assert_eq!(verdicts_with(&MissingTags, replica, &settings), ["violated low aws_kms_replica_key.a"]);
    }
}
