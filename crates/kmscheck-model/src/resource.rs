//! One resource instance and what happens to it.

use std::sync::Arc;

use kmscheck_value::{AttributePath, Existence, Kind, Map, Truth, Value};

use crate::{Address, Deployment, Source};

/// A resource or data source instance.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Where it stands in the configuration.
    pub address: Address,
    /// Its address before a `moved` block or a rename of its instance key took effect.
    pub previous_address: Option<Box<Address>>,
    /// What the change does to it.
    pub change: Change,
    /// Its attributes before the change; `None` if it does not exist yet, or if the input does not say.
    pub before: Option<Map>,
    /// Its attributes after the change; `None` if it does not exist then.
    pub after: Option<Map>,
    /// The account and Region that it goes to.
    pub deployment: Deployment,
    /// Whether it exists after the change for certain.
    pub existence: Existence,
    /// The top-level arguments that the configuration gives a value.
    pub configured: Configured,
    /// Where it is written, where there is source.
    pub source: Option<Source>,
}

/// Which top-level arguments and blocks the configuration gives a value.
///
/// An argument that a provider or AWS decides when it is left out (Optional and Computed: `policy`, `multi_region`)
/// has a value afterwards in either case. Only the configuration tells who decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configured(Option<Arguments>);

/// In order of their names.
type Arguments = Arc<[(Arc<str>, Truth)]>;

impl Configured {
    /// The input does not show the configuration of this resource.
    pub fn unknown() -> Self {
        Self(None)
    }

    /// These arguments stand in the configuration, each with whether its expression gives a value other than null;
    /// no others do.
    pub fn arguments(arguments: impl IntoIterator<Item = (Arc<str>, Truth)>) -> Self {
        let mut arguments: Vec<_> = arguments.into_iter().collect();
        arguments.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self(Some(arguments.into()))
    }

    /// Whether the configuration is shown and may give the argument `name` a value.
    pub fn may_set(&self, name: &str) -> bool {
        self.0.is_some() && !self.sets(name).is_no()
    }

    /// Whether the configuration gives the argument `name` a value other than null.
    pub fn sets(&self, name: &str) -> Truth {
        let Some(arguments) = &self.0 else { return Truth::Unknown };
        let found = arguments.binary_search_by(|(argument, _)| (**argument).cmp(name)).ok();
        found.and_then(|position| arguments.get(position)).map_or(Truth::No, |(_, set)| *set)
    }
}

impl Resource {
    /// The attribute `name` after the change.
    pub fn after(&self, name: &str) -> Option<&Value> {
        self.after.as_ref()?.get(name)
    }

    /// The attribute `name` before the change.
    pub fn before(&self, name: &str) -> Option<&Value> {
        self.before.as_ref()?.get(name)
    }

    /// The attribute `name` of the object as it will be, or, if it goes, as it was.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.after.as_ref().or(self.before.as_ref())?.get(name)
    }

    /// Whether it holds something at one of the paths, now or before. Paths go through lists: `rule.destination.key_id`.
    pub fn has_any(&self, paths: &[&str]) -> bool {
        let at = |object: &Map, path: &str| {
            let (name, rest) = path.split_once('.').unwrap_or((path, ""));
            object.get(block_name(name)).is_some_and(|value| holds(value, rest))
        };
        let objects = [&self.before, &self.after];
        objects.into_iter().flatten().any(|object| paths.iter().any(|path| at(object, path)))
    }

    /// Whether the object exists after the change.
    pub fn remains(&self) -> bool {
        self.after.is_some()
    }
}

/// Whether there is anything at a path into a value, which may be unknown.
fn holds(value: &Value, path: &str) -> bool {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    match &value.kind {
        Kind::Null | Kind::Unset => false,
        Kind::Text(text) => text.as_str() != Some(""),
        Kind::List(items) => items.iter().any(|item| holds(item, path)),
        Kind::Map(map) if !name.is_empty() => {
            map.get(block_name(name)).is_some_and(|value| holds(value, rest))
        }
        _ => true,
    }
}

pub(crate) fn block_name(segment: &str) -> &str {
    segment.strip_suffix("[]").unwrap_or(segment)
}

/// What a change does to one resource instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// Terraform's reason for it: `replace_because_cannot_update`, `delete_because_no_resource_config`, …
    pub reason: Option<Box<str>>,
    /// The arguments whose change forces a replacement, sorted.
    pub replace_paths: Vec<AttributePath>,
    /// Whether the resource is taken over by an `import` block.
    pub importing: bool,
    /// Whether this is the left-over of an earlier, failed replacement.
    pub deposed: bool,
}

/// What is done to a resource, in Terraform's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Action {
    /// Nothing; also every resource of a state.
    #[default]
    NoOp,
    /// It is created.
    Create,
    /// A data source is read during apply.
    Read,
    /// It is changed in place.
    Update,
    /// It is destroyed and created anew.
    Replace,
    /// It is destroyed.
    Delete,
    /// Terraform stops managing it; the object stays.
    Forget,
}

impl Action {
    /// Whether the object that exists now is destroyed.
    pub fn destroys(self) -> bool {
        matches!(self, Self::Delete | Self::Replace)
    }

    /// Whether a new object comes into being.
    pub fn creates(self) -> bool {
        matches!(self, Self::Create | Self::Replace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_that_the_configuration_does_not_mention_is_not_set() {
        let configured =
            Configured::arguments([("policy".into(), Truth::Yes), ("description".into(), Truth::Unknown)]);
        assert_eq!(configured.sets("policy"), Truth::Yes);
        assert_eq!(configured.sets("description"), Truth::Unknown);
        assert_eq!(configured.sets("multi_region"), Truth::No);
        assert_eq!(Configured::unknown().sets("policy"), Truth::Unknown);
    }
}
