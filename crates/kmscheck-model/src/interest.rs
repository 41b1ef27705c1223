//! What a reader should decode.

/// Says which resource types and attributes the analysis reads, so that a reader can skip the others unread.
pub trait Interest: Sync {
    /// The attributes of `resource_type` that matter.
    fn attributes(&self, resource_type: &str) -> Attributes;
}

/// Which attributes of a resource type matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attributes {
    /// None: the type has nothing to do with KMS.
    None,
    /// These top-level attributes and blocks, sorted.
    Only(&'static [&'static str]),
    /// All of them.
    All,
}

impl Attributes {
    /// Whether the top-level attribute `name` matters.
    pub fn contains(self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::Only(names) => names.binary_search(&name).is_ok(),
            Self::All => true,
        }
    }
}
