//! What happens to a resource instance: the part `change` of its entry, decoded in one pass as far as it matters.

use std::fmt;

use kmscheck_model::{Action, Attributes, Change};
use kmscheck_value::{AttributePath, Map, Step};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::decode::AttributesSeed;
use crate::document::{PathStep, ResourceChange};
use crate::marks::{Marks, MarksSeed};
use crate::strings::{Interner, Str};
use crate::values::hide;

/// What a change shows of the attributes that matter.
#[derive(Debug, Default)]
pub(crate) struct Delta<'a> {
    pub(crate) action: Action,
    replace_paths: Vec<AttributePath>,
    importing: bool,
    /// `None` if there is no object.
    before: Option<Map>,
    after: Option<Map>,
    pub(crate) unknown: Marks<'a>,
    before_sensitive: Marks<'a>,
    after_sensitive: Marks<'a>,
}

impl Delta<'_> {
    /// The change, in the words of the model.
    pub(crate) fn describe(&mut self, change: &ResourceChange<'_>) -> Change {
        Change {
            action: self.action,
            reason: change.action_reason.as_deref().map(Into::into),
            replace_paths: std::mem::take(&mut self.replace_paths),
            importing: self.importing,
            deposed: change.deposed.is_some(),
        }
    }

    /// The object as it was.
    pub(crate) fn before(&mut self) -> Option<Map> {
        let before = self.before.take()?;
        Some(hide(before, &self.before_sensitive))
    }

    /// The object as it will be, without what is unknown.
    pub(crate) fn after(&mut self) -> Map {
        hide(self.after.take().unwrap_or_default(), &self.after_sensitive)
    }
}

/// Reads a change and skips what does not matter.
#[derive(Clone, Copy)]
pub(crate) struct DeltaSeed<'i> {
    pub(crate) interner: &'i Interner,
    pub(crate) attributes: Attributes,
}

impl<'de> DeserializeSeed<'de> for DeltaSeed<'_> {
    type Value = Delta<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DeltaSeed<'_> {
    type Value = Delta<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a change")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let values = AttributesSeed { interner: self.interner, attributes: self.attributes };
        let marks = MarksSeed(self.attributes);
        let mut delta = Delta::default();
        while let Some(name) = map.next_key::<Str<'de>>()? {
            match &*name {
                "actions" => delta.action = action(&map.next_value::<Vec<Str<'de>>>()?),
                "before" => delta.before = map.next_value_seed(values)?,
                "after" => delta.after = map.next_value_seed(values)?,
                "after_unknown" => delta.unknown = map.next_value_seed(marks)?,
                "before_sensitive" => delta.before_sensitive = map.next_value_seed(marks)?,
                "after_sensitive" => delta.after_sensitive = map.next_value_seed(marks)?,
                "replace_paths" => {
                    let paths: Option<Vec<Vec<PathStep<'de>>>> = map.next_value()?;
                    delta.replace_paths = replace_paths(&paths.unwrap_or_default());
                }
                "importing" => delta.importing = map.next_value::<Option<IgnoredAny>>()?.is_some(),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(delta)
    }
}

fn action(actions: &[Str<'_>]) -> Action {
    let actions: Vec<&str> = actions.iter().map(|action| &**action).collect();
    match actions.as_slice() {
        ["create"] | ["create" | "forget", "forget" | "create"] => Action::Create,
        ["read"] => Action::Read,
        ["update"] => Action::Update,
        ["delete", "create"] | ["create", "delete"] => Action::Replace,
        ["delete"] => Action::Delete,
        ["forget"] => Action::Forget,
        _ => Action::NoOp,
    }
}

fn replace_paths(paths: &[Vec<PathStep<'_>>]) -> Vec<AttributePath> {
    let mut paths: Vec<_> = paths.iter().map(|path| attribute_path(path)).collect();
    paths.sort_unstable();
    paths
}

fn attribute_path(steps: &[PathStep<'_>]) -> AttributePath {
    let step = |step: &PathStep<'_>| match step {
        PathStep::Key(name) => Some(Step::Key((**name).into())),
        PathStep::Index(index) => usize::try_from(*index).ok().map(Step::Index),
        PathStep::Other(_) => None,
    };
    steps.iter().map_while(step).collect()
}
