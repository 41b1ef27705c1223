//! What an attribute that names a key says.

use std::sync::Arc;

use kmscheck_value::{Because, Knowledge};

use crate::KeyId;

/// What an attribute says about a key: which one, and in which of the ways to name a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReference {
    /// The key that the name means for whoever uses it: of related multi-Region keys an id means the one in the Region
    /// where the key is needed, and an alias name means the alias there. Where there is none, the key is one elsewhere.
    pub target: Target,
    /// How it is named.
    pub written: Written,
    /// The Region that the name leads to, if that is not the one where the key is needed. `None` also if nothing is
    /// named.
    pub astray: Knowledge<Option<Arc<str>>>,
}

/// The key that an attribute names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// None: the service uses its default.
    Nothing,
    /// One that AWS manages: `alias/aws/…`.
    AwsManaged,
    /// A key of the graph; several if it is one of them and which is not known.
    Keys(Vec<KeyId>),
    /// A key that no project of this call has.
    Elsewhere {
        /// Its Region, if the name says.
        region: Option<Arc<str>>,
        /// Its account, if the name says.
        account: Option<Arc<str>>,
        /// Its partition, if the name says.
        partition: Option<Arc<str>>,
        /// Its key id, if the name says.
        key_id: Option<Arc<str>>,
    },
    /// Not known.
    Undetermined(Because),
}

/// How an attribute names a key. It decides where the name is looked up: an ARN says its Region, an id and an alias
/// name are resolved in the Region and account of whoever uses them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// By key ARN.
    Arn,
    /// By key id.
    KeyId,
    /// By alias name.
    AliasName(Arc<str>),
    /// By alias ARN.
    AliasArn,
    /// Nothing is named, or the way is not known.
    Unclear,
}

impl KeyReference {
    pub(crate) fn nothing() -> Self {
        Self { target: Target::Nothing, written: Written::Unclear, astray: Knowledge::Known(None) }
    }

    pub(crate) fn undetermined(because: Because) -> Self {
        let astray = Knowledge::Undetermined(because.clone());
        Self { target: Target::Undetermined(because), written: Written::Unclear, astray }
    }

    /// One of these, and which is not known.
    pub(crate) fn one_of(options: &[Self]) -> Self {
        let astray = common_astray(options);
        if let Some(other) = options.iter().find(|option| !matches!(option.target, Target::Keys(_))) {
            return Self { astray, ..other.clone() };
        }
        let mut keys: Vec<_> = options.iter().flat_map(Self::keys).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let written = options.first().map(|first| &first.written);
        let written = written.filter(|way| options.iter().all(|option| option.written == **way));
        Self { target: Target::Keys(keys), written: written.cloned().unwrap_or(Written::Unclear), astray }
    }

    /// The keys of the graph that it may be.
    pub fn keys(&self) -> &[KeyId] {
        match &self.target {
            Target::Keys(keys) => keys,
            _ => &[],
        }
    }

    /// The key of the graph that it is for certain.
    pub fn key(&self) -> Option<KeyId> {
        match self.keys() {
            [key] => Some(*key),
            _ => None,
        }
    }
}

/// Whether all of several names lead astray, or none does.
fn common_astray(options: &[KeyReference]) -> Knowledge<Option<Arc<str>>> {
    let unknown = options.iter().find(|option| option.astray.because().is_some());
    let Some(first) = unknown.or(options.first()) else { return Knowledge::Known(None) };
    let leads = |option: &KeyReference| option.astray.known().map(Option::is_some);
    if options.iter().all(|option| leads(option) == leads(first)) || unknown.is_some() {
        return first.astray.clone();
    }
    Knowledge::undetermined("which of several keys it is is not known before apply")
}
