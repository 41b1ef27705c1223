use kmscheck_graph::Node;
use kmscheck_iam::{ConditionKey, Effect, similar_condition_keys};
use kmscheck_value::{Because, Text, Truth};

use super::misspelled::Misspelled;
use super::policies::{on_condition, statement_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A condition of a key policy on a condition key of AWS KMS that does not exist. It is of severity info if no key has a
    /// name that is spelled nearly so: it may be new.
    ///
    /// # Why it matters
    ///
    /// No request carries such a key. An `Allow` that requires it allows nothing, and a `Deny` that requires it denies
    /// nothing. With a negated operator, or one with `IfExists`, it is the other way round: the condition holds of every
    /// request.
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
    ///         Condition = { StringEquals = { "kms:ViaServise" = "s3.eu-west-1.amazonaws.com" } }
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
    /// Upper and lower case, which do not matter in the names of condition keys. Whatever follows `kms:EncryptionContext:`,
    /// and the number after `kms:RecipientAttestation:PCR`. Keys without the prefix `kms:`.
    ///
    /// # References
    ///
    /// - [Condition keys for AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html)
    /// - [Condition keys for AWS Nitro Enclaves](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-nitro-enclaves.html)
    id: "unknown-condition-key",
    summary: "A condition is on a key that does not exist",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct UnknownConditionKey;

/// The condition keys that do not exist.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    names: Misspelled,
    /// Whether the conditions on them hold of a request without them: of every request.
    holds: Truth,
    effect: Option<Effect>,
}

impl Check for UnknownConditionKey {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Unknown;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Unknown> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut names = Misspelled::default();
        let mut holds = Truth::Yes;
        let mut open = statement.conditions.more.clone();
        for condition in &statement.conditions {
            match ConditionKey::of(&condition.key).exists() {
                Truth::Yes => {}
                Truth::No => {
                    names.add(&condition.key, similar_condition_keys);
                    holds = holds.and(condition.without_key());
                }
                Truth::Unknown => open = open.or_else(|| Some(unclear(&condition.key))),
            }
        }
        if names.is_empty() {
            return open.map_or(Ok(None), Err);
        }
        Ok(Some(Unknown { names, holds, effect: statement.effect.known().copied() }))
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, unknown: Unknown) -> Finding {
        let Unknown { names, .. } = &unknown;
        let message = format!(
            "AWS KMS has no condition key {}, so no request carries it: {}.",
            names.names(),
            consequence(&unknown)
        );
        let finding = Finding::new(&METADATA, self.bearer(cx, part), message, names.help("condition keys"));
        on_condition(cx, part, finding.severity(names.severity()))
    }
}

fn consequence(unknown: &Unknown) -> &'static str {
    match (unknown.effect, unknown.holds) {
        (Some(Effect::Allow), Truth::No) => "the statement allows nothing",
        (Some(Effect::Deny), Truth::No) => "the statement denies nothing",
        (Some(Effect::Allow), Truth::Yes) => "the condition restricts nothing that the statement allows",
        (Some(Effect::Deny), Truth::Yes) => "the condition excepts nothing from what the statement denies",
        (None, _) | (_, Truth::Unknown) => "the condition does not tell requests apart",
    }
}

fn unclear(key: &Text) -> Because {
    Because::new(format!("`{key}`, a condition key, is not known"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&UnknownConditionKey);
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(keys: &[&str]) -> Vec<String> {
        let keys: serde_json::Map<_, _> = keys.iter().map(|key| ((*key).to_owned(), json!("a"))).collect();
        verdicts(&UnknownConditionKey, key("Allow", &json!({"StringEquals": keys})))
    }

    #[test]
    fn a_near_match_makes_it_medium() {
        assert_eq!(judge(&["kms:ViaServise"]), ["violated medium aws_kms_key.a"]);
        assert_eq!(judge(&["aws:PrincipalArn", "KMS:viaservise"]), ["violated medium aws_kms_key.a"]);
        assert_eq!(judge(&["kms:SourceArn"]), ["violated info aws_kms_key.a"]);
        assert_eq!(judge(&["kms:SourceArn", "kms:ViaServise"]), ["violated medium aws_kms_key.a"]);
    }

    #[test]
    fn keys_that_exist_and_those_of_others_are_left_alone() {
        for key in ["kms:viaservice", "KMS:KeySpec", "kms:EncryptionContext:app", "aws:SourceAnr", "s3:x"] {
            assert_eq!(judge(&[key]), [""; 0], "{key}");
        }
        assert_eq!(judge(&[]), [""; 0]);
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let key = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&UnknownConditionKey, vec![key]), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn what_is_not_known_in_a_document_leaves_it_open_beside_names_that_exist() {
        let judge = |conditions: &Value| {
            let principals = json!([{"type": "AWS", "identifiers": ["*"]}]);
            let statement = json!([{"actions": ["kms:*"], "resources": ["*"], "principals": principals, "condition": conditions}]);
            let document = json!({"statement": statement, "json": {"$computed": true}});
            let policy = json!({"policy": {"$ref": "data.aws_iam_policy_document.a.json"}});
            let document = create("data.aws_iam_policy_document.a", document);
            verdicts(&UnknownConditionKey, vec![document, create("aws_kms_key.a", policy)])
        };
        let on = |key: Value| json!({"test": "StringEquals", "variable": key, "values": ["a"]});
        let unknown = || json!({"$computed": true});
        assert_eq!(judge(&json!([on(json!("kms:ViaService"))])), [""; 0]);
        assert_eq!(judge(&json!([on(unknown())])), ["undetermined aws_kms_key.a"]);
        assert_eq!(
            judge(&json!([on(unknown()), on(json!("kms:ViaServise"))])),
            ["violated medium aws_kms_key.a"]
        );
        assert_eq!(judge(&unknown()), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn what_it_means_depends_on_effect_and_operator() {
        let message =
            |effect: &str, condition: &Value| finding(&UnknownConditionKey, key(effect, condition)).message;
        let required = json!({"StringEquals": {"kms:ViaServise": "a"}});
        let negated = json!({"StringNotEquals": {"kms:ViaServise": "a"}});
        let both =
            json!({"StringEquals": {"kms:ViaServise": "a"}, "StringNotEquals": {"kms:ViaServise": "b"}});
        assert!(message("Allow", &required).ends_with("the statement allows nothing."));
        assert!(message("Deny", &required).ends_with("the statement denies nothing."));
        assert!(message("Allow", &negated).ends_with("restricts nothing that the statement allows."));
        assert!(message("Deny", &negated).ends_with("excepts nothing from what the statement denies."));
        assert!(message("Allow", &both).ends_with("the statement allows nothing."));
        let strange = json!({"StringIsh": {"kms:ViaServise": "a"}});
        assert!(message("Allow", &strange).ends_with("does not tell requests apart."));
    }

    #[test]
    fn it_is_about_the_condition_and_says_what_is_meant() {
        let condition = json!({"StringEquals": {"kms:EncryptionContext": "a"}});
        let finding = finding(&UnknownConditionKey, key("Allow", &condition));
        assert_eq!(finding.subject.to_string(), "policy.statement[0].condition");
        assert_eq!(
            finding.help,
            "Write `kms:EncryptionContext:KEY` for `kms:EncryptionContext` if that is meant."
        );
        assert!(finding.message.starts_with("AWS KMS has no condition key `kms:EncryptionContext`,"));
    }
}
