//! Whether a request carries at most one value of a condition key, or may carry several.
//!
//! Sources: for `kms:` the service authorization reference, where keys with several values have types that begin with
//! `ArrayOf`; for `aws:` the IAM user guide, "AWS global condition context keys", where each key has a value type.

use kmscheck_value::Truth;

use super::ConditionKey;

const SINGLE_VALUED: [&str; 74] = [
    "aws:assumedroot",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:chatbotsourcearn",
    "aws:currenttime",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalservicename",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpcsourceip",
    "kms:bypasspolicylockoutsafetycheck",
    "kms:calleraccount",
    "kms:customermasterkeyspec",
    "kms:customermasterkeyusage",
    "kms:datakeypairspec",
    "kms:encapsulationalgorithm",
    "kms:encryptionalgorithm",
    "kms:expirationmodel",
    "kms:grantconstraintsourcearn",
    "kms:grantconstrainttype",
    "kms:granteeprincipal",
    "kms:granteeserviceprincipal",
    "kms:grantisforawsresource",
    "kms:keyagreementalgorithm",
    "kms:keyorigin",
    "kms:keyspec",
    "kms:keyusage",
    "kms:macalgorithm",
    "kms:messagetype",
    "kms:multiregion",
    "kms:multiregionkeytype",
    "kms:primaryregion",
    "kms:recipientattestation:imagesha384",
    "kms:reencryptonsamekey",
    "kms:replicaregion",
    "kms:requestalias",
    "kms:retiringprincipal",
    "kms:retiringserviceprincipal",
    "kms:rotationperiodindays",
    "kms:schedulekeydeletionpendingwindowindays",
    "kms:signingalgorithm",
    "kms:trailingdayswithoutkeyusage",
    "kms:validto",
    "kms:viaservice",
    "kms:wrappingalgorithm",
    "kms:wrappingkeyspec",
];

/// What the names of further keys with one value begin with; the rest names a tag, a pair or a register.
const SINGLE_VALUED_FAMILIES: [&str; 6] = [
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "kms:encryptioncontext:",
    "kms:recipientattestation:nitrotpmpcr",
    "kms:recipientattestation:pcr",
];

const MULTI_VALUED: [&str; 10] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
    "kms:encryptioncontextkeys",
    "kms:grantoperations",
    "kms:resourcealiases",
];

impl ConditionKey {
    /// Whether a request carries at most one value of it. A key that is not listed has neither one value nor several.
    pub fn is_single_valued(&self) -> Truth {
        if SINGLE_VALUED_FAMILIES.iter().any(|prefix| self.name.starts_with(prefix)) {
            return Truth::Yes;
        }
        self.may_begin(&SINGLE_VALUED_FAMILIES).or(self.is_listed(&SINGLE_VALUED))
    }

    /// Whether a request may carry several values of it.
    pub fn is_multi_valued(&self) -> Truth {
        self.is_listed(&MULTI_VALUED)
    }

    fn is_listed(&self, names: &[&str]) -> Truth {
        if self.open { self.may_begin(names) } else { names.contains(&self.name.as_str()).into() }
    }

    /// Whether what is not known of the name may complete it to one of these.
    fn may_begin(&self, names: &[&str]) -> Truth {
        let possible = self.open && names.iter().any(|name| name.starts_with(&self.name));
        if possible { Truth::Unknown } else { Truth::No }
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_value::{Piece, Symbol, Text};

    use super::*;

    fn known(name: &str) -> (Truth, Truth) {
        let key = ConditionKey::of(&name.into());
        (key.is_single_valued(), key.is_multi_valued())
    }

    fn open(begin: &str) -> (Truth, Truth) {
        let rest = Piece::Symbol(Symbol::new("terraform_data.x", "output"));
        let key = ConditionKey::of(&Text::concat([Piece::Literal(begin.into()), rest]));
        (key.is_single_valued(), key.is_multi_valued())
    }

    #[test]
    fn a_key_has_one_value_or_several_in_any_case_of_its_name() {
        for name in ["KMS:viaservice", "kms:EncryptionContext:app", "aws:PrincipalTag/team", "aws:SourceIp"] {
            assert_eq!(known(name), (Truth::Yes, Truth::No), "{name}");
        }
        for name in ["kms:EncryptionContextKeys", "aws:tagkeys", "aws:PrincipalOrgPaths", "aws:CalledVia"] {
            assert_eq!(known(name), (Truth::No, Truth::Yes), "{name}");
        }
        for name in ["kms:Invented", "saml:aud", "kms:EncryptionContext", "aws:PrincipalTag"] {
            assert_eq!(known(name), (Truth::No, Truth::No), "{name}");
        }
    }

    #[test]
    fn a_name_that_is_not_known_may_be_that_of_a_listed_key() {
        assert_eq!(open("kms:EncryptionContext:"), (Truth::Yes, Truth::No));
        assert_eq!(open("kms:EncryptionContext"), (Truth::Unknown, Truth::Unknown));
        assert_eq!(open("kms:Grant"), (Truth::Unknown, Truth::Unknown));
        assert_eq!(open("kms:Via"), (Truth::Unknown, Truth::No));
        assert_eq!(open("aws:PrincipalTag"), (Truth::Unknown, Truth::No));
        assert_eq!(open("saml:"), (Truth::No, Truth::No));
    }

    #[test]
    fn the_lists_are_in_order_and_in_lower_case() {
        for list in [&SINGLE_VALUED[..], &SINGLE_VALUED_FAMILIES, &MULTI_VALUED] {
            assert!(list.is_sorted_by(|a, b| a < b));
            assert!(list.iter().all(|name| *name == name.to_ascii_lowercase()));
        }
    }
}
