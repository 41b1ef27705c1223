use kmscheck_graph::Node;
use kmscheck_iam::{
    Action, ActionSet, Clause, Condition, Effect, KeyPolicy, Principal, PrincipalKind, Statement,
};
use kmscheck_value::{Because, Knowledge, Truth};

use super::policies::{on_statement, rest, statement_of, unknown_actions, unknown_key, unknown_operator};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// An `Allow` of a key policy that gives a principal an action only from an attested enclave, by
    /// `kms:RecipientAttestation:`, while another statement gives the same principal that action without; or lets IAM policies of
    /// its account do so. Unless a `Deny` asks for the attestation too.
    ///
    /// # Why it matters
    ///
    /// One `Allow` is enough. A condition in one statement does not narrow another: whoever has the role decrypts outside of the
    /// enclave as well, by the other statement, or by an IAM policy if the policy delegates to the account.
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
    ///         Principal = { AWS = "${local.account}:role/enclave" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = {
    ///           StringEqualsIgnoreCase = {
    ///             "kms:RecipientAttestation:PCR0" = "7fb5c55bc2ecbb68ed99a13d7122abfc0666b926a79d5379bc58b9445c84217f59cfdd36c08b2c79552928702efe23e4"
    ///           }
    ///         }
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
    ///         Principal = { AWS = "${local.account}:role/enclave" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = {
    ///           StringEqualsIgnoreCase = {
    ///             "kms:RecipientAttestation:PCR0" = "7fb5c55bc2ecbb68ed99a13d7122abfc0666b926a79d5379bc58b9445c84217f59cfdd36c08b2c79552928702efe23e4"
    ///           }
    ///         }
    ///       },
    ///       {
    ///         Effect    = "Deny"
    ///         Principal = "*"
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = {
    ///           StringNotEqualsIgnoreCase = {
    ///             "kms:RecipientAttestation:PCR0" = "7fb5c55bc2ecbb68ed99a13d7122abfc0666b926a79d5379bc58b9445c84217f59cfdd36c08b2c79552928702efe23e4"
    ///           }
    ///         }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// An administrator who may use the key without an enclave, and is not the principal of the enclave. Grants.
    ///
    /// # References
    ///
    /// - [Condition keys for AWS Nitro Enclaves](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-nitro-enclaves.html)
    /// - [How AWS Nitro Enclaves uses AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/services-nitro-enclaves.html)
    id: "attestation-bypassable",
    summary: "Another statement gives without attestation what one gives to enclaves",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

const ATTESTATION: &str = "kms:RecipientAttestation:";

pub(crate) struct AttestationBypassable;

/// A way past the attestation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bypass {
    principal: String,
    action: &'static str,
    /// The statement that gives it.
    statement: usize,
    /// Whether it gives it to the account, for IAM policies to pass on.
    delegates: bool,
}

