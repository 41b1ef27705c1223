use std::ops::RangeInclusive;

use kmscheck_graph::{KeyId, KeyKind, Node};
use kmscheck_value::Knowledge;

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A rotation period of more than 365 days. Set `max-days` for another limit:
    ///
    /// ```toml
    /// [checks.rotation-period]
    /// max-days = 180
    /// ```
    ///
    /// A period that AWS KMS does not take (less than 90 or more than 2560 days) is of severity high.
    ///
    /// # Why it matters
    ///
    /// Security standards ask for new key material once a year. A key that rotates every seven years looks like one
    /// that rotates, and is not.
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
    ///   rotation_period_in_days = 730
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
    ///   rotation_period_in_days = 365
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Keys with rotation switched off: the period has no effect, and `rotation-disabled` says what there is to say.
    /// Without a period AWS KMS rotates every 365 days.
    ///
    /// # References
    ///
    /// - [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html)
    id: "rotation-period",
    summary: "A key rotates less often than asked for",
    group: Group::Lifecycle,
    severity: Severity::Low,
    aliases: &["kms-cmk-rotation-period"],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["rotation-unsupported"],
}

/// Source: KMS API reference, `EnableKeyRotation`, `RotationPeriodInDays`.
const VALID: RangeInclusive<i64> = 90..=2560;
const DEFAULT: i64 = 365;
/// What the provider shows for a key that exists and does not rotate: observed with AWS provider 5.100.
const UNSET: i64 = 0;
const MAX_DAYS: i64 = 365;

pub(crate) struct RotationPeriod;

/// What is wrong with the number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Invalid { days: i64 },
    TooLong { days: i64, limit: i64 },
}

impl Check for RotationPeriod {
    type Subject<'g> = KeyId;
    type Fact = Period;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.living_keys().filter(|key| key.kind == KeyKind::Kms).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Period> {
        let key = cx.graph.key(*key);
        let limit = cx.settings.check(METADATA.id).max_days.unwrap_or(MAX_DAYS);
        let days = key.node.integer("rotation_period_in_days").map(|days| days.filter(|days| *days != UNSET));
        if let Knowledge::Known(Some(days)) = days
            && !VALID.contains(&days)
        {
            return Ok(Some(Period::Invalid { days }));
        }
        let days = days.map(|days| days.unwrap_or(DEFAULT));
        let too_long = days.as_ref().map(|days| *days > limit);
        if !Knowledge::all([key.rotates(), too_long]).ok()? {
            return Ok(None);
        }
        Ok(Some(Period::TooLong { days: days.ok()?, limit }))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, period: Period) -> Finding {
        let (message, help, severity) = match period {
            Period::Invalid { days } => (
                format!(
                    "A rotation period of {days} days is not possible: AWS KMS takes 90 to 2560. The apply fails."
                ),
                "Set `rotation_period_in_days` to a number from 90 to 2560.".to_owned(),
                Severity::High,
            ),
            Period::TooLong { days, limit } => (
                format!(
                    "The material of this key is rotated every {days} days only; at most {limit} are asked for."
                ),
                format!("Set `rotation_period_in_days` to {limit} or less."),
                Severity::Low,
            ),
        };
        Finding::new(&METADATA, cx.graph.key(*key).node, message, help)
            .severity(severity)
            .subject_attribute("rotation_period_in_days")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, keep, settings, verdicts_with};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&RotationPeriod);
    }

    fn judge(key: serde_json::Value, limit: &str) -> Vec<String> {
        verdicts_with(&RotationPeriod, vec![create("aws_kms_key.a", key)], &settings(limit))
    }

    fn rotating(days: impl Into<serde_json::Value>) -> serde_json::Value {
        json!({"enable_key_rotation": true, "rotation_period_in_days": days.into()})
    }

    #[test]
    fn more_days_than_asked_for_are_too_many() {
        let violated = ["violated low aws_kms_key.a"];
        assert!(judge(rotating(365), "").is_empty());
        assert_eq!(judge(rotating(366), ""), violated);
        assert_eq!(judge(rotating(2560), ""), violated);
        let strict = "checks.rotation-period.max-days = 180";
        assert!(judge(rotating(180), strict).is_empty());
        assert_eq!(judge(rotating(181), strict), violated);
        assert_eq!(judge(rotating(json!({"$computed": true})), strict), violated, "365 days when left out");
    }

    #[test]
    fn other_kinds_of_keys_have_no_period() {
        let days = rotating(730);
        let plan = vec![create("aws_kms_external_key.a", days.clone()), keep("data.aws_kms_key.b", days)];
        assert!(verdicts_with(&RotationPeriod, plan, &settings("")).is_empty());
    }

    #[test]
    fn what_aws_refuses_is_reported_in_any_case() {
        let violated = ["violated high aws_kms_key.a"];
        assert_eq!(judge(rotating(89), ""), violated);
        assert!(judge(rotating(90), "").is_empty());
        assert_eq!(judge(rotating(2561), ""), violated);
        assert_eq!(judge(json!({"enable_key_rotation": false, "rotation_period_in_days": 7}), ""), violated);
    }

    #[test]
    fn the_period_of_a_key_that_does_not_rotate_has_no_effect() {
        assert!(judge(json!({"enable_key_rotation": false, "rotation_period_in_days": 730}), "").is_empty());
        assert!(judge(json!({"enable_key_rotation": false, "rotation_period_in_days": 0}), "").is_empty());
        let unknown = json!({"$ref": "terraform_data.x.output"});
        assert_eq!(judge(rotating(unknown.clone()), ""), ["undetermined aws_kms_key.a"]);
        assert!(judge(json!({"rotation_period_in_days": unknown}), "").is_empty());
    }
}
