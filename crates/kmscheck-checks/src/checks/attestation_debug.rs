use kmscheck_graph::Node;
use kmscheck_iam::{Condition, Effect, Pattern, Polarity, StringTest, Test};
use kmscheck_value::{Because, Knowledge, Piece, Text, Truth};

use super::policies::{is_on, on_condition, statement_of, unknown_key, unknown_operator};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A statement of a key policy that lets enclaves in debug mode through: an `Allow` for a value of zeros of
    /// `kms:RecipientAttestation:PCR0` or `kms:RecipientAttestation:ImageSha384`, or a `Deny` that excepts it.
    ///
    /// # Why it matters
    ///
    /// An enclave in debug mode attests nothing: its measurements are zeros, whatever its image is, and its console can be read
    /// from the parent instance. Whoever can start enclaves with the role then gets at the key with any image.
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
    ///         Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*", "kms:ScheduleKeyDeletion"]
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:role/enclave" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = {
    ///           StringEqualsIgnoreCase = {
    ///             "kms:RecipientAttestation:PCR0" = "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
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
    ///         Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*", "kms:ScheduleKeyDeletion"]
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
    /// # What it leaves alone
    ///
    /// A `Deny` of zeros and an `Allow` that excepts them, which keep debug mode out. Zeros of another length than the 96 digits
    /// of a measurement, which no enclave has. Other registers: they are zeros also where there is nothing to measure. Patterns
    /// without a zero, such as `*`.
    ///
    /// # References
    ///
    /// - [Cryptographic attestation of AWS Nitro Enclaves](https://docs.aws.amazon.com/enclaves/latest/user/set-up-attestation.html)
    /// - [Condition keys for AWS Nitro Enclaves](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-nitro-enclaves.html)
    id: "attestation-debug",
    summary: "A policy lets enclaves in debug mode use the key",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

/// The keys that hold the measurement of the image.
/// Source: KMS developer guide, "Condition keys for AWS Nitro Enclaves".
const MEASUREMENTS: [&str; 2] = ["kms:RecipientAttestation:PCR0", "kms:RecipientAttestation:ImageSha384"];

/// The digits of a measurement, which is a SHA-384.
const DIGITS: usize = 96;

pub(crate) struct AttestationDebug;

/// A condition that enclaves in debug mode pass.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The condition key.
    key: String,
    effect: Effect,
}