impl Check for AttestationBypassable {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Bypass;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Bypass> {
        let Some((policy, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let guards = Knowledge::any(statement.conditions.iter().map(guards));
        if statement.has_effect(Effect::Allow).is_no() || guards == Knowledge::Known(false) {
            return statement.conditions.more.clone().map_or(Ok(None), Err);
        }
        guards.ok()?;
        statement.effect.clone().ok()?;
        let guarded = statement.actions.coverage().possible.intersection(attested());
        let Clause::Only(principals) = &statement.principals else {
            return Err(Because::new(format!("whom statement {} is about is not known", statement.index)));
        };
        let mut open = principals.more.clone();
        for principal in principals {
            for other in policy.statements().iter().filter(|other| other.index != statement.index) {
                match bypass(policy, principal, (statement, guarded), other) {
                    Ok(None) => {}
                    Ok(found) => return Ok(found),
                    Err(because) => open = open.or(Some(because)),
                }
            }
        }
        // A statement that is not known may give it, or deny it.
        let open = open.map_or(Ok(()), Err).and_then(|()| rest(cx, part.holder()));
        open.map(|()| None)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, bypass: Bypass) -> Finding {
        let Bypass { principal, action, statement, delegates } = bypass;
        let by = if delegates {
            format!("statement {statement} lets IAM policies of the account give it that without")
        } else {
            format!("statement {statement} gives it that without")
        };
        let message =
            format!("This statement gives `{principal}` {action} from an attested enclave only, and {by}.");
        let help = format!(
            "Deny {action} to the principal where the attestation does not match, with the negated operator, or take the \
             action out of statement {statement}."
        );
        on_statement(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// The actions whose requests may carry an attestation.
fn attested() -> ActionSet {
    // Source: KMS developer guide, "Condition keys for AWS Nitro Enclaves".
    const NAMES: [&str; 4] =
        ["kms:Decrypt", "kms:DeriveSharedSecret", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"];
    NAMES.iter().map(|name| ActionSet::matching(name)).fold(ActionSet::default(), ActionSet::union)
}

/// Whether a condition is about the attestation.
fn is_attestation(condition: &Condition) -> Truth {
    match condition.key.as_str() {
        Some(key) => {
            key.get(..ATTESTATION.len()).is_some_and(|start| start.eq_ignore_ascii_case(ATTESTATION)).into()
        }
        None => Truth::Unknown,
    }
}

/// Whether a condition holds of requests from an attested enclave only.
fn guards(condition: &Condition) -> Knowledge<bool> {
    let about = is_attestation(condition);
    match about.and(condition.requires_key()) {
        Truth::Unknown if about == Truth::Unknown => Knowledge::Undetermined(unknown_key(condition)),
        Truth::Unknown => Knowledge::Undetermined(unknown_operator(condition)),
        truth => Knowledge::Known(truth.is_yes()),
    }
}

/// How `other` gives a principal what a statement gives it from an enclave only.
fn bypass(
    policy: KeyPolicy<'_>,
    principal: &Principal,
    (statement, guarded): (&Statement, ActionSet),
    other: &Statement,
) -> Detection<Bypass> {
    let shared = other.actions.coverage().possible.intersection(guarded);
    let includes = includes(other, principal);
    if other.has_effect(Effect::Allow).is_no() || includes.is_no() || shared.is_empty() {
        return Ok(None);
    }
    let guarded_too = Knowledge::any(other.conditions.iter().map(guards));
    if guarded_too == Knowledge::Known(true) {
        return Ok(None);
    }
    let mut open = None;
    for action in shared.iter() {
        match denied(policy, principal, action) {
            Knowledge::Known(true) => continue,
            Knowledge::Undetermined(because) => open = open.or(Some(because)),
            Knowledge::Known(false) => {
                let certain = [
                    statement.covers(action),
                    other.covers(action),
                    includes,
                    other.has_effect(Effect::Allow),
                ];
                let is_plain = other.conditions.is_empty();
                if Truth::all(certain).is_yes() && is_plain && policy.more().is_none() {
                    let delegates = names_account_of(other, principal);
                    let principal = principal.written.to_string();
                    return Ok(Some(Bypass {
                        principal,
                        action: action.name,
                        statement: other.index,
                        delegates,
                    }));
                }
                open = open.or_else(|| Some(unclear(policy, statement, other, action)));
            }
        }
    }
    open.map_or(Ok(None), Err)
}

/// Whether a statement is about a principal, itself or by its account.
fn includes(statement: &Statement, principal: &Principal) -> Truth {
    let list = match &statement.principals {
        Clause::Only(list) => list,
        Clause::Not(list) => return list.any(|other| same(other, principal)).negate(),
        Clause::Absent => return Truth::No,
    };
    list.any(|other| {
        Truth::any([other.is_everyone(), same(other, principal), is_account_of(other, principal)])
    })
}

fn same(other: &Principal, principal: &Principal) -> Truth {
    match (&other.kind, &principal.kind) {
        (PrincipalKind::Unknown, _) | (_, PrincipalKind::Unknown) if other.written != principal.written => {
            Truth::Unknown
        }
        (own, others) => (own == others).into(),
    }
}

/// Whether the one is the account that the other belongs to; of everybody it is one.
fn is_account_of(other: &Principal, principal: &Principal) -> Truth {
    let PrincipalKind::Account { account } = &other.kind else { return Truth::No };
    match (principal.account(), &principal.kind) {
        (_, PrincipalKind::Everyone) => Truth::Yes,
        (Some(own), _) if own == account => Truth::Yes,
        (Some(own), _) if own.as_str().is_some() && account.as_str().is_some() => Truth::No,
        (Some(_), _) | (None, PrincipalKind::Unknown) => Truth::Unknown,
        (None, _) => Truth::No,
    }
}

fn names_account_of(statement: &Statement, principal: &Principal) -> bool {
    let mut listed = statement.principals.list().into_iter().flatten();
    let is_itself = |other: &Principal| other.is_everyone().is_yes() || same(other, principal).is_yes();
    !listed.any(is_itself)
}

/// Whether a `Deny` takes an action from a principal wherever there is no attestation.
fn denied(policy: KeyPolicy<'_>, principal: &Principal, action: &Action) -> Knowledge<bool> {
    let more = policy.more().cloned().map(Knowledge::Undetermined);
    let denies = policy.statements().iter().map(|statement| {
        let hits = Truth::all([
            statement.has_effect(Effect::Deny),
            statement.covers(action),
            includes(statement, principal),
        ]);
        match hits.and(holds_without(statement)) {
            Truth::Unknown => Knowledge::Undetermined(Because::new(format!(
                "whether statement {} denies {} without an attestation is not known",
                statement.index, action.name
            ))),
            truth => Knowledge::Known(truth.is_yes()),
        }
    });
    Knowledge::any(denies.chain(more))
}

/// Whether a `Deny` holds of all requests without an attestation.
fn holds_without(statement: &Statement) -> Truth {
    statement.conditions.all(|condition| match is_attestation(condition) {
        Truth::Yes => condition.without_key(),
        // It may except whom it likes.
        Truth::No | Truth::Unknown => Truth::Unknown,
    })
}

/// Why it can't be told whether a statement gives what another one guards.
fn unclear(policy: KeyPolicy<'_>, statement: &Statement, other: &Statement, action: &Action) -> Because {
    if let Some(because) = policy.more() {
        return because.clone();
    }
    if statement.covers(action) == Truth::Unknown {
        return unknown_actions(statement);
    }
    if other.covers(action) == Truth::Unknown {
        return unknown_actions(other);
    }
    Because::new(format!(
        "whether statement {} gives the same principal {} without an attestation is not known",
        other.index, action.name
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&AttestationBypassable);
    }

    const ROLE: &str = "arn:aws:iam::111122223333:role/enclave";

    fn statement(effect: &str, principal: &Value, action: &str, condition: &Value) -> Value {
        let mut statement =
            json!({"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"});
        if !condition.is_null() {
            statement["Condition"] = condition.clone();
        }
        statement
    }

    fn attested_by(operator: &str) -> Value {
        json!({operator: {"kms:recipientattestation:ImageSha384": "ab"}})
    }

    fn guarded() -> Value {
        statement("Allow", &json!({"AWS": ROLE}), "kms:Decrypt", &attested_by("StringEqualsIgnoreCase"))
    }

    fn plan(statements: &[Value]) -> Vec<super::super::inline::Planned> {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    /// `v`iolated, `u`ndetermined or `-`.
    fn judge(others: &[Value]) -> &'static str {
        let statements: Vec<_> = [guarded()].iter().chain(others).cloned().collect();
        match verdicts(&AttestationBypassable, plan(&statements)).as_slice() {
            [] => "-",
            [one] if one == "violated medium aws_kms_key.a" => "v",
            [one] if one == "undetermined aws_kms_key.a" => "u",
            other => panic!("{other:?}"),
        }
    }

    fn allow(principal: &Value, action: &str, condition: &Value) -> Value {
        statement("Allow", principal, action, condition)
    }

    #[test]
    fn another_statement_may_give_the_same() {
        let none = Value::Null;
        for principal in [json!("*"), json!({"AWS": ROLE}), json!({"AWS": "111122223333"})] {
            assert_eq!(judge(&[allow(&principal, "kms:D*", &none)]), "v", "{principal}");
            assert_eq!(judge(&[allow(&principal, "kms:Encrypt", &none)]), "-", "{principal}");
            assert_eq!(
                judge(&[allow(&principal, "kms:D*", &attested_by("StringEquals"))]),
                "-",
                "{principal}"
            );
            let conditioned = json!({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}});
            assert_eq!(judge(&[allow(&principal, "kms:D*", &conditioned)]), "u", "{principal}");
        }
        for other in ["444455556666", "arn:aws:iam::111122223333:role/admin"] {
            assert_eq!(judge(&[allow(&json!({"AWS": other}), "kms:*", &none)]), "-", "{other}");
        }
        assert_eq!(judge(&[]), "-");
    }

    #[test]
    fn a_deny_closes_the_way() {
        let open = allow(&json!({"AWS": "111122223333"}), "kms:*", &Value::Null);
        let deny = |principal: Value, action: &str, condition: &Value| {
            judge(&[open.clone(), statement("Deny", &principal, action, condition)])
        };
        let negated = attested_by("StringNotEqualsIgnoreCase");
        assert_eq!(deny(json!("*"), "kms:Decrypt", &negated), "-");
        assert_eq!(deny(json!({"AWS": ROLE}), "kms:*", &negated), "-");
        assert_eq!(deny(json!({"AWS": "111122223333"}), "kms:*", &negated), "-");
        let absent = json!({"Null": {"kms:RecipientAttestation:ImageSha384": "true"}});
        assert_eq!(deny(json!("*"), "kms:Decrypt", &absent), "-");
        assert_eq!(deny(json!("*"), "kms:Encrypt", &negated), "v");
        assert_eq!(deny(json!("*"), "kms:Decrypt", &attested_by("StringEquals")), "v");
        assert_eq!(deny(json!({"AWS": "444455556666"}), "kms:Decrypt", &negated), "v");
        let more =
            json!({"StringNotEquals": {"kms:RecipientAttestation:PCR0": "a", "aws:PrincipalTag/a": "b"}});
        assert_eq!(deny(json!("*"), "kms:Decrypt", &more), "u");
    }

    #[test]
    fn only_what_requires_an_attestation_guards() {
        let root = allow(&json!({"AWS": "111122223333"}), "kms:*", &Value::Null);
        for condition in [attested_by("StringNotEquals"), attested_by("StringEqualsIfExists"), json!({})] {
            let statements = [allow(&json!({"AWS": ROLE}), "kms:Decrypt", &condition), root.clone()];
            assert!(verdicts(&AttestationBypassable, plan(&statements)).is_empty(), "{condition}");
        }
        let deny = statement("Deny", &json!({"AWS": ROLE}), "kms:Decrypt", &attested_by("StringEquals"));
        assert!(verdicts(&AttestationBypassable, plan(&[deny, root.clone()])).is_empty());
        let odd = allow(&json!({"AWS": ROLE}), "kms:Decrypt", &attested_by("StringIsh"));
        assert_eq!(verdicts(&AttestationBypassable, plan(&[odd, root])), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn it_says_who_gives_what() {
        let found = |principal: Value| {
            finding(&AttestationBypassable, plan(&[guarded(), allow(&principal, "kms:*", &Value::Null)]))
        };
        let delegated = found(json!({"AWS": "111122223333"}));
        assert_eq!(delegated.subject.to_string(), "policy.statement[0]");
        assert!(delegated.message.contains("lets IAM policies"), "{}", delegated.message);
        assert!(found(json!("*")).message.contains("statement 1 gives it that"), "{}", delegated.message);
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let unknown = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&AttestationBypassable, vec![unknown]), ["undetermined aws_kms_key.a"]);
    }
}
