use kmscheck_graph::Node;
use kmscheck_iam::{
    Clause, Condition, Effect, KeyPolicy, Pattern, Principal, PrincipalKind, Statement, Test,
};
use kmscheck_model::Address;
use kmscheck_value::{Because, Knowledge, Text, Truth};

use super::policies::{is_on, on_condition, statement_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A statement of a key policy that compares `aws:MultiFactorAuthPresent` with `false` and thereby does not do what it
    /// looks like: an `Allow` with `Bool` or `BoolIfExists`, and a `Deny` with `Bool`.
    ///
    /// # Why it matters
    ///
    /// Such an `Allow` is for requests *without* MFA: who signs in with MFA is left out.
    ///
    /// Such a `Deny` is to stop requests without MFA, and misses those that do not carry the key at all. Requests that are
    /// signed with long-term credentials, such as the access keys of a user, never carry it. They are the ones without MFA.
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
    ///         Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
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
    ///         Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A `Deny` beside another one that denies requests without the key, by `Null` or an operator with `IfExists`. A `Deny`
    /// for roles only: they have temporary credentials, and these carry the key.
    ///
    /// # References
    ///
    /// - [aws:MultiFactorAuthPresent](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent)
    id: "mfa-must-be-absent",
    summary: "A condition asks for requests without MFA, or misses them",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct MfaMustBeAbsent;

const KEY: &str = "aws:MultiFactorAuthPresent";

/// It is present with the other key only.
const AGE: &str = "aws:MultiFactorAuthAge";

/// What a comparison with `false` does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It allows what comes without MFA, and nothing else.
    Allows {
        /// Whether that includes requests without the key.
        without_key: bool,
    },
    /// It does not deny requests without the key.
    Misses,
}

