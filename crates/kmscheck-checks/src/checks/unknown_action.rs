use kmscheck_graph::Node;
use kmscheck_iam::{Clause, Coverage, Effect, similar_actions};
use kmscheck_value::{Because, Piece, Text, Truth};

use super::misspelled::Misspelled;
use super::policies::{on_statement, statement_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A statement of a key policy with an action of AWS KMS, in `Action` or `NotAction`, that does not exist. It is of
    /// severity info if no action has a name that is spelled nearly so: it may be new.
    ///
    /// # Why it matters
    ///
    /// A name that does not exist is nowhere an error: the policy is accepted, and the statement has no effect on what was
    /// meant. `kms:ReEncrypt` is the name of a call, but not of an action: the call needs `kms:ReEncryptFrom` and
    /// `kms:ReEncryptTo`.
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
    ///         Action    = ["kms:Decript", "kms:ReEncrypt"]
    ///         Resource  = "*"
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
    ///         Action    = ["kms:Decrypt", "kms:ReEncrypt*"]
    ///         Resource  = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Upper and lower case, which do not matter. Wildcards that some action matches. Actions of other services.
    ///
    /// # References
    ///
    /// - [Actions defined by AWS Key Management Service](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html#awskeymanagementservice-actions-as-permissions)
    /// - [ReEncrypt: required permissions](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html)
    id: "unknown-action",
    summary: "A statement names an action that does not exist",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct UnknownAction;

/// The actions that do not exist.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    names: Misspelled,
    /// Whether they stand in `NotAction`.
    excepted: bool,
    effect: Option<Effect>,
}

impl Check for UnknownAction {
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
        let Some(actions) = statement.actions.list() else { return Ok(None) };
        let mut names = Misspelled::default();
        let mut open = actions.more.clone();
        for action in actions {
            match exists(action) {
                Truth::Yes => {}
                Truth::No => names.add(action, similar_actions),
                Truth::Unknown => open = open.or_else(|| Some(unclear(action))),
            }
        }
        if names.is_empty() {
            return open.map_or(Ok(None), Err);
        }
        let excepted = matches!(statement.actions.written(), Clause::Not(_));
        Ok(Some(Unknown { names, excepted, effect: statement.effect.known().copied() }))
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, unknown: Unknown) -> Finding {
        let Unknown { names, .. } = &unknown;
        let message = format!("AWS KMS has no action {}: {}.", names.names(), consequence(&unknown));
        let finding = Finding::new(&METADATA, self.bearer(cx, part), message, names.help("actions"));
        on_statement(cx, part, finding.severity(names.severity()))
    }
}

fn consequence(unknown: &Unknown) -> &'static str {
    match (unknown.effect, unknown.excepted) {
        (Some(Effect::Allow), false) => "the statement does not allow what was meant",
        (Some(Effect::Deny), false) => "the statement does not deny what was meant",
        (Some(Effect::Allow), true) => "the statement allows what it was to except as well",
        (Some(Effect::Deny), true) => "the statement denies what it was to except as well",
        (None, _) => "the statement does not cover what was meant",
    }
}

/// Whether an element stands for any action, if it is one of AWS KMS. What another service calls its actions is not
/// judged.
fn exists(action: &Text) -> Truth {
    let of_kms = is_of_kms(action);
    let coverage = Coverage::of_element(action);
    match of_kms {
        Truth::No => Truth::Yes,
        _ if !coverage.certain.is_empty() => Truth::Yes,
        Truth::Yes if coverage.possible.is_empty() => Truth::No,
        Truth::Yes | Truth::Unknown => Truth::Unknown,
    }
}

/// Whether its prefix is that of AWS KMS.
fn is_of_kms(action: &Text) -> Truth {
    const PREFIX: &str = "kms:";
    let pieces = action.pieces();
    let beginning = match pieces.first() {
        Some(Piece::Literal(literal)) => literal,
        _ => "",
    };
    let is_open = action.as_str().is_none() && beginning.len() < PREFIX.len();
    let length = if is_open { beginning.len() } else { PREFIX.len() };
    let (own, prefix) = (beginning.get(..length), PREFIX.get(..length));
    let is_same = own.zip(prefix).is_some_and(|(own, prefix)| own.eq_ignore_ascii_case(prefix));
    if is_same && is_open { Truth::Unknown } else { is_same.into() }
}

fn unclear(action: &Text) -> Because {
    Because::new(format!("`{action}`, an action, is not known"))
}

