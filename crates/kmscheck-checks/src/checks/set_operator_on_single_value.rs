use kmscheck_graph::Node;
use kmscheck_iam::{Condition, ConditionKey, Effect, Polarity, Quantifier, Test};
use kmscheck_value::{Knowledge, Truth};

use super::policies::{on_condition, statement_of, unknown_key, unknown_operator};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A condition of a key policy with `ForAllValues` or `ForAnyValue` on a condition key of which a request has one value
    /// at most. High for `ForAllValues` in an `Allow`, low otherwise.
    ///
    /// # Why it matters
    ///
    /// `ForAllValues` holds if no value of the request contradicts it, and so also of a request without the key. An `Allow`
    /// that is to be for calls through one service then is for calls through none as well. AWS KMS refuses such policies for
    /// `kms:EncryptionContext:` and `aws:RequestTag/`, and accepts them for all other keys. `ForAnyValue` is accepted too, but
    /// with a negated operator it does not hold of a request without the key, where the plain operator does.
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
    ///         Condition = { "ForAllValues:StringEquals" = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } }
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
    /// Keys with several values, such as `kms:GrantOperations` and `aws:TagKeys`, keys that kmscheck does not know, and `Null`.
    ///
    /// # References
    ///
    /// - [Single-valued and multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
    /// - [Condition keys for AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html)
    id: "set-operator-on-single-value",
    summary: "A condition on a key with one value has an operator for several",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

/// The keys with which AWS KMS refuses `ForAllValues`.
/// Source: KMS developer guide, "Condition keys for AWS KMS": error `OverlyPermissiveCondition`.
const REFUSED: [&str; 2] = ["kms:encryptioncontext:", "aws:requesttag/"];

pub(crate) struct SetOperatorOnSingleValue;

/// A set operator where there is no set.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misplaced {
    /// The condition key.
    key: String,
    operator: String,
    quantifier: Quantifier,
    /// Whether a request without the key fails the condition, and would meet it without the set operator.
    closes: bool,
    effect: Effect,
}

impl Check for SetOperatorOnSingleValue {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Misplaced;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Misplaced> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut open = statement.conditions.more.clone();
        let mut gravest: Option<(Quantifier, &Condition)> = None;
        for condition in &statement.conditions {
            match misplaced(condition) {
                Knowledge::Known(None) => {}
                Knowledge::Known(Some(Quantifier::ForAnyValue)) if gravest.is_some() => {}
                Knowledge::Known(Some(quantifier)) => {
                    let is_first = !matches!(gravest, Some((Quantifier::ForAllValues, _)));
                    gravest = if is_first { Some((quantifier, condition)) } else { gravest };
                }
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        let Some((quantifier, condition)) = gravest else { return open.map_or(Ok(None), Err) };
        let effect = statement.effect.clone().ok()?;
        Ok(Some(Misplaced::new(quantifier, condition, effect)))
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, misplaced: Misplaced) -> Finding {
        let severity = misplaced.severity();
        let finding = Finding::new(&METADATA, self.bearer(cx, part), misplaced.message(), misplaced.help());
        on_condition(cx, part, finding.severity(severity))
    }
}

impl Misplaced {
    fn new(quantifier: Quantifier, condition: &Condition, effect: Effect) -> Self {
        let operator = &condition.operator;
        let is_negated = operator.polarity() == Some(Polarity::Negated);
        Self {
            key: condition.key.to_string(),
            operator: operator.written.to_string(),
            quantifier,
            closes: is_negated && operator.requires_key(),
            effect,
        }
    }

    fn severity(&self) -> Severity {
        match (self.quantifier, self.effect) {
            (Quantifier::ForAllValues, Effect::Allow) => Severity::High,
            _ => Severity::Low,
        }
    }

