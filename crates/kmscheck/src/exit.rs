//! Exit codes, the same for every format.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// A finding at or above `--fail-on`.
    Findings,
    /// There was no Terraform to look at.
    NothingFound,
    /// The job could not be done completely: usage, unreadable input, a bug. Wins over findings.
    Incomplete,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Incomplete => 2,
            Self::NothingFound => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// For `--help`.
pub(crate) const TABLE: &str = "\
Exit codes:
  0  no finding at or above --fail-on
  1  a finding at or above --fail-on
  2  the job could not be done completely: usage, unreadable input, a bug
  3  no Terraform found";
