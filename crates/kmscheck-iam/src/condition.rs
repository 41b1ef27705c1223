//! When a condition holds, over all requests for an action that principals of the key's own account make by themselves.

use kmscheck_value::{Text, Truth};

use crate::condition_key::{Carriage, ConditionKey};
use crate::{Action, Condition, List, Pattern, Polarity, Quantifier, StringTest, Test, texts};

/// In how many of the requests a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holding {
    /// In all of them.
    Always,
    /// In some: who calls can choose.
    ByChoice,
    /// In none.
    Never,
    /// It is not known, or it depends on who calls.
    Unknown,
}

/// The requests that are looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Requests<'a> {
    pub(crate) action: &'a Action,
    /// The account of the key and of whoever calls.
    pub(crate) account: &'a Text,
    /// The organization that the account is in, if that is known.
    pub(crate) organization: Option<&'a Text>,
}

impl Condition {
    /// In how many of the requests it holds.
    pub(crate) fn holding(&self, requests: Requests<'_>) -> Holding {
        if self.can_never_hold() {
            return Holding::Never;
        }
        let key = ConditionKey::of(&self.key);
        if key.carried_by(requests.action) == Carriage::Never {
            return self.without_key().into();
        }
        if self.operator.test == Test::Null {
            return match key.carried_by(requests.action) {
                Carriage::Always => self.without_key().negate().into(),
                Carriage::Never | Carriage::Sometimes => Holding::Unknown,
            };
        }
        match constant(&key, requests) {
            Some(value) => self.compare(&value).into(),
            None if key.is("kms:bypasspolicylockoutsafetycheck") => self.by_choice(),
            None => Holding::Unknown,
        }
    }

    /// Whether there is nothing that it lets through: it asks for one of no values.
    pub(crate) fn can_never_hold(&self) -> bool {
        let operator = &self.operator;
        let lenient = operator.if_exists || operator.quantifier == Some(Quantifier::ForAllValues);
        let asks = operator.polarity() == Some(Polarity::Positive) && !lenient;
        asks && self.values.items.is_empty() && self.values.more.is_none()
    }

    /// Whether it holds of a request that lacks the key.
    pub fn without_key(&self) -> Truth {
        match self.operator.test {
            Test::Null => self.values.any(|value| says(value, "true")),
            _ => self.operator.without_key(),
        }
    }

    /// Whether it holds of a request that carries the key with this one value.
    fn compare(&self, actual: &Text) -> Truth {
        let matched = match self.operator.test {
            Test::String(StringTest::Equals, _) => self.any(|value| Pattern::exact(value).matches(actual)),
            Test::String(StringTest::EqualsIgnoreCase, _) => {
                self.any(|value| Pattern::exact_ignoring_case(value).matches(actual))
            }
            Test::String(StringTest::Like, _) => self.any(|value| Pattern::like(value).matches(actual)),
            Test::Bool => self.any(|value| Pattern::exact_ignoring_case(value).matches(actual)),
            Test::Arn(_) | Test::Ip(_) | Test::Other(_) | Test::Null | Test::Unknown => {
                return Truth::Unknown;
            }
        };
        match self.operator.polarity() {
            Some(Polarity::Negated) => matched.negate(),
            _ => matched,
        }
    }

    /// A value with a policy variable may stand for any.
    fn any(&self, matches: impl Fn(&Text) -> Truth) -> Truth {
        self.values.any(|value| if texts::mentions(value, "${") { Truth::Unknown } else { matches(value) })
    }

    /// A boolean that is a parameter of the request: it can be as the condition asks for and otherwise, unless the
    /// condition asks for neither.
    fn by_choice(&self) -> Holding {
        let of = |value: &str| self.compare(&value.into());
        match (of("true"), of("false")) {
            (Truth::Yes, Truth::Yes) => Holding::Always,
            (Truth::No, Truth::No) => Holding::Never,
            (Truth::Unknown, _) | (_, Truth::Unknown) => Holding::Unknown,
            _ => Holding::ByChoice,
        }
    }
}

/// The value of a key that all the requests share.
fn constant(key: &ConditionKey, requests: Requests<'_>) -> Option<Text> {
    if key.is_one_of(&["kms:calleraccount", "aws:principalaccount"]) {
        return Some(requests.account.clone());
    }
    if key.is("aws:principalorgid") {
        return requests.organization.cloned();
    }
    // AWS KMS is reached by HTTPS only.
    if key.is("aws:securetransport") {
        return Some("true".into());
    }
    key.is("aws:principalisawsservice").then(|| "false".into())
}

fn says(value: &Text, word: &str) -> Truth {
    Pattern::exact_ignoring_case(&word.into()).matches(value)
}

