//! The tags of a key.

use kmscheck_value::{Because, Kind, Knowledge, Map, Value};

use crate::Key;

impl<'p> Key<'p> {
    /// The value of a tag, the provider's `default_tags` included; `None` if the key does not have the tag.
    pub fn tag(&self, name: &str) -> Knowledge<Option<&'p Value>> {
        let own = self.node.attribute("tags");
        let all = self.node.attribute("tags_all");
        if let Some(all) = all.and_then(Value::as_map) {
            return Knowledge::Known(all.get(name));
        }
        if let Some(value) = own.and_then(|own| own.get(name)) {
            return Knowledge::Known(Some(value));
        }
        let nothing_of_its_own =
            own.is_none_or(|own| own.is_absent() || own.as_map().is_some_and(Map::is_empty));
        let without_defaults =
            all.is_none_or(|all| all.kind == Kind::Null) && own.is_none_or(|own| own.unknown().is_none());
        // The provider leaves `tags_all` unknown when there are neither tags nor default tags, and when a tag is not
        // known. Source: provider, `internal/verify/diff.go`, and observed in plans.
        if nothing_of_its_own || without_defaults {
            return Knowledge::Known(None);
        }
        Knowledge::Undetermined(
            Because::new(format!("the tags of {} are not all known before apply", self.node))
                .settled_by("check again when the key exists: the next plan shows its tags"),
        )
    }
}
