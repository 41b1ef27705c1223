use std::cmp::Reverse;

use kmscheck_graph::Node;
use kmscheck_iam::{Action, Exposure, Narrowing, PublicStatement};

use super::policies::{rest, shown, statement_path, with_writer};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A statement of a key policy that lets principals of every AWS account use the key: an `Allow` for `"*"`, for
    /// `{"AWS": "*"}`, for a list with `*` in it, or with `NotPrincipal`, and no condition that fixes who calls, neither
    /// there nor in a `Deny` over the same actions.
    ///
    /// It is of severity high when `kms:ViaService` narrows it, which every account can satisfy; medium when only fixed
    /// networks can use it, or when it allows nothing but to look at the key, to encrypt and to verify.
    ///
    /// # Why it matters
    ///
    /// The asterisk is everyone who has an AWS account, not everyone in yours. They need an IAM policy of their own as well,
    /// which they write themselves. Then they can decrypt what they get hold of, or create a grant.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key_policy" "app" {
    ///   key_id = aws_kms_key.app.key_id
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "*" }
    ///       Action    = "kms:*"
    ///       Resource  = "*"
    ///     }]
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
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key_policy" "app" {
    ///   key_id = aws_kms_key.app.key_id
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    ///       Action    = "kms:*"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A `Deny` for everyone. A condition with fixed values of `kms:CallerAccount`, `aws:PrincipalOrgID`,
    /// `aws:PrincipalArn`, `aws:SourceAccount` and the like, under an operator that requires the key. Actions that no other
    /// account can call, such as `kms:PutKeyPolicy`. The default policy of AWS KMS.
    ///
    /// # References
    ///
    /// - [Key policies in AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html)
    /// - [Allowing users in other accounts to use a KMS key](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html)
    /// - [kms-key-policy-no-public-access](https://docs.aws.amazon.com/config/latest/developerguide/kms-key-policy-no-public-access.html)
    id: "public-key-policy",
    summary: "Every AWS account can use a key",
    group: Group::Exposure,
    severity: Severity::Critical,
    aliases: &["CKV_AWS_33", "KMS.5", "kms_key_not_publicly_accessible"],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct PublicKeyPolicy;

/// What is open, and how far.
#[derive(Debug, PartialEq)]
pub(crate) struct Opening {
    severity: Severity,
    actions: Vec<&'static str>,
    narrowing: Narrowing,
    /// The condition keys that do not help.
    useless: Vec<String>,
}

