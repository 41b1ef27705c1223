//! What the repository needs beside the tool: generated files, recorded plans.

mod bench;
mod codegen;
mod conformance;
mod record;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask bench [growth | source | generate KEYS FILE]\n       cargo xtask codegen [--check]\n       cargo xtask conformance terraform [--record] [AREA]...\n       cargo xtask conformance modules\n       cargo xtask record [--all | --missing] [FILTER]...";

#[expect(clippy::disallowed_methods, reason = "a command reads its arguments")]
fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let done = match arguments.split_first() {
        Some((command, rest)) if command == "bench" => bench::run(&root, rest),
        Some((command, rest)) if command == "codegen" => codegen::run(rest),
        Some((command, rest)) if command == "conformance" => conformance::run(&root, rest),
        Some((command, rest)) if command == "record" => record::run(&root, rest),
        _ => Err(USAGE.to_owned()),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    // If standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::FAILURE
}
