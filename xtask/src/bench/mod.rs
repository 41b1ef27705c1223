//! `cargo xtask bench`: how long kmscheck takes, as ratios to the least that any program must do with the same bytes.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a command that measures starts programs, takes the time and prints a table"
)]

mod generate;
mod growth;
mod measure;
mod source;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::Value;

use self::generate::{KEYS_PER_MODULE, Size};
use self::measure::{Contender, Run};

const ROUNDS: usize = 7;

/// 10,000 keys; about 150 MB.
const ALL_KMS: Size = Size { key_modules: 1_000, other_modules: 0 };

/// About 150 MB, 2 % of the resources about KMS: a module of keys has 71 resources, one of others 50.
const SOME_KMS: Size = Size { key_modules: 22, other_modules: 1_530 };

/// Builds everything, makes the plans and the tree of source under `target/bench` and prints the table.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<(), String> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["floor", "parser", folder] => source::parse(folder),
        ["floor", kind, path] => floor(kind, path),
        ["source"] => build(root).and_then(|()| source::run(root)),
        ["growth"] => build(root).and_then(|()| growth::run(root)),
        ["growth", keys] => growth::one(root, keys),
        [] => table(root),
        ["generate", keys, path] => write_plan(root, keys, path),
        _ => Err("usage: cargo xtask bench [growth | source | generate KEYS FILE]".to_owned()),
    }
}

/// The least that a program must do: read the bytes and see that they are JSON (`ignored`) or hold them (`value`).
fn floor(kind: &str, path: &str) -> Result<(), String> {
    let bytes = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let parsed = match kind {
        "ignored" => serde_json::from_slice::<IgnoredAny>(&bytes).map(|_| ()),
        _ => serde_json::from_slice::<Value>(&bytes).map(|value| {
            std::hint::black_box(std::mem::ManuallyDrop::new(value));
        }),
    };
    parsed.map_err(|error| format!("{path}: {error}"))
}

fn write_plan(root: &Path, keys: &str, path: &str) -> Result<(), String> {
    let keys: usize = keys.parse().map_err(|error| format!("{keys}: {error}"))?;
    let text = generate::plan(root, &Size { key_modules: keys / KEYS_PER_MODULE, other_modules: 0 })?;
    fs::write(path, text).map_err(|error| format!("{path}: {error}"))
}

struct Work {
    name: &'static str,
    plan: PathBuf,
    floor: &'static str,
    time_target: f64,
    memory_target: f64,
}

fn table(root: &Path) -> Result<(), String> {
    build(root)?;
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let some = Work {
        name: "2 % about KMS",
        plan: folder.join("some-kms.json"),
        floor: "ignored",
        time_target: 1.5,
        memory_target: 1.3,
    };
    let all = Work {
        name: "all about KMS",
        plan: folder.join("all-kms.json"),
        floor: "value",
        time_target: 1.0,
        memory_target: 2.0,
    };
    for (work, size) in [(&some, &SOME_KMS), (&all, &ALL_KMS)] {
        fs::write(&work.plan, generate::plan(root, size)?).map_err(|error| error.to_string())?;
    }
    println!(
        "{:<15} {:<22} {:>9} {:>7} {:>8} {:>10} {:>8}",
        "plan", "program", "median", "ratio", "target", "peak/file", "target"
    );
    for work in [&some, &all] {
        rows(root, work)?;
    }
    source::run(root)?;
    cold_start(root)?;
    growth::run(root)
}

fn build(root: &Path) -> Result<(), String> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--quiet", "-p", "kmscheck", "-p", "xtask"])
        .current_dir(root)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo build: {status}")),
        Err(error) => Err(format!("cargo build: {error}")),
    }
}

fn program(root: &Path, name: &str) -> String {
    root.join("target/release").join(name).display().to_string()
}

fn rows(root: &Path, work: &Work) -> Result<(), String> {
    let plan = work.plan.display().to_string();
    let size = fs::metadata(&work.plan).map_err(|error| error.to_string())?.len();
    let quiet = || vec!["--exit-zero".to_owned(), "--quiet".to_owned()];
    let floor = vec!["bench".to_owned(), "floor".to_owned(), work.floor.to_owned(), plan.clone()];
    let contenders = [
        Contender { name: work.floor, program: program(root, "xtask"), arguments: floor, stdin: None },
        Contender {
            name: "kmscheck FILE",
            program: program(root, "kmscheck"),
            arguments: [quiet(), vec![plan.clone()]].concat(),
            stdin: None,
        },
        Contender {
            name: "kmscheck < FILE",
            program: program(root, "kmscheck"),
            arguments: quiet(),
            stdin: Some(plan),
        },
    ];
    let runs = measure::compare(&contenders, ROUNDS)?;
    let base = runs.first().map_or(Duration::ZERO, |run| run.time).as_secs_f64();
    for (contender, run) in contenders.iter().zip(&runs) {
        row(work, contender.name, run, base, size);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of two sizes far below 2^52")]
fn row(work: &Work, name: &str, run: &Run, base: f64, size: u64) {
    let (time, memory) = (run.time.as_secs_f64(), run.peak as f64 / size as f64);
    println!(
        "{:<15} {:<22} {:>7.0} ms {:>7.2} {:>8.2} {:>10.2} {:>8.2}",
        work.name,
        name,
        time * 1000.0,
        time / base,
        work.time_target,
        memory,
        work.memory_target
    );
}

/// A plan of ten keys: what a run costs before it does anything.
fn cold_start(root: &Path) -> Result<(), String> {
    let plan = root.join("testdata/plans/general/ten-keys/plan.json").display().to_string();
    let arguments = vec!["--exit-zero".to_owned(), "--quiet".to_owned(), plan];
    let contender =
        Contender { name: "kmscheck FILE", program: program(root, "kmscheck"), arguments, stdin: None };
    let runs = measure::compare(&[contender], 4 * ROUNDS)?;
    let time = runs.first().map_or(Duration::ZERO, |run| run.time).as_secs_f64() * 1000.0;
    println!("{:<15} {:<22} {time:>7.1} ms   (target: at most 15 ms)", "ten keys", "kmscheck FILE");
    Ok(())
}