    fn message(&self) -> String {
        let Self { key, operator, .. } = self;
        match (self.quantifier, self.effect) {
            (Quantifier::ForAllValues, Effect::Allow) if self.is_refused() => format!(
                "`{operator}` also holds of a request without `{key}`, so AWS KMS refuses the policy \
                 (`OverlyPermissiveCondition`)."
            ),
            (Quantifier::ForAllValues, Effect::Allow) => format!(
                "`{operator}` also holds of a request without `{key}`, so by this condition the statement allows such \
                 a request too."
            ),
            (Quantifier::ForAllValues, Effect::Deny) => format!(
                "`{operator}` also holds of a request without `{key}`, so by this condition the statement denies such \
                 a request too."
            ),
            (Quantifier::ForAnyValue, _) if self.closes => format!(
                "`{operator}` does not hold of a request without `{key}`, where `{}` would: the statement leaves such \
                 a request alone.",
                self.plain()
            ),
            (Quantifier::ForAnyValue, _) => format!(
                "`{operator}` is for keys with several values, and a request has one value of `{key}` at most: AWS KMS \
                 accepts it, and AWS advises against it."
            ),
        }
    }

    fn help(&self) -> String {
        let plain = self.plain();
        let lower = plain.to_ascii_lowercase();
        let is_lenient = lower.ends_with("ifexists") || lower.contains("not");
        if self.quantifier == Quantifier::ForAllValues && !is_lenient {
            format!("Use `{plain}`, or `{plain}IfExists` if a request without the key is meant as well.")
        } else {
            format!("Use `{plain}`, without the set operator.")
        }
    }

    /// The operator without what is before the colon.
    fn plain(&self) -> &str {
        self.operator.split_once(':').map_or(&*self.operator, |(_, plain)| plain)
    }