#[cfg(test)]
mod tests {
    use kmscheck_value::Symbol;
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&UnknownAction);
    }

    fn key(effect: &str, element: &str, actions: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", element: actions, "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(actions: &Value) -> Vec<String> {
        verdicts(&UnknownAction, key("Allow", "Action", actions))
    }

    #[test]
    fn a_near_match_makes_it_medium() {
        assert_eq!(judge(&json!("kms:Decript")), ["violated medium aws_kms_key.a"]);
        assert_eq!(judge(&json!(["kms:Decrypt", "KMS:decript*"])), ["violated medium aws_kms_key.a"]);
        assert_eq!(judge(&json!("kms:SetKeyPolicy")), ["violated info aws_kms_key.a"]);
        assert_eq!(judge(&json!(["kms:SetKeyPolicy", "kms:Sing"])), ["violated medium aws_kms_key.a"]);
    }

    #[test]
    fn what_some_action_matches_or_another_service_has_is_left_alone() {
        for action in [
            "kms:decrypt",
            "KMS:Decrypt",
            "kms:De*",
            "kms:?ign",
            "*",
            "k*:Decript",
            "s3:Decript",
            "kms",
            "é:x",
            "ééé",
        ] {
            assert_eq!(judge(&json!(action)), [""; 0], "{action}");
        }
    }

    #[test]
    fn a_symbol_may_stand_for_an_action() {
        let symbol = || Piece::Symbol(Symbol::new("terraform_data.a", "output"));
        let of = |prefix: &str| exists(&Text::concat([Piece::Literal(prefix.into()), symbol()]));
        for prefix in ["", "k", "KMS", "kms:", "kms:Dec"] {
            assert_eq!(of(prefix), Truth::Unknown, "{prefix}");
        }
        assert_eq!(of("s3:"), Truth::Yes);
        assert_eq!(of("s"), Truth::Yes);
        assert_eq!(of("kms:X"), Truth::No);
        let any = Text::concat([Piece::Literal("kms:*".into()), symbol(), Piece::Literal("*".into())]);
        assert_eq!(exists(&any), Truth::Unknown);
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let key = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&UnknownAction, vec![key]), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn what_is_not_known_in_a_document_leaves_it_open_beside_names_that_exist() {
        let judge = |actions: &Value| {
            let principals = json!([{"type": "AWS", "identifiers": ["*"]}]);
            let statement = json!([{"actions": actions, "resources": ["*"], "principals": principals}]);
            let document = json!({"statement": statement, "json": {"$computed": true}});
            let policy = json!({"policy": {"$ref": "data.aws_iam_policy_document.a.json"}});
            let document = create("data.aws_iam_policy_document.a", document);
            verdicts(&UnknownAction, vec![document, create("aws_kms_key.a", policy)])
        };
        assert_eq!(judge(&json!(["kms:Decrypt"])), [""; 0]);
        assert_eq!(judge(&json!({"$computed": true})), ["undetermined aws_kms_key.a"]);
        assert_eq!(judge(&json!(["kms:Decrypt", {"$computed": true}])), ["undetermined aws_kms_key.a"]);
        assert_eq!(judge(&json!(["kms:Sing", {"$computed": true}])), ["violated medium aws_kms_key.a"]);
    }

    #[test]
    fn what_it_means_depends_on_effect_and_element() {
        let message = |effect: &str, element: &str| {
            finding(&UnknownAction, key(effect, element, &json!("kms:Decript"))).message
        };
        assert!(message("Allow", "Action").ends_with("does not allow what was meant."));
        assert!(message("Deny", "Action").ends_with("does not deny what was meant."));
        assert!(message("Allow", "NotAction").ends_with("allows what it was to except as well."));
        assert!(message("Deny", "NotAction").ends_with("denies what it was to except as well."));
    }

    #[test]
    fn it_is_about_the_statement_and_says_what_is_meant() {
        let finding = finding(&UnknownAction, key("Allow", "Action", &json!("kms:ReEncrypt")));
        assert_eq!(finding.subject.to_string(), "policy.statement[0]");
        assert!(finding.evidence[0].starts_with("statement 0: {"), "{:?}", finding.evidence);
        assert_eq!(finding.help, "Write `kms:ReEncrypt*` for `kms:ReEncrypt` if that is meant.");
        assert!(finding.message.starts_with("AWS KMS has no action `kms:ReEncrypt`:"), "{}", finding.message);
    }

    #[test]
    fn it_names_the_resource_that_writes_the_policy() {
        let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "kms:Sing", "Resource": "*"});
        let policy = json!({"Statement": [statement]}).to_string();
        let writer = json!({"key_id": {"$ref": "aws_kms_key.a.key_id"}, "policy": policy});
        let key = create("aws_kms_key.a", json!({"key_id": {"$computed": true}}));
        let finding = finding(&UnknownAction, vec![key, create("aws_kms_key_policy.a", writer)]);
        let related: Vec<_> = finding.related.iter().map(|related| &*related.address).collect();
        assert_eq!((&*finding.address, related), ("aws_kms_key.a", vec!["aws_kms_key_policy.a"]));
    }
}
