//! The settings file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kmscheck_checks::{CheckSettings, ReplicationSettings, Settings, Severity, registry};
use serde::Deserialize;
use toml::Spanned;

use crate::select::UnknownCheck;

/// What a settings file says.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The severity that fails the run.
    pub(crate) fail_on: Option<Severity>,
    /// What the checks read.
    pub(crate) settings: Settings,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    fail_on: Option<Spanned<String>>,
    #[serde(default)]
    replication: ReplicationSettings,
    #[serde(default)]
    checks: BTreeMap<Spanned<String>, CheckSettings>,
}

/// Reads the settings file at `path`.
///
/// # Errors
/// What is wrong with it, with the line.
pub(crate) fn read(path: &Path) -> Result<Config, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&text).map_err(|error| error.describe(path, &text))
}

/// What is wrong, and at which byte.
#[derive(Debug)]
struct ConfigError {
    message: String,
    at: Option<usize>,
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    let file: File = toml::from_str(text).map_err(|error| ConfigError {
        message: error.message().to_owned(),
        at: error.span().map(|span| span.start),
    })?;
    let fail_on = file.fail_on.map(severity).transpose()?;
    let checks = file.checks.into_iter().map(check).collect::<Result<_, _>>()?;
    Ok(Config { fail_on, settings: Settings { replication: file.replication, checks } })
}

fn severity(word: Spanned<String>) -> Result<Severity, ConfigError> {
    let at = Some(word.span().start);
    word.into_inner().parse().map_err(|error| ConfigError { message: format!("{error}"), at })
}

fn check((id, settings): (Spanned<String>, CheckSettings)) -> Result<(String, CheckSettings), ConfigError> {
    let at = Some(id.span().start);
    let id = id.into_inner();
    let name = registry::called(&id).next().map(|check| check.metadata().id);
    match name {
        Some(name) if name == id => Ok((id, settings)),
        Some(name) => Err(ConfigError { message: format!("this check is called {name}"), at }),
        None => Err(ConfigError { message: UnknownCheck(id).to_string(), at }),
    }
}

impl ConfigError {
    /// `kmscheck.toml:3: unknown field …, in "min-dayz = 3"`: the line shows the key, which the message may not name.
    fn describe(&self, path: &Path, text: &str) -> String {
        let path = path.display();
        let Some(before) = self.at.and_then(|at| text.get(..at)) else {
            return format!("{path}: {}", self.message);
        };
        let line = before.matches('\n').count();
        let written = text.lines().nth(line).unwrap_or_default().trim();
        format!("{path}:{}: {}, in `{written}`", line + 1, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().describe(Path::new("kmscheck.toml"), text)
    }

    #[test]
    fn settings_are_read() {
        let config = parse(
            "fail-on = \"high\"\n[replication]\nregions = [\"eu-west-1\"]\n[checks.rotation-disabled]\nseverity = \"low\"\n",
        )
        .unwrap();
        assert_eq!(config.fail_on, Some(Severity::High));
        assert_eq!(config.settings.replication.regions, ["eu-west-1"]);
        assert_eq!(config.settings.replication.tag, "CrossRegionReplication");
        assert_eq!(config.settings.check("rotation-disabled").severity, Some(Severity::Low));
    }

    #[test]
    fn an_error_names_file_line_and_key() {
        assert!(error("\nfail-on = \"bad\"").starts_with("kmscheck.toml:2: \"bad\" is no severity"));
        assert!(error("x = 1").starts_with("kmscheck.toml:1: unknown field `x`"));
        let number = error("[checks.rotation-disabled]\nmin-days = \"x\"\n");
        assert!(
            number.starts_with("kmscheck.toml:2: invalid type") && number.contains("min-days"),
            "{number}"
        );
        let unknown = error("[checks.rotaton-disabled]\n");
        assert!(unknown.contains("kmscheck.toml:1") && unknown.contains("did you mean rotation-disabled"));
        let alias = error("[checks.CKV_AWS_7]\n");
        assert!(alias.contains("this check is called rotation-disabled"), "{alias}");
    }
}
