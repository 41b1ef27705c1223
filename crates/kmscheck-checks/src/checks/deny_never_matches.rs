use kmscheck_graph::Node;
use kmscheck_iam::{Effect, Statement};
use kmscheck_value::Because;

use super::policies::{on_condition, requiring_keys, statement_of, unknown_actions};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A `Deny` of a key policy that requires a condition key which no request for its actions carries.
    ///
    /// # Why it matters
    ///
    /// A condition on a key that a request lacks does not hold, so the `Deny` denies nothing, whatever it was to protect. An
    /// encryption context is only in requests that encrypt and decrypt, grant constraints only in those about grants.
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
    ///         Action    = "kms:ScheduleKeyDeletion"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:EncryptionContext:app" = "payroll" } }
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
    ///         Effect    = "Deny"
    ///         Principal = "*"
    ///         Action    = "kms:ScheduleKeyDeletion"
    ///         Resource  = "*"
    ///         Condition = { StringNotEquals = { "aws:PrincipalArn" = "${local.account}:role/keeper" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A condition that holds without the key: a negated operator, `…IfExists`, `ForAllValues`, `Null` with `true`. Actions of which
    /// some carry the key.
    ///
    /// # References
    ///
    /// - [Condition keys for AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html)
    /// - [How a missing key is evaluated](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
    id: "deny-never-matches",
    summary: "A Deny asks for something that no request carries",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct DenyNeverMatches;

impl Check for DenyNeverMatches {
    type Subject<'g> = &'g Part<'g>;
    /// The condition key that is never there.
    type Fact = String;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<String> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        if statement.has_effect(Effect::Deny).is_no() {
            return Ok(None);
        }
        let absent = absent_key(statement)?;
        if absent.is_some() {
            statement.effect.as_ref().ok()?;
        }
        Ok(absent)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, key: String) -> Finding {
        let message = format!(
            "This `Deny` denies nothing: it asks for `{key}`, and no request for its actions carries that condition key."
        );
        let help = "Deny by something that these requests carry, such as `aws:PrincipalArn`, or deny the actions that carry the \
                    condition key.";
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// A condition key that the statement requires and that none of its actions carries.
fn absent_key(statement: &Statement) -> Result<Option<String>, Because> {
    let callers = statement.callers();
    let coverage = statement.actions.coverage();
    let (requiring, mut open) = requiring_keys(statement);
    for condition in requiring {
        let absent = condition.never_carried(&callers);
        if coverage.possible.intersection(absent).is_empty() || !coverage.certain.without(absent).is_empty() {
            continue;
        }
        if coverage.possible.without(absent).is_empty() {
            return Ok(Some(condition.key.to_string()));
        }
        open = open.or_else(|| Some(unknown_actions(statement)));
    }
    open.map_or(Ok(None), Err)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&DenyNeverMatches);
    }

    fn key(
        effect: &str,
        principal: &Value,
        action: &Value,
        condition: &Value,
    ) -> Vec<super::super::inline::Planned> {
        let statement = json!({"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(action: &Value, condition: &Value) -> bool {
        !verdicts(&DenyNeverMatches, key("Deny", &json!("*"), action, condition)).is_empty()
    }

    fn context(operator: &str) -> Value {
        json!({operator: {"kms:EncryptionContext:app": "payroll"}})
    }

    #[test]
    fn the_key_must_be_required_and_carried_by_no_action() {
        let deletion = json!("kms:ScheduleKeyDeletion");
        assert!(judge(&deletion, &context("StringEquals")));
        assert!(judge(&deletion, &context("StringLike")));
        assert!(judge(&deletion, &json!({"Null": {"kms:EncryptionContext:app": "false"}})));
        for operator in ["StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals"] {
            assert!(!judge(&deletion, &context(operator)), "{operator}");
        }
        assert!(!judge(&deletion, &json!({"Null": {"kms:EncryptionContext:app": "true"}})));
        assert!(!judge(&json!("kms:Decrypt"), &context("StringEquals")));
        assert!(!judge(&json!(["kms:ScheduleKeyDeletion", "kms:Decrypt"]), &context("StringEquals")));
        assert!(!judge(&deletion, &json!({"StringEquals": {"aws:PrincipalArn": "x"}})));
    }

    #[test]
    fn a_statement_about_no_action_of_kms_is_another_fault() {
        assert!(!judge(&json!("s3:GetObject"), &context("StringEquals")));
        let federated = key(
            "Deny",
            &json!({"Federated": "accounts.google.com"}),
            &json!("kms:ScheduleKeyDeletion"),
            &context("StringEquals"),
        );
        assert!(verdicts(&DenyNeverMatches, federated).is_empty(), "it is about nobody");
    }

    #[test]
    fn what_services_say_is_in_their_requests_only() {
        let condition = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
        let denies = |principal: Value| {
            !verdicts(&DenyNeverMatches, key("Deny", &principal, &json!("kms:Decrypt"), &condition))
                .is_empty()
        };
        assert!(denies(json!({"AWS": "arn:aws:iam::111122223333:role/app"})));
        assert!(!denies(json!("*")) && !denies(json!({"AWS": "*"})));
        assert!(!denies(json!({"Service": "logs.eu-west-1.amazonaws.com"})));
    }

    #[test]
    fn only_a_deny_counts() {
        let statement =
            key("Allow", &json!("*"), &json!("kms:ScheduleKeyDeletion"), &context("StringEquals"));
        assert!(verdicts(&DenyNeverMatches, statement).is_empty());
    }

    #[test]
    fn the_finding_names_the_condition_key() {
        let plan = key("Deny", &json!("*"), &json!("kms:ScheduleKeyDeletion"), &context("StringEquals"));
        let found = finding(&DenyNeverMatches, plan);
        assert!(found.message.contains("it asks for `kms:EncryptionContext:app`"), "{}", found.message);
        assert_eq!(found.subject.to_string(), "policy.statement[0].condition");
    }
}
