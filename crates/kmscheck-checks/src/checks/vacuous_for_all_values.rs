use kmscheck_graph::Node;
use kmscheck_iam::{ActionSet, Condition, ConditionKey, Effect, Quantifier, Statement, Test};
use kmscheck_value::{Knowledge, Truth};

use super::policies::{on_condition, statement_of, unknown_actions, unknown_key, unknown_operator};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// An `Allow` of a key policy with `ForAllValues` on a condition key with several values that a request may lack, where nothing
    /// else in the statement requires the key.
    ///
    /// # Why it matters
    ///
    /// `ForAllValues` asks that no value of the request contradicts it, and so it holds of a request with no value at all. Whoever
    /// leaves the key out gets past the condition: encrypts with an empty encryption context, or calls from an account of no
    /// organization.
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
    ///         Condition = { "ForAllValues:StringEquals" = { "kms:EncryptionContextKeys" = ["app"] } }
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
    ///         Condition = {
    ///           "ForAllValues:StringEquals" = { "kms:EncryptionContextKeys" = ["app"] }
    ///           Null                        = { "kms:EncryptionContextKeys" = "false" }
    ///         }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// `kms:GrantOperations` in a statement about `kms:CreateGrant`, and `aws:TagKeys` in one about `kms:TagResource` and
    /// `kms:UntagResource`: every such request carries them. A statement that asks for the same key otherwise too, by `Null` or
    /// `ForAnyValue`; with `kms:EncryptionContextKeys` one that requires a pair of the encryption context.
    ///
    /// # References
    ///
    /// - [Single-valued and multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
    /// - [`kms:EncryptionContextKeys`](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context-keys)
    id: "vacuous-for-all-values",
    summary: "A condition holds of every request that lacks its key",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["set-operator-on-single-value"],
}

pub(crate) struct VacuousForAllValues;

/// A condition that asks for nothing of a request without its key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Vacuous {
    /// The condition key.
    key: String,
    operator: String,
}

