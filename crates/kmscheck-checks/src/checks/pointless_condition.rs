use kmscheck_graph::Node;
use kmscheck_iam::{Condition, Effect, Pattern, Polarity, StringTest, Test};
use kmscheck_value::{Text, Truth};

use super::policies::{is_on, may_be_on, on_condition, statement_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A condition of a key policy on `aws:SecureTransport` or `aws:RequestedRegion`.
    ///
    /// # Why it matters
    ///
    /// All requests for a key are alike in these two. AWS KMS takes nothing but TLS, and a key is used through the endpoint
    /// of its own Region only. So the condition either always holds and changes nothing, or never holds and makes the
    /// statement one that does nothing. Who reads it believes in a protection that comes from elsewhere.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Deny"
    ///         Principal = "*"
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///         Condition = { Bool = { "aws:SecureTransport" = "false" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Both keys in IAM policies, where `aws:RequestedRegion` keeps people to some Regions.
    ///
    /// # References
    ///
    /// - [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
    /// - [Infrastructure security in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/infrastructure-security.html)
    id: "pointless-condition",
    summary: "A condition is the same for every request that a key can get",
    group: Group::Conditions,
    severity: Severity::Info,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct PointlessCondition;

/// What all requests for a key have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Common {
    /// They come by TLS.
    Tls,
    /// They come through the key's Region.
    Region,
}

/// A condition that tells no two requests apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pointless {
    common: Common,
    /// Whether it holds, of all requests.
    holds: Truth,
    effect: Option<Effect>,
}

impl Common {
    const ALL: [Self; 2] = [Self::Tls, Self::Region];

    fn key(self) -> &'static str {
        match self {
            Self::Tls => "aws:SecureTransport",
            Self::Region => "aws:RequestedRegion",
        }
    }
}

