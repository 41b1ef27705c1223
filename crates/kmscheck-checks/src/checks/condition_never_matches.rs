use kmscheck_graph::Node;
use kmscheck_iam::{ActionSet, Caller, Condition, Effect, Statement};
use kmscheck_value::Because;

use super::policies::{on_condition, requiring_keys, statement_of, unknown_actions};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// An `Allow` of a key policy that requires a condition key which no request for its actions carries, or none by its
    /// principals. Of severity info when only some of its actions lack the key.
    ///
    /// # Why it matters
    ///
    /// A condition on a key that a request lacks does not hold, so the statement allows nothing and whoever relies on it gets
    /// AccessDenied. An encryption context is only in requests that encrypt and decrypt, `kms:GrantIsForAWSResource` only in
    /// those about grants, `kms:ViaService` never in a request that a service makes for itself, and `aws:SourceArn` only in one
    /// that it does.
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
    ///         Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
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
    ///         Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A condition that holds without the key: a negated operator, `…IfExists`, `ForAllValues`, `Null` with `true`. Actions that only
    /// look (`Describe…`, `Get…`, `List…`) beside others that carry the key.
    ///
    /// # References
    ///
    /// - [Condition keys for AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html)
    /// - [How a missing key is evaluated](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
    id: "condition-never-matches",
    summary: "An Allow asks for something that no request carries",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["malformed-via-service", "wildcard-in-exact-match", "via-service-other-region"],
}

pub(crate) struct ConditionNeverMatches;

/// A condition key that requests lack.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lacking {
    key: String,
    caller: Caller,
    /// The actions whose requests lack it, if others carry it.
    some: Option<Vec<&'static str>>,
}

impl Check for ConditionNeverMatches {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Lacking;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Lacking> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        if statement.has_effect(Effect::Allow).is_no() {
            return Ok(None);
        }
        let lacking = lacking(statement)?;
        if lacking.is_some() {
            statement.effect.as_ref().ok()?;
        }
        Ok(lacking)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, lacking: Lacking) -> Finding {
        let whose = match lacking.caller {
            Caller::Identity => " by users and roles",
            Caller::Service => " by services",
            Caller::Anyone => "",
        };
        let key = &lacking.key;
        let (message, severity) = match &lacking.some {
            None => (
                format!(
                    "This statement allows nothing{whose}: it asks for `{key}`, and no request{whose} for its actions carries that \
                     condition key."
                ),
                Severity::High,
            ),
            Some(actions) => (
                format!(
                    "For {} this statement allows nothing{whose}: it asks for `{key}`, which their requests never carry.",
                    actions.join(", ")
                ),
                Severity::Info,
            ),
        };
        let help = "Drop the condition, or put it on a statement of the actions and principals whose requests carry the \
                    condition key.";
        let finding = Finding::new(&METADATA, self.bearer(cx, part), message, help).severity(severity);
        on_condition(cx, part, finding)
    }
}

/// What the requests lack: of all actions rather than of some.
fn lacking(statement: &Statement) -> Result<Option<Lacking>, Because> {
    let (requiring, mut open) = requiring_keys(statement);
    let callers = statement.callers();
    let mut some = None;
    for (condition, caller) in
        requiring.into_iter().flat_map(|condition| callers.iter().map(move |caller| (condition, *caller)))
    {
        match of_caller(statement, condition, caller) {
            Ok(Some(lacking)) if lacking.some.is_none() => return Ok(Some(lacking)),
            Ok(lacking) => some = some.or(lacking),
            Err(because) => open = open.or(Some(because)),
        }
    }
    open.map_or(Ok(some), Err)
}

