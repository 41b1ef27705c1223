//! `cargo xtask conformance terraform [--record] [AREA]...`: what the real Terraform says to the expressions in
//! `testdata/conformance`. `testdata/conformance/README.md` describes the files. `cargo xtask conformance modules`: what
//! kmscheck makes of the source of the recorded plans.
#![expect(clippy::print_stdout, reason = "a command line tool tells how it is getting on")]
#![expect(clippy::disallowed_methods, reason = "reads and writes the repository's own files")]

mod answer;
mod batch;
mod complaints;
mod expressions;
mod functions;
mod kinds;
mod modules;
mod plan;
mod recorded;
mod terraform;
#[cfg(test)]
mod tests;
mod types;

use std::fs;
use std::path::{Path, PathBuf};

use self::expressions::{Area, Case};
use self::functions::Functions;
use self::recorded::Recorded;
use self::terraform::Terraform;

const USAGE: &str =
    "usage: cargo xtask conformance terraform [--record] [AREA]...\n       cargo xtask conformance modules";

/// Cases that Terraform gets at once: its time grows with their square.
const BATCH: usize = 150;

/// How often it is asked for a recording, since it does not always say the same: it goes through maps in any order.
const ROUNDS: usize = 5;

/// How many differences of an area are printed.
const SHOWN: usize = 20;

/// Asks Terraform, and compares with what is recorded or records it.
///
/// # Errors
/// Why Terraform could not be asked, or in how many cases it says something else than what is recorded.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<(), String> {
    let Some((first, rest)) = arguments.split_first() else { return Err(USAGE.to_owned()) };
    if first == "modules" {
        return if rest.is_empty() { modules::run(root) } else { Err(USAGE.to_owned()) };
    }
    let (options, names): (Vec<_>, Vec<_>) = rest.iter().partition(|argument| argument.starts_with('-'));
    let record = match options.iter().map(|option| option.as_str()).collect::<Vec<_>>().as_slice() {
        _ if first != "terraform" => return Err(USAGE.to_owned()),
        [] => false,
        ["--record"] => true,
        _ => return Err(USAGE.to_owned()),
    };
    let data = Data::new(root);
    let terraform = Terraform::new(&data.directory)?;
    let functions = terraform.functions()?;
    if record {
        write(&data.functions(), &functions.to_text()?)?;
    } else if fs::read_to_string(data.functions()).ok() != Some(functions.to_text()?) {
        println!("functions.json is not what this Terraform says");
    }
    let mut different = 0;
    for area in data.areas(&functions)? {
        if names.is_empty() || names.iter().any(|name| **name == area.name) {
            different += ask(&data, &terraform, &area, record)?;
        }
    }
    match different {
        0 => Ok(()),
        _ => Err(format!("{different} cases differ from what is recorded")),
    }
}

/// Asks for the cases of one area; gives how many differ from what is recorded.
fn ask(data: &Data, terraform: &Terraform, area: &Area, record: bool) -> Result<usize, String> {
    let file = recorded::file(&data.directory, &area.name);
    let mut now = Recorded::default();
    for _ in 0..if record { ROUNDS } else { 1 } {
        for batch in area.cases.chunks(BATCH) {
            for (answer, case) in terraform.answers(batch)?.iter().zip(batch) {
                now.add(case, answer.to_text()?);
            }
        }
    }
    if !record {
        return Ok(compare(area, &now, &Recorded::read(&file)?));
    }
    if file.exists() {
        now.keep_several(&Recorded::read(&file)?);
    }
    write(&file, &now.text(&area.cases)?)?;
    println!("{:<14} {} cases recorded, {} with several answers", area.name, area.cases.len(), now.several());
    Ok(0)
}

/// Prints the cases whose answer is not the recorded one, or one of them.
fn compare(area: &Area, now: &Recorded, recorded: &Recorded) -> usize {
    let different: Vec<_> = area.cases.iter().filter(|case| !now.agrees(case, recorded)).collect();
    println!("{:<14} {} of {} cases agree", area.name, area.cases.len() - different.len(), area.cases.len());
    for case in different.iter().take(SHOWN) {
        println!("  {}: {}", case.group, case.expression);
        println!("    recorded: {}\n    now:      {}", recorded.told(case), now.told(case));
    }
    different.len()
}

/// Where the files are.
struct Data {
    directory: PathBuf,
}

impl Data {
    fn new(root: &Path) -> Self {
        Self { directory: root.join("testdata/conformance") }
    }

    fn functions(&self) -> PathBuf {
        self.directory.join("functions.json")
    }

    /// All areas, by name: the expressions that are written down and those that are made from the signatures.
    fn areas(&self, functions: &Functions) -> Result<Vec<Area>, String> {
        let directory = self.directory.join("expressions");
        let read = fs::read_dir(&directory).map_err(|error| at(&directory, &error))?;
        let mut files = read.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
        if let Ok(files) = &mut files {
            files.sort();
        }
        let files = files.map_err(|error| at(&directory, &error))?;
        files.iter().map(|file| self.area(file, functions)).collect()
    }

    fn area(&self, file: &Path, functions: &Functions) -> Result<Area, String> {
        let text = fs::read_to_string(file).map_err(|error| at(file, &error))?;
        let sections = expressions::read(&text).map_err(|error| at(file, &error))?;
        let mut cases: Vec<Case> = Vec::new();
        for section in sections {
            let made = kinds::of(&section, functions).map_err(|error| at(file, &error))?;
            for expression in section.expressions.iter().cloned().chain(made) {
                let case = Case { group: section.name.clone(), expression };
                if !cases.contains(&case) {
                    cases.push(case);
                }
            }
        }
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Area { name, cases })
    }
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory).map_err(|error| at(directory, &error))?;
    }
    fs::write(file, text).map_err(|error| at(file, &error))
}

/// An error with the path that it is about.
fn at(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}
