//! Calls of functions as tests write them: arguments and results as JSON.

use std::sync::Arc;

use kmscheck_value::Symbol;

use super::encoding::json_text;
use super::find;
use crate::cty::{Fault, Type, Unknown, Value};
use crate::files::{FileError, Files};

/// Some files by path.
pub(super) struct Listed(pub(super) &'static [(&'static str, &'static [u8])]);

impl Files for Listed {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        if path.starts_with("/outside") {
            return Err(FileError::Refused("it lies outside".to_owned()));
        }
        let path = path.trim_start_matches("./");
        let file = self.0.iter().find(|(name, _)| *name == path);
        file.map(|(_, content)| Arc::from(*content)).ok_or(FileError::NotFound)
    }

    fn below(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let start = if directory == "." { String::new() } else { format!("{directory}/") };
        let below: Vec<_> =
            self.0.iter().filter_map(|(name, _)| name.strip_prefix(&start)).map(str::to_owned).collect();
        if below.is_empty() { Err(FileError::NotFound) } else { Ok(below) }
    }
}

/// No files.
pub(super) const NONE: Listed = Listed(&[]);

/// The result as JSON, symbols as `${x.name}`; or `error`, `limit` or `unknown`.
pub(super) fn call_with(name: &str, args: Vec<Value>, files: &dyn Files) -> String {
    match find(name).expect(name).call(args, files) {
        Ok(value) => json_text(&value).unwrap().map_or_else(|| "unknown".to_owned(), |json| json.to_string()),
        Err(Fault::Error(_)) => "error".to_owned(),
        Err(Fault::Limit(_)) => "limit".to_owned(),
    }
}

/// A value as JSON has it.
pub(super) fn value(json: &str) -> Value {
    find("jsondecode").unwrap().call(vec![Value::from(json)], &NONE).unwrap()
}

/// Checks calls: the name, the arguments in an array of JSON, and the result.
#[track_caller]
pub(super) fn check(calls: &[(&str, &str, &str)], files: &dyn Files) {
    for (name, args, expected) in calls {
        let args_of_call = value(args).items().unwrap().to_vec();
        assert_eq!(call_with(name, args_of_call, files), *expected, "{name}({args})");
    }
}

/// The value of a reference: `${x.name}`.
pub(super) fn unknown(name: &str, of: Type) -> Value {
    Unknown::of(Symbol::new("x", name), of).into()
}

/// The same, and not null.
pub(super) fn not_null(name: &str, of: Type) -> Value {
    Unknown { not_null: true, ..Unknown::of(Symbol::new("x", name), of) }.into()
}

/// A string of which only the parts around a symbol are known: `before${x.name}after`.
pub(super) fn around(before: &str, name: &str, after: &str) -> Value {
    super::text::string_of([
        super::text::literal(before),
        kmscheck_value::Piece::Symbol(Symbol::new("x", name)),
        super::text::literal(after),
    ])
}
