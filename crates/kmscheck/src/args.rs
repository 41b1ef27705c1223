//! The command line, as it is typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use kmscheck_checks::Severity;

use crate::exit;

/// Finds out, before `terraform apply`, what a change does to your AWS KMS keys.
#[derive(Debug, Parser)]
#[command(name = "kmscheck", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(after_help = exit::TABLE)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for mistakes with KMS keys (what a call without a command does)
    #[command(after_help = exit::TABLE)]
    Check(CheckArgs),
    /// Show as JSON what is understood of resources and keys
    Inspect(InspectArgs),
    /// Show the documentation of a check, by its id or another tool's
    Explain(ExplainArgs),
    /// List all checks
    Checks(ChecksArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// How to report: full (the default), concise or json. NAME=FILE writes a file as well. Repeatable
    #[arg(long, value_name = "NAME[=FILE]", help_heading = "Report")]
    pub(crate) format: Vec<Sink>,
    /// Show one by one what could not be determined, and why
    #[arg(long, help_heading = "Report")]
    pub(crate) show_undetermined: bool,

    /// Run only these checks: ids, groups, or ids of other tools (CKV_AWS_7)
    #[arg(long, value_name = "IDS", value_delimiter = ',', help_heading = "Selection")]
    pub(crate) select: Vec<String>,
    /// Leave these checks out
    #[arg(long, value_name = "IDS", value_delimiter = ',', help_heading = "Selection")]
    pub(crate) ignore: Vec<String>,
    /// Read settings from this file
    #[arg(long, value_name = "FILE", help_heading = "Selection")]
    pub(crate) config: Option<PathBuf>,

    /// The least severity that makes the exit code 1 [default: medium]
    #[arg(long, value_name = "SEVERITY", help_heading = "Exit code")]
    pub(crate) fail_on: Option<Severity>,
    /// Exit with 0 in spite of findings
    #[arg(long, help_heading = "Exit code")]
    pub(crate) exit_zero: bool,
    /// Exit with 2 when anything limits the analysis
    #[arg(long, help_heading = "Exit code")]
    pub(crate) strict: bool,

    #[command(flatten)]
    pub(crate) terminal: TerminalArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) terminal: TerminalArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The check: missing-replica, CKV_AWS_7, KMS.4
    pub(crate) check: String,
    #[command(flatten)]
    pub(crate) terminal: TerminalArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ChecksArgs {
    /// How to list them
    #[arg(long, value_enum, default_value_t = ListFormat::Full)]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) terminal: TerminalArgs,
}

impl CheckArgs {
    /// A path that is the name of a command: `kmscheck -v inspect`. A file of that name is `./inspect`.
    pub(crate) fn misplaced_command(&self) -> Option<String> {
        let names: Vec<_> =
            Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        names.into_iter().find(|name| self.input.paths.iter().any(|path| path.as_os_str() == name.as_str()))
    }
}

/// What is read, and how.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Directories of Terraform source, plans or states as JSON, directories of these, or - for standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The directory that the plan was made in: findings then stand on lines of source. For plans in the directory PATH,
    /// their own directories below this one
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub(crate) source: Option<PathBuf>,
    /// The value of a variable of the root modules, as Terraform's -var has it. Repeatable; holds over files
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Input", value_parser = variable)]
    pub(crate) var: Vec<(String, String)>,
    /// A file with values of variables, as Terraform's -var-file has it. Repeatable
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(crate) var_file: Vec<PathBuf>,
    /// The workspace, where the source asks for it [default: not known, or $TF_WORKSPACE]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(crate) workspace: Option<String>,
    /// The Region where Terraform takes it from the environment
    #[arg(long, help_heading = "Input")]
    pub(crate) region: Option<String>,
    /// The account where Terraform takes it from the environment
    #[arg(long, help_heading = "Input", value_parser = account)]
    pub(crate) account: Option<String>,
    /// The number of threads [default: one per core]
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
}

/// What is shown, beside the report.
#[derive(Debug, Args)]
pub(crate) struct TerminalArgs {
    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto, help_heading = "Terminal")]
    pub(crate) color: ColorWhen,
    /// Show findings and errors only: no summary, no notices
    #[arg(short, long, help_heading = "Terminal", conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say on standard error what is done; twice for more
    #[arg(short, long, action = ArgAction::Count, help_heading = "Terminal")]
    pub(crate) verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Full,
    Json,
}

/// A format and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sink {
    pub(crate) format: Format,
    /// Standard output if there is none.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Full,
    Concise,
    Json,
}

impl FromStr for Sink {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("after = comes the name of a file".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = Format::from_str(name, true)
            .map_err(|_| format!("{name:?} is no format; use full, concise or json"))?;
        Ok(Self { format, file })
    }
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { Ok(text.to_owned()) } else { Err("an account is twelve digits".to_owned()) }
}

fn variable(text: &str) -> Result<(String, String), String> {
    let split = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = split.ok_or_else(|| "a variable is NAME=VALUE".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_first_word_that_is_a_command_is_the_command() {
        let parse = |words: &[&str]| Cli::try_parse_from([&["kmscheck"], words].concat()).unwrap();
        assert!(matches!(parse(&["checks"]).command, Some(Command::Checks(_))));
        assert_eq!(parse(&["./checks"]).check.input.paths, [PathBuf::from("./checks")]);
        assert_eq!(parse(&["-q", "checks"]).check.misplaced_command().as_deref(), Some("checks"));
        assert_eq!(parse(&["a.json", "./checks"]).check.misplaced_command(), None);
        assert_eq!(parse(&["-"]).check.input.paths, [PathBuf::from("-")]);
    }

    #[test]
    fn a_format_may_go_to_a_file() {
        assert_eq!("json=a=b".parse(), Ok(Sink { format: Format::Json, file: Some("a=b".into()) }));
        assert_eq!("full".parse(), Ok(Sink { format: Format::Full, file: None }));
        assert!("json=".parse::<Sink>().is_err() && "xml".parse::<Sink>().is_err());
    }
}
