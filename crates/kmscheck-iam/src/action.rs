//! The actions of AWS KMS: `data/kms-actions.tsv`, read once.
//!
//! Source: service authorization reference, "Actions, resources, and condition keys for AWS Key Management Service"; KMS
//! developer guide, "AWS KMS permissions", for what works across accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const TABLE: &str = include_str!("../data/kms-actions.tsv");

/// An action of AWS KMS.
#[derive(Debug, PartialEq, Eq)]
pub struct Action {
    /// Its position in the table.
    index: u32,
    /// The name in lower case.
    lower: String,
    /// `kms:PutKeyPolicy`.
    pub name: &'static str,
    /// Whether a key policy can allow it.
    pub in_key_policies: bool,
    /// Whether a principal of another account can call it.
    pub across_accounts: bool,
}

/// The table, read.
struct Table {
    /// In the order of their names in lower case.
    actions: Vec<Action>,
    /// Those that a key policy can allow.
    in_key_policies: ActionSet,
    /// The actions whose requests carry or may carry a condition key, by the key in lower case.
    carriers: BTreeMap<String, ActionSet>,
    /// The condition keys, as they are written.
    keys: BTreeSet<&'static str>,
}

static ACTIONS: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        actions: Vec::new(),
        in_key_policies: ActionSet::default(),
        carriers: BTreeMap::new(),
        keys: BTreeSet::new(),
    };
    for (line, index) in TABLE.lines().skip(1).zip(0..) {
        let Some((action, keys)) = action(line, index) else { continue };
        for key in keys.split(' ') {
            // What is named after `:` or `/` may have any name.
            let key = key.split_once("${").map_or(key, |(prefix, _)| prefix).to_ascii_lowercase();
            let carriers = table.carriers.entry(key).or_default();
            *carriers = carriers.with(&action);
        }
        table.keys.extend(keys.split(' '));
        if action.in_key_policies {
            table.in_key_policies = table.in_key_policies.with(&action);
        }
        table.actions.push(action);
    }
    table
});

/// The action of a line, and its condition keys.
fn action(line: &'static str, index: u32) -> Option<(Action, &'static str)> {
    let fields: Vec<_> = line.split('\t').collect();
    let [name, _, _, scoped, policies, across, _, _, keys] = fields.as_slice() else { return None };
    let action = Action {
        index,
        lower: name.to_ascii_lowercase(),
        name,
        in_key_policies: *scoped == "yes"
            && policies.contains("key-policy")
            && !policies.starts_with("iam-or-grant"),
        across_accounts: *across == "yes",
    };
    Some((action, keys))
}

impl Action {
    /// All of them, by name.
    pub fn all() -> &'static [Self] {
        &ACTIONS.actions
    }

    /// The action of this name, in any case.
    pub fn named(name: &str) -> Option<&'static Self> {
        let lower = name.bytes().map(|byte| byte.to_ascii_lowercase());
        let found = Self::all().binary_search_by(|action| action.lower.bytes().cmp(lower.clone())).ok();
        found.and_then(|position| Self::all().get(position))
    }

    /// The condition keys of their requests. What begins with `${` stands for a name of somebody's choice.
    pub(crate) fn condition_keys() -> impl Iterator<Item = &'static str> {
        ACTIONS.keys.iter().copied()
    }

    /// The name in lower case up to this position, and what comes after.
    fn divided(&self, position: usize) -> (&[u8], &[u8]) {
        self.lower.as_bytes().split_at_checked(position).unwrap_or((self.lower.as_bytes(), &[]))
    }

    /// Whether it tells about a key, or works with what is public anyway, without giving away or changing anything that
    /// is encrypted: the most that a stranger gains by it is knowledge of the key, or a ciphertext of their own.
    pub fn is_harmless(&self) -> bool {
        const HARMLESS: [&str; 7] = [
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GetKeyRotationStatus",
            "kms:GetPublicKey",
            "kms:ListGrants",
            "kms:Verify",
            "kms:VerifyMac",
        ];
        HARMLESS.contains(&self.name)
    }
}

/// A set of actions of AWS KMS, of which there are fewer than 64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionSet(u64);

impl ActionSet {
    /// All actions.
    pub fn all() -> Self {
        Self((1 << Action::all().len()) - 1)
    }

    /// The actions that a key policy can allow.
    pub fn in_key_policies() -> Self {
        ACTIONS.in_key_policies
    }

