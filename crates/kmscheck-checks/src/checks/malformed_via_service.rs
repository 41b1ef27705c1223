use kmscheck_graph::Node;
use kmscheck_iam::{Effect, Polarity, ServicePattern, StringTest, Test, is_known_service};
use kmscheck_model::Address;
use kmscheck_value::{Symbol, Text, Truth};

use super::policies::{is_on, may_be_on, on_condition, statement_of, unknown_value};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A condition of a key policy that compares `kms:ViaService` with something that is no service in a Region, as
    /// `s3.eu-west-1.amazonaws.com` is. For information, a service of a name that is not known to call AWS KMS.
    ///
    /// # Why it matters
    ///
    /// No request has such a value. An `Allow` with it allows nothing, and a `Deny` that was to except a service does not
    /// except it.
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
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:role/app" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:ViaService" = "s3.amazonaws.com" } }
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
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:role/app" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Patterns that a service in a Region matches: `s3.*.amazonaws.com`. Names that end with `.amazonaws.com.cn` in the
    /// Regions of China.
    ///
    /// # References
    ///
    /// - [kms:ViaService](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service)
    id: "malformed-via-service",
    summary: "A value of kms:ViaService is no service in a Region",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct MalformedViaService;

const KEY: &str = "kms:ViaService";

/// A value that no request has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    value: String,
    /// The service, if only its name is in question.
    service: Option<String>,
    negated: bool,
    effect: Option<Effect>,
}

impl Check for MalformedViaService {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Mistake;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Mistake> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut open = statement.conditions.more.clone();
        let mut strange = None;
        for condition in &statement.conditions {
            let Test::String(test, polarity) = condition.operator.test else { continue };
            let mistake = |value: &Text, service| Mistake {
                value: value.to_string(),
                service,
                negated: polarity == Polarity::Negated,
                effect: statement.effect.known().copied(),
            };
            match is_on(condition, KEY) {
                Truth::No => continue,
                Truth::Unknown => {
                    open = open.or_else(|| Some(may_be_on(condition, KEY)));
                    continue;
                }
                Truth::Yes => open = open.or(condition.values.more.clone()),
            }
            for value in &condition.values {
                match judge(value, test) {
                    Form::Impossible => return Ok(Some(mistake(value, None))),
                    Form::Strange(service) => strange = strange.or(Some(mistake(value, Some(service)))),
                    Form::Unknown => open = open.or_else(|| Some(unknown_value(condition, value))),
                    Form::Fine => {}
                }
            }
        }
        match (open, strange) {
            (Some(because), _) => Err(because),
            (None, strange) => Ok(strange),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, mistake: Mistake) -> Finding {
        let value = &mistake.value;
        let consequence = consequence(&mistake);
        let bearer = self.bearer(cx, part);
        let finding = match &mistake.service {
            None => Finding::new(
                &METADATA,
                bearer,
                format!("No request has `{value}` as `{KEY}`: {consequence}."),
                "Write the service and the Region: `s3.eu-west-1.amazonaws.com`.",
            ),
            Some(service) => Finding::new(
                &METADATA,
                bearer,
                format!(
                    "`{service}`, in a value of `{KEY}`, is not known as a service that calls AWS KMS. If there is none, {consequence}."
                ),
                "Compare the name with AWS's list of services for `kms:ViaService`; Amazon EBS, for one, is `ec2`.",
            )
            .severity(Severity::Info),
        };
        on_condition(cx, part, finding)
    }
}

fn consequence(mistake: &Mistake) -> &'static str {
    match (mistake.effect, mistake.negated) {
        (Some(Effect::Allow), false) => "by this value the statement allows nothing",
        (Some(Effect::Deny), false) => "by this value the statement denies nothing",
        (Some(Effect::Allow), true) => "by this value the statement excludes nothing",
        (Some(Effect::Deny), true) => "by this value the statement excepts nothing from what it denies",
        (None, _) => "by this value the statement does nothing",
    }
}

/// What a value is.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    /// A service in a Region, or a pattern for some.
    Fine,
    /// Nothing that a request may have.
    Impossible,
    /// The same as `Fine`, but for this service.
    Strange(String),
    Unknown,
}

fn judge(value: &Text, test: StringTest) -> Form {
    let pattern = ServicePattern::new(value, test == StringTest::EqualsIgnoreCase, is_region);
    match (pattern.is_possible(), pattern.service()) {
        (Truth::No, _) => Form::Impossible,
        // Whatever is not known may be graver than the name.
        (Truth::Unknown, _) => Form::Unknown,
        (Truth::Yes, Some(service)) if !is_known_service(service) => Form::Strange(service.to_owned()),
        (Truth::Yes, _) => Form::Fine,
    }
}

