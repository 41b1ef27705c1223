use kmscheck_graph::Node;
use kmscheck_iam::{Condition, Effect, Polarity, StringTest, Test};
use kmscheck_value::{Because, Knowledge, Piece, Text};

use super::policies::{is_chosen, on_condition, statement_of, unknown_operator, unknown_value};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A condition of a key policy with `StringEquals` or `StringNotEquals` and a value with `*` or `?` in it.
    ///
    /// # Why it matters
    ///
    /// These operators compare letter by letter: `*` stands for an asterisk and for nothing else. An `Allow` with such a
    /// value allows nothing, and a `Deny` that was to except something excepts nothing.
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
    ///         Condition = { StringEquals = { "kms:ViaService" = "s3.*.amazonaws.com" } }
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
    ///         Condition = { StringLike = { "kms:ViaService" = "s3.*.amazonaws.com" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// `${*}`, `${?}` and `${$}`, which stand for the letters themselves. Operators that know wildcards: `StringLike`, `ArnEquals`
    /// and `ArnLike`.
    ///
    /// # References
    ///
    /// - [String condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String)
    /// - [Policy variables: special characters](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars)
    id: "wildcard-in-exact-match",
    summary: "A wildcard stands where only letters count",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["malformed-via-service"],
}

pub(crate) struct WildcardInExactMatch;

/// A value that looks like a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// The condition key.
    key: String,
    operator: String,
    value: String,
    negated: bool,
    effect: Option<Effect>,
}

impl Check for WildcardInExactMatch {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Pattern;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Pattern> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut open = statement.conditions.more.clone();
        for condition in &statement.conditions {
            let Some(polarity) = compares_letters(condition) else {
                open = open.or_else(|| may_compare(condition));
                continue;
            };
            match pattern(condition) {
                Knowledge::Known(None) => {}
                Knowledge::Known(Some(value)) => {
                    return Ok(Some(Pattern {
                        key: condition.key.to_string(),
                        operator: condition.operator.written.to_string(),
                        value: value.to_string(),
                        negated: polarity == Polarity::Negated,
                        effect: statement.effect.known().copied(),
                    }));
                }
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, pattern: Pattern) -> Finding {
        let Pattern { key, operator, value, .. } = &pattern;
        let message = format!(
            "`{operator}` compares `{key}` with `{value}` letter by letter, so the wildcard stands for itself only: {}.",
            consequence(&pattern)
        );
        let like = operator.replace("Equals", "Like");
        let help = format!("Use `{like}` if a pattern is meant, or write the value out.");
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

fn consequence(pattern: &Pattern) -> &'static str {
    match (pattern.effect, pattern.negated) {
        (Some(Effect::Allow), false) => "by this value the statement allows nothing",
        (Some(Effect::Deny), false) => "by this value the statement denies nothing",
        (Some(Effect::Allow), true) => "the statement excepts nothing that looks like it",
        (Some(Effect::Deny), true) => "the statement denies what looks like it as well",
        (None, _) => "nothing that looks like it matches",
    }
}

/// Whether the operator is one of those to which a wildcard is a letter.
fn compares_letters(condition: &Condition) -> Option<Polarity> {
    match condition.operator.test {
        Test::String(StringTest::Equals | StringTest::EqualsIgnoreCase, polarity) => Some(polarity),
        _ => None,
    }
}

/// Why a condition may compare letters, if its operator is not known.
fn may_compare(condition: &Condition) -> Option<Because> {
    condition.operator.written.as_str().is_none().then(|| unknown_operator(condition))
}

/// The first value with a wildcard.
fn pattern(condition: &Condition) -> Knowledge<Option<&Text>> {
    if let Some(value) = condition.values.iter().find(|value| has_wildcard(value)) {
        return Knowledge::Known(Some(value));
    }
    let is_open = |value: &&Text| value.pieces().iter().any(is_chosen);
    let unknown = || condition.values.iter().find(is_open).map(|value| unknown_value(condition, value));
    match condition.values.more.clone().or_else(unknown) {
        Some(because) => Knowledge::Undetermined(because),
        None => Knowledge::Known(None),
    }
}

/// Whether the literal parts have a wildcard that is not written as `${*}` or `${?}`.
fn has_wildcard(value: &Text) -> bool {
    let literal = |piece: &Piece| match piece {
        Piece::Literal(text) => text.replace("${*}", "").replace("${?}", "").contains(['*', '?']),
        Piece::Symbol(_) => false,
    };
    value.pieces().iter().any(literal)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&WildcardInExactMatch);
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(operator: &str, values: &Value) -> bool {
        let condition = json!({operator: {"aws:PrincipalArn": values}});
        !verdicts(&WildcardInExactMatch, key("Allow", &condition)).is_empty()
    }

    #[test]
    fn a_wildcard_counts_under_operators_that_compare_letters() {
        let pattern = json!("arn:aws:iam::111122223333:role/a-*");
        for operator in
            ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals"]
        {
            assert!(judge(operator, &pattern), "{operator}");
        }
        for operator in ["StringLike", "StringNotLike", "ArnEquals", "ArnLike", "NumericEquals"] {
            assert!(!judge(operator, &pattern), "{operator}");
        }
        assert!(judge("StringEquals", &json!(["exact", "a?b"])));
        assert!(!judge("StringEquals", &json!(["exact", "a${*}b${?}"])));
        assert!(judge("StringEquals", &json!("${*}*")));
    }

    #[test]
    fn what_is_not_known_may_be_a_pattern_unless_aws_made_it() {
        let symbol = |path: &str| Piece::Symbol(kmscheck_value::Symbol::new("aws_s3_bucket.a", path));
        assert!(is_chosen(&symbol("output")) && is_chosen(&symbol("bucket")));
        assert!(!is_chosen(&symbol("arn")) && !is_chosen(&Piece::Literal("*".into())));
    }

    #[test]
    fn what_it_means_depends_on_effect_and_operator() {
        let message = |effect: &str, operator: &str| {
            let condition = json!({operator: {"kms:ViaService": "s3.*"}});
            finding(&WildcardInExactMatch, key(effect, &condition)).message
        };
        assert!(message("Allow", "StringEquals").ends_with("the statement allows nothing."));
        assert!(message("Deny", "StringEquals").ends_with("the statement denies nothing."));
        assert!(message("Deny", "StringNotEquals").ends_with("denies what looks like it as well."));
        assert!(message("Allow", "StringNotEquals").ends_with("excepts nothing that looks like it."));
    }

    #[test]
    fn it_is_about_the_condition_and_names_the_operator_that_knows_patterns() {
        let condition = json!({"StringEquals": {"kms:ViaService": "s3.*"}});
        let finding = finding(&WildcardInExactMatch, key("Allow", &condition));
        assert_eq!(finding.subject.to_string(), "policy.statement[0].condition");
        assert!(finding.help.starts_with("Use `StringLike`"), "{}", finding.help);
    }
}
