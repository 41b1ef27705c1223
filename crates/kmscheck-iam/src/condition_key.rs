//! Condition keys: which requests carry them.
//!
//! Sources: KMS developer guide, "Condition keys for AWS KMS"; service authorization reference; IAM user guide, "AWS
//! global condition context keys".

mod valued;

use kmscheck_value::{Piece, Text, Truth};

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

/// Condition keys of AWS KMS that are not listed with any action: those of keys and aliases, and a new one.
/// Sources: KMS developer guide, "Condition keys for AWS KMS"; KMS API reference, `PutKeyPolicy`, for `kms:PolicyName`.
const NOT_OF_ACTIONS: [&str; 4] =
    ["kms:CustomerMasterKeySpec", "kms:CustomerMasterKeyUsage", "kms:PolicyName", "kms:ResourceAliases"];

/// What begins the names of condition keys that go on with a name of somebody's choice.
const ENCRYPTION_CONTEXT: &str = "kms:encryptioncontext:";

/// What begins the names of condition keys that go on with a number.
/// Source: KMS developer guide, "Condition keys for AWS Nitro Enclaves".
const NUMBERED: [&str; 2] = ["kms:recipientattestation:pcr", "kms:recipientattestation:nitrotpmpcr"];

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

    /// The condition keys of AWS KMS that have one name, as it is written.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let of_actions =
            Action::condition_keys().filter(|name| name.starts_with("kms:") && !name.contains('$'));
        of_actions.chain(NOT_OF_ACTIONS)
    }

    /// Whether it is a condition key that exists, as far as AWS KMS is the one to define it: by `kms:`.
    pub fn exists(&self) -> Truth {
        let name = self.name.as_str();
        if name.starts_with(ENCRYPTION_CONTEXT) || !self.may_begin_with("kms:") {
            return Truth::Yes;
        }
        let open = self.open;
        let listed = Self::names().any(|key| {
            let key = if open { key.get(..name.len()).unwrap_or_default() } else { key };
            key.eq_ignore_ascii_case(name)
        });
        let numbered = NUMBERED.iter().any(|prefix| match name.strip_prefix(prefix) {
            Some(number) => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
            None => false,
        });
        match (listed || numbered, open) {
            (true, true) => Truth::Unknown,
            (exists, _) => exists.into(),
        }
    }

    /// Whether its name begins so, or may.
    fn may_begin_with(&self, prefix: &str) -> bool {
        self.name.starts_with(prefix) || self.open && prefix.starts_with(&self.name)
    }

    /// Whether it is known which key it is, as far as that matters to which requests carry it.
    pub fn is_known(&self) -> bool {
        !self.open || self.name.starts_with(ENCRYPTION_CONTEXT)
    }

    /// Whether it is the key of this name, which is given in lower case.
    pub fn is(&self, name: &str) -> bool {
        !self.open && self.name == name
    }

    /// Whether it is one of these, which are given in lower case.
    pub fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// The actions whose requests, made by a principal of IAM by itself, never carry it.
    pub fn never_carried(&self) -> ActionSet {
        let name = self.name.as_str();
        if !self.is_known() {
            return ActionSet::default();
        }
        if OF_SERVICES.contains(&name) {
            return ActionSet::all();
        }
        if OF_IDENTITIES.contains(&name) || OF_KEYS.contains(&name) || self.depends_on_the_key() {
            return ActionSet::default();
        }
        let carriers = ActionSet::carrying(name);
        let is_known = !carriers.is_empty() || self.is_of_tagging();
        if is_known { ActionSet::all().without(carriers) } else { ActionSet::default() }
    }

    /// Whether requests for `action` carry it that a principal of IAM makes by itself.
    pub fn carried_by(&self, action: &Action) -> Carriage {
        let name = self.name.as_str();
        if self.never_carried().contains(action) {
            return Carriage::Never;
        }
        let always = !self.open && (OF_IDENTITIES.contains(&name) || OF_KEYS.contains(&name));
        if always { Carriage::Always } else { Carriage::Sometimes }
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
    fn keys_of_kms_exist_or_do_not() {
        let exists = |name: &str| ConditionKey::of(&name.into()).exists();
        assert!(ConditionKey::names().all(|name| exists(name).is_yes()));
        assert!(OF_KEYS.iter().all(|name| exists(name).is_yes()));
        for name in [
            "kms:viaservice",
            "KMS:CallerAccount",
            "kms:EncryptionContext:aws:s3:arn",
            "kms:RecipientAttestation:PCR99",
            "kms:RecipientAttestation:NitroTPMPCR4",
            "kms:RecipientAttestation:PCR8:ServiceName",
            "aws:PrincipalArm",
            "k",
        ] {
            assert_eq!(exists(name), Truth::Yes, "{name}");
        }
        for name in [
            "kms:ViaServise",
            "kms:",
            "kms:EncryptionContext",
            "kms:RecipientAttestation:PCR",
            "kms:RecipientAttestation:PCR1x",
        ] {
            assert_eq!(exists(name), Truth::No, "{name}");
        }
    }

    #[test]
    fn what_goes_on_with_a_symbol_may_exist() {
        let exists = |prefix: &str| {
            let symbol = Piece::Symbol(kmscheck_value::Symbol::new("terraform_data.x", "output"));
            ConditionKey::of(&Text::concat([Piece::Literal(prefix.into()), symbol])).exists()
        };
        for prefix in ["", "km", "kms:", "kms:Via", "kms:EncryptionC", "kms:RecipientAttestation:PCR99"] {
            assert_eq!(exists(prefix), Truth::Unknown, "{prefix}");
        }
        assert_eq!(exists("kms:EncryptionContext:"), Truth::Yes);
        assert_eq!(exists("aws:RequestTag/"), Truth::Yes);
        assert_eq!(exists("kms:Vai"), Truth::No);
        assert_eq!(exists("kms:RecipientAttestation:PCR1x"), Truth::No);
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
