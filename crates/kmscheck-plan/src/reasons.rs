//! Whether a resource has what it would matter for.

use kmscheck_model::Resource;
use kmscheck_value::{Kind, Map, Value};

/// Whether a resource holds something at one of the paths, now or before.
pub(crate) fn has_any(resource: &Resource, paths: &[&str]) -> bool {
    let objects = [&resource.before, &resource.after];
    let at = |object: &Map, path: &str| {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        object.get(block_name(name)).is_some_and(|value| holds(value, rest))
    };
    objects.into_iter().flatten().any(|object| paths.iter().any(|path| at(object, path)))
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

fn block_name(segment: &str) -> &str {
    segment.strip_suffix("[]").unwrap_or(segment)
}
