//! Files, directories and standard input.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests of the crate that reads files write some first"
)]

use std::fs;
use std::io::{Seek, SeekFrom};
use std::path::PathBuf;

use kmscheck_ingest::{ErrorKind, Ingested, Input, Options, Stdin, ingest};
use kmscheck_model::{Attributes, Interest};

struct Everything;

impl Interest for Everything {
    fn attributes(&self, _: &str) -> Attributes {
        Attributes::All
    }
}

/// A directory with files, in the target directory: each test has its own.
fn directory(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join(".git")).unwrap();
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn read(inputs: &[Input]) -> Ingested {
    ingest(inputs, &Options::default(), &Everything, Stdin::Stream(&mut std::io::empty()))
}

const PLAN: &str = r#"{"format_version":"1.2","resource_changes":[]}"#;

#[test]
fn a_directory_gives_every_plan_under_it_by_its_content() {
    let root = directory(
        "by-content",
        &[
            ("b/tfplan.json", PLAN),
            ("a/state.json", r#"{"format_version":"1.0","values":{"root_module":{}}}"#),
            ("a/package.json", r#"{"name":"x"}"#),
            (".terraform/modules/modules.json", PLAN),
        ],
    );
    let ingested = read(&[Input::Path(root)]);
    let roots: Vec<_> = ingested.projects.iter().map(|project| project.root()).collect();
    assert_eq!(roots, ["a/state.json", "b/tfplan.json"]);
    assert_eq!(ingested.errors, []);
}

#[test]
fn a_large_file_is_read_to_its_end() {
    let (begin, end) = PLAN.split_once(',').unwrap();
    let text = format!("{begin},{}{end}", " \n".repeat(7 << 20));
    let root = directory("large", &[("plan.json", &text), ("cut.json", text.get(..text.len() - 1).unwrap())]);
    let ingested = read(&[Input::Path(root)]);
    assert_eq!(ingested.projects.len(), 1);
    let lines = text.lines().count();
    let errors: Vec<_> = ingested.errors.iter().map(|error| (&*error.path, error.line)).collect();
    assert_eq!(errors, [("cut.json", Some(lines))]);
}

#[test]
fn a_file_that_is_standard_input_is_read_from_where_it_stands() {
    for space in [1, 7 << 20] {
        let text = format!("first line\n{PLAN}{}", " ".repeat(space));
        let path = directory("redirected", &[("input", &text)]).join("input");
        let mut file = fs::File::open(path).unwrap();
        file.seek(SeekFrom::Start(11)).unwrap();
        let ingested = ingest(&[Input::Stdin], &Options::default(), &Everything, Stdin::File(file));
        assert_eq!((ingested.projects.len(), ingested.errors), (1, Vec::new()));
    }
}

#[test]
fn a_broken_file_costs_no_other() {
    let root = directory("broken", &[("a.json", "{\n\"format_version\":"), ("b.json", PLAN)]);
    let ingested = read(&[Input::Path(root.join("a.json")), Input::Path(root.join("b.json"))]);
    assert_eq!(ingested.projects.len(), 1);
    assert_eq!(ingested.errors.len(), 1);
    assert_eq!((ingested.errors[0].path.as_str(), ingested.errors[0].line), ("a.json", Some(2)));
}

#[test]
fn a_file_named_twice_is_read_once() {
    let root = directory("twice", &[("a.json", PLAN)]);
    let ingested = read(&[Input::Path(root.clone()), Input::Path(root.join("./a.json"))]);
    assert_eq!(ingested.projects.len(), 1);
}

#[test]
fn a_directory_without_terraform_is_not_an_incomplete_run() {
    let root = directory("nothing", &[("readme.md", "")]);
    let ingested = read(&[Input::Path(root)]);
    assert!(ingested.nothing_found());
    assert_eq!(ingested.errors[0].kind, ErrorKind::NothingFound);
}

#[test]
fn a_directory_with_source_is_source_and_its_files_are_one_root() {
    let root = directory("source", &[("main.tf", ""), ("other.tf", ""), ("tfplan.json", PLAN)]);
    let ingested = read(&[Input::Path(root.clone()), Input::Path(root.join("main.tf"))]);
    let roots: Vec<_> = ingested.projects.iter().map(|project| project.root()).collect();
    assert_eq!(roots, ["."]);
    assert_eq!(ingested.errors, []);
}

#[test]
fn standard_input_that_is_empty_says_how_to_scan_a_directory() {
    let ingested = read(&[Input::Stdin]);
    assert!(ingested.errors[0].message.contains("kmscheck ."));
    let mut plan = PLAN.as_bytes();
    let ingested = ingest(&[Input::Stdin], &Options::default(), &Everything, Stdin::Stream(&mut plan));
    assert_eq!(ingested.projects[0].root(), "-");
}

#[test]
fn a_failed_plan_is_analysed_and_is_an_error() {
    let root = directory("errored", &[("p.json", &PLAN.replace("[]", "[],\"errored\":true"))]);
    let ingested = read(&[Input::Path(root)]);
    assert_eq!((ingested.projects.len(), ingested.errors.len(), ingested.notices.len()), (1, 1, 1));
}

#[test]
fn what_is_not_there_says_so() {
    let ingested = read(&[Input::Path("no/such/plan.json".into())]);
    assert!(ingested.errors[0].message.contains("no such file"));
}
