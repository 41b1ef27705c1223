//! Errors and notices, for standard error.

use std::fmt::Write as _;

use crate::{Notice, Palette, Problem, escape};

/// The errors, one line each.
pub fn errors(problems: &[Problem], palette: &Palette) -> String {
    let style = palette.error;
    problems.iter().fold(String::new(), |mut text, problem| {
        let _ = writeln!(text, "{style}error{style:#}: {}", escape::line(&described(problem)));
        text
    })
}

/// The notices, one line each.
pub fn notices(notices: &[Notice], palette: &Palette) -> String {
    let style = palette.notice;
    notices.iter().fold(String::new(), |mut text, notice| {
        let place = if notice.path == "-" { String::new() } else { format!("{}: ", notice.path) };
        let _ = writeln!(text, "{style}notice{style:#}: {}", escape::line(&(place + &notice.message)));
        text
    })
}

/// The message says the position itself, where there is one. Standard input (`-`) needs no name: there is only one.
fn described(problem: &Problem) -> String {
    match problem.path.as_deref() {
        Some(path) if path != "-" => format!("{path}: {}", problem.message),
        _ => problem.message.clone(),
    }
}
