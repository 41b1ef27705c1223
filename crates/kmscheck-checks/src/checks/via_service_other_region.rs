use kmscheck_graph::{Node, PolicyHolder};
use kmscheck_iam::{Condition, Effect, Polarity, ServiceEndpoint, Test};
use kmscheck_value::{Because, Knowledge, Piece, Symbol};

use super::policies::{on_condition, statement_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A statement of a key policy with a condition on `kms:ViaService` that names Regions, none of which is the key's own.
    /// A policy document that several keys use is judged for each of them.
    ///
    /// # Why it matters
    ///
    /// A service uses a key in the Region in which both are, and that Region is in the value of `kms:ViaService`. With
    /// another Region the condition never matches: an `Allow` gives nothing, and a `Deny` with a negated operator denies
    /// everything. Typical cause: a policy that was copied from the primary of a multi-Region key to its replica.
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
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/app" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:ViaService" = "s3.us-east-1.amazonaws.com" } }
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
    /// data "aws_region" "current" {}
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
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/app" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:ViaService" = "s3.${data.aws_region.current.name}.amazonaws.com" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A condition that names the key's Region among others, and one with a wildcard in place of the Region.
    ///
    /// # References
    ///
    /// - [kms:ViaService](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service)
    id: "via-service-other-region",
    summary: "A condition on kms:ViaService names another Region than the key's",
    group: Group::Replication,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["malformed-via-service", "wildcard-in-exact-match"],
}

pub(crate) struct ViaServiceOtherRegion;

/// What the condition does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// The key's own Region.
    own: String,
    /// The Regions that are named.
    named: Vec<String>,
    /// Whether it holds of every request, instead of none.
    always: bool,
    effect: Option<Effect>,
}

impl Check for ViaServiceOtherRegion {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Mismatch;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Mismatch> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut conditions =
            statement.conditions.iter().filter(|condition| names_services(condition)).peekable();
        if conditions.peek().is_none() {
            return statement.conditions.more.clone().map_or(Ok(None), Err);
        }
        let bearer = self.bearer(cx, part);
        let mut conditions = conditions.filter(|condition| !names_region_of(condition, bearer)).peekable();
        if conditions.peek().is_none() {
            return Ok(None);
        }
        let own = cx.graph.holder_region(part.holder()).ok()?;
        for condition in conditions {
            if let Some(named) = other_regions(condition, own).ok()? {
                let always = condition.operator.polarity() == Some(Polarity::Negated);
                let effect = statement.effect.known().copied();
                return Ok(Some(Mismatch { own: own.to_string(), named, always, effect }));
            }
        }
        Ok(None)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, mismatch: Mismatch) -> Finding {
        let Mismatch { own, named, .. } = &mismatch;
        let message = format!(
            "A statement of this key's policy requires calls through services in {}, and the key is in {own}: {}.",
            named.join(" or "),
            consequence(&mismatch)
        );
        let help = format!(
            "Put {own} into the value of `kms:ViaService`, or give each key a policy with its own Region."
        );
        let bearer = self.bearer(cx, part);
        let key = match part.holder() {
            PolicyHolder::Key(_) => bearer.to_string(),
            PolicyHolder::Foreign(_) => format!("the key of {bearer}"),
        };
        let finding = Finding::new(&METADATA, bearer, message, help).evidence(format!("{key} is in {own}"));
        on_condition(cx, part, finding)
    }
}

fn consequence(mismatch: &Mismatch) -> &'static str {
    match (mismatch.effect, mismatch.always) {
        (Some(Effect::Allow), false) => "no call is ever through them, so the statement allows nothing",
        (Some(Effect::Deny), false) => "no call is ever through them, so the statement denies nothing",
        (Some(Effect::Deny), true) => "no call is ever through them, so the statement denies every call",
        (Some(Effect::Allow), true) => "no call is ever through them, so the condition excludes nothing",
        (None, _) => "no call is ever through them",
    }
}

