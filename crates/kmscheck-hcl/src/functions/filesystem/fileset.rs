//! `fileset`.
//!
//! Source: `internal/lang/funcs/filesystem.go`: the directory is a part of the pattern, and what matches is told relative to it.

use super::super::text::string;
use super::check_home;
use super::glob::matches;
use super::path::clean;
use crate::cty::{Fault, Value, set_of};
use crate::files::{FileError, Files};

pub(super) fn fileset(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    let (directory, pattern) = (string(args, 0), string(args, 1));
    check_home(directory)?;
    if directory.contains(['*', '?', '[', '{', '\\']) {
        return Err(Fault::limit("a directory with the signs of a pattern"));
    }
    let joined = clean(&format!("{directory}/{pattern}"));
    let directory = clean(directory);
    let search = Search::new(&parts(&directory), &parts(&joined), joined.starts_with('/'))?;
    if search.pattern.is_empty() && files.read(&search.directory).is_ok() {
        return Err(Fault::limit("a file in place of a directory"));
    }
    let below = match files.below(&search.directory) {
        Ok(below) => below,
        Err(FileError::NotFound) => Vec::new(),
        Err(FileError::Refused(reason)) => return Err(Fault::limit(reason)),
    };
    let mut steps = 0;
    let mut found = Vec::new();
    for path in below {
        if matches(&search.pattern, &path, &mut steps)? {
            found.push(Value::from(search.relative(&path)));
        }
    }
    Ok(set_of(found))
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect()
}

/// Where to look, and for what.
struct Search<'p> {
    directory: String,
    pattern: Vec<&'p str>,
    /// How one gets from there to the directory that was asked for.
    left: Vec<&'p str>,
    up: usize,
}

impl<'p> Search<'p> {
    /// The pattern may leave the directory with `..`.
    fn new(directory: &[&'p str], joined: &[&'p str], is_absolute: bool) -> Result<Self, Fault> {
        let common = directory.iter().zip(joined).take_while(|(a, b)| a == b).count();
        let left = directory.get(common..).unwrap_or_default();
        let rest = joined.get(common..).unwrap_or_default();
        let up = rest.iter().take_while(|part| **part == "..").count();
        if left.contains(&"..") || up > 0 && !left.is_empty() {
            return Err(Fault::limit("a pattern of files elsewhere"));
        }
        let base = joined.get(..common + up).unwrap_or_default().join("/");
        let directory = match (is_absolute, base.is_empty()) {
            (true, _) => format!("/{base}"),
            (false, true) => ".".to_owned(),
            (false, false) => base,
        };
        let pattern = rest.get(up..).unwrap_or_default().to_vec();
        if pattern.windows(2).any(|pair| pair == ["**", "**"]) {
            return Err(Fault::limit("`**` twice in a pattern of files"));
        }
        Ok(Self { directory, pattern, left: left.to_vec(), up })
    }

    /// The path as it is from the directory that was asked for.
    fn relative(&self, path: &str) -> String {
        let path: Vec<&str> = path.split('/').collect();
        let common = path.iter().zip(&self.left).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n("..", self.up + self.left.len() - common);
        let relative: Vec<_> = up.chain(path.into_iter().skip(common)).collect();
        if relative.is_empty() { ".".to_owned() } else { relative.join("/") }
    }
}