impl Check for PublicKeyPolicy {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Opening;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Opening> {
        match part {
            Part::Statement(_, policy, statement) => {
                let statement = PublicStatement { policy: *policy, statement };
                Ok(statement.exposure().ok()?.as_ref().and_then(opening))
            }
            Part::Rest(holder) => rest(cx, *holder).map(|()| None),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, opening: Opening) -> Finding {
        let message = [what(&opening), useless(&opening)].concat();
        let help = "Name the account principal (`arn:aws:iam::ACCOUNT:root`) or the roles that need the key. To share it \
                    with an organization, keep the asterisk and require `aws:PrincipalOrgID` with `StringEquals`.";
        let finding = Finding::new(&METADATA, self.bearer(cx, part), message, help);
        on_statement(cx, part, finding.severity(opening.severity))
    }
}

fn on_statement(cx: Context<'_>, part: &Part<'_>, finding: Finding) -> Finding {
    let Part::Statement(_, _, statement) = part else { return finding };
    let path = statement_path(statement).key("principal");
    with_writer(cx, part.holder(), finding.subject(path).evidence(shown(statement)))
}

/// The worst of it: the actions that are open as far as the gravest is.
fn opening(exposure: &Exposure<'_>) -> Option<Opening> {
    let gravest =
        exposure.actions.iter().map(|(action, narrowing)| (severity(action, *narrowing), *narrowing));
    let (severity, narrowing) =
        gravest.min_by_key(|(severity, narrowing)| (Reverse(*severity), *narrowing))?;
    let open = exposure.actions.iter().filter(|(_, own)| *own == narrowing);
    Some(Opening {
        severity,
        narrowing,
        actions: open.map(|(action, _)| action.name).collect(),
        useless: exposure.useless.iter().map(|condition| condition.key.to_string()).collect(),
    })
}

fn severity(action: &Action, narrowing: Narrowing) -> Severity {
    match narrowing {
        _ if action.is_harmless() => Severity::Medium,
        Narrowing::Network | Narrowing::Identity => Severity::Medium,
        Narrowing::Service => Severity::High,
        Narrowing::Nothing => Severity::Critical,
    }
}

/// How many actions the message names.
const NAMED: usize = 4;

fn what(opening: &Opening) -> String {
    let named = opening.actions.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = match opening.actions.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let narrowed = match opening.narrowing {
        Narrowing::Service => " through the services in `kms:ViaService`, which any account can use",
        Narrowing::Network => " from the networks in the condition",
        Narrowing::Nothing | Narrowing::Identity => "",
    };
    format!(
        "Principals of every AWS account may call {named}{more} on this key{narrowed}. They need an IAM policy in their own \
         account, which they write themselves."
    )
}

fn useless(opening: &Opening) -> String {
    let mut keys: Vec<_> = opening.useless.iter().map(|key| format!("`{key}`")).collect();
    keys.sort();
    keys.dedup();
    match keys.as_slice() {
        [] => String::new(),
        [one] => format!(" The condition on {one} does not fix who calls."),
        several => format!(" The conditions on {} do not fix who calls.", several.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PublicKeyPolicy);
    }

    fn key(statements: &Value) -> Vec<super::super::inline::Planned> {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        vec![create("aws_kms_key.a", json!({"arn": arn, "policy": policy}))]
    }

    fn open(action: &str, condition: &Value) -> Value {
        json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition})
    }

    #[test]
    fn each_statement_is_a_finding_of_its_own() {
        let statements = json!([open("kms:Decrypt", &json!({})), open("kms:Encrypt", &json!({}))]);
        assert_eq!(
            verdicts(&PublicKeyPolicy, key(&statements)),
            ["violated critical aws_kms_key.a", "violated medium aws_kms_key.a"]
        );
    }

    #[test]
    fn the_resource_that_writes_the_policy_is_related() {
        let policy = json!({"Version": "2012-10-17", "Statement": open("kms:*", &json!({}))}).to_string();
        let key = json!({"key_id": {"$computed": true}});
        let written = json!({"key_id": {"$ref": "aws_kms_key.a.key_id"}, "policy": policy});
        let plan = vec![create("aws_kms_key.a", key), create("aws_kms_key_policy.w", written)];
        let related = finding(&PublicKeyPolicy, plan).related;
        assert_eq!(related[0].address, "aws_kms_key_policy.w");
    }

    #[test]
    fn the_message_names_actions_and_what_does_not_help() {
        let tls = json!({"Bool": {"aws:SecureTransport": "true"}});
        let finding = finding(&PublicKeyPolicy, key(&json!([open("kms:*", &tls)])));
        assert!(finding.message.contains(" more on this key."), "{}", finding.message);
        assert!(
            finding.message.contains("The condition on `aws:SecureTransport` does not"),
            "{}",
            finding.message
        );
        assert_eq!(finding.subject.to_string(), "policy.statement[0].principal");
        assert!(finding.evidence[0].starts_with("statement 0: {"), "{:?}", finding.evidence);
    }

    #[test]
    fn the_message_names_what_is_open_the_furthest() {
        let mut actions = open("kms:Decrypt", &json!({}));
        actions["Action"] = json!(["kms:Decrypt", "kms:CreateGrant"]);
        let unless = json!({"StringNotEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}});
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": unless});
        let finding = finding(&PublicKeyPolicy, key(&json!([actions, deny])));
        assert!(finding.message.contains("may call kms:CreateGrant on this key."), "{}", finding.message);
    }
}
