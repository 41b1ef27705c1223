//! Functions of files.

mod fileset;
mod glob;
mod path;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::encoding::to_base64;
use super::text::{check_size, string};
use super::{Function, Param, Want};
use crate::cty::{Fault, Value};
use crate::files::{FileError, Files};

const STRING: Param = Param::of(Want::String);
const ONE: &[Param] = &[STRING];
const TWO: &[Param] = &[STRING, STRING];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abspath", ONE, Want::String, path::abspath),
    Function::new("basename", ONE, Want::String, path::basename),
    Function::new("dirname", ONE, Want::String, path::dirname),
    Function::new("file", ONE, Want::String, file),
    Function::new("filebase64", ONE, Want::String, filebase64),
    Function::new("fileexists", ONE, Want::Bool, fileexists),
    Function::new("fileset", TWO, Want::Set(&Want::String), fileset::fileset),
    Function::new("pathexpand", ONE, Want::String, path::pathexpand),
];

/// What is in a file.
///
/// # Errors
/// If there is none, or it can't be read here.
pub(super) fn read(path: &str, files: &dyn Files) -> Result<Arc<[u8]>, Fault> {
    check_home(path)?;
    match files.read(path) {
        Ok(content) => check_size(content.len()).map(|()| content),
        Err(FileError::NotFound) => Err(Fault::error(format!("no file exists at {path:?}"))),
        Err(FileError::Refused(reason)) => Err(Fault::limit(reason)),
    }
}

/// A home directory is another one on each machine.
fn check_home(path: &str) -> Result<(), Fault> {
    if path.starts_with('~') { Err(Fault::limit("a file in a home directory")) } else { Ok(()) }
}

fn file(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    let content = read(string(args, 0), files)?;
    let text = std::str::from_utf8(&content);
    text.map(Value::from).map_err(|_| Fault::error("the contents of the file are not valid UTF-8"))
}

fn filebase64(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    read(string(args, 0), files).map(|content| Value::from(to_base64(&content)))
}

/// A directory is no file, and asking whether it is one is an error.
/// What file systems take.
const LONGEST_NAME: usize = 255;

fn fileexists(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    let path = string(args, 0);
    check_home(path)?;
    if path.split('/').any(|name| name.len() > LONGEST_NAME) {
        return Err(Fault::limit("a name of a file that is too long for most systems"));
    }
    match files.read(path) {
        Ok(_) => Ok(Value::from(true)),
        Err(FileError::Refused(reason)) => Err(Fault::limit(reason)),
        Err(FileError::NotFound) if files.below(path).is_ok_and(|below| !below.is_empty()) => {
            Err(Fault::error(format!("{path:?} is a directory, not a file")))
        }
        Err(FileError::NotFound) if is_below_file(path, files) => Err(Fault::error("a file is no directory")),
        Err(FileError::NotFound) => Ok(Value::from(false)),
    }
}

fn is_below_file(path: &str, files: &dyn Files) -> bool {
    let mut above = path.match_indices('/').filter_map(|(slash, _)| path.get(..slash));
    above.any(|path| !path.is_empty() && files.read(path).is_ok())
}