/// Whether it compares `kms:ViaService` with services.
fn names_services(condition: &Condition) -> bool {
    let is_key = condition.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("kms:ViaService"));
    is_key && matches!(condition.operator.test, Test::String(..))
}

/// Whether a condition names the Region of a resource, whichever that is: the one that its provider configuration is for.
fn names_region_of(condition: &Condition, node: Node<'_>) -> bool {
    let region = Symbol::region(&node.resource.deployment.provider);
    let is_region = |piece: &Piece| matches!(piece, Piece::Symbol(symbol) if *symbol == region);
    node.resource.configured.sets("region").is_no()
        && condition.values.iter().any(|value| value.pieces().iter().any(is_region))
}

/// The Regions that a condition names, if none of them is `own`. A value that names no Region is not judged here.
fn other_regions(condition: &Condition, own: &str) -> Knowledge<Option<Vec<String>>> {
    let mut named = Vec::new();
    let mut unknown = condition.values.more.clone();
    for value in &condition.values {
        match value.as_str().map(ServiceEndpoint::region_in) {
            Some(Some(region)) if region != own => named.push(region.to_owned()),
            Some(_) => return Knowledge::Known(None),
            None => {
                unknown = unknown.or_else(|| {
                    Some(Because::new(format!("`{value}`, a value of kms:ViaService, is not known")))
                });
            }
        }
    }
    named.sort();
    named.dedup();
    match unknown {
        Some(because) => Knowledge::Undetermined(because),
        None => Knowledge::Known(Some(named).filter(|named| !named.is_empty())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&ViaServiceOtherRegion);
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    #[test]
    fn what_it_means_depends_on_effect_and_operator() {
        let message = |effect: &str, operator: &str| {
            let condition = json!({operator: {"kms:ViaService": "s3.us-east-1.amazonaws.com"}});
            finding(&ViaServiceOtherRegion, key(effect, &condition)).message
        };
        assert!(message("Allow", "StringEquals").ends_with("the statement allows nothing."));
        assert!(message("Deny", "StringLike").ends_with("the statement denies nothing."));
        assert!(message("Deny", "StringNotEquals").ends_with("the statement denies every call."));
        assert!(message("Allow", "StringNotLike").ends_with("the condition excludes nothing."));
    }

    #[test]
    fn it_is_about_the_condition() {
        let condition = json!({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}});
        let finding = finding(&ViaServiceOtherRegion, key("Allow", &condition));
        assert_eq!(finding.subject.to_string(), "policy.statement[0].condition");
        assert!(finding.evidence[1].contains("s3.us-east-1.amazonaws.com"), "{:?}", finding.evidence);
    }

    #[test]
    fn only_regions_that_are_named_count() {
        let judge = |condition: &Value| verdicts(&ViaServiceOtherRegion, key("Allow", condition)).len();
        let via = |operator: &str, values: Value| json!({operator: {"KMS:viaservice": values}});
        assert_eq!(
            judge(&via("StringEquals", json!(["s3.us-east-1.amazonaws.com", "ec2.us-west-2.amazonaws.com"]))),
            1
        );
        assert_eq!(
            judge(&via("StringEquals", json!(["s3.us-east-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"]))),
            0
        );
        assert_eq!(judge(&via("StringLike", json!(["s3.us-east-1.amazonaws.com", "s3.*.amazonaws.com"]))), 0);
        assert_eq!(judge(&via("StringLike", json!("*.us-east-1.amazonaws.com"))), 1);
        assert_eq!(judge(&via("Null", json!("false"))), 0);
        assert_eq!(judge(&via("ArnLike", json!("s3.us-east-1.amazonaws.com"))), 0, "it is no ARN");
        assert_eq!(judge(&via("StringEquals", json!([]))), 0);
        assert_eq!(
            judge(&json!({"StringEquals": {"kms:EncryptionContext:a": "s3.us-east-1.amazonaws.com"}})),
            0
        );
    }
}
