//! From an attribute that names a key to that key.

use std::sync::Arc;

use kmscheck_model::Mode;
use kmscheck_value::{Because, Kind, Symbol, Text, Unknown, Value};

use crate::alias::Alias;
use crate::index::{AliasIndex, KeyIndex};
use crate::{Arn, Key, KeyId, KeyIdentifier, Node};

/// What an attribute says about a key: which one, and in which of the ways to name a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReference {
    /// The key.
    pub target: Target,
    /// How it is named.
    pub written: Written,
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
    fn nothing() -> Self {
        Self { target: Target::Nothing, written: Written::Unclear }
    }

    fn undetermined(because: Because) -> Self {
        Self { target: Target::Undetermined(because), written: Written::Unclear }
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

/// Resolves references to keys.
pub(crate) struct Resolver<'r, 'p> {
    pub(crate) keys: &'r [Key<'p>],
    pub(crate) key_index: &'r KeyIndex<'p>,
    pub(crate) aliases: &'r [Alias<'p>],
    pub(crate) alias_index: &'r AliasIndex<'p>,
}

impl<'p> Resolver<'_, 'p> {
    /// The key that `value`, an attribute of `node`, names.
    pub(crate) fn resolve(&self, node: Node<'p>, value: Option<&Value>) -> KeyReference {
        let Some(value) = value else { return KeyReference::nothing() };
        match &value.kind {
            Kind::Text(text) => self.text(node, text),
            Kind::Unknown(unknown) => self.unknown(node, unknown),
            Kind::Choice(options) => {
                self.choice(options.iter().map(|option| self.resolve(node, Some(option))))
            }
            Kind::Null | Kind::Unset => KeyReference::nothing(),
            Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => KeyReference::nothing(),
        }
    }

    fn text(&self, node: Node<'p>, text: &Text) -> KeyReference {
        if let Some(symbol) = text.as_symbol() {
            return self.symbol(node, symbol);
        }
        match text.as_str() {
            Some("") => KeyReference::nothing(),
            Some(literal) => self.literal(node, literal),
            None => KeyReference::undetermined(Because::new(format!("`{text}` is not known before apply"))),
        }
    }

    fn literal(&self, node: Node<'p>, text: &str) -> KeyReference {
        let Some(identifier) = KeyIdentifier::parse(text) else {
            return KeyReference::undetermined(Because::new(format!("`{text}` does not name a KMS key")));
        };
        if identifier.alias().is_some_and(|name| name.starts_with("alias/aws/")) {
            return KeyReference { target: Target::AwsManaged, written: written(identifier) };
        }
        let found = match identifier {
            KeyIdentifier::KeyArn(..) => self.key_index.with_arn(text).into_iter().collect(),
            KeyIdentifier::KeyId(id) => self.by_id(node, id),
            KeyIdentifier::AliasArn(arn, name) => self.by_alias(name, Some(arn.region)),
            KeyIdentifier::AliasName(name) => self.by_alias(name, node.region().known().copied()),
        };
        let target = if found.is_empty() { elsewhere(identifier) } else { Target::Keys(found) };
        KeyReference { target, written: written(identifier) }
    }

    /// Of related multi-Region keys an id means the one in the Region of whoever uses it; if there is none, any of
    /// them shows that it is missing.
    fn by_id(&self, node: Node<'p>, id: &str) -> Vec<KeyId> {
        let related = self.key_index.with_id(id);
        let region = node.region();
        let here = related.iter().find(|key| self.region_of(**key) == region.known().copied());
        here.or(related.first()).copied().into_iter().collect()
    }

    /// The alias of this name in this Region; if there is none, those in other Regions.
    fn by_alias(&self, name: &str, region: Option<&str>) -> Vec<KeyId> {
        let named = || self.alias_index.named(name).iter().filter_map(|id| self.aliases.get(id.0));
        let here = named().find(|alias| region.is_some() && alias.node.region().known().copied() == region);
        let aliases: Vec<_> = here.map_or_else(|| named().collect(), |alias| vec![alias]);
        let mut keys: Vec<_> = aliases.iter().flat_map(|alias| alias.target.keys().to_vec()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn region_of(&self, key: KeyId) -> Option<&str> {
        self.keys.get(key.0)?.region.known().map(|region| &**region)
    }

    /// Every unknown thing that the value was made from must be a key: then it is one of them.
    fn unknown(&self, node: Node<'p>, unknown: &Unknown) -> KeyReference {
        if let Some(lost) = &unknown.lost {
            return KeyReference::undetermined(
                Because::new(format!("{node} names a key through `{lost}`, which a plan does not record"))
                    .settled_by("check again when the key exists: the next plan shows its ARN"),
            );
        }
        if unknown.sources.is_empty() {
            return KeyReference::undetermined(Because::new(format!(
                "the key that {node} names is not known before apply"
            )));
        }
        self.choice(unknown.sources.iter().map(|symbol| self.symbol(node, symbol)))
    }

    fn choice(&self, options: impl Iterator<Item = KeyReference>) -> KeyReference {
        let mut keys = Vec::new();
        let mut ways = Vec::new();
        for option in options {
            match option.target {
                Target::Keys(found) => keys.extend(found),
                _ => return option,
            }
            ways.push(option.written);
        }
        keys.sort_unstable();
        keys.dedup();
        ways.dedup();
        let written = if ways.len() == 1 { ways.pop() } else { None };
        KeyReference { target: Target::Keys(keys), written: written.unwrap_or(Written::Unclear) }
    }

    fn symbol(&self, node: Node<'p>, symbol: &Symbol) -> KeyReference {
        let reference = node.at(symbol).and_then(|found| self.attribute(found, symbol.path()));
        reference.unwrap_or_else(|| {
            KeyReference::undetermined(Because::new(format!(
                "`{symbol}`, which {node} names, is not known before apply"
            )))
        })
    }

    /// The key that an attribute of a key or an alias stands for.
    fn attribute(&self, node: Node<'p>, attribute: &str) -> Option<KeyReference> {
        if let Some(key) = self.key_index.at(node) {
            let written = match attribute {
                "arn" => Written::Arn,
                // Of a data source this is its argument, in whatever form.
                "key_id" if node.resource.address.mode == Mode::Data => Written::Unclear,
                "key_id" | "id" => Written::KeyId,
                "" => Written::Unclear,
                _ => return None,
            };
            return Some(KeyReference { target: Target::Keys(vec![key]), written });
        }
        let alias = self.aliases.get(self.alias_index.at(node)?.0)?;
        let name = || alias.name().map(|name| Written::AliasName(name.into()));
        let written = match attribute {
            "arn" => Written::AliasArn,
            "target_key_arn" => Written::Arn,
            "target_key_id" => Written::KeyId,
            "name" | "id" => name().unwrap_or(Written::Unclear),
            "" => Written::Unclear,
            _ => return None,
        };
        Some(KeyReference { target: alias.target.target.clone(), written })
    }
}

fn written(identifier: KeyIdentifier<'_>) -> Written {
    match identifier {
        KeyIdentifier::KeyArn(..) => Written::Arn,
        KeyIdentifier::KeyId(_) => Written::KeyId,
        KeyIdentifier::AliasArn(..) => Written::AliasArn,
        KeyIdentifier::AliasName(name) => Written::AliasName(name.into()),
    }
}

fn elsewhere(identifier: KeyIdentifier<'_>) -> Target {
    let (arn, key_id) = match identifier {
        KeyIdentifier::KeyArn(arn, id) => (Some(arn), Some(id)),
        KeyIdentifier::AliasArn(arn, _) => (Some(arn), None),
        KeyIdentifier::KeyId(id) => (None, Some(id)),
        KeyIdentifier::AliasName(_) => (None, None),
    };
    let part = |part: fn(&Arn<'_>) -> Arc<str>| arn.as_ref().map(part);
    Target::Elsewhere {
        region: part(|arn| arn.region.into()),
        account: part(|arn| arn.account.into()),
        partition: part(|arn| arn.partition.into()),
        key_id: key_id.map(Arc::from),
    }
}
