//! A tree of source, against the bare parser.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::measure::{self, Contender};
use super::{ROUNDS, program, tree};

/// How many times as long as the bare parser kmscheck may take.
const TARGET: f64 = 1.5;

/// Prints how long kmscheck takes for a tree of source, and the parser for the same files.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let folder = root.join("target/bench/tree");
    tree::write(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let folder = folder.display().to_string();
    let floor = ["bench", "floor", "parser", folder.as_str()].map(str::to_owned).to_vec();
    let quiet = ["--exit-zero", "--quiet", folder.as_str()].map(str::to_owned).to_vec();
    let contenders = [
        Contender { name: "parser", program: program(root, "xtask"), arguments: floor, stdin: None },
        Contender {
            name: "kmscheck DIRECTORY",
            program: program(root, "kmscheck"),
            arguments: quiet,
            stdin: None,
        },
    ];
    let runs = measure::compare(&contenders, ROUNDS)?;
    let base = runs.first().map_or(0.0, |run| run.time.as_secs_f64());
    for (contender, run) in contenders.iter().zip(&runs) {
        let (time, peak) = (run.time.as_secs_f64(), run.peak >> 20);
        let (name, ratio) = (contender.name, time / base);
        println!(
            "{:<15} {name:<22} {:>7.0} ms {ratio:>7.2} {TARGET:>8.2} {peak:>6} MiB",
            "5,000 files",
            time * 1000.0
        );
    }
    Ok(())
}

/// The least that a program must do: read the files and parse them, on all threads.
pub(crate) fn parse(folder: &str) -> Result<(), String> {
    let mut files = Vec::new();
    list(Path::new(folder), &mut files).map_err(|error| format!("{folder}: {error}"))?;
    let parse = |path: &PathBuf| {
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        hcl_edit::parser::parse_body(&text).map(drop).map_err(|error| error.to_string())
    };
    files.par_iter().try_for_each(|path| parse(path).map_err(|error| format!("{}: {error}", path.display())))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
