//! The modules that `terraform init` has brought.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where the modules of a root lie, by the calls that lead to them.
/// Source: Terraform, `internal/modsdir`: `.terraform/modules/modules.json`.
#[derive(Debug, Default)]
pub(crate) struct Installed {
    by_key: BTreeMap<String, PathBuf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    modules: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    key: String,
    dir: PathBuf,
}

impl Installed {
    /// What is installed for the root module in this directory. Nothing, if there is no list that can be read.
    pub(crate) fn under(root: &Path) -> Self {
        let text = fs::read(root.join(".terraform/modules/modules.json")).unwrap_or_default();
        let manifest: Option<Manifest> = serde_json::from_slice(&text).ok();
        let records = manifest.map(|manifest| manifest.modules).unwrap_or_default();
        Self { by_key: records.into_iter().map(|record| (record.key, root.join(record.dir))).collect() }
    }

    /// The directories of all that is installed.
    pub(crate) fn directories(&self) -> impl Iterator<Item = &PathBuf> {
        self.by_key.values()
    }

    /// The directory of the module that these calls lead to.
    pub(crate) fn directory(&self, calls: &[String]) -> Option<PathBuf> {
        self.by_key.get(&calls.join(".")).cloned()
    }
}