impl Check for PointlessCondition {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Pointless;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Pointless> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut open = statement.conditions.more.clone();
        for condition in &statement.conditions {
            for common in Common::ALL {
                match is_on(condition, common.key()) {
                    Truth::No => {}
                    Truth::Unknown => open = open.or_else(|| Some(may_be_on(condition, common.key()))),
                    Truth::Yes => {
                        let holds = value(cx, part, common)
                            .map_or(Truth::Unknown, |actual| holds(condition, &actual));
                        let effect = statement.effect.known().copied();
                        return Ok(Some(Pointless { common, holds, effect }));
                    }
                }
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, pointless: Pointless) -> Finding {
        let reason = match pointless.common {
            Common::Tls => "AWS KMS takes requests by TLS only",
            Common::Region => "A key is used through its own Region only",
        };
        let key = pointless.common.key();
        let message =
            format!("{reason}, so a condition on `{key}` is the same for all: {}.", consequence(&pointless));
        let help = match pointless.holds {
            Truth::Yes => "Remove the condition.",
            Truth::No => "Remove the statement; without the condition it would do what it does not do now.",
            Truth::Unknown => "Remove the condition if it holds, and the whole statement if it does not.",
        };
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

fn consequence(pointless: &Pointless) -> &'static str {
    match (pointless.holds, pointless.effect) {
        (Truth::Yes, _) => "it always holds, and the statement does the same without it",
        (Truth::No, Some(Effect::Allow)) => "it never holds, and the statement allows nothing",
        (Truth::No, Some(Effect::Deny)) => "it never holds, and the statement denies nothing",
        (Truth::No, None) => "it never holds, and the statement does nothing",
        (Truth::Unknown, _) => "it always holds, or never",
    }
}

/// What the condition key is in all requests for this key.
fn value(cx: Context<'_>, part: &Part<'_>, common: Common) -> Option<Text> {
    match common {
        Common::Tls => Some("true".into()),
        Common::Region => cx.graph.holder_region(part.holder()).known().map(|region| (&***region).into()),
    }
}

/// Whether a condition holds where its key has this value.
fn holds(condition: &Condition, actual: &Text) -> Truth {
    let any = |pattern: fn(&Text) -> Pattern, actual: &Text| {
        condition.values.any(|value| match value.as_str() {
            Some(text) if text.contains("${") => Truth::Unknown,
            _ => pattern(value).matches(actual),
        })
    };
    let matched = match condition.operator.test {
        Test::Bool | Test::String(StringTest::EqualsIgnoreCase, _) => {
            any(Pattern::exact_ignoring_case, actual)
        }
        Test::String(StringTest::Equals, _) => any(Pattern::exact, actual),
        Test::String(StringTest::Like, _) => any(Pattern::like, actual),
        // The key is there, which is what `false` asks for.
        Test::Null => any(Pattern::exact_ignoring_case, &"false".into()),
        Test::Arn(_) | Test::Ip(_) | Test::Other(_) | Test::Unknown => return Truth::Unknown,
    };
    match condition.operator.polarity() {
        Some(Polarity::Negated) => matched.negate(),
        _ => matched,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PointlessCondition);
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn message(effect: &str, operator: &str, name: &str, value: &str) -> String {
        finding(&PointlessCondition, key(effect, &json!({operator: {name: value}}))).message.to_string()
    }

    #[test]
    fn only_two_keys_are_the_same_for_all() {
        let judge = |name: &str| {
            verdicts(&PointlessCondition, key("Allow", &json!({"StringEquals": {name: "true"}}))).len()
        };
        assert_eq!((judge("AWS:securetransport"), judge("aws:RequestedRegion")), (1, 1));
        assert_eq!((judge("aws:SourceVpce"), judge("aws:RequestedRegions")), (0, 0));
    }

    #[test]
    fn what_it_means_depends_on_whether_it_holds() {
        let tls = |effect: &str, operator: &str, value: &str| {
            message(effect, operator, "aws:SecureTransport", value)
        };
        let always = "it always holds, and the statement does the same without it.";
        assert!(tls("Allow", "Bool", "True").ends_with(always));
        assert!(tls("Allow", "Null", "false").ends_with(always));
        assert!(tls("Allow", "StringEqualsIgnoreCase", "TRUE").ends_with(always));
        assert!(tls("Allow", "Bool", "false").ends_with("the statement allows nothing."));
        assert!(tls("Deny", "BoolIfExists", "false").ends_with("the statement denies nothing."));
        assert!(tls("Deny", "NumericEquals", "1").ends_with("it always holds, or never."));
    }

    #[test]
    fn the_region_is_the_keys_own() {
        let region = |operator: &str, value: &str| message("Deny", operator, "aws:RequestedRegion", value);
        let (always, never) = ("does the same without it.", "the statement denies nothing.");
        assert!(region("StringEquals", "eu-west-1").ends_with(always));
        assert!(region("StringLike", "eu-*").ends_with(always));
        assert!(region("StringNotEquals", "us-east-1").ends_with(always));
        assert!(region("StringEquals", "eu-*").ends_with(never));
        assert!(region("StringNotLike", "eu-*").ends_with(never));
        assert!(region("StringEquals", "${aws:PrincipalTag/region}").ends_with("it always holds, or never."));
    }

    #[test]
    fn the_help_never_widens_access() {
        let help = |value: &str| {
            let condition = json!({"Bool": {"aws:SecureTransport": value}});
            finding(&PointlessCondition, key("Allow", &condition)).help.to_string()
        };
        assert_eq!(help("true"), "Remove the condition.");
        assert!(help("false").starts_with("Remove the statement"));
    }

    #[test]
    fn it_is_about_the_condition() {
        let finding =
            finding(&PointlessCondition, key("Deny", &json!({"Bool": {"aws:SecureTransport": "false"}})));
        assert_eq!(finding.subject.to_string(), "policy.statement[0].condition");
        assert!(finding.message.starts_with("AWS KMS takes requests by TLS only"), "{}", finding.message);
    }
}
