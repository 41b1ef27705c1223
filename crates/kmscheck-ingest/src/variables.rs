//! The values of the variables of a root module.
//!
//! Source: Terraform, "Variable Definition Precedence".

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Input, SourceFile, VariableFile};

use crate::modules::unparsable;
use crate::paths::Names;
use crate::{InputError, Options};

/// A file of variables that somebody named, read.
pub(crate) type Named = Vec<(Arc<str>, Input)>;

/// The values of variables in the files that somebody named.
pub(crate) fn named(options: &Options, errors: &mut Vec<InputError>) -> Named {
    let mut variables = Vec::new();
    for path in &options.variable_files {
        read(path, &Names::around(path), &mut variables, errors);
    }
    variables
        .extend(options.variables.iter().map(|(name, text)| (Arc::clone(name), Input::typed(text.as_str()))));
    variables
}

/// All values for a root module; of two for one variable the later one holds.
pub(crate) fn of_root(
    root: &Path,
    names: &Names,
    options: &Options,
    named: &Named,
    errors: &mut Vec<InputError>,
) -> Vec<(Arc<str>, Input)> {
    let environment = options.environment.iter();
    let mut variables: Vec<_> =
        environment.map(|(name, text)| (Arc::clone(name), Input::typed(text.as_str()))).collect();
    for path in files(root) {
        read(&path, names, &mut variables, errors);
    }
    variables.extend(named.iter().cloned());
    variables
}

/// The files that Terraform reads by itself, in its order.
fn files(root: &Path) -> Vec<PathBuf> {
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| root.join(name));
    let entries = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_automatic = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
    };
    let mut automatic: Vec<_> = entries.filter(is_automatic).collect();
    automatic.sort_unstable();
    fixed.into_iter().chain(automatic).filter(|path| path.is_file()).collect()
}

fn read(path: &Path, names: &Names, variables: &mut Vec<(Arc<str>, Input)>, errors: &mut Vec<InputError>) {
    let name = names.of(path);
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return errors.push(InputError::new(name, format!("cannot be read: {error}"))),
    };
    match VariableFile::read(&SourceFile { path: &name, text: &bytes }) {
        Ok(file) => variables.extend(file.variables),
        Err(error) => errors.push(unparsable(error)),
    }
}
