//! Whether the value of a condition is one that nobody else can have.

use kmscheck_value::{Text, Truth};

use crate::condition_key::ConditionKey;
use crate::{Pattern, StringTest, Test, texts};

/// The part of a value that tells whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: an account, an organization.
    Whole,
    /// What comes before this character: the organization of a path in it, the unique id of a user id.
    Before(char),
    /// The account of an ARN; where it has none, the name of the bucket.
    Owner,
}

/// The part that tells who calls, or for whom a service calls; `None` for a key that tells neither.
pub(super) fn identity(key: &ConditionKey) -> Option<Part> {
    let whole = [
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "kms:calleraccount",
    ];
    if key.is_one_of(&whole) {
        return Some(Part::Whole);
    }
    if key.is_one_of(&["aws:principalorgpaths", "aws:sourceorgpaths"]) {
        return Some(Part::Before('/'));
    }
    if key.is("aws:userid") {
        return Some(Part::Before(':'));
    }
    key.is_one_of(&["aws:principalarn", "aws:sourcearn"]).then_some(Part::Owner)
}

/// Whether the value names a network that is not the whole internet.
pub(super) fn network(key: &ConditionKey, value: &Text) -> Truth {
    if !key.is("aws:sourceip") {
        return texts::wildcard(value).negate();
    }
    value.as_str().map_or(Truth::Unknown, |range| (!range.ends_with("/0")).into())
}

pub(super) fn says(value: &Text, word: &str) -> Truth {
    Pattern::exact_ignoring_case(&word.into()).matches(value)
}

impl Part {
    /// Whether a value fixes the part. `variables` says whether `${…}` in it is a policy variable, which has another
    /// value for everyone.
    pub(super) fn is_fixed(self, value: &Text, test: Test, variables: Truth) -> Truth {
        if texts::mentions(value, "${") && !variables.is_no() {
            return variables.negate();
        }
        match test {
            // A wildcard is itself there, and no account, organization or ARN contains one.
            Test::String(StringTest::Equals | StringTest::EqualsIgnoreCase, _) => Truth::Yes,
            Test::String(StringTest::Like, _) | Test::Arn(_) => self.lacks_wildcard(value),
            Test::Bool | Test::Ip(_) | Test::Other(_) | Test::Null => Truth::No,
            Test::Unknown => Truth::Unknown,
        }
    }

    fn lacks_wildcard(self, value: &Text) -> Truth {
        match self {
            Self::Whole => texts::wildcard(value).negate(),
            Self::Before(separator) => first(value, separator),
            Self::Owner => owner(value),
        }
    }
}

fn first(value: &Text, separator: char) -> Truth {
    texts::split(value, separator).first().map_or(Truth::No, |part| texts::wildcard(part).negate())
}

/// `arn:partition:service:region:account:resource`: the account if it has one, else the resource up to its first `/`.
fn owner(arn: &Text) -> Truth {
    let fields = texts::split(arn, ':');
    let (Some(account), Some(resource)) = (fields.get(4), fields.get(5)) else {
        return if arn.as_str().is_some() { Truth::No } else { Truth::Unknown };
    };
    if account.as_str() == Some("") { first(resource, '/') } else { texts::wildcard(account).negate() }
}
