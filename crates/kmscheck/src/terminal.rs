//! What the terminal can show.

use std::env;
use std::io::{self, IsTerminal};

use kmscheck_report::Palette;

use crate::args::ColorWhen;

/// The columns to use where there is no terminal, and the most that stay readable where there is a wide one.
const WIDTH: usize = 80;
const MAX_WIDTH: usize = 100;
const MIN_WIDTH: usize = 40;

/// The colours for standard output.
pub(crate) fn stdout_palette(when: ColorWhen) -> Palette {
    Palette::new(is_colored(when, io::stdout().is_terminal(), variable))
}

/// The colours for standard error.
pub(crate) fn stderr_palette(when: ColorWhen) -> Palette {
    Palette::new(is_colored(when, io::stderr().is_terminal(), variable))
}

/// The columns of standard output.
pub(crate) fn width() -> usize {
    match terminal_size::terminal_size() {
        Some((width, _)) => usize::from(width.0).clamp(MIN_WIDTH, MAX_WIDTH),
        None => WIDTH,
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The flag beats all; then `NO_COLOR` (no-color.org: set and not empty), then what forces colour, then the terminal.
fn is_colored(when: ColorWhen, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let says = |name: &str, word: &str| variable(name).is_some_and(|value| value == word);
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto if variable("NO_COLOR").is_some() => false,
        ColorWhen::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColorWhen::Auto if variable("FORCE_COLOR").is_some() => true,
        ColorWhen::Auto if says("TERM", "dumb") || says("CLICOLOR", "0") => false,
        ColorWhen::Auto => is_terminal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(is_terminal: bool, variables: &[(&str, &str)]) -> bool {
        let find = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        is_colored(ColorWhen::Auto, is_terminal, find)
    }

    #[test]
    fn the_environment_decides_unless_the_flag_does() {
        assert!(auto(true, &[]) && !auto(false, &[]));
        assert!(!auto(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(auto(false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]));
        assert!(!auto(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!auto(true, &[("TERM", "dumb")]) && !auto(true, &[("CLICOLOR", "0")]));
        assert!(is_colored(ColorWhen::Always, false, |_| Some("1".to_owned())));
    }
}