    /// The actions that a wildcard pattern stands for. `*` and `?` are wildcards, and case does not matter.
    /// Source: IAM user guide, "IAM JSON policy elements: Action".
    pub fn matching(pattern: &str) -> Self {
        let pattern = pattern.to_ascii_lowercase().into_bytes();
        let plain = pattern.iter().position(|byte| is_wildcard(*byte)).unwrap_or(pattern.len());
        let (prefix, rest) = pattern.split_at_checked(plain).unwrap_or_default();
        let from = Action::all().partition_point(|action| action.divided(plain).0 < prefix);
        let candidates =
            Action::all().iter().skip(from).take_while(|action| action.divided(plain).0 == prefix);
        candidates.filter(|action| wildcard_match(rest, action.divided(plain).1)).collect()
    }

    /// The actions whose requests carry or may carry a condition key, which is given in lower case.
    pub(crate) fn carrying(key: &str) -> Self {
        let prefixes = key.match_indices([':', '/']).filter_map(|(end, _)| key.get(..=end));
        let listed = prefixes.chain([key]).filter_map(|name| ACTIONS.carriers.get(name));
        listed.fold(Self::default(), |all, carriers| all.union(*carriers))
    }

    /// Whether there is none in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `action` is in it.
    pub fn contains(self, action: &Action) -> bool {
        self.0 & (1 << action.index) != 0
    }

    /// This set and `action`.
    #[must_use]
    fn with(self, action: &Action) -> Self {
        Self(self.0 | (1 << action.index))
    }

    /// Those in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in this one only.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The actions, by name.
    pub fn iter(self) -> impl Iterator<Item = &'static Action> {
        Action::all().iter().filter(move |action| self.contains(action))
    }
}

impl<'a> FromIterator<&'a Action> for ActionSet {
    fn from_iter<I: IntoIterator<Item = &'a Action>>(actions: I) -> Self {
        actions.into_iter().fold(Self::default(), Self::with)
    }
}

fn is_wildcard(byte: u8) -> bool {
    matches!(byte, b'*' | b'?')
}

/// Matching without a symbol in sight: a pattern is tried from its last `*` on when it fails.
fn wildcard_match(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(from) {
        match pattern.get(at) {
            Some(b'*') if at + 1 == pattern.len() => return true,
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(expected) if *expected == b'?' || expected == byte => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((star_at, tried)) = star else { return false };
                star = Some((star_at, tried + 1));
                at = star_at + 1;
                from = tried + 1;
            }
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_an_action() {
        assert_eq!(Action::all().len(), TABLE.lines().count() - 1);
        assert!(Action::all().iter().all(|action| action.name.starts_with("kms:")));
        assert!(Action::all().is_sorted_by_key(|action| &action.lower));
    }

    #[test]
    fn what_a_key_policy_can_allow_and_to_whom() {
        let of = |name| Action::named(name).map(|action| (action.in_key_policies, action.across_accounts));
        assert_eq!(of("kms:PutKeyPolicy"), Some((true, false)));
        assert_eq!(of("KMS:decrypt"), Some((true, true)));
        assert_eq!(of("kms:CreateKey"), Some((false, false)));
        assert_eq!(of("kms:RetireGrant").map(|(in_key_policies, _)| in_key_policies), Some(false));
        assert_eq!(of("kms:CreateAlias").map(|(in_key_policies, _)| in_key_policies), Some(true));
        assert_eq!(of("kms:ReEncrypt"), None);
    }

    #[test]
    fn patterns_stand_for_the_actions_that_they_match() {
        let names =
            |pattern: &str| ActionSet::matching(pattern).iter().map(|action| action.name).collect::<Vec<_>>();
        assert_eq!(names("kms:reencrypt*"), ["kms:ReEncryptFrom", "kms:ReEncryptTo"]);
        assert_eq!(names("kms:Get*Policy"), ["kms:GetKeyPolicy"]);
        assert_eq!(names("kms:Sig?"), ["kms:Sign"]);
        assert_eq!(names("KMS:Verify"), ["kms:Verify"]);
        assert_eq!(names("kms:?erify*C"), ["kms:VerifyMac"]);
        assert_eq!(names("kms:*").len(), Action::all().len());
        assert_eq!(names("*").len(), Action::all().len());
        assert!(names("kms:ReEncrypt").is_empty() && names("s3:*").is_empty() && names("").is_empty());
        assert!(Action::all().len() < 64);
        assert_eq!(ActionSet::all(), Action::all().iter().collect());
    }

    #[test]
    fn encryption_context_keys_are_listed_by_their_prefix() {
        let lists =
            |name, key| Action::named(name).is_some_and(|action| ActionSet::carrying(key).contains(action));
        assert!(lists("kms:Decrypt", "kms:encryptioncontext:aws:logs:arn"));
        assert!(!lists("kms:PutKeyPolicy", "kms:encryptioncontext:aws:logs:arn"));
        assert!(lists("kms:PutKeyPolicy", "kms:bypasspolicylockoutsafetycheck"));
        assert!(ActionSet::carrying("kms:bypasspolicylockoutsafetychecks").is_empty());
    }
}
