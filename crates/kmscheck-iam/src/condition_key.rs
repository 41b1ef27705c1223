//! Condition keys: which requests carry them.
//!
//! Sources: KMS developer guide, "Condition keys for AWS KMS"; service authorization reference; IAM user guide, "AWS
//! global condition context keys".

mod valued;

use kmscheck_value::{Piece, Text};

use crate::{Action, ActionSet};

/// A condition key, in lower case: case does not matter in their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionKey {
    name: String,
    /// Whether the name goes on with something that is not known.
    open: bool,
}

/// Whether a request carries a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carriage {
    /// Every request does.
    Always,
    /// Some do, or it is not known.
    Sometimes,
    /// None does.
    Never,
}

/// What a service says about whom it acts for. A principal of IAM that calls by itself has none of them.
const OF_SERVICES: [&str; 4] =
    ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

/// In every request that is signed with credentials of IAM.
const OF_IDENTITIES: [&str; 11] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:userid",
    "aws:viaawsservice",
    "kms:calleraccount",
];

/// About the key, and so in every request for one.
/// Source: service authorization reference, condition keys of the resource type `key`.
const OF_KEYS: [&str; 7] = [
    "kms:customermasterkeyspec",
    "kms:customermasterkeyusage",
    "kms:keyorigin",
    "kms:keyspec",
    "kms:keyusage",
    "kms:multiregion",
    "kms:multiregionkeytype",
];

/// What begins the names of tags that a request sets.
const OF_TAGGING: [&str; 2] = ["aws:requesttag/", "aws:tagkeys"];

impl ConditionKey {
    /// The key that `text` names.
    pub fn of(text: &Text) -> Self {
        let pieces = text.pieces();
        let name = match pieces.first() {
            Some(Piece::Literal(literal)) => literal.to_ascii_lowercase(),
            _ => String::new(),
        };
        Self { name, open: text.as_str().is_none() }
    }

    /// Whether it is the key of this name, which is given in lower case.
    pub fn is(&self, name: &str) -> bool {
        !self.open && self.name == name
    }

    /// Whether it is one of these, which are given in lower case.
    pub fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// Whether requests for `action` carry it that a principal of IAM makes by itself.
    pub fn carried_by(&self, action: &Action) -> Carriage {
        let name = self.name.as_str();
        if self.open && !name.starts_with("kms:encryptioncontext:") {
            return Carriage::Sometimes;
        }
        if OF_SERVICES.contains(&name) {
            return Carriage::Never;
        }
        if OF_IDENTITIES.contains(&name) || OF_KEYS.contains(&name) {
            return Carriage::Always;
        }
        if self.depends_on_the_key() {
            return Carriage::Sometimes;
        }
        let carriers = ActionSet::carrying(name);
        if carriers.contains(action) || carriers.is_empty() && !self.is_of_tagging() {
            return Carriage::Sometimes;
        }
        Carriage::Never
    }

    /// Whether it tells for whom a service acts.
    pub(crate) fn is_of_services(&self) -> bool {
        self.is_one_of(&OF_SERVICES)
    }

    /// Whether requests for a key carry it if the key has what it is about: a tag, an alias.
    fn depends_on_the_key(&self) -> bool {
        self.name.starts_with("aws:resourcetag/") || self.name == "kms:resourcealiases"
    }

    /// Whether it tells the tags that a request sets.
    fn is_of_tagging(&self) -> bool {
        OF_TAGGING.iter().any(|prefix| self.name.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(key: &str, action: &str) -> Carriage {
        Action::named(action)
            .map_or(Carriage::Always, |action| ConditionKey::of(&key.into()).carried_by(action))
    }

    #[test]
    fn some_keys_belong_to_some_actions() {
        assert_eq!(carried("kms:EncryptionContext:app", "kms:PutKeyPolicy"), Carriage::Never);
        assert_eq!(carried("kms:EncryptionContext:app", "kms:Decrypt"), Carriage::Sometimes);
        assert_eq!(carried("kms:GrantIsForAWSResource", "kms:PutKeyPolicy"), Carriage::Never);
        assert_eq!(carried("kms:ReplicaRegion", "kms:ReplicateKey"), Carriage::Sometimes);
        assert_eq!(carried("aws:RequestTag/app", "kms:PutKeyPolicy"), Carriage::Never);
        assert_eq!(carried("aws:RequestTag/app", "kms:TagResource"), Carriage::Sometimes);
        assert_eq!(carried("kms:ViaService", "kms:PutKeyPolicy"), Carriage::Sometimes);
        assert_eq!(carried("aws:ResourceTag/app", "kms:PutKeyPolicy"), Carriage::Sometimes);
    }

    #[test]
    fn some_are_in_every_request_and_some_only_in_those_of_services() {
        assert_eq!(carried("KMS:CallerAccount", "kms:PutKeyPolicy"), Carriage::Always);
        assert_eq!(carried("kms:KeySpec", "kms:PutKeyPolicy"), Carriage::Always);
        assert_eq!(carried("aws:SourceArn", "kms:PutKeyPolicy"), Carriage::Never);
        assert_eq!(carried("aws:PrincipalOrgID", "kms:PutKeyPolicy"), Carriage::Sometimes);
    }

    #[test]
    fn a_key_that_nobody_knows_may_be_a_new_one() {
        assert_eq!(carried("kms:Invented", "kms:PutKeyPolicy"), Carriage::Sometimes);
        assert_eq!(carried("saml:aud", "kms:PutKeyPolicy"), Carriage::Sometimes);
    }
}
