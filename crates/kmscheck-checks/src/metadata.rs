//! What is fixed about a check.

use std::fmt;
use std::str::FromStr;

/// What is fixed about a check: its names, its group, its gravity, its documentation.
#[derive(Debug)]
pub struct Metadata {
    /// The id, kebab-case; names the problem and is never reused.
    pub id: &'static str,
    /// One sentence that says what is wrong, for tables.
    pub summary: &'static str,
    /// The group in the catalogue.
    pub group: Group,
    /// The severity of a plain violation. Facts may raise or lower it for one finding.
    pub severity: Severity,
    /// What other tools call the same thing: `CKV_AWS_7`, `AWS-0065`, `KMS.4`.
    pub aliases: &'static [&'static str],
    /// What the check can be decided on.
    pub needs: Needs,
    /// Whether it runs unless it is asked for by name.
    pub default: bool,
    /// The checks whose finding on the same subject makes this one superfluous.
    pub silenced_by: &'static [&'static str],
    /// The documentation, in Markdown, with the examples.
    pub documentation: &'static str,
}

impl Metadata {
    /// The address of the documentation page.
    pub fn url(&self) -> String {
        format!("{}/blob/main/docs/checks/{}.md", env!("CARGO_PKG_REPOSITORY"), self.id)
    }

    /// Whether `name` is the id or another tool's id for the same thing, in any case.
    pub fn is_called(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// How grave a finding is, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth mending some day.
    Low,
    /// Worth stopping a merge for.
    Medium,
    /// Something will not work, or more is open than meant.
    High,
    /// Data or control of a key is lost, or open to the world.
    Critical,
}

impl Severity {
    /// All of them, gravest first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that is no severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseSeverityError(String);

impl fmt::Display for ParseSeverityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no severity; use critical, high, medium, low or info", self.0)
    }
}

impl std::error::Error for ParseSeverityError {}

impl FromStr for Severity {
    type Err = ParseSeverityError;

    fn from_str(text: &str) -> Result<Self, ParseSeverityError> {
        let found = Self::ALL.into_iter().find(|severity| severity.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| ParseSeverityError(text.to_owned()))
    }
}

/// The groups of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Several Regions.
    Replication,
    /// Who can still manage the key.
    Lockout,
    /// More access than meant.
    Exposure,
    /// Statements that do not do what they say.
    Conditions,
    /// What happens to the key itself.
    Lifecycle,
}

impl Group {
    /// All of them, in the order of the catalogue.
    pub const ALL: [Self; 5] =
        [Self::Replication, Self::Lockout, Self::Exposure, Self::Conditions, Self::Lifecycle];

    /// The name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replication => "replication",
            Self::Lockout => "lockout",
            Self::Exposure => "exposure",
            Self::Conditions => "conditions",
            Self::Lifecycle => "lifecycle",
        }
    }

    /// What the group is about.
    pub fn title(self) -> &'static str {
        match self {
            Self::Replication => "several Regions",
            Self::Lockout => "who can still manage the key",
            Self::Exposure => "more access than meant",
            Self::Conditions => "statements that do not do what they say",
            Self::Lifecycle => "what happens to the key",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a check can be decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Any input.
    Anything,
    /// Only a plan tells: what exists before the change.
    Plan,
    /// Only the source tells.
    Source,
}