/// What requests of one kind of principal lack.
fn of_caller(statement: &Statement, condition: &Condition, caller: Caller) -> Detection<Lacking> {
    let coverage = statement.actions.coverage();
    let of_policies = |actions: ActionSet| actions.intersection(ActionSet::in_key_policies());
    let (certain, possible) = (of_policies(coverage.certain), of_policies(coverage.possible));
    let absent = condition.never_carried(&[caller]);
    let found = |some| Ok(Some(Lacking { key: condition.key.to_string(), caller, some }));
    if possible.is_empty() {
        return Ok(None);
    }
    if possible.without(absent).is_empty() {
        return found(None);
    }
    let lacking = possible.intersection(absent);
    if !lacking.is_empty() && certain.without(absent).is_empty() {
        return Err(unknown_actions(statement));
    }
    let named = certain.intersection(absent).iter().map(|action| action.name);
    let named: Vec<_> = named.filter(|name| !only_looks(name)).collect();
    if named.is_empty() { Ok(None) } else { found(Some(named)) }
}

fn only_looks(name: &str) -> bool {
    ["kms:Describe", "kms:Get", "kms:List"].iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&ConditionNeverMatches);
    }

    const HIGH: [&str; 1] = ["violated high aws_kms_key.a"];
    const INFO: [&str; 1] = ["violated info aws_kms_key.a"];

    fn key(effect: &str, principal: &Value, action: &Value, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn role() -> Value {
        json!({"AWS": "arn:aws:iam::111122223333:role/app"})
    }

    fn grant() -> Value {
        json!({"Bool": {"kms:GrantIsForAWSResource": "true"}})
    }

    fn judge(principal: &Value, action: &Value, condition: &Value) -> Vec<String> {
        verdicts(&ConditionNeverMatches, key("Allow", principal, action, condition))
    }

    #[test]
    fn a_required_key_must_be_carried_by_some_action() {
        assert_eq!(judge(&role(), &json!("kms:Decrypt"), &grant()), HIGH);
        assert!(judge(&role(), &json!("kms:CreateGrant"), &grant()).is_empty());
        assert!(
            judge(
                &role(),
                &json!("kms:Decrypt"),
                &json!({"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}})
            )
            .is_empty()
        );
        assert!(judge(&role(), &json!("s3:GetObject"), &grant()).is_empty());
        assert!(
            verdicts(&ConditionNeverMatches, key("Deny", &role(), &json!("kms:Decrypt"), &grant()))
                .is_empty()
        );
    }

    #[test]
    fn some_actions_without_it_are_mentioned_unless_they_only_look() {
        assert_eq!(judge(&role(), &json!(["kms:Decrypt", "kms:CreateGrant"]), &grant()), INFO);
        assert!(judge(&role(), &json!(["kms:DescribeKey", "kms:CreateGrant"]), &grant()).is_empty());
        let plan = key("Allow", &role(), &json!(["kms:Decrypt", "kms:CreateGrant"]), &grant());
        let message = finding(&ConditionNeverMatches, plan).message;
        assert!(
            message.starts_with("For kms:Decrypt this statement allows nothing by users and roles"),
            "{message}"
        );
    }

    #[test]
    fn a_key_that_none_carries_is_graver_than_one_that_some_carry() {
        let condition = json!({
            "Bool": {"kms:GrantIsForAWSResource": "true"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        });
        assert_eq!(judge(&role(), &json!(["kms:Decrypt", "kms:CreateGrant"]), &condition), HIGH);
    }

    #[test]
    fn what_a_principal_carries_depends_on_what_it_is() {
        let source = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
        let via = json!({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}});
        let service = json!({"Service": "logs.eu-west-1.amazonaws.com"});
        let decrypt = json!("kms:Decrypt");
        assert_eq!(judge(&role(), &decrypt, &source), HIGH);
        assert!(judge(&service, &decrypt, &source).is_empty());
        assert!(judge(&json!("*"), &decrypt, &source).is_empty());
        assert_eq!(judge(&service, &decrypt, &via), HIGH);
        assert!(judge(&role(), &decrypt, &via).is_empty());
        let mixed = json!({"AWS": "111122223333", "Service": "logs.eu-west-1.amazonaws.com"});
        assert_eq!(judge(&mixed, &decrypt, &via), HIGH);
        let message = finding(&ConditionNeverMatches, key("Allow", &mixed, &decrypt, &via)).message;
        assert!(message.contains("allows nothing by services: it asks for `kms:ViaService`"), "{message}");
    }
}
