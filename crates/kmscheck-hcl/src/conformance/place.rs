//! The configuration in which the expressions stand: `prelude.tf`, without evaluating it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use kmscheck_value::Symbol;

use super::answers::{Answer, Case};
use super::testdata;
use crate::cty::{Fault, Kind, Lazy, Type, Unknown, Value};
use crate::eval::{Outcome, References, Resolved};
use crate::files::{FileError, Files};

/// The names that expressions may use.
pub(super) struct Place {
    locals: BTreeMap<String, Value>,
    files: Directory,
}

impl Place {
    /// The locals are those that the answers tell of.
    pub(super) fn of(cases: &[Case]) -> Self {
        let mut locals = BTreeMap::new();
        for case in cases.iter().filter(|case| case.group == "prelude") {
            if let (Some(name), Answer::Value { value, .. }) =
                (case.expression.strip_prefix("local."), &case.answer)
            {
                locals.insert(name.to_owned(), as_declared(name, value));
            }
        }
        Self { locals, files: Directory }
    }
}

/// A local as `prelude.tf` makes it: all that is not known in others is `local.unknown`, an id, which is never null.
fn as_declared(name: &str, value: &Value) -> Value {
    let id = Symbol::new("terraform_data.u", "id");
    let kind = match &value.kind {
        Kind::Unknown(_) if name == "unknown_any" => {
            Unknown::made_from([Symbol::new("terraform_data.u", "output")].into(), Type::Any).into()
        }
        Kind::Unknown(_) if name == "unknown_keys" => {
            Unknown { not_null: true, ..Unknown::made_from([id].into(), Type::Any) }.into()
        }
        Kind::Unknown(unknown) if name.starts_with("partial_") || name == "unknown" => {
            Unknown { not_null: true, ..Unknown::of(id, unknown.of.clone()) }.into()
        }
        Kind::List(items) => Kind::List(items.iter().map(|item| as_declared(name, item)).collect()).into(),
        Kind::Set(items) => Kind::Set(items.iter().map(|item| as_declared(name, item)).collect()).into(),
        Kind::Tuple(items) => Kind::Tuple(items.iter().map(|item| as_declared(name, item)).collect()).into(),
        Kind::Map(entries) => {
            Value::map(entries.iter().map(|(key, value)| (Arc::clone(key), as_declared(name, value))))
        }
        Kind::Object(entries) => {
            Value::object(entries.iter().map(|(key, value)| (Arc::clone(key), as_declared(name, value))))
        }
        other => Value::from(other.clone()),
    };
    kind.marked(value.sensitive)
}

impl References for Place {
    fn resolve(&self, root: &str, names: &[&str]) -> Result<Resolved, Fault> {
        let first = names.first().copied().unwrap_or_default();
        let value = match (root, first) {
            ("local", name) => self.locals.get(name).cloned(),
            ("path", "module" | "root") => Some(".".into()),
            ("path", "cwd") => Some("/conformance".into()),
            ("terraform", "workspace") => Some("default".into()),
            _ => None,
        };
        let value = value.ok_or_else(|| Fault::error(format!("there is no {root}.{first}")))?;
        Ok(Resolved { value, names: 1 })
    }

    fn attribute(&self, _: &Lazy, name: &str) -> Outcome {
        Err(Fault::error(format!("there is no attribute {name:?}")))
    }

    fn element(&self, _: &Lazy, _: &Value) -> Outcome {
        Err(Fault::error("there are no elements"))
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }
}

/// `testdata/conformance`, as far as it is that of the configuration.
struct Directory;

impl Files for Directory {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let path = normal(path).filter(|path| path.starts_with("files"));
        let file = path.map(|path| testdata().join(path)).filter(|file| file.is_file());
        fs::read(file.ok_or(FileError::NotFound)?)
            .map(Arc::from)
            .map_err(|error| FileError::Refused(error.to_string()))
    }

    fn below(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let root = testdata().join(normal(directory).ok_or(FileError::NotFound)?);
        let mut found = Vec::new();
        add_below(&root, &root, &mut found).map_err(|_| FileError::NotFound)?;
        found.sort();
        Ok(found)
    }
}

/// The path without `.` and `..`; `None` if it leads out.
fn normal(path: &str) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => normal.push(name),
            Component::ParentDir if normal.pop() => {}
            _ => return None,
        }
    }
    Some(normal)
}

fn add_below(root: &Path, directory: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            add_below(root, &path, found)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            found.push(name.to_owned());
        }
    }
    Ok(())
}
