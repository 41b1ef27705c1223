//! Cases on disk.
#![expect(clippy::disallowed_methods, reason = "reads and copies the repository's own files")]

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What is planned, and how.
pub(super) struct Case {
    /// `<check>/<case>`.
    pub(super) name: String,
    pub(super) directory: PathBuf,
    pub(super) options: Options,
}

/// `case.toml`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Options {
    pub(super) provider: Provider,
    pub(super) plan_args: Vec<String>,
    pub(super) output: Output,
    /// What `before/` made belongs to another configuration.
    pub(super) before_is_elsewhere: bool,
    /// The plan is meant to fail.
    pub(super) errored: bool,
    /// For the tests.
    #[serde(rename = "settings")]
    _settings: toml::Table,
    /// For the tests.
    #[serde(rename = "source")]
    _source: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Provider {
    #[default]
    Aws,
    Stub,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Output {
    #[default]
    Plan,
    State,
}

impl Case {
    pub(super) fn is_recorded(&self) -> bool {
        self.recording().is_file()
    }

    pub(super) fn recording(&self) -> PathBuf {
        self.directory.join("plan.json")
    }

    /// What is applied first, if anything.
    pub(super) fn before(&self) -> Option<PathBuf> {
        Some(self.directory.join("before")).filter(|before| before.is_dir())
    }

    /// Copies the configuration that is planned.
    pub(super) fn copy_to(&self, target: &Path) -> Result<(), String> {
        copy(&self.directory, target, &["before", "plan.json", "expected.txt", "case.toml"])
    }
}

/// All cases, by name.
pub(super) fn find(root: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for check in entries(root)?.into_iter().filter(|path| path.is_dir()) {
        for directory in entries(&check)?.into_iter().filter(|path| path.join("main.tf").is_file()) {
            cases.push(read(directory, root)?);
        }
    }
    Ok(cases)
}

fn read(directory: PathBuf, root: &Path) -> Result<Case, String> {
    let file = directory.join("case.toml");
    let text = if file.is_file() {
        fs::read_to_string(&file).map_err(|error| at(&file, &error))?
    } else {
        String::new()
    };
    let options = toml::from_str(&text).map_err(|error| at(&file, &error))?;
    let name = directory.strip_prefix(root).unwrap_or(&directory).display().to_string();
    Ok(Case { name, directory, options })
}

/// Copies a directory's contents, but for some names at its top.
pub(super) fn copy(source: &Path, target: &Path, but: &[&str]) -> Result<(), String> {
    fs::create_dir_all(target).map_err(|error| at(target, &error))?;
    for path in entries(source)? {
        let name = path.file_name().unwrap_or_default();
        let to = target.join(name);
        if but.iter().any(|but| name == *but) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to, &[])?;
        } else {
            fs::copy(&path, &to).map_err(|error| at(&path, &error))?;
        }
    }
    Ok(())
}

/// What a directory holds, sorted.
pub(super) fn entries(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let read = fs::read_dir(directory).map_err(|error| at(directory, &error))?;
    let mut paths = read.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    if let Ok(paths) = &mut paths {
        paths.sort();
    }
    paths.map_err(|error| at(directory, &error))
}

/// An error with the path that it is about.
pub(super) fn at(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}