impl Check for AttestationDebug {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Passed;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Passed> {
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let effect = statement.effect.known().copied();
        let mut open = statement.conditions.more.clone();
        for condition in statement.conditions.iter().filter(|condition| !keeps_out(condition, effect)) {
            match names_zeros(condition) {
                Knowledge::Known(false) => {}
                Knowledge::Known(true) => {
                    let effect = statement.effect.clone().ok()?;
                    return Ok(Some(Passed { key: condition.key.to_string(), effect }));
                }
                Knowledge::Undetermined(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, Passed { key, effect }: Passed) -> Finding {
        let consequence = match effect {
            Effect::Allow => "the statement allows zeros",
            Effect::Deny => "the statement excepts zeros from what it denies",
        };
        let message = format!(
            "`{key}` is all zeros for every enclave in debug mode, whatever its image, and {consequence}: any image gets \
             past it."
        );
        let help = "Name the measurement of the image that is meant, as `nitro-cli build-enclave` prints it, and no zeros.";
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// Whether what matches the condition is kept from the key, so that zeros in it are right.
fn keeps_out(condition: &Condition, effect: Option<Effect>) -> bool {
    matches!(
        (effect, condition.operator.polarity()),
        (Some(Effect::Allow), Some(Polarity::Negated)) | (Some(Effect::Deny), Some(Polarity::Positive))
    )
}

/// Whether a condition compares the measurement of the image with zeros.
fn names_zeros(condition: &Condition) -> Knowledge<bool> {
    let key = Truth::any(MEASUREMENTS.iter().map(|name| is_on(condition, name)));
    if key.is_no() {
        return Knowledge::Known(false);
    }
    let test = match condition.operator.test {
        Test::String(test, _) => Some(test),
        Test::Unknown => None,
        // They compare no such values, or none at all.
        Test::Arn(_) | Test::Bool | Test::Ip(_) | Test::Other(_) | Test::Null => {
            return Knowledge::Known(false);
        }
    };
    let zeros = condition.values.any(|value| is_zeros(value, test));
    match (key.and(zeros), test) {
        (Truth::No, _) => Knowledge::Known(false),
        (_, None) => Knowledge::Undetermined(unknown_operator(condition)),
        (Truth::Yes, Some(_)) => Knowledge::Known(true),
        (Truth::Unknown, Some(test)) if zeros == Truth::Unknown => {
            Knowledge::Undetermined(unknown_value(condition, test))
        }
        (Truth::Unknown, Some(_)) => Knowledge::Undetermined(unknown_key(condition)),
    }
}

/// Whether a value is the measurement of an enclave in debug mode, or a pattern of it.
/// Source: Nitro Enclaves user guide, "Cryptographic attestation": debug mode makes PCRs of zeros.
fn is_zeros(value: &Text, test: Option<StringTest>) -> Truth {
    let pattern = match test {
        Some(StringTest::Equals | StringTest::EqualsIgnoreCase) => Pattern::exact(value),
        Some(StringTest::Like) | None => Pattern::like(value),
    };
    let has_zero = value.pieces().iter().any(|piece| match piece {
        Piece::Literal(text) => text.contains('0'),
        Piece::Symbol(_) => true,
    });
    if has_zero { pattern.matches(&Text::literal("0".repeat(DIGITS))) } else { Truth::No }
}

fn unknown_value(condition: &Condition, test: StringTest) -> Because {
    let unknown = condition.values.iter().find(|value| is_zeros(value, Some(test)) == Truth::Unknown);
    let because =
        |value: &Text| Because::new(format!("`{value}`, a value of {}, is not known", condition.key));
    let more = || condition.values.more.clone();
    unknown.map(because).or_else(more).unwrap_or_else(|| unknown_key(condition))
}

#[cfg(test)]
mod tests {
    use kmscheck_iam::{List, Operator};
    use kmscheck_value::{Origin, Symbol};
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&AttestationDebug);
    }

    const PCR0: &str = "kms:RecipientAttestation:PCR0";

    fn zeros() -> String {
        "0".repeat(DIGITS)
    }

    fn key(effect: &str, condition: &Value) -> Vec<Planned> {
        let statement = json!({"Effect": effect, "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        vec![create("aws_kms_key.a", json!({"policy": policy}))]
    }

    fn judge(effect: &str, operator: &str, name: &str, values: &Value) -> Vec<String> {
        verdicts(&AttestationDebug, key(effect, &json!({operator: {name: values}})))
    }

    fn is_found(effect: &str, operator: &str, name: &str, values: &Value) -> bool {
        judge(effect, operator, name, values) == ["violated high aws_kms_key.a"]
    }

    #[test]
    fn debug_mode_passes_an_allow_of_zeros_and_a_deny_of_all_else() {
        let zeros = json!(["abc", zeros()]);
        assert!(is_found("Allow", "StringEquals", PCR0, &zeros));
        assert!(is_found("Deny", "StringNotEqualsIgnoreCase", PCR0, &zeros));
        assert!(judge("Allow", "StringNotEquals", PCR0, &zeros).is_empty());
        assert!(judge("Deny", "StringEqualsIgnoreCase", PCR0, &zeros).is_empty());
    }

    #[test]
    fn it_takes_a_measurement_and_an_operator_that_compares_strings() {
        let zeros = json!(zeros());
        assert!(is_found(
            "Allow",
            "ForAnyValue:StringLikeIfExists",
            "KMS:recipientattestation:imagesha384",
            &zeros
        ));
        for operator in ["Null", "ArnEquals", "Bool", "NumericEquals", "IpAddress"] {
            assert!(judge("Allow", operator, PCR0, &zeros).is_empty(), "{operator}");
        }
        assert_eq!(judge("Allow", "StringEqual", PCR0, &zeros), ["undetermined aws_kms_key.a"]);
        assert!(judge("Allow", "StringEqual", PCR0, &json!("abc")).is_empty());
        for name in ["kms:RecipientAttestation:PCR1", "kms:RecipientAttestation:NitroTPMPCR0", "kms:PCR0"] {
            assert!(judge("Allow", "StringEquals", name, &zeros).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_value_is_zeros_as_the_operator_reads_it() {
        let found = |operator: &str, value: &str| is_found("Allow", operator, PCR0, &json!(value));
        assert!(found("StringLike", "000*") && found("StringLike", &zeros()));
        assert!(!found("StringEquals", "000*") && !found("StringEqualsIgnoreCase", "000*"));
        assert!(!found("StringLike", "*") && !found("StringLike", "0a*"));
        assert!(!found("StringEquals", "000") && !found("StringEquals", ""));
    }

    #[test]
    fn each_condition_of_a_statement_counts() {
        let conditions = json!({"StringEquals": {"aws:PrincipalArn": "x", PCR0: zeros()}});
        assert_eq!(verdicts(&AttestationDebug, key("Allow", &conditions)).len(), 1);
    }

    #[test]
    fn what_is_not_known_leaves_it_open_if_it_matters() {
        let symbol = || Text::symbol(Symbol::new("terraform_data.x", "output"));
        let of = |operator: Text, key: Text, values: List<Text>| {
            let operator = Operator::parse(operator);
            names_zeros(&Condition { operator, key, values, origin: Origin::default() })
        };
        let open = |knowledge: Knowledge<bool>| knowledge.because().map(Because::to_string);
        let (equals, zero) = (|| Text::literal("StringEquals"), || Text::literal(zeros()));
        let only = |value: Text| List::closed(vec![value]);
        assert!(open(of(symbol(), PCR0.into(), only(zero()))).unwrap().contains("operator"));
        assert!(open(of(equals(), symbol(), only(zero()))).unwrap().contains("condition key"));
        assert!(open(of(equals(), PCR0.into(), only(symbol()))).unwrap().contains("a value of"));
        let more = List::unknown(Because::new("the list is open"));
        assert!(open(of(equals(), PCR0.into(), more)).unwrap().contains("the list is open"));
        assert_eq!(open(of(equals(), "kms:ViaService".into(), only(symbol()))), None);
        assert_eq!(open(of(equals(), symbol(), only("abc".into()))), None);
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let unknown = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&AttestationDebug, vec![unknown]), ["undetermined aws_kms_key.a"]);
    }

    #[test]
    fn it_is_about_the_condition_and_says_who_passes() {
        let of = |effect: &str, operator: &str| {
            finding(&AttestationDebug, key(effect, &json!({operator: {PCR0: zeros()}})))
        };
        let (allowed, denied) = (of("Allow", "StringEquals"), of("Deny", "StringNotEquals"));
        assert_eq!(allowed.subject.to_string(), "policy.statement[0].condition");
        assert!(allowed.message.contains("the statement allows zeros"), "{}", allowed.message);
        assert!(denied.message.contains("excepts zeros"), "{}", denied.message);
    }
}
