//! The values of the variables of a root module.
//!
//! Source: Terraform, "Variable Definition Precedence".

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Input, Module, SourceFile, VariableFile};

use crate::modules::unparsable;
use crate::paths::Names;
use crate::{InputError, Options};

/// What says something of the values of variables.
#[derive(Clone)]
pub(crate) enum Setting {
    Value(Arc<str>, Input),
    /// A file that can't be read: it may give any of them another value.
    Unread,
}

/// What somebody named says, the later one over the earlier.
pub(crate) type Named = Vec<Setting>;

/// The values of variables in the files that somebody named, and those that somebody typed.
pub(crate) fn named(options: &Options, errors: &mut Vec<InputError>) -> Named {
    let mut settings = Vec::new();
    for path in &options.variable_files {
        read(path, &Names::around(path), &mut settings, errors);
    }
    settings.extend(options.variables.iter().map(typed));
    settings
}

fn typed((name, text): &(Arc<str>, String)) -> Setting {
    Setting::Value(Arc::clone(name), Input::typed(text.as_str()))
}

/// All values for a root module; of two for one variable the later one holds.
pub(crate) fn of_root(
    root: &Path,
    module: &Module,
    names: &Names,
    options: &Options,
    named: &Named,
    errors: &mut Vec<InputError>,
) -> Vec<(Arc<str>, Input)> {
    let mut settings: Vec<_> = options.environment.iter().map(typed).collect();
    for path in files(root) {
        read(&path, names, &mut settings, errors);
    }
    settings.extend(named.iter().cloned());
    let mut variables = Vec::new();
    for setting in settings {
        match setting {
            Setting::Value(name, input) => variables.push((name, input)),
            Setting::Unread => {
                variables.extend(module.variables().map(|name| (Arc::clone(name), Input::unknown())));
            }
        }
    }
    variables
}

/// The variables that somebody typed a value for and that no root module has: Terraform refuses them too.
pub(crate) fn undeclared<'m>(options: &Options, roots: impl Iterator<Item = &'m Module>) -> Vec<InputError> {
    let declared: BTreeSet<_> = roots.flat_map(Module::variables).collect();
    let unknown = options.variables.iter().filter(|(name, _)| !declared.contains(name));
    let error = |(name, _): &(Arc<str>, String)| {
        InputError::new("--var", format!("no root module declares a variable {name:?}"))
    };
    unknown.map(error).collect()
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

fn read(path: &Path, names: &Names, settings: &mut Vec<Setting>, errors: &mut Vec<InputError>) {
    let name = names.of(path);
    let unreadable = |error| InputError::new(name.as_str(), format!("cannot be read: {error}"));
    let read = fs::read(path)
        .map_err(unreadable)
        .and_then(|bytes| VariableFile::read(&SourceFile { path: &name, text: &bytes }).map_err(unparsable));
    match read {
        Ok(file) => {
            settings.extend(file.variables.into_iter().map(|(name, input)| Setting::Value(name, input)));
        }
        Err(error) => {
            errors.push(error);
            settings.push(Setting::Unread);
        }
    }
}
