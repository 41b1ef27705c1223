//! Judging plans in tests.
#![expect(clippy::disallowed_methods, reason = "tests read recorded plans")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_graph::{KmsGraph, KmsInterest};
use kmscheck_hcl::{Called, FileError, Files, Inputs, Module, ModuleTree, SourceFile};
use kmscheck_ingest::{Input, Options, Stdin, ingest};
use kmscheck_model::Project;
use serde::Deserialize;

use crate::{Context, Evaluation, Finding, Part, Registered, Settings, Verdict, registry, silence};

/// What `case.toml` may say that matters here.
#[derive(Default, Deserialize)]
struct Case {
    #[serde(default)]
    settings: Settings,
    /// Whether the source is given as well.
    #[serde(default)]
    source: bool,
}

/// Holds every recorded plan of a check against what a person expected of it.
///
/// # Panics
/// If there is no recording, or if one is judged otherwise; all that differ are shown.
pub(crate) fn recorded(check: &dyn Registered) {
    let cases = cases(check.metadata().id);
    assert!(cases.len() >= 3, "a check needs three recorded plans at least");
    let wrong: Vec<_> = cases.iter().filter_map(|case| difference(check, case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The verdicts of a check on a plan, as lines: `violated high aws_kms_key.a`, `undetermined aws_kms_key.b`. Where a
/// graver check speaks, this one is silent.
pub(crate) fn verdicts(check: &dyn Registered, plan: &str, settings: &Settings) -> Vec<String> {
    verdicts_together(check, &[plan], settings)
}

/// The same, of several plans in one call.
pub(crate) fn verdicts_together(check: &dyn Registered, plans: &[&str], settings: &Settings) -> Vec<String> {
    lines(check, &read_all(plans), settings)
}

/// The verdicts of a check on source without a plan: on a root module, and on those that it calls by these names.
pub(crate) fn source_verdicts(check: &dyn Registered, root: &str, called: &[(&str, &str)]) -> Vec<String> {
    lines(check, &[source(root, called)], &Settings::default())
}

/// The same: why a check can't tell.
pub(crate) fn source_reasons(check: &dyn Registered, root: &str) -> Vec<String> {
    reasons_of(check, source(root, &[]))
}

/// How many subjects a check has in a plan.
pub(crate) fn subjects(check: &dyn Registered, plan: &str) -> usize {
    let projects = [read(plan)];
    let graph = KmsGraph::build(&projects);
    let (parts, settings) = (Part::all(&graph), Settings::default());
    check.prepare(Context { graph: &graph, parts: &parts, settings: &settings }).len()
}

/// Why a check can't tell, of each subject of a plan, in the order of the graph.
pub(crate) fn reasons(check: &dyn Registered, plan: &str) -> Vec<String> {
    reasons_of(check, read(plan))
}

fn reasons_of(check: &dyn Registered, project: Project) -> Vec<String> {
    let evaluations = evaluate(check, &[project], &Settings::default()).into_iter();
    let reason = |evaluation: Evaluation| match evaluation.verdict {
        Verdict::Undetermined(because) => Some(because.reason.to_string()),
        Verdict::Satisfied | Verdict::Violated(_) => None,
    };
    evaluations.filter_map(reason).collect()
}

/// The findings of a check on a plan, in the order of the graph. Where a graver check speaks, this one is silent.
pub(crate) fn findings(check: &dyn Registered, plan: &str, settings: &Settings) -> Vec<Finding> {
    let evaluations = evaluate(check, &[read(plan)], settings).into_iter();
    let finding = |evaluation: Evaluation| match evaluation.verdict {
        Verdict::Violated(finding) => Some(*finding),
        Verdict::Satisfied | Verdict::Undetermined(_) => None,
    };
    evaluations.filter_map(finding).collect()
}

fn difference(check: &dyn Registered, case: &Path) -> Option<String> {
    let read = |name: &str| fs::read_to_string(case.join(name)).unwrap_or_default();
    let expected: Vec<_> =
        read("expected.txt").lines().filter(|line| !line.starts_with('#')).map(ToOwned::to_owned).collect();
    let Case { settings, source } = toml::from_str(&read("case.toml")).unwrap();
    let project = if source { with_source(case) } else { self::read(&read("plan.json")) };
    let actual = lines(check, &[project], &settings);
    let name = case.file_name().unwrap_or_default().display();
    (actual != expected).then(|| format!("{name}\n  expected {expected:?}\n  actual   {actual:?}"))
}

fn cases(id: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/plans").join(id);
    let entries = fs::read_dir(&root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut cases: Vec<_> = entries.filter(|path| path.join("plan.json").is_file()).collect();
    cases.sort();
    cases
}

/// The verdicts of a check beside those that may silence it.
fn evaluate(check: &dyn Registered, projects: &[Project], settings: &Settings) -> Vec<Evaluation> {
    let graph = KmsGraph::build(projects);
    let parts = Part::all(&graph);
    let cx = Context { graph: &graph, parts: &parts, settings };
    let own = check.metadata();
    let graver = own.silenced_by.iter().flat_map(|id| registry::called(id));
    let jobs = graver.map(|graver| graver.prepare(cx)).chain([check.prepare(cx)]);
    let mut evaluations: Vec<_> = jobs.flat_map(|job| job.evaluate(0..job.len())).collect();
    silence(&mut evaluations);
    evaluations.retain(|evaluation| evaluation.check.id == own.id);
    evaluations
}

fn lines(check: &dyn Registered, projects: &[Project], settings: &Settings) -> Vec<String> {
    let mut lines: Vec<_> = evaluate(check, projects, settings).iter().filter_map(line).collect();
    lines.sort();
    lines
}

fn line(evaluation: &Evaluation) -> Option<String> {
    match &evaluation.verdict {
        Verdict::Violated(finding) => Some(format!("violated {} {}", finding.severity, finding.address)),
        Verdict::Undetermined(_) => Some(format!("undetermined {}", evaluation.address)),
        Verdict::Satisfied => None,
    }
}

fn read_all(plans: &[&str]) -> Vec<Project> {
    plans.iter().map(|plan| read(plan)).collect()
}

/// The plan of a case, laid over its source.
fn with_source(case: &Path) -> Project {
    let options = Options { source: Some(case.to_owned()), ..Options::default() };
    let input = [Input::Path(case.join("plan.json"))];
    ingest(&input, &options, &KmsInterest, Stdin::Stream(&mut std::io::empty())).projects.pop().unwrap()
}

/// Source, evaluated.
fn source(root: &str, called: &[(&str, &str)]) -> Project {
    let module = |text: &str, children: BTreeMap<_, _>| {
        let file = SourceFile { path: "main.tf", text: text.as_bytes() };
        let (module, errors) = Module::read(&[file]);
        assert!(errors.is_empty(), "{errors:?}");
        ModuleTree { module: Arc::new(module), directory: ".".into(), calls: Arc::default(), children }
    };
    let child = |(name, text): &(&str, &str)| {
        (Arc::from(*name), Called::Here(Arc::new(module(text, BTreeMap::new()))))
    };
    let tree = module(root, called.iter().map(child).collect());
    let inputs = Inputs {
        name: ".",
        variables: &[],
        workspace: None,
        region: None,
        account: None,
        interest: &KmsInterest,
        known: None,
    };
    kmscheck_hcl::evaluate(&tree, &NoFiles, &inputs).project
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Arc<[u8]>, FileError> {
        Err(FileError::NotFound)
    }

    fn below(&self, _: &str) -> Result<Vec<String>, FileError> {
        Err(FileError::NotFound)
    }
}

fn read(plan: &str) -> Project {
    let options = kmscheck_plan::ReadOptions::named("plan.json");
    kmscheck_plan::read(plan.as_bytes(), &options, &KmsInterest).unwrap().project
}
