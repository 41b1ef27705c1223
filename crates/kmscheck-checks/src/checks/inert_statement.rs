use kmscheck_graph::Node;
use kmscheck_iam::{Action, ActionSet, Clause, Effect, KeyPolicy, Principal, Statement};
use kmscheck_model::Address;
use kmscheck_value::{AttributePath, Because, Text, Truth};

use super::policies::{principal_words, shown, statement_of, statement_path, unknown_actions, with_writer};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A statement of a key policy that has no effect: it has no `Resource`, or none that is the key. Of severity medium, one
    /// with actions only that a key policy cannot allow; info, single actions that have no effect for another account.
    ///
    /// # Why it matters
    ///
    /// AWS KMS accepts such a policy, and the statement allows or denies nothing. In a key policy `Resource` means the key
    /// itself: write `*`. An alias is not the key. What is about no key (`kms:CreateKey`, `kms:ListKeys`) only an IAM policy can
    /// allow.
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
    ///         Resource  = "arn:aws:kms:eu-west-1:${data.aws_caller_identity.current.account_id}:alias/app"
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
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Patterns that match the key, such as its own ARN. Actions without effect that a wildcard such as `kms:*` brings along.
    ///
    /// # References
    ///
    /// - [Key policies: `Resource`](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html)
    /// - [Permissions reference](https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html)
    id: "inert-statement",
    summary: "A statement of a key policy has no effect",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct InertStatement;

/// Why a statement has no effect.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Inert {
    /// It has neither `Resource` nor `NotResource`.
    NoResource,
    /// It is about other resources.
    OtherResource,
    /// A key policy cannot allow its actions.
    NotOfKeyPolicies,
    /// These actions do nothing for this principal, who is of another account.
    NotAcrossAccounts(String, Vec<&'static str>),
}

impl Check for InertStatement {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Inert;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Inert> {
        let Some((policy, statement)) = statement_of(cx, part)? else { return Ok(None) };
        if matches!(statement.resources, Clause::Absent) {
            return Ok(Some(Inert::NoResource));
        }
        match covers_key(policy, statement) {
            Truth::No => return Ok(Some(Inert::OtherResource)),
            Truth::Unknown => return Err(unclear(statement)),
            Truth::Yes => {}
        }
        let coverage = statement.actions.coverage();
        let of_policies = |actions: ActionSet| !actions.intersection(ActionSet::in_key_policies()).is_empty();
        match (of_policies(coverage.certain), of_policies(coverage.possible)) {
            (false, true) => return Err(unknown_actions(statement)),
            (false, false) if !coverage.certain.is_empty() => return Ok(Some(Inert::NotOfKeyPolicies)),
            _ => {}
        }
        Ok(not_across_accounts(policy, statement))
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, inert: Inert) -> Finding {
        let (message, help, severity) = words(&inert);
        let finding = Finding::new(&METADATA, self.bearer(cx, part), message, help).severity(severity);
        let Part::Statement(holder, _, statement) = part else { return finding };
        let finding = finding.subject(place(&inert, statement)).evidence(shown(statement));
        with_writer(cx, *holder, finding)
    }
}

fn words(inert: &Inert) -> (String, &'static str, Severity) {
    match inert {
        Inert::NoResource => (
            "This statement has no `Resource`. AWS KMS accepts it, and it has no effect.".to_owned(),
            "Add `Resource = \"*\"`, which means this key.",
            Severity::High,
        ),
        Inert::OtherResource => (
            "This statement is about other resources than the key that the policy belongs to, so it has no effect.".to_owned(),
            "Write `Resource = \"*\"`: in a key policy it means this key and no other.",
            Severity::High,
        ),
        Inert::NotOfKeyPolicies => (
            "A key policy cannot allow or deny the actions of this statement: they are about no key.".to_owned(),
            "Put them into an IAM policy of whoever needs them.",
            Severity::Medium,
        ),
        Inert::NotAcrossAccounts(principal, actions) => (
            format!("{} cannot be called from another account, and {principal} is of one.", actions.join(", ")),
            "Leave these actions out; the other account can use a role of this account for them.",
            Severity::Info,
        ),
    }
}

fn place(inert: &Inert, statement: &Statement) -> AttributePath {
    let path = statement_path(statement);
    match inert {
        Inert::NoResource => path,
        Inert::OtherResource => path.key("resource"),
        Inert::NotOfKeyPolicies | Inert::NotAcrossAccounts(..) => path.key("action"),
    }
}

/// Whether the statement is about the key. What a resource of another service is called is not known before apply, and
/// is not the name of a key.
fn covers_key(policy: KeyPolicy<'_>, statement: &Statement) -> Truth {
    let Clause::Only(list) = &statement.resources else { return policy.covers_key(statement) };
    list.any(|resource| if is_of_another_service(resource) { Truth::No } else { policy.is_key(resource) })
}

fn is_of_another_service(resource: &Text) -> bool {
    let Some(symbol) = resource.as_symbol() else { return false };
    let address = symbol.object().parse::<Address>().ok();
    let is_of_kms = |address: &Address| {
        address.resource_type.starts_with("aws_kms_") && &*address.resource_type != "aws_kms_alias"
    };
    symbol.path() == "arn"
        && address.is_some_and(|address| address.resource_type.starts_with("aws_") && !is_of_kms(&address))
}