impl Check for MfaMustBeAbsent {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Fault;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Fault> {
        let Some((policy, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut open = statement.conditions.more.clone();
        for condition in &statement.conditions {
            let fault = match asks_for_false(condition) {
                Truth::No => Ok(None),
                Truth::Yes => fault(policy, statement, condition),
                // What would be no fault with `false` is none.
                Truth::Unknown => match fault(policy, statement, condition) {
                    Ok(None) => Ok(None),
                    _ => Err(unclear(condition)),
                },
            };
            match fault {
                Ok(None) => {}
                Ok(Some(fault)) => return Ok(Some(fault)),
                Err(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, fault: Fault) -> Finding {
        let message = match fault {
            Fault::Allows { without_key: false } => format!(
                "The statement allows requests whose credentials say that no MFA was used (`{KEY}` is `false`), and none with MFA."
            ),
            Fault::Allows { without_key: true } => format!(
                "The statement allows requests without MFA only: those where `{KEY}` is `false`, and those that lack it."
            ),
            Fault::Misses => format!(
                "The statement denies nothing to requests that lack `{KEY}`, such as those with long-term credentials: by `Bool` it stops only credentials that say `false`."
            ),
        };
        let help = match fault {
            Fault::Allows { .. } => {
                "Compare with `true` under `Bool` to require MFA, or leave the condition out."
            }
            Fault::Misses => "Use `BoolIfExists`, which holds of requests without the key too.",
        };
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// Whether a condition holds where the key is `false`, and not where it is `true`.
fn asks_for_false(condition: &Condition) -> Truth {
    if condition.operator.test != Test::Bool || condition.values.is_empty() {
        return Truth::No;
    }
    is_on(condition, KEY).and(condition.values.all(|value| says(value, "false")))
}

fn says(value: &Text, word: &str) -> Truth {
    Pattern::exact_ignoring_case(&word.into()).matches(value)
}

/// What is wrong with a condition that asks for `false`.
fn fault(policy: KeyPolicy<'_>, statement: &Statement, condition: &Condition) -> Detection<Fault> {
    let without_key = !condition.operator.requires_key();
    match statement.effect.known() {
        Some(Effect::Allow) => Ok(Some(Fault::Allows { without_key })),
        _ if without_key && statement.effect.known().is_some() => Ok(None),
        Some(Effect::Deny) => {
            let harmless = Truth::any([is_for_roles(statement), denies_without_key(policy)]);
            match (harmless, policy.more()) {
                (Truth::Yes, _) => Ok(None),
                (Truth::No, None) => Ok(Some(Fault::Misses)),
                (_, Some(because)) => Err(because.clone()),
                (Truth::Unknown, None) => Err(Because::new(format!(
                    "whether a request without {KEY} concerns the statement, or another one denies it, is not known"
                ))),
            }
        }
        None => Err(match &statement.effect {
            Knowledge::Undetermined(because) => because.clone(),
            Knowledge::Known(_) => unclear(condition),
        }),
    }
}

fn unclear(condition: &Condition) -> Because {
    Because::new(format!("what a condition compares `{}` with is not known", condition.key))
}

/// Whether a statement is for principals only whose requests carry the key.
fn is_for_roles(statement: &Statement) -> Truth {
    match &statement.principals {
        Clause::Only(principals) if !principals.is_empty() => principals.all(is_role),
        _ => Truth::No,
    }
}

fn is_role(principal: &Principal) -> Truth {
    let of_plan = || principal.written.as_symbol()?.object().parse::<Address>().ok();
    match &principal.kind {
        PrincipalKind::Role(_) | PrincipalKind::AssumedRoleSession { .. } => Truth::Yes,
        PrincipalKind::Unknown => match of_plan().as_ref().map(|address| &*address.resource_type) {
            Some("aws_iam_role") => Truth::Yes,
            Some("aws_iam_user") => Truth::No,
            _ => Truth::Unknown,
        },
        _ => Truth::No,
    }
}

/// Whether a statement of the policy denies requests because they lack the key.
fn denies_without_key(policy: KeyPolicy<'_>) -> Truth {
    let by_lack = |condition: &Condition| {
        let holds = match condition.operator.test {
            Test::Null => condition.values.any(|value| says(value, "true")),
            _ => condition.operator.without_key(),
        };
        is_on(condition, KEY).or(is_on(condition, AGE)).and(holds)
    };
    Truth::any(
        policy
            .statements()
            .iter()
            .map(|other| other.has_effect(Effect::Deny).and(other.conditions.any(by_lack))),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&MfaMustBeAbsent);
    }

    const ROLE: &str = "arn:aws:iam::111122223333:role/app";
    const USER: &str = "arn:aws:iam::111122223333:user/app";

    fn statement(effect: &str, principal: &Value, condition: &Value) -> Value {
        json!({"Effect": effect, "Principal": principal, "Action": "kms:Decrypt", "Resource": "*", "Condition": condition})
    }

    fn key(statements: &[Value]) -> Vec<Planned> {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(effect: &str, operator: &str, value: &Value) -> usize {
        let condition = json!({operator: {KEY: value}});
        verdicts(&MfaMustBeAbsent, key(&[statement(effect, &json!("*"), &condition)])).len()
    }

    #[test]
    fn an_allow_and_a_deny_differ_in_requests_without_the_key() {
        let no = json!("false");
        assert_eq!((judge("Allow", "Bool", &no), judge("Allow", "BoolIfExists", &no)), (1, 1));
        assert_eq!((judge("Deny", "Bool", &no), judge("Deny", "BoolIfExists", &no)), (1, 0));
        assert_eq!((judge("Deny", "ForAnyValue:Bool", &no), judge("Deny", "ForAllValues:Bool", &no)), (1, 0));
        assert_eq!((judge("Allow", "StringEquals", &no), judge("Allow", "Null", &no)), (0, 0));
    }

    #[test]
    fn only_false_alone_is_meant() {
        for (value, expected) in [
            (json!(false), 1),
            (json!("False"), 1),
            (json!(["false", "FALSE"]), 1),
            (json!(true), 0),
            (json!("no"), 0),
            (json!(["false", "true"]), 0),
            (json!([]), 0),
        ] {
            assert_eq!(judge("Allow", "Bool", &value), expected, "{value}");
        }
        let other = json!({"Bool": {"aws:SecureTransport": "false"}});
        assert!(verdicts(&MfaMustBeAbsent, key(&[statement("Allow", &json!("*"), &other)])).is_empty());
    }

    #[test]
    fn a_deny_for_roles_misses_nothing() {
        let judge = |principals: Value| {
            let condition = json!({"Bool": {KEY: "false"}});
            let denies = statement("Deny", &json!({"AWS": principals}), &condition);
            verdicts(&MfaMustBeAbsent, key(&[denies])).len()
        };
        assert_eq!((judge(json!(ROLE)), judge(json!([ROLE, USER])), judge(json!([]))), (0, 1, 1));
        assert_eq!(judge(json!("arn:aws:sts::111122223333:assumed-role/app/session")), 0);
        let allows = statement("Allow", &json!({"AWS": ROLE}), &json!({"Bool": {KEY: "false"}}));
        assert_eq!(verdicts(&MfaMustBeAbsent, key(&[allows])).len(), 1, "with MFA it gets nothing");
    }

    #[test]
    fn a_principal_of_the_plan_is_known_by_its_kind() {
        let is_role = |object: &str| {
            let written = Text::symbol(kmscheck_value::Symbol::new(object, "arn"));
            let policy = json!({"Statement": statement("Deny", &json!({"AWS": "x"}), &json!({}))});
            let document = kmscheck_iam::Document::parse(&policy.to_string().as_str().into()).unwrap();
            let principals = document.statements[0].principals.list().unwrap();
            let mut principal = principals.items[0].clone();
            (principal.written, principal.kind) = (written, PrincipalKind::Unknown);
            super::is_role(&principal)
        };
        assert_eq!((is_role("aws_iam_role.a"), is_role("aws_iam_user.a")), (Truth::Yes, Truth::No));
        assert_eq!(is_role("terraform_data.a"), Truth::Unknown);
    }

    #[test]
    fn another_deny_may_stop_what_the_first_one_misses() {
        let judge = |effect: &str, condition: Value| {
            let first = statement("Deny", &json!("*"), &json!({"Bool": {KEY: "false"}}));
            verdicts(&MfaMustBeAbsent, key(&[first, statement(effect, &json!("*"), &condition)])).len()
        };
        assert_eq!(judge("Deny", json!({"Null": {KEY: "true"}})), 0);
        assert_eq!(judge("Deny", json!({"BoolIfExists": {KEY: "false"}})), 0);
        assert_eq!(judge("Deny", json!({"NumericGreaterThanIfExists": {AGE: "3600"}})), 0);
        assert_eq!(judge("Deny", json!({"Null": {KEY: "false"}})), 1);
        assert_eq!(judge("Deny", json!({"NumericGreaterThan": {AGE: "3600"}})), 1);
        assert_eq!(judge("Deny", json!({"Null": {"aws:SourceIp": "true"}})), 1);
        assert_eq!(judge("Allow", json!({"Null": {KEY: "true"}})), 1);
    }

    #[test]
    fn the_words_say_who_is_allowed_and_who_is_missed() {
        let words = |effect: &str, operator: &str| {
            let condition = json!({operator: {KEY: "false"}});
            let finding = finding(&MfaMustBeAbsent, key(&[statement(effect, &json!("*"), &condition)]));
            assert_eq!(finding.subject.to_string(), "policy.statement[0].condition");
            (finding.message.to_string(), finding.help.to_string())
        };
        assert!(words("Allow", "Bool").0.ends_with("and none with MFA."));
        assert!(words("Allow", "BoolIfExists").0.ends_with("and those that lack it."));
        assert!(words("Allow", "Bool").1.contains("`true`"));
        assert!(words("Deny", "Bool").0.contains("denies nothing to requests that lack"));
        assert!(words("Deny", "Bool").1.starts_with("Use `BoolIfExists`"));
    }
}