/// Whether a symbol stands for the name of a Region: that of `data.aws_region`, or an argument of the provider.
fn is_region(symbol: &Symbol) -> bool {
    let Ok(address) = symbol.object().parse::<Address>() else { return false };
    match symbol.path() {
        "region" => address.resource_type.starts_with("aws_"),
        "name" | "id" => &*address.resource_type == "aws_region",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::super::{via_service_other_region, wildcard_in_exact_match};
    use super::*;
    use kmscheck_value::Piece;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&MalformedViaService);
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn via(operator: &str, values: &Value) -> Vec<Planned> {
        key("Allow", &json!({operator: {KEY: values}}))
    }

    #[test]
    fn every_value_counts_under_operators_for_strings() {
        let judge =
            |operator: &str, values: Value| verdicts(&MalformedViaService, via(operator, &values)).len();
        let bad = || json!(["s3.eu-west-1.amazonaws.com", "s3"]);
        for operator in ["StringEquals", "StringNotLikeIfExists", "ForAnyValue:StringLike"] {
            assert_eq!(judge(operator, bad()), 1, "{operator}");
        }
        for operator in ["ArnLike", "Bool", "Null", "NumericEquals"] {
            assert_eq!(judge(operator, bad()), 0, "{operator}");
        }
        assert_eq!(judge("StringEquals", json!("S3.eu-west-1.amazonaws.com")), 1);
        assert_eq!(judge("StringEqualsIgnoreCase", json!("S3.eu-west-1.amazonaws.com")), 0);
        assert_eq!(judge("StringEquals", json!("s3.*.amazonaws.com")), 0, "another check's");
        assert_eq!(judge("StringEquals", json!([])), 0);
        let other = json!({"StringEquals": {"aws:SourceVpce": "s3"}});
        assert!(verdicts(&MalformedViaService, key("Allow", &other)).is_empty());
    }

    #[test]
    fn a_name_that_is_not_known_is_for_information_unless_something_is_wrong() {
        let strange = "ebs.eu-west-1.amazonaws.com";
        let severity = |values: Value| finding(&MalformedViaService, via("StringEquals", &values)).severity;
        assert_eq!(severity(json!(strange)), Severity::Info);
        assert_eq!(severity(json!([strange, "s3"])), Severity::High);
        let message = finding(&MalformedViaService, via("StringLike", &json!("ebs.*"))).message;
        assert!(message.starts_with("`ebs`, in a value of"), "{message}");
    }

    #[test]
    fn what_is_worth_knowing_silences_nothing_graver() {
        let condition = |value: &str| via("StringEquals", &json!(value));
        let elsewhere = &via_service_other_region::ViaServiceOtherRegion;
        assert_eq!(verdicts(elsewhere, condition("ebs.us-east-1.amazonaws.com")).len(), 1);
        let wildcard = &wildcard_in_exact_match::WildcardInExactMatch;
        assert_eq!(verdicts(wildcard, condition("ebs.*.amazonaws.com")).len(), 1);
        assert!(verdicts(wildcard, condition("https://s3.*.amazonaws.com")).is_empty(), "silenced");
        let both = json!(["s3", "s3.us-east-1.amazonaws.com"]);
        assert!(verdicts(elsewhere, via("StringNotEquals", &both)).is_empty());
    }

    #[test]
    fn some_symbols_stand_for_a_region() {
        let judge_service = |service: &str, object: &str, path: &str| {
            let pieces = [
                Piece::Literal(service.into()),
                Piece::Symbol(Symbol::new(object, path)),
                Piece::Literal(".amazonaws.com".into()),
            ];
            judge(&Text::concat(pieces), StringTest::Equals)
        };
        let judge = |object: &str, path: &str| judge_service("s3.", object, path);
        assert_eq!(judge_service("ebs.", "terraform_data.a", "output"), Form::Unknown);
        assert_eq!(judge_service("ebs.", "data.aws_region.a", "name"), Form::Strange("ebs".into()));
        assert_eq!(judge("data.aws_region.a", "name"), Form::Fine);
        assert_eq!(judge("data.aws_region.a", "id"), Form::Fine);
        assert_eq!(judge("aws_kms_key.a", "region"), Form::Fine);
        assert_eq!(judge("data.aws_region.a", "description"), Form::Unknown);
        assert_eq!(judge("aws_kms_key.a", "id"), Form::Unknown);
        assert_eq!(judge("terraform_data.a", "region"), Form::Unknown);
    }

    #[test]
    fn what_it_means_depends_on_effect_and_operator() {
        let message = |effect: &str, operator: &str| {
            finding(&MalformedViaService, key(effect, &json!({operator: {KEY: "s3"}}))).message.to_string()
        };
        assert!(message("Allow", "StringEquals").ends_with("the statement allows nothing."));
        assert!(message("Deny", "StringEquals").ends_with("the statement denies nothing."));
        assert!(message("Allow", "StringNotLike").ends_with("the statement excludes nothing."));
        assert!(message("Deny", "StringNotLike").ends_with("excepts nothing from what it denies."));
    }

    #[test]
    fn it_is_about_the_condition() {
        let finding = finding(&MalformedViaService, via("StringEquals", &json!("s3")));
        assert_eq!(finding.subject.to_string(), "policy.statement[0].condition");
        assert!(finding.help.contains("s3.eu-west-1.amazonaws.com"), "{}", finding.help);
    }
}
