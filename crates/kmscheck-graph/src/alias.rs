//! Aliases of keys.

use kmscheck_model::Mode;
use kmscheck_value::{Because, Knowledge, Text, Value};

use crate::place::Place;
use crate::{KeyId, KeyReference, KmsGraph, Node, Target, Written};

/// The position of an alias in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AliasId(pub(crate) usize);

/// An `aws_kms_alias`, managed or looked up.
#[derive(Debug)]
pub struct Alias<'p> {
    /// Its position in the graph.
    pub id: AliasId,
    /// The resource or data source.
    pub node: Node<'p>,
    /// The key that it stands for.
    pub target: KeyReference,
}

impl<'p> Alias<'p> {
    /// Whether the project manages it, rather than looks it up.
    pub fn is_managed(&self) -> bool {
        self.node.resource.address.mode == Mode::Managed
    }

    /// The name, `alias/…`, if it is known.
    pub fn name(&self) -> Option<&'p str> {
        self.node.attribute("name").and_then(Value::as_str)
    }

    /// Whether both have the same name.
    pub fn shares_name(&self, other: &Self) -> Knowledge<bool> {
        if self.id == other.id {
            return Knowledge::Known(true);
        }
        match (self.name(), other.name()) {
            (Some(own), Some(others)) => Knowledge::Known(own == others),
            (Some(known), None) if !other.may_be_called(Some(known)) => Knowledge::Known(false),
            (None, Some(known)) if !self.may_be_called(Some(known)) => Knowledge::Known(false),
            _ if self.takes_name_of(other) || other.takes_name_of(self) => Knowledge::Known(true),
            (Some(_), None) => Knowledge::Undetermined(other.node.unknown_until_apply("name")),
            (None, _) => Knowledge::Undetermined(self.node.unknown_until_apply("name")),
        }
    }

    /// Whether both are certainly in one account and Region.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        let account = |alias: &Self| &alias.node.resource.deployment.account;
        account(self).same(account(other)).is_yes()
            && Place::of(self.node).shares_region(&Place::of(other.node)) == Knowledge::Known(true)
    }

    /// Whether the name refers to that of another alias, which is not known yet.
    fn takes_name_of(&self, other: &Self) -> bool {
        let name = self.node.attribute("name");
        let text = name.and_then(Value::as_text).and_then(Text::as_symbol);
        let symbol = text.or_else(|| name.and_then(Value::unknown)?.sole_source());
        let named = symbol.filter(|symbol| symbol.path() == "name").and_then(|symbol| self.node.at(symbol));
        named.is_some_and(|named| named.id == other.node.id)
    }

    /// Whether `name`, which may not be known either, may turn out to be its name, which is not known.
    pub(crate) fn may_be_called(&self, name: Option<&str>) -> bool {
        let prefix = self.node.attribute("name_prefix").and_then(Value::as_str);
        name.zip(prefix).is_none_or(|(name, prefix)| name.starts_with(prefix))
    }

    /// Whether it is named, but the key that it stands for is not known.
    pub(crate) fn is_unresolved(&self) -> bool {
        matches!(self.target.target, Target::Undetermined(_)) || self.target.keys().len() > 1
    }
}

impl<'p> KmsGraph<'p> {
    /// The aliases that a key has in its own Region after the change, each with whether that is certain; first those
    /// of which it is known which key they stand for.
    ///
    /// In a Region a key id means the related multi-Region key of that Region, whichever of them the configuration
    /// takes it from; an ARN means the one key.
    pub fn aliases_in_force(&self, id: KeyId) -> impl Iterator<Item = (&Alias<'p>, Knowledge<bool>)> {
        self.in_force(id, self.alias_index.unresolved_named(None))
    }

    /// The aliases of this name, in whatever Region.
    pub fn aliases_named(&self, name: &str) -> impl Iterator<Item = &Alias<'p>> {
        self.alias_index.named(name).iter().filter_map(|alias| self.aliases.get(alias.0))
    }

    /// Whether a key has an alias of the name of `wanted` in its own Region after the change.
    pub fn has_alias_like(&self, id: KeyId, wanted: &Alias<'p>) -> Knowledge<bool> {
        let found = self.in_force(id, self.alias_index.unresolved_named(wanted.name()));
        Knowledge::any(found.map(|(alias, in_force)| Knowledge::all([alias.shares_name(wanted), in_force])))
    }

    /// The aliases of related keys and these others, with whether they stand for a key in its own Region.
    fn in_force<'g>(
        &'g self,
        id: KeyId,
        others: impl Iterator<Item = AliasId> + 'g,
    ) -> impl Iterator<Item = (&'g Alias<'p>, Knowledge<bool>)> {
        let related = self.related_keys(id);
        let family: Vec<_> = std::iter::once(&id).chain(&related).map(|key| self.relations(*key)).collect();
        let resolved = family.into_iter().flat_map(|relations| relations.aliases.iter().copied());
        let aliases = resolved.chain(others).filter_map(|alias| self.aliases.get(alias.0));
        aliases.map(move |alias| (alias, self.is_in_force(alias, id, &related)))
    }

    fn is_in_force(&self, alias: &Alias<'p>, id: KeyId, related: &[KeyId]) -> Knowledge<bool> {
        if !alias.node.stays() {
            return Knowledge::Known(false);
        }
        Knowledge::all([
            stands_for(alias, id, related),
            Place::of(alias.node).shares_region(&self.key(id).place()),
        ])
    }
}

/// Whether an alias in the Region of the key `id` stands for it.
fn stands_for(alias: &Alias<'_>, id: KeyId, related: &[KeyId]) -> Knowledge<bool> {
    let by_id = alias.target.written == Written::KeyId;
    let fits = |key: &KeyId| *key == id || by_id && related.contains(key);
    match &alias.target.target {
        Target::Keys(keys) if keys.iter().all(fits) => Knowledge::Known(true),
        Target::Keys(keys) if !keys.iter().any(fits) => Knowledge::Known(false),
        Target::Keys(_) => Knowledge::Undetermined(Because::new(format!(
            "which of several keys {} stands for is not known before apply",
            alias.node
        ))),
        Target::Undetermined(because) => Knowledge::Undetermined(because.clone()),
        Target::Elsewhere { .. } | Target::Nothing | Target::AwsManaged => Knowledge::Known(false),
    }
}
