use std::ops::RangeInclusive;

use kmscheck_graph::{KeyId, Node};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key that is gone less than 30 days after it is destroyed. Set `min-days` for another limit:
    ///
    /// ```toml
    /// [checks.short-deletion-window]
    /// min-days = 14
    /// ```
    ///
    /// A number that AWS KMS does not take (less than 7 or more than 30 days) is of severity high.
    ///
    /// # Why it matters
    ///
    /// The waiting period is the only time in which a deletion can be taken back. What still needs the key shows when
    /// it fails: a monthly job, a restore of a backup, a new instance from an old snapshot. In seven days many of them
    /// do not run once.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description             = "Application data"
    ///   enable_key_rotation     = true
    ///   deletion_window_in_days = 7
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description             = "Application data"
    ///   enable_key_rotation     = true
    ///   deletion_window_in_days = 30
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Replicas: a replica can be created again from its primary. Without the argument AWS KMS waits 30 days.
    ///
    /// # References
    ///
    /// - [Deleting AWS KMS keys](https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html)
    /// - [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html)
    id: "short-deletion-window",
    summary: "A deleted key can be rescued for a short time only",
    group: Group::Lifecycle,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

/// Source: KMS API reference, `ScheduleKeyDeletion`, `PendingWindowInDays`.
const VALID: RangeInclusive<i64> = 7..=30;
const DEFAULT: i64 = 30;
const MIN_DAYS: i64 = 30;

pub(crate) struct ShortDeletionWindow;

/// What is wrong with the number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    Invalid { days: i64 },
    Short { days: i64, limit: i64 },
}

impl Check for ShortDeletionWindow {
    type Subject<'g> = KeyId;
    type Fact = Window;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        let keys = cx.graph.managed_keys().filter(|key| !key.kind.is_replica());
        keys.map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Window> {
        let key = cx.graph.key(*key);
        let limit = cx.settings.check(METADATA.id).min_days.unwrap_or(MIN_DAYS);
        let days = key.node.integer("deletion_window_in_days").ok()?.unwrap_or(DEFAULT);
        if !VALID.contains(&days) {
            return Ok(Some(Window::Invalid { days }));
        }
        Ok((days < limit).then_some(Window::Short { days, limit }))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, window: Window) -> Finding {
        let (message, help, severity) = match window {
            Window::Invalid { days } => (
                format!("A deletion window of {days} days is not possible: AWS KMS takes 7 to 30."),
                "Set `deletion_window_in_days` to a number from 7 to 30.".to_owned(),
                Severity::High,
            ),
            Window::Short { days, limit } => (
                format!(
                    "Once this key is destroyed there are {days} days to notice and to take it back; after that all \
                     data under it is lost. At least {limit} days are asked for."
                ),
                format!(
                    "Set `deletion_window_in_days = {limit}`. The window costs nothing while the key is in use."
                ),
                Severity::Low,
            ),
        };
        Finding::new(&METADATA, cx.graph.key(*key).node, message, help)
            .severity(severity)
            .subject_attribute("deletion_window_in_days")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, delete, settings, verdicts_with};
    use super::*;
    use crate::Settings;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&ShortDeletionWindow);
    }

    fn judge(days: impl Into<serde_json::Value>, limit: &str) -> Vec<String> {
        let key = create("aws_kms_key.a", json!({"deletion_window_in_days": days.into()}));
        verdicts_with(&ShortDeletionWindow, vec![key], &settings(limit))
    }

    #[test]
    fn fewer_days_than_asked_for_are_too_few() {
        let violated = ["violated low aws_kms_key.a"];
        assert_eq!(judge(7, ""), violated);
        assert_eq!(judge(29, ""), violated);
        assert!(judge(30, "").is_empty());
        assert!(judge(json!(null), "").is_empty());
        let lenient = "checks.short-deletion-window.min-days = 14";
        assert_eq!(judge(13, lenient), violated);
        assert!(judge(14, lenient).is_empty());
    }

    #[test]
    fn what_aws_refuses_is_worse() {
        assert_eq!(judge(6, ""), ["violated high aws_kms_key.a"]);
        assert_eq!(judge(31, ""), ["violated high aws_kms_key.a"]);
        assert_eq!(judge(json!({"$ref": "terraform_data.x.output"}), ""), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn imported_material_counts_replicas_and_keys_that_go_do_not() {
        let judge = |planned| verdicts_with(&ShortDeletionWindow, vec![planned], &Settings::default());
        let window = || json!({"deletion_window_in_days": 7});
        assert_eq!(
            judge(create("aws_kms_external_key.a", window())),
            ["violated low aws_kms_external_key.a"]
        );
        assert!(judge(create("aws_kms_replica_key.a", window())).is_empty());
        assert!(judge(create("aws_kms_replica_external_key.a", window())).is_empty());
        assert!(judge(delete("aws_kms_key.a", window())).is_empty());
    }
}
