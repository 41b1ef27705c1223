//! The user's settings, in the shape of `kmscheck.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Severity;

/// What a user can set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Which keys must have replicas, and where.
    pub replication: ReplicationSettings,
    /// Settings of single checks, by check id.
    pub checks: BTreeMap<String, CheckSettings>,
}

/// The `[replication]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReplicationSettings {
    /// A key with this tag switched on must have replicas.
    pub tag: String,
    /// The Regions of the replicas, unless the tag itself lists Regions.
    pub regions: Vec<String>,
}

impl Default for ReplicationSettings {
    fn default() -> Self {
        Self { tag: "CrossRegionReplication".to_owned(), regions: Vec::new() }
    }
}

/// A `[checks.<id>]` table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct CheckSettings {
    /// The severity of the check's findings, whatever the facts are.
    #[serde(deserialize_with = "severity")]
    pub severity: Option<Severity>,
    /// `short-deletion-window`: the least number of days.
    pub min_days: Option<i64>,
    /// `rotation-period`: the greatest number of days.
    pub max_days: Option<i64>,
    /// `missing-tags`: the tags that every key must have.
    pub tags: Option<Vec<String>>,
}

fn severity<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

impl Settings {
    /// The settings of one check.
    pub fn check(&self, id: &str) -> CheckSettings {
        self.checks.get(id).cloned().unwrap_or_default()
    }
}
