//! Paths, which are those of Unix.

use super::super::text::{string, unknown_string};
use crate::cty::{Fault, Value};
use crate::files::Files;

pub(super) fn abspath(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let path = string(args, 0);
    Ok(if path.starts_with('/') { Value::from(clean(path)) } else { unknown_string(args) })
}

/// A home directory is another one on each machine.
pub(super) fn pathexpand(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let path = string(args, 0);
    match path.strip_prefix('~') {
        None => Ok(Value::from(path)),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => Ok(unknown_string(args)),
        Some(_) => Err(Fault::error("cannot expand user-specific home dir")),
    }
}

pub(super) fn basename(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let path = string(args, 0);
    let trimmed = path.trim_end_matches('/');
    Ok(Value::from(match (trimmed, path) {
        ("", "") => ".",
        ("", _) => "/",
        _ => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }))
}

pub(super) fn dirname(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let path = string(args, 0);
    let end = path.rfind('/').map_or(0, |slash| slash + 1);
    Ok(Value::from(clean(path.get(..end).unwrap_or_default())))
}

/// The shortest path that means the same. Source: Go, `path/filepath`, `Clean`.
pub(super) fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_absolute => {}
            _ => parts.push(part),
        }
    }
    match (is_absolute, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}
