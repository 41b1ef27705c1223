//! What the documents promise.

use std::fs;

use crate::common::{kmscheck, repository};

fn read(file: &str) -> String {
    fs::read_to_string(repository().join(file)).unwrap()
}

/// The commands in the first code block of the README.
fn commands() -> Vec<String> {
    let readme = read("README.md");
    let block = readme.split("```").nth(1).unwrap();
    let lines = block.lines().skip(1).filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(ToOwned::to_owned).collect()
}

#[test]
fn the_first_command_of_the_readme_scans_a_plan_and_shows_findings() {
    let commands = commands();
    let (_, arguments) = commands.first().unwrap().split_once(" -- ").unwrap();
    let ran = kmscheck(&arguments.split(' ').collect::<Vec<_>>()).run();
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_second_command_of_the_readme_is_what_ci_runs() {
    let command = commands().remove(1);
    assert!(command.starts_with("cargo test --workspace"), "{command}");
    assert!(read(".ci/run").lines().any(|line| line.ends_with(&command)), ".ci/run does not run `{command}`");
}

/// `INSTA_UPDATE=always cargo test` writes the output anew, as it does the snapshots.
#[test]
fn the_output_in_the_readme_is_real() {
    let readme = read("README.md");
    let (before, rest) = readme.split_once("```console\n$ kmscheck ").unwrap();
    let (shown, after) = rest.split_once("```").unwrap();
    let (arguments, output) = shown.split_once('\n').unwrap();
    let ran = kmscheck(&arguments.split(' ').collect::<Vec<_>>()).run();
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let updated = format!("{before}```console\n$ kmscheck {arguments}\n{}```{after}", ran.stdout);
        fs::write(repository().join("README.md"), updated).unwrap();
    } else {
        assert_eq!(ran.stdout, output);
    }
}

#[test]
fn the_architecture_fits_into_200_lines() {
    assert!(read("ARCHITECTURE.md").lines().count() <= 200);
}
