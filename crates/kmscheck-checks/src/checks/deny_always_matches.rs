use kmscheck_graph::Node;
use kmscheck_iam::{ActionSet, Condition, Effect, Statement};
use kmscheck_value::{Because, Truth};

use super::policies::{on_condition, statement_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A `Deny` of a key policy whose conditions hold of every request for one of its actions, because those requests never
    /// carry the condition key.
    ///
    /// # Why it matters
    ///
    /// A negated operator (`StringNotEquals`) and `…IfExists` hold of a request that lacks the key. Meant is "unless it is this
    /// encryption context"; what it says is "and everything that has none": `kms:DescribeKey` fails for everyone, and whatever
    /// looks at a key before it uses it fails with it.
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
    ///         Action    = ["kms:Decrypt", "kms:DescribeKey"]
    ///         Resource  = "*"
    ///         Condition = { StringNotEquals = { "kms:EncryptionContext:app" = "payroll" } }
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
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = { StringNotEquals = { "kms:EncryptionContext:app" = "payroll" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A statement with another condition that not every request meets. A `Deny` without a condition.
    ///
    /// # References
    ///
    /// - [Condition keys for AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html)
    /// - [Negated matching condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
    id: "deny-always-matches",
    summary: "A Deny with an exception excepts nobody",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct DenyAlwaysMatches;

/// What is denied to all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Denied {
    actions: Vec<&'static str>,
    /// The condition keys that their requests never carry.
    keys: Vec<String>,
}

impl Check for DenyAlwaysMatches {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Denied;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Denied> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let is_deny = statement.has_effect(Effect::Deny);
        if is_deny.is_no() || statement.conditions.is_empty() {
            return Ok(None);
        }
        let coverage = statement.actions.coverage();
        if coverage.possible.intersection(held(statement, |holds| !holds.is_no())).is_empty() {
            return Ok(None);
        }
        let certain = coverage.certain.intersection(held(statement, Truth::is_yes));
        if certain.is_empty() || is_deny == Truth::Unknown || statement.conditions.more.is_some() {
            return Err(unclear(statement));
        }
        let keys = statement.conditions.iter().map(|condition| condition.key.to_string()).collect();
        Ok(Some(Denied { actions: certain.iter().map(|action| action.name).collect(), keys }))
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, denied: Denied) -> Finding {
        let keys: Vec<_> = denied.keys.iter().map(|key| format!("`{key}`")).collect();
        let message = format!(
            "This `Deny` holds of every request for {}: none carries {}, and the condition holds without it.",
            named(&denied.actions),
            keys.join(" or ")
        );
        let help = "Deny only the actions whose requests carry the condition key.";
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// The actions of which every request meets all conditions, because it carries none of their keys and each holds without.
fn held(statement: &Statement, holds: impl Fn(Truth) -> bool) -> ActionSet {
    let callers = statement.callers();
    let of = |condition: &Condition| match holds(condition.without_key()) {
        true => condition.never_carried(&callers),
        false => ActionSet::default(),
    };
    statement.conditions.iter().map(of).fold(ActionSet::all(), ActionSet::intersection)
}

/// How many actions the message names.
const NAMED: usize = 4;

fn named(actions: &[&str]) -> String {
    let list = actions.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match actions.len().saturating_sub(NAMED) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

fn unclear(statement: &Statement) -> Because {
    let because = || Because::new(format!("what statement {} denies is not known", statement.index));
    statement.openness().cloned().unwrap_or_else(because)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&DenyAlwaysMatches);
    }

    fn key(effect: &str, action: &Value, condition: &Value) -> Vec<super::super::inline::Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": action, "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(action: &Value, condition: &Value) -> bool {
        !verdicts(&DenyAlwaysMatches, key("Deny", action, condition)).is_empty()
    }

    fn context(operator: &str) -> Value {
        json!({operator: {"kms:EncryptionContext:app": "payroll"}})
    }

    #[test]
    fn a_condition_that_holds_without_its_key_holds_of_all_that_never_carry_it() {
        let both = json!(["kms:Decrypt", "kms:DescribeKey"]);
        for operator in ["StringNotEquals", "StringNotLike", "StringEqualsIfExists"] {
            assert!(judge(&both, &context(operator)), "{operator}");
        }
        assert!(!judge(&both, &context("StringEquals")));
        assert!(!judge(&json!("kms:Decrypt"), &context("StringNotEquals")));
        assert!(judge(&json!("kms:*"), &context("StringNotEquals")));
        assert!(!judge(&both, &json!({"StringNotEquals": {"aws:PrincipalArn": "x"}})));
    }

    #[test]
    fn another_condition_may_except_somebody() {
        let condition = json!({
            "StringNotEquals": {"kms:EncryptionContext:app": "payroll", "aws:PrincipalOrgID": "o-1234567890"},
        });
        assert!(!judge(&json!("kms:DescribeKey"), &condition));
        assert!(!judge(&json!("kms:DescribeKey"), &json!({})));
    }

    #[test]
    fn a_statement_about_nobody_denies_nobody() {
        let mut plan = json!({"Effect": "Deny", "Principal": {"Federated": "accounts.google.com"}});
        plan["Action"] = json!("kms:DescribeKey");
        plan["Resource"] = json!("*");
        plan["Condition"] = context("StringNotEquals");
        let policy = json!({"Version": "2012-10-17", "Statement": [plan]}).to_string();
        let key = create("aws_kms_key.a", json!({"policy": policy}));
        assert!(verdicts(&DenyAlwaysMatches, vec![key]).is_empty());
    }

    #[test]
    fn only_a_deny_counts() {
        let plan = key("Allow", &json!("kms:DescribeKey"), &context("StringNotEquals"));
        assert!(verdicts(&DenyAlwaysMatches, plan).is_empty());
    }

    #[test]
    fn the_finding_names_actions_and_condition_keys() {
        let message = |action: Value| {
            finding(&DenyAlwaysMatches, key("Deny", &action, &context("StringNotEquals"))).message
        };
        let one = message(json!(["kms:Decrypt", "kms:DescribeKey"]));
        assert!(
            one.contains("every request for kms:DescribeKey: none carries `kms:EncryptionContext:app`"),
            "{one}"
        );
        assert!(message(json!("kms:*")).contains(" more: none carries"));
    }
}