impl From<Truth> for Holding {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Always,
            Truth::No => Self::Never,
            Truth::Unknown => Self::Unknown,
        }
    }
}

/// In how many of the requests all conditions hold, and the condition that leaves it open.
pub(crate) fn all<'c>(
    conditions: &'c List<Condition>,
    requests: Requests<'_>,
) -> (Holding, Option<&'c Condition>) {
    let mut result = (if conditions.more.is_some() { Holding::Unknown } else { Holding::Always }, None);
    for condition in conditions {
        match (condition.holding(requests), result.0) {
            (Holding::Never, _) => return (Holding::Never, Some(condition)),
            (Holding::Unknown, Holding::Always | Holding::ByChoice) => {
                result = (Holding::Unknown, Some(condition));
            }
            (Holding::ByChoice, Holding::Always) => result = (Holding::ByChoice, Some(condition)),
            _ => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Effect};

    fn holding(operator: &str, key: &str, values: &str) -> Holding {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Condition": {{"{operator}": {{"{key}": {values}}}}}}}}}"#
        );
        let document = Document::parse(&text.as_str().into()).unwrap();
        let statement = document.statements.first().unwrap();
        assert!(statement.has_effect(Effect::Allow).is_yes());
        let requests = Requests {
            action: Action::named("kms:PutKeyPolicy").unwrap(),
            account: &"111122223333".into(),
            organization: None,
        };
        all(&statement.conditions, requests).0
    }

    #[test]
    fn what_no_request_carries_decides_by_the_operator() {
        let key = "kms:EncryptionContext:app";
        assert_eq!(holding("StringEquals", key, r#""a""#), Holding::Never);
        assert_eq!(holding("ForAnyValue:StringNotEquals", key, r#""a""#), Holding::Never);
        assert_eq!(holding("StringNotEquals", key, r#""a""#), Holding::Always);
        assert_eq!(holding("StringEqualsIfExists", key, r#""a""#), Holding::Always);
        assert_eq!(holding("ForAllValues:StringEquals", key, r#""a""#), Holding::Always);
        assert_eq!(holding("Null", key, "true"), Holding::Always);
        assert_eq!(holding("Null", key, "false"), Holding::Never);
        assert_eq!(holding("StringIsh", key, r#""a""#), Holding::Unknown);
    }

    #[test]
    fn the_own_account_is_known() {
        assert_eq!(
            holding("StringEquals", "kms:CallerAccount", r#"["444455556666", "111122223333"]"#),
            Holding::Always
        );
        assert_eq!(holding("StringNotEquals", "kms:CallerAccount", r#""111122223333""#), Holding::Never);
        assert_eq!(holding("StringEquals", "aws:PrincipalAccount", r#""444455556666""#), Holding::Never);
        assert_eq!(holding("StringLike", "kms:CallerAccount", r#""1111*""#), Holding::Always);
        assert_eq!(
            holding("StringEquals", "kms:CallerAccount", r#""${aws:PrincipalAccount}""#),
            Holding::Unknown
        );
    }

    #[test]
    fn requests_are_encrypted_and_their_callers_are_no_services() {
        assert_eq!(holding("Bool", "aws:SecureTransport", r#""false""#), Holding::Never);
        assert_eq!(holding("Bool", "aws:SecureTransport", "true"), Holding::Always);
        assert_eq!(holding("BoolIfExists", "aws:PrincipalIsAWSService", "false"), Holding::Always);
        assert_eq!(holding("StringEquals", "aws:SourceArn", r#""arn:aws:s3:::b""#), Holding::Never);
    }

    #[test]
    fn a_parameter_of_the_request_is_chosen_by_who_calls() {
        assert_eq!(holding("Bool", "kms:BypassPolicyLockoutSafetyCheck", "true"), Holding::ByChoice);
        assert_eq!(
            holding("Bool", "kms:BypassPolicyLockoutSafetyCheck", r#"["true", "false"]"#),
            Holding::Always
        );
        assert_eq!(holding("Bool", "kms:BypassPolicyLockoutSafetyCheck", r#""maybe""#), Holding::Never);
    }

    #[test]
    fn who_calls_and_from_where_is_not_known() {
        for key in [
            "aws:PrincipalArn",
            "aws:PrincipalOrgID",
            "aws:MultiFactorAuthPresent",
            "aws:SourceVpce",
            "kms:ViaService",
        ] {
            assert_eq!(holding("StringEquals", key, r#""x""#), Holding::Unknown, "{key}");
            assert_eq!(holding("StringNotEquals", key, r#""x""#), Holding::Unknown, "{key}");
        }
        assert_eq!(holding("Null", "aws:PrincipalArn", "true"), Holding::Never);
    }
}