    fn is_refused(&self) -> bool {
        let key = self.key.to_ascii_lowercase();
        REFUSED.iter().any(|prefix| key.starts_with(prefix))
    }
}

/// The set operator of a condition on a key with one value.
fn misplaced(condition: &Condition) -> Knowledge<Option<Quantifier>> {
    let single = ConditionKey::of(&condition.key).is_single_valued();
    let operator = &condition.operator;
    let is_open = operator.written.as_str().is_none();
    match (single, operator.test, operator.quantifier) {
        (Truth::No, ..) | (_, Test::Null, _) => Knowledge::Known(None),
        (_, Test::Unknown, Some(_)) => Knowledge::Undetermined(unknown_operator(condition)),
        (_, Test::Unknown, None) if is_open => Knowledge::Undetermined(unknown_operator(condition)),
        (_, _, None) => Knowledge::Known(None),
        (Truth::Yes, _, quantifier) => Knowledge::Known(quantifier),
        (Truth::Unknown, ..) => Knowledge::Undetermined(unknown_key(condition)),
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_iam::Operator;
    use kmscheck_value::{Because, Origin, Symbol, Text};
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&SetOperatorOnSingleValue);
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(effect: &str, operator: &str, key_name: &str) -> Vec<String> {
        verdicts(&SetOperatorOnSingleValue, key(effect, &json!({operator: {key_name: "x"}})))
    }

    const HIGH: &str = "violated high aws_kms_key.a";
    const LOW: &str = "violated low aws_kms_key.a";

    #[test]
    fn only_for_all_values_in_an_allow_is_grave() {
        let via = "kms:ViaService";
        assert_eq!(judge("Allow", "ForAllValues:StringEquals", via), [HIGH]);
        assert_eq!(judge("Allow", "ForAllValues:StringNotLikeIfExists", via), [HIGH]);
        assert_eq!(judge("Deny", "ForAllValues:StringEquals", via), [LOW]);
        assert_eq!(judge("Allow", "ForAnyValue:StringEquals", via), [LOW]);
        assert_eq!(judge("Deny", "ForAnyValue:StringNotEquals", via), [LOW]);
    }

    #[test]
    fn it_takes_a_set_operator_and_a_key_with_one_value() {
        assert!(judge("Allow", "StringEquals", "kms:ViaService").is_empty());
        assert!(judge("Allow", "StringEqual", "kms:ViaService").is_empty());
        assert!(judge("Allow", "ForAllValues:Null", "kms:ViaService").is_empty());
        assert!(judge("Allow", "ForAllValues:StringEquals", "aws:TagKeys").is_empty());
        assert!(judge("Allow", "ForAllValues:StringEquals", "kms:Invented").is_empty());
        let unknown = ["undetermined aws_kms_key.a"];
        assert_eq!(judge("Allow", "ForAllValues:StringEqual", "kms:ViaService"), unknown);
    }

    #[test]
    fn the_gravest_condition_of_a_statement_is_reported_and_the_first_of_those() {
        let [all, any] = ["ForAllValues:StringEquals", "ForAnyValue:StringEquals"];
        let reported =
            |conditions: Value| finding(&SetOperatorOnSingleValue, key("Allow", &conditions)).message;
        let both = json!({any: {"aws:PrincipalArn": "x"}, all: {"kms:ViaService": "x"}});
        assert!(reported(both).contains("`kms:ViaService`"));
        let both = json!({any: {"aws:PrincipalArn": "x", "kms:ViaService": "x"}});
        assert!(reported(both).contains("`aws:PrincipalArn`"));
        let both = json!({all: {"aws:PrincipalArn": "x", "kms:ViaService": "x"}});
        assert!(reported(both).contains("`aws:PrincipalArn`"));
        let both = json!({all: {"aws:PrincipalArn": "x"}, any: {"kms:ViaService": "x"}});
        assert!(reported(both).contains("`aws:PrincipalArn`"));
    }

    #[test]
    fn what_it_means_depends_on_operator_effect_and_key() {
        let said = |effect: &str, operator: &str, name: &str| {
            let finding = finding(&SetOperatorOnSingleValue, key(effect, &json!({operator: {name: "x"}})));
            (finding.message.to_string(), finding.help.to_string())
        };
        let (message, help) = said("Allow", "ForAllValues:StringEquals", "kms:ViaService");
        assert!(message.ends_with("the statement allows such a request too."), "{message}");
        assert!(help.starts_with("Use `StringEquals`, or `StringEqualsIfExists`"), "{help}");
        let (message, help) = said("Deny", "ForAllValues:StringNotEquals", "kms:EncryptionContext:a");
        assert!(message.ends_with("the statement denies such a request too."), "{message}");
        assert_eq!(help, "Use `StringNotEquals`, without the set operator.");
        for name in ["KMS:EncryptionContext:a", "aws:RequestTag/a"] {
            let (message, help) = said("Allow", "ForAllValues:StringEqualsIfExists", name);
            assert!(message.ends_with("refuses the policy (`OverlyPermissiveCondition`)."), "{message}");
            assert_eq!(help, "Use `StringEqualsIfExists`, without the set operator.");
        }
        let (message, help) = said("Deny", "ForAnyValue:StringNotEquals", "aws:PrincipalOrgID");
        assert!(
            message
                .contains("does not hold of a request without `aws:PrincipalOrgID`, where `StringNotEquals`")
        );
        assert_eq!(help, "Use `StringNotEquals`, without the set operator.");
        for operator in ["ForAnyValue:StringNotEqualsIfExists", "ForAnyValue:StringEquals"] {
            let (message, help) = said("Deny", operator, "aws:PrincipalOrgID");
            assert!(message.ends_with("AWS advises against it."), "{message}");
            assert!(help.ends_with("without the set operator."), "{help}");
        }
    }

    #[test]
    fn an_operator_or_a_key_that_is_not_known_leaves_it_open() {
        let symbol = || Text::symbol(Symbol::new("terraform_data.x", "output"));
        let of = |operator: Text, key: Text| {
            misplaced(&Condition {
                operator: Operator::parse(operator),
                key,
                values: kmscheck_iam::List::default(),
                origin: Origin::default(),
            })
        };
        let open = |knowledge: Knowledge<Option<Quantifier>>| knowledge.because().map(Because::to_string);
        assert!(open(of(symbol(), "kms:ViaService".into())).unwrap().contains("operator"));
        assert!(open(of("ForAllValues:StringEquals".into(), symbol())).unwrap().contains("condition key"));
        assert_eq!(open(of("StringEquals".into(), symbol())), None);
        assert_eq!(open(of(symbol(), "aws:TagKeys".into())), None);
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let unknown = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&SetOperatorOnSingleValue, vec![unknown]), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn it_is_about_the_condition() {
        let condition = json!({"ForAllValues:StringEquals": {"kms:ViaService": "x"}});
        let finding = finding(&SetOperatorOnSingleValue, key("Allow", &condition));
        assert_eq!(finding.subject.to_string(), "policy.statement[0].condition");
    }
}