/// The actions that are listed by name for a principal of another account, for whom they do nothing.
fn not_across_accounts(policy: KeyPolicy<'_>, statement: &Statement) -> Option<Inert> {
    if !statement.has_effect(Effect::Allow).is_yes() {
        return None;
    }
    let Clause::Only(principals) = &statement.principals else { return None };
    let is_foreign = |principal: &&Principal| {
        principal.account().is_some_and(|account| is_other(account, policy.account()))
    };
    let foreign = principals.iter().find(is_foreign)?;
    let listed = statement.actions.list()?.iter().filter_map(|action| Action::named(action.as_str()?));
    let useless: Vec<_> = listed.filter(|action| !action.across_accounts).map(|action| action.name).collect();
    (!useless.is_empty()).then(|| Inert::NotAcrossAccounts(principal_words(&foreign.written), useless))
}

fn is_other(account: &Text, own: &Text) -> bool {
    account.as_str().zip(own.as_str()).is_some_and(|(account, own)| account != own)
}

fn unclear(statement: &Statement) -> Because {
    let list = statement.resources.list().and_then(|list| list.more.clone());
    let because =
        || Because::new(format!("whether statement {} is about this key is not known", statement.index));
    list.unwrap_or_else(because)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&InertStatement);
    }

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    fn key(statement: &Value) -> Vec<Planned> {
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"arn": ARN, "policy": policy}))]
    }

    fn statement(action: &Value, resource: &Value) -> Value {
        json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": action, "Resource": resource})
    }

    fn judge(action: &Value, resource: &Value) -> Option<String> {
        let verdict = verdicts(&InertStatement, key(&statement(action, resource))).pop()?;
        verdict.split(' ').nth(1).map(ToOwned::to_owned)
    }

    #[test]
    fn a_statement_is_about_the_key_or_about_nothing() {
        let decrypt = json!("kms:Decrypt");
        for resource in [json!("*"), json!(ARN), json!("arn:aws:kms:*:111122223333:key/*"), json!(["x", ARN])]
        {
            assert_eq!(judge(&decrypt, &resource), None, "{resource}");
        }
        let other = ARN.replace("1234abcd", "5678abcd");
        for resource in [json!(other), json!("arn:aws:kms:us-east-1:111122223333:key/*"), json!([])] {
            assert_eq!(judge(&decrypt, &resource).as_deref(), Some("high"), "{resource}");
        }
        let without = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:*"});
        assert_eq!(verdicts(&InertStatement, key(&without)), ["violated high aws_kms_key.a"]);
    }

    #[test]
    fn a_resource_of_another_service_is_no_key() {
        let symbol = |object: &str, path: &str| Text::symbol(kmscheck_value::Symbol::new(object, path));
        assert!(is_of_another_service(&symbol("module.m.aws_sqs_queue.jobs", "arn")));
        assert!(is_of_another_service(&symbol("aws_kms_alias.app", "arn")));
        assert!(!is_of_another_service(&symbol("aws_kms_key.app", "arn")));
        assert!(!is_of_another_service(&symbol("aws_sqs_queue.jobs", "policy")));
        assert!(!is_of_another_service(&symbol("terraform_data.x", "arn")));
        assert!(!is_of_another_service(&"*".into()));
    }

    #[test]
    fn what_is_about_no_key_is_for_iam_policies() {
        let all = json!("*");
        assert_eq!(judge(&json!(["kms:CreateKey", "kms:ListKeys"]), &all).as_deref(), Some("medium"));
        assert_eq!(judge(&json!("kms:RetireGrant"), &all).as_deref(), Some("medium"));
        assert_eq!(judge(&json!(["kms:CreateKey", "kms:Decrypt"]), &all).as_deref(), Some("info"));
        assert_eq!(judge(&json!(["kms:Create*", "kms:Decrypt"]), &all), None);
        assert_eq!(judge(&json!("kms:*"), &all), None);
        assert_eq!(judge(&json!("s3:GetObject"), &all), None, "it is about another service");
    }

    #[test]
    fn an_account_that_is_not_known_may_be_the_own_one() {
        let unknown = Text::symbol(kmscheck_value::Symbol::new("var.account", ""));
        assert!(is_other(&"444455556666".into(), &"111122223333".into()));
        assert!(!is_other(&"111122223333".into(), &"111122223333".into()));
        assert!(!is_other(&unknown, &"111122223333".into()) && !is_other(&"111122223333".into(), &unknown));
    }

    #[test]
    fn some_actions_do_nothing_for_another_account() {
        let all = json!("*");
        assert_eq!(judge(&json!(["kms:Decrypt", "kms:PutKeyPolicy"]), &all).as_deref(), Some("info"));
        assert_eq!(judge(&json!(["kms:Decrypt", "kms:Put*"]), &all), None);
        let mut own = statement(&json!("kms:PutKeyPolicy"), &all);
        own["Principal"] = json!({"AWS": "arn:aws:iam::111122223333:role/app"});
        assert!(verdicts(&InertStatement, key(&own)).is_empty());
        let mut denied = statement(&json!("kms:PutKeyPolicy"), &all);
        denied["Effect"] = json!("Deny");
        assert!(verdicts(&InertStatement, key(&denied)).is_empty());
    }

    #[test]
    fn the_finding_stands_on_what_is_at_fault() {
        let subject = |statement: &Value| finding(&InertStatement, key(statement)).subject.to_string();
        assert_eq!(subject(&statement(&json!("kms:Decrypt"), &json!("x"))), "policy.statement[0].resource");
        assert_eq!(subject(&statement(&json!("kms:ListKeys"), &json!("*"))), "policy.statement[0].action");
        assert_eq!(
            subject(&json!({"Effect": "Allow", "Principal": "*", "Action": "kms:*"})),
            "policy.statement[0]"
        );
    }

    #[test]
    fn the_message_names_actions_and_principal() {
        let found = finding(&InertStatement, key(&statement(&json!("kms:PutKeyPolicy"), &json!("*"))));
        let what = "kms:PutKeyPolicy cannot be called from another account, and arn:aws:iam::444455556666:root is of one.";
        assert_eq!(found.message, what);
    }
}
