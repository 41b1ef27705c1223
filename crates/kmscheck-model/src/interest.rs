//! What a reader should decode.

use crate::resource::block_name;

/// Says which resource types and attributes the analysis reads, so that a reader can skip the others unread.
pub trait Interest: Sync {
    /// The attributes of `resource_type` that matter.
    fn attributes(&self, resource_type: &str) -> Attributes;

    /// The attributes that matter of a data source that was read for the plan. All of its results are known, and so is
    /// what was made from them.
    fn attributes_when_read(&self, resource_type: &str) -> Attributes {
        self.attributes(resource_type)
    }

    /// The same paths, of a data source that was read for the plan.
    fn reasons_when_read(&self, resource_type: &str) -> Option<&'static [&'static str]> {
        self.reasons(resource_type)
    }

    /// Whether the provider chooses a value for the attribute where the configuration gives none (in its schema it is
    /// optional and computed). Then it may be unknown although all that it is made from is known.
    fn is_chosen_by_provider(&self, _resource_type: &str, _attribute: &str) -> bool {
        true
    }

    /// Whether it matters what Terraform sees to before a resource of this type.
    fn is_ordered(&self, _resource_type: &str) -> bool {
        false
    }

    /// The paths of which at least one must hold something, now or before, for a resource of `resource_type` to matter;
    /// `None` if every resource of the type does. Paths go through lists: `rule.destination.key_id`.
    fn reasons(&self, _resource_type: &str) -> Option<&'static [&'static str]> {
        None
    }

    /// The arguments of which a resource of `resource_type` must have one to matter although nothing refers to it; `None`
    /// if it need not be referred to.
    fn only_if_referred_to(&self, _resource_type: &str) -> Option<&'static [&'static str]> {
        None
    }

    /// Whether a resource of `resource_type` may matter by itself that has arguments and blocks of these names.
    fn may_want(&self, resource_type: &str, mut names: &mut dyn Iterator<Item = &str>) -> bool {
        if self.attributes(resource_type) == Attributes::None {
            return false;
        }
        if let Some(unless) = self.only_if_referred_to(resource_type) {
            return Iterator::any(&mut names, |name| unless.contains(&name));
        }
        let first = |path: &'static str| block_name(path.split('.').next().unwrap_or(path));
        let is_one = |name: &str, paths: &[&'static str]| paths.iter().any(|path| first(path) == name);
        self.reasons(resource_type).is_none_or(|paths| Iterator::any(&mut names, |name| is_one(name, paths)))
    }
}

/// Which attributes of a resource type matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attributes {
    /// None: the type has nothing to do with KMS.
    None,
    /// These top-level attributes and blocks.
    Only(&'static [&'static str]),
    /// All of them.
    All,
}

impl Attributes {
    /// How many there are at most, if that is known.
    pub fn count(self) -> Option<usize> {
        match self {
            Self::None => Some(0),
            Self::Only(names) => Some(names.len()),
            Self::All => None,
        }
    }

    /// Whether the top-level attribute `name` matters.
    pub fn contains(self, name: &str) -> bool {
        match self {
            Self::None => false,
            // The lists are short, and most names differ in length: quicker than a search.
            Self::Only(names) => names.contains(&name),
            Self::All => true,
        }
    }
}