impl Check for VacuousForAllValues {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Vacuous;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Vacuous> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        if statement.has_effect(Effect::Allow).is_no() {
            return Ok(None);
        }
        let mut open = statement.conditions.more.clone();
        for condition in &statement.conditions {
            match is_vacuous(statement, condition) {
                Knowledge::Known(false) => {}
                // A condition that is not known may require the key.
                Knowledge::Known(true) if statement.conditions.more.is_some() => {}
                Knowledge::Known(true) => {
                    statement.effect.clone().ok()?;
                    return Ok(Some(Vacuous {
                        key: condition.key.to_string(),
                        operator: condition.operator.written.to_string(),
                    }));
                }
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, vacuous: Vacuous) -> Finding {
        let Vacuous { key, operator } = vacuous;
        let message = format!(
            "`{operator}` holds of every request without `{key}`: the statement allows what lacks the key, whatever the \
             values that it asks for."
        );
        let help =
            format!("Add `Null = {{ \"{key}\" = \"false\" }}` to the condition, which requires the key.");
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// Whether a condition holds of requests without its key, and the statement lets such requests through.
fn is_vacuous(statement: &Statement, condition: &Condition) -> Knowledge<bool> {
    let operator = &condition.operator;
    let key = ConditionKey::of(&condition.key);
    let multi = key.is_multi_valued();
    match (multi, operator.quantifier, operator.test) {
        (Truth::No, ..) | (_, _, Test::Null) => return Knowledge::Known(false),
        (_, None | Some(Quantifier::ForAnyValue), Test::Unknown) => {
            return Knowledge::Undetermined(unknown_operator(condition));
        }
        (_, None | Some(Quantifier::ForAnyValue), _) => return Knowledge::Known(false),
        (_, Some(Quantifier::ForAllValues), _) => {}
    }
    let required = Knowledge::any(statement.conditions.iter().map(|other| requires(other, condition)));
    let carried = is_always_carried(statement, &key);
    let facts =
        [required.map(|required| !required), carried.map(|carried| !carried), known_multi(condition, multi)];
    Knowledge::all(facts)
}

fn known_multi(condition: &Condition, multi: Truth) -> Knowledge<bool> {
    match multi {
        Truth::Unknown => Knowledge::Undetermined(unknown_key(condition)),
        multi => Knowledge::Known(multi.is_yes()),
    }
}

/// Whether another condition holds only of requests that carry the key of this one.
/// Source: KMS developer guide, "kms:EncryptionContextKeys": a required pair rules the empty encryption context out.
fn requires(other: &Condition, condition: &Condition) -> Knowledge<bool> {
    let about = shares_key(other, condition);
    match about.and(other.requires_key()) {
        Truth::Yes => Knowledge::Known(true),
        Truth::No => Knowledge::Known(false),
        Truth::Unknown if about == Truth::Unknown => Knowledge::Undetermined(unknown_key(other)),
        Truth::Unknown => Knowledge::Undetermined(unknown_operator(other)),
    }
}

/// Whether a request that carries the key of the one condition carries that of the other.
fn shares_key(other: &Condition, condition: &Condition) -> Truth {
    let (Some(other), Some(own)) = (other.key.as_str(), condition.key.as_str()) else {
        return Truth::Unknown;
    };
    let is_pair = || {
        let pair = "kms:EncryptionContext:";
        let begins = other.get(..pair.len()).is_some_and(|start| start.eq_ignore_ascii_case(pair));
        begins && own.eq_ignore_ascii_case("kms:EncryptionContextKeys")
    };
    (other.eq_ignore_ascii_case(own) || is_pair()).into()
}

/// Whether every request that the statement is about carries the key.
/// Source: KMS API reference: `Operations` of `CreateGrant`, `Tags` of `TagResource` and `TagKeys` of `UntagResource` are
/// required.
fn is_always_carried(statement: &Statement, key: &ConditionKey) -> Knowledge<bool> {
    let covered = statement.actions.coverage();
    let set = |names: &[&str]| {
        names.iter().map(|name| ActionSet::matching(name)).fold(ActionSet::default(), ActionSet::union)
    };
    let unknown = || Knowledge::Undetermined(unknown_actions(statement));
    if key.is("kms:grantoperations") {
        // Of a statement about other actions too the condition is there for the grants.
        let grants = set(&["kms:CreateGrant"]);
        return match (
            covered.certain.intersection(grants).is_empty(),
            covered.possible.intersection(grants).is_empty(),
        ) {
            (false, _) => Knowledge::Known(true),
            (true, true) => Knowledge::Known(false),
            (true, false) => unknown(),
        };
    }
    if key.is("aws:tagkeys") {
        let tagging = set(&["kms:TagResource", "kms:UntagResource"]);
        return match (
            covered.certain.without(tagging).is_empty(),
            covered.possible.without(tagging).is_empty(),
        ) {
            (false, _) => Knowledge::Known(false),
            (true, true) => Knowledge::Known(true),
            (true, false) => unknown(),
        };
    }
    Knowledge::Known(false)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&VacuousForAllValues);
    }

    fn key(effect: &str, action: &Value, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": action, "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(action: &str, condition: &Value) -> bool {
        let verdicts = verdicts(&VacuousForAllValues, key("Allow", &json!(action), condition));
        assert!(verdicts.is_empty() || verdicts == ["violated medium aws_kms_key.a"], "{verdicts:?}");
        !verdicts.is_empty()
    }

    #[test]
    fn what_may_be_left_out_must_be_required() {
        for name in
            ["kms:EncryptionContextKeys", "aws:PrincipalOrgPaths", "aws:CalledVia", "AWS:sourceorgpaths"]
        {
            for operator in
                ["ForAllValues:StringEquals", "ForAllValues:StringNotLike", "forallvalues:ArnLike"]
            {
                assert!(judge("kms:Decrypt", &json!({operator: {name: "x"}})), "{operator} {name}");
            }
            for operator in ["ForAnyValue:StringEquals", "StringEquals"] {
                assert!(!judge("kms:Decrypt", &json!({operator: {name: "x"}})), "{operator} {name}");
            }
        }
        assert!(!judge("kms:Decrypt", &json!({"ForAllValues:StringEquals": {"kms:ViaService": "x"}})));
        let deny =
            key("Deny", &json!("kms:*"), &json!({"ForAllValues:StringEquals": {"aws:CalledVia": "x"}}));
        assert!(verdicts(&VacuousForAllValues, deny).is_empty());
    }

    #[test]
    fn another_condition_may_require_the_key() {
        let with = |operator: &str, name: &str, value: &str| {
            let mut condition = json!({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["app"]}});
            condition[operator] = json!({name: value});
            judge("kms:Decrypt", &condition)
        };
        assert!(!with("Null", "kms:encryptioncontextkeys", "false"));
        assert!(!with("ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "app"));
        assert!(!with("StringEquals", "kms:EncryptionContext:app", "payroll"));
        assert!(with("Null", "kms:EncryptionContextKeys", "true"));
        assert!(with("StringNotEquals", "kms:EncryptionContext:app", "payroll"));
        assert!(with("StringEqualsIfExists", "kms:EncryptionContext:app", "payroll"));
        assert!(with("Null", "aws:CalledVia", "false"));
    }

    #[test]
    fn some_requests_always_carry_the_key() {
        let operations = json!({"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}});
        assert!(!judge("kms:CreateGrant", &operations) && !judge("kms:*", &operations));
        assert!(judge("kms:Decrypt", &operations));
        let tags = json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["app"]}});
        assert!(!judge("kms:TagResource", &tags) && !judge("kms:UntagResource", &tags));
        assert!(judge("kms:*", &tags));
    }

    #[test]
    fn what_is_not_known_leaves_it_open() {
        let unknown = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&VacuousForAllValues, vec![unknown]), ["undetermined aws_kms_key.a"]);
        let condition = json!({"ForAllValues:StringEquals": {"aws:CalledVia": "x"}, "StringEqual": {"aws:CalledVia": "x"}});
        let open = key("Allow", &json!("kms:Decrypt"), &condition);
        assert_eq!(verdicts(&VacuousForAllValues, open), ["undetermined aws_kms_key.a"], "no such operator");
    }

    #[test]
    fn it_is_about_the_condition() {
        let condition = json!({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}});
        let found = finding(&VacuousForAllValues, key("Allow", &json!("kms:Decrypt"), &condition));
        assert_eq!(found.subject.to_string(), "policy.statement[0].condition");
        assert!(found.help.contains("`Null = { \"aws:PrincipalOrgPaths\" = \"false\" }`"), "{}", found.help);
    }
}
