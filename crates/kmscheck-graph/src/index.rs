//! Where to find what, by type, by ARN, by id, by name.

use std::fmt::Write as _;
use std::sync::Arc;

use kmscheck_model::{Action, Mode, Project};
use kmscheck_value::Symbol;
use rustc_hash::FxHashMap;

use crate::alias::{Alias, AliasId};
use crate::node::NodeId;
use crate::{Key, KeyId, Node, Target};

/// All resources of all projects by type, in the order of projects and addresses.
#[derive(Default)]
pub(crate) struct TypeIndex<'p> {
    managed: FxHashMap<&'p str, Vec<Node<'p>>>,
    data: FxHashMap<&'p str, Vec<Node<'p>>>,
}

impl<'p> TypeIndex<'p> {
    pub(crate) fn of(projects: &'p [Project]) -> Self {
        let mut index = Self::default();
        for (position, project) in projects.iter().enumerate() {
            for (id, resource) in project.resources() {
                let nodes = match resource.address.mode {
                    Mode::Managed => &mut index.managed,
                    Mode::Data => &mut index.data,
                };
                let node = Node { project, resource, id: (position, id) };
                nodes.entry(&resource.address.resource_type).or_default().push(node);
            }
        }
        index
    }

    pub(crate) fn managed(&self, resource_type: &str) -> &[Node<'p>] {
        self.managed.get(resource_type).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn data(&self, resource_type: &str) -> &[Node<'p>] {
        self.data.get(resource_type).map(Vec::as_slice).unwrap_or_default()
    }

    /// The managed resource types that occur, in alphabetical order.
    pub(crate) fn managed_types(&self) -> Vec<&'p str> {
        let mut types: Vec<_> = self.managed.keys().copied().collect();
        types.sort_unstable();
        types
    }
}

/// Resources by the addresses that symbols name them by, project by project.
struct ByAddress<T>(Vec<FxHashMap<String, T>>);

impl<T: Copy> ByAddress<T> {
    /// Of two resources with one address the first stays, as in [`Project::find`].
    fn add(&mut self, node: Node<'_>, id: T) {
        let mut address = String::with_capacity(64);
        let _ = write!(address, "{node}");
        if self.0.len() <= node.id.0 {
            self.0.resize_with(node.id.0 + 1, FxHashMap::default);
        }
        if let Some(project) = self.0.get_mut(node.id.0) {
            project.entry(address).or_insert(id);
        }
    }

    /// The resource that `symbol`, in the project of `node`, is an attribute of.
    fn find(&self, node: Node<'_>, symbol: &Symbol) -> Option<T> {
        self.0.get(node.id.0)?.get(symbol.object()).copied()
    }
}

impl<T> Default for ByAddress<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Keys by what names them.
#[derive(Default)]
pub(crate) struct KeyIndex<'p> {
    by_node: FxHashMap<NodeId, KeyId>,
    by_address: ByAddress<KeyId>,
    by_arn: FxHashMap<&'p str, KeyId>,
}

impl<'p> KeyIndex<'p> {
    /// `keys` has those that are managed first: a key that is looked up and managed too is the managed one, unless
    /// Terraform stops managing it.
    pub(crate) fn of(keys: &[Key<'p>]) -> Self {
        let mut index = Self::default();
        let (forgotten, others): (Vec<_>, Vec<_>) =
            keys.iter().partition(|key| key.node.action() == Action::Forget);
        for key in others.into_iter().chain(forgotten) {
            let same = key.arn().map(|arn| *index.by_arn.entry(arn).or_insert(key.id));
            index.by_node.insert(key.node.id, same.unwrap_or(key.id));
        }
        for key in keys {
            if let Some(id) = index.at(key.node) {
                index.by_address.add(key.node, id);
            }
        }
        index
    }

    /// The key that `symbol`, in the project of `node`, is an attribute of.
    pub(crate) fn of_symbol(&self, node: Node<'_>, symbol: &Symbol) -> Option<KeyId> {
        self.by_address.find(node, symbol)
    }

    pub(crate) fn at(&self, node: Node<'_>) -> Option<KeyId> {
        self.by_node.get(&node.id).copied()
    }

    pub(crate) fn with_arn(&self, arn: &str) -> Option<KeyId> {
        self.by_arn.get(arn).copied()
    }
}

/// Aliases by what names them.
#[derive(Default)]
pub(crate) struct AliasIndex<'p> {
    by_address: ByAddress<AliasId>,
    by_name: FxHashMap<&'p str, Vec<AliasId>>,
    unresolved: Vec<AliasId>,
    /// The same by name, if that is known.
    unresolved_by_name: FxHashMap<Option<&'p str>, Vec<AliasId>>,
    unnamed: Vec<AliasId>,
    /// The aliases of keys that no project has, by the id of the key.
    by_foreign_key: FxHashMap<Arc<str>, AliasId>,
}

impl<'p> AliasIndex<'p> {
    pub(crate) fn of(aliases: &[Alias<'p>]) -> Self {
        let mut index = Self::default();
        for alias in aliases {
            index.by_address.add(alias.node, alias.id);
            match alias.name() {
                Some(name) => index.by_name.entry(name).or_default().push(alias.id),
                None => index.unnamed.push(alias.id),
            }
        }
        index.with_targets(aliases)
    }

    /// The same of the same aliases, of whose targets more is known.
    pub(crate) fn with_targets(mut self, aliases: &[Alias<'p>]) -> Self {
        self.unresolved.clear();
        self.unresolved_by_name.clear();
        self.by_foreign_key.clear();
        for alias in aliases {
            if let Target::Elsewhere { key_id: Some(id), .. } = &alias.target.target {
                self.by_foreign_key.entry(Arc::clone(id)).or_insert(alias.id);
            }
            if alias.is_unresolved() {
                self.unresolved.push(alias.id);
                self.unresolved_by_name.entry(alias.name()).or_default().push(alias.id);
            }
        }
        self
    }

    /// The alias that `symbol`, in the project of `node`, is an attribute of.
    pub(crate) fn of_symbol(&self, node: Node<'_>, symbol: &Symbol) -> Option<AliasId> {
        self.by_address.find(node, symbol)
    }

    pub(crate) fn named(&self, name: &str) -> &[AliasId] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The aliases whose key is not known and that may have this name; all of them, if the name is not known.
    pub(crate) fn unresolved_named(&self, name: Option<&'p str>) -> impl Iterator<Item = AliasId> {
        let named = |name: Option<&'p str>| self.unresolved_by_name.get(&name).into_iter().flatten().copied();
        let all = if name.is_none() { &*self.unresolved } else { &[] };
        let some = name.into_iter().flat_map(move |name| named(Some(name)).chain(named(None)));
        all.iter().copied().chain(some)
    }

    /// An alias of the key with this id, which no project has.
    pub(crate) fn of_foreign_key(&self, id: &str) -> Option<AliasId> {
        self.by_foreign_key.get(id).copied()
    }

    /// The aliases whose name is not known.
    pub(crate) fn unnamed(&self) -> &[AliasId] {
        &self.unnamed
    }
}
