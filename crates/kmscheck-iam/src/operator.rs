//! Condition operators.

use std::fmt;

use kmscheck_value::{Text, Truth};

/// A condition operator: `ForAnyValue:StringLikeIfExists`.
/// Source: IAM user guide, "IAM JSON policy elements: Condition operators".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// As it was written.
    pub written: Text,
    /// `ForAllValues:` or `ForAnyValue:`.
    pub quantifier: Option<Quantifier>,
    /// The comparison.
    pub test: Test,
    /// Whether `IfExists` follows: the condition then holds if the request lacks the key.
    pub if_exists: bool,
}

/// How many values of a multi-valued key must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantifier {
    /// All of them. Also true of none at all, so that it holds if the request lacks the key.
    ForAllValues,
    /// At least one.
    ForAnyValue,
}

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// `StringEquals`, `StringLike` … and their negations.
    String(StringTest, Polarity),
    /// `ArnEquals` and `ArnLike`, which are the same, and their negations.
    Arn(Polarity),
    /// `Bool`.
    Bool,
    /// `IpAddress` and `NotIpAddress`.
    Ip(Polarity),
    /// `NumericEquals`, `DateLessThan`, `BinaryEquals` …
    Other(Polarity),
    /// `Null`: whether the request lacks the key.
    Null,
    /// An operator that does not exist or is not known.
    Unknown,
}

/// How strings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringTest {
    /// `StringEquals`.
    Equals,
    /// `StringEqualsIgnoreCase`.
    EqualsIgnoreCase,
    /// `StringLike`, with wildcards.
    Like,
}

/// Whether a match makes a condition true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// True if any value matches.
    Positive,
    /// True if no value matches, and if the request lacks the key.
    Negated,
}

impl Operator {
    /// Reads an operator. Case does not matter: AWS either refuses another spelling or takes it for the same.
    pub fn parse(written: Text) -> Self {
        let lower = written.as_str().unwrap_or_default().to_ascii_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::ForAllValues), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::ForAnyValue), rest),
            _ => (None, &*lower),
        };
        let (name, if_exists) = match rest.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        Self { quantifier, test: Test::parse(name), if_exists, written }
    }

    /// Whether a match makes the condition true. `None` for `Null` and for operators that are not known.
    pub fn polarity(&self) -> Option<Polarity> {
        match self.test {
            Test::String(_, polarity) | Test::Arn(polarity) | Test::Ip(polarity) | Test::Other(polarity) => {
                Some(polarity)
            }
            Test::Bool => Some(Polarity::Positive),
            Test::Null | Test::Unknown => None,
        }
    }

    /// Whether the condition holds of a request that lacks the key. For `Null` the values decide: it is unknown here,
    /// as it is for an operator that is not known.
    /// Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
    pub fn without_key(&self) -> Truth {
        match (self.test, self.quantifier, self.polarity()) {
            (Test::Null | Test::Unknown, ..) => Truth::Unknown,
            _ if self.if_exists => Truth::Yes,
            (_, Some(Quantifier::ForAllValues), _) => Truth::Yes,
            (_, Some(Quantifier::ForAnyValue), _) => Truth::No,
            (.., polarity) => (polarity == Some(Polarity::Negated)).into(),
        }
    }

    /// Whether the condition can hold only if the request carries the key.
    pub fn requires_key(&self) -> bool {
        self.without_key().is_no()
    }
}

impl Test {
    fn parse(name: &str) -> Self {
        use Polarity::{Negated, Positive};
        use StringTest::{Equals, EqualsIgnoreCase, Like};
        match name {
            "stringequals" => Self::String(Equals, Positive),
            "stringnotequals" => Self::String(Equals, Negated),
            "stringequalsignorecase" => Self::String(EqualsIgnoreCase, Positive),
            "stringnotequalsignorecase" => Self::String(EqualsIgnoreCase, Negated),
            "stringlike" => Self::String(Like, Positive),
            "stringnotlike" => Self::String(Like, Negated),
            "arnequals" | "arnlike" => Self::Arn(Positive),
            "arnnotequals" | "arnnotlike" => Self::Arn(Negated),
            "bool" => Self::Bool,
            "ipaddress" => Self::Ip(Positive),
            "notipaddress" => Self::Ip(Negated),
            "numericnotequals" | "datenotequals" => Self::Other(Negated),
            "numericequals"
            | "numericlessthan"
            | "numericlessthanequals"
            | "numericgreaterthan"
            | "numericgreaterthanequals"
            | "dateequals"
            | "datelessthan"
            | "datelessthanequals"
            | "dategreaterthan"
            | "dategreaterthanequals"
            | "binaryequals" => Self::Other(Positive),
            "null" => Self::Null,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_has_a_quantifier_a_test_and_a_suffix() {
        let operator = Operator::parse("ForAllValues:StringNotLikeIfExists".into());
        assert_eq!(operator.quantifier, Some(Quantifier::ForAllValues));
        assert_eq!(operator.test, Test::String(StringTest::Like, Polarity::Negated));
        assert!(operator.if_exists);
        assert_eq!(Operator::parse("StringEqual".into()).test, Test::Unknown);
        assert_eq!(Operator::parse("arnlike".into()).test, Test::Arn(Polarity::Positive));
    }

    #[test]
    fn only_a_plain_positive_operator_requires_the_key() {
        let requires = |name: &str| Operator::parse(name.into()).requires_key();
        assert!(requires("StringEquals") && requires("Bool") && requires("ForAnyValue:StringEquals"));
        assert!(!requires("StringEqualsIfExists") && !requires("StringNotEquals"));
        assert!(!requires("ForAllValues:StringEquals") && !requires("Null"));
    }
}
