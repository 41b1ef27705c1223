use kmscheck_graph::Node;
use kmscheck_iam::{Condition, ConditionKey, Effect, Test};
use kmscheck_value::{Knowledge, Truth};

use super::policies::{on_condition, statement_of, unknown_key, unknown_operator};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A condition of a key policy on a condition key of which a request may carry several values, such as
    /// `kms:GrantOperations`, with neither `ForAnyValue` nor `ForAllValues`.
    ///
    /// # Why it matters
    ///
    /// AWS requires one of them for such keys, because the plain operators compare one value. Without it nobody can tell from
    /// the policy whether one of the values must match or all of them, and AWS does not say what happens.
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
    ///         Action    = "kms:CreateGrant"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:GrantOperations" = ["Encrypt", "Decrypt"] } }
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
    ///         Action    = "kms:CreateGrant"
    ///         Resource  = "*"
    ///         Condition = { "ForAllValues:StringEquals" = { "kms:GrantOperations" = ["Encrypt", "Decrypt"] } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// `Null`, which asks for the key and not for its values, and keys that kmscheck does not know.
    ///
    /// # References
    ///
    /// - [Single-valued and multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
    /// - [Condition keys for AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html)
    id: "missing-set-operator",
    summary: "A condition on a key with several values has an operator for one",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct MissingSetOperator;

/// A comparison of several values as if they were one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The condition key.
    key: String,
    operator: String,
    effect: Effect,
}

impl Check for MissingSetOperator {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Plain;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Plain> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut open = statement.conditions.more.clone();
        for condition in &statement.conditions {
            match lacks_set_operator(condition) {
                Knowledge::Known(false) => {}
                Knowledge::Known(true) => {
                    return Ok(Some(Plain {
                        key: condition.key.to_string(),
                        operator: condition.operator.written.to_string(),
                        effect: statement.effect.clone().ok()?,
                    }));
                }
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, plain: Plain) -> Finding {
        let Plain { key, operator, effect } = plain;
        let does = match effect {
            Effect::Allow => "allows",
            Effect::Deny => "denies",
        };
        let message = format!(
            "`{operator}` compares one value, and a request may carry several of `{key}`: AWS requires a set operator for \
             this key, and does not say what the statement {does} without one."
        );
        let help = format!(
            "Use `ForAnyValue:{operator}` if one value of the request is to decide, or `ForAllValues:{operator}` if all of \
             them are; the latter also holds of a request without the key."
        );
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// Whether a condition compares a key with several values, and does not say how many of them.
fn lacks_set_operator(condition: &Condition) -> Knowledge<bool> {
    let multi = ConditionKey::of(&condition.key).is_multi_valued();
    match (multi, condition.operator.test, condition.operator.quantifier) {
        (Truth::No, ..) | (_, Test::Null, _) | (_, _, Some(_)) => Knowledge::Known(false),
        (_, Test::Unknown, None) => Knowledge::Undetermined(unknown_operator(condition)),
        (Truth::Yes, ..) => Knowledge::Known(true),
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
        crate::testing::recorded(&MissingSetOperator);
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(operator: &str, key_name: &str) -> Vec<String> {
        verdicts(&MissingSetOperator, key("Allow", &json!({operator: {key_name: "x"}})))
    }

    #[test]
    fn a_key_with_several_values_takes_a_set_operator() {
        let violated = ["violated medium aws_kms_key.a"];
        for operator in ["StringEquals", "StringNotLike", "StringEqualsIfExists", "ArnLike"] {
            assert_eq!(judge(operator, "KMS:grantoperations"), violated, "{operator}");
        }
        for operator in
            ["ForAnyValue:StringEquals", "ForAllValues:StringLike", "ForAnyValue:StringEqual", "Null"]
        {
            assert!(judge(operator, "kms:GrantOperations").is_empty(), "{operator}");
        }
        for name in ["kms:ViaService", "kms:Invented", "kms:EncryptionContext:a"] {
            assert!(judge("StringEquals", name).is_empty(), "{name}");
        }
        assert_eq!(judge("StringEqual", "kms:GrantOperations"), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn each_condition_of_a_statement_counts() {
        let conditions = json!({"StringEquals": {"kms:ViaService": "x", "aws:TagKeys": "x"}});
        assert_eq!(verdicts(&MissingSetOperator, key("Deny", &conditions)).len(), 1);
    }

    #[test]
    fn an_operator_or_a_key_that_is_not_known_leaves_it_open() {
        let symbol = || Text::symbol(Symbol::new("terraform_data.x", "output"));
        let of = |operator: Text, key: Text| {
            lacks_set_operator(&Condition {
                operator: Operator::parse(operator),
                key,
                values: kmscheck_iam::List::default(),
                origin: Origin::default(),
            })
        };
        let open = |knowledge: Knowledge<bool>| knowledge.because().map(Because::to_string);
        assert!(open(of(symbol(), "aws:TagKeys".into())).unwrap().contains("operator"));
        assert!(open(of("StringEquals".into(), symbol())).unwrap().contains("condition key"));
        assert_eq!(open(of("ForAllValues:StringEquals".into(), symbol())), None);
        assert_eq!(open(of(symbol(), "kms:ViaService".into())), None);
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let unknown = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&MissingSetOperator, vec![unknown]), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn it_is_about_the_condition_and_says_what_the_statement_does() {
        let of = |effect: &str| {
            finding(&MissingSetOperator, key(effect, &json!({"StringLike": {"aws:TagKeys": "x"}})))
        };
        let (allowed, denied) = (of("Allow"), of("Deny"));
        assert_eq!(allowed.subject.to_string(), "policy.statement[0].condition");
        assert!(allowed.message.contains("the statement allows"), "{}", allowed.message);
        assert!(denied.message.contains("the statement denies"), "{}", denied.message);
        assert!(denied.help.contains("`ForAnyValue:StringLike`"), "{}", denied.help);
    }
}
