//! Root modules in a directory of source: each is found, and evaluated once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Called, Evaluated, Inputs, ModuleTree, evaluate};
use kmscheck_model::{Interest, Location, Notice, NoticeKind, Project};
use rayon::prelude::*;

use crate::installed::Installed;
use crate::local_files::LocalFiles;
use crate::modules::{Modules, is_local};
use crate::paths::Names;
use crate::variables::{self, Named};
use crate::{InputError, InputNotice, Options};

/// How deep modules may call each other.
const DEPTH: usize = 32;

/// How many calls may lead to modules, one within another.
const CALLS: usize = 20_000;

/// What came of the root modules.
#[derive(Default)]
pub(crate) struct Roots {
    pub(crate) projects: Vec<Project>,
    pub(crate) errors: Vec<InputError>,
    pub(crate) notices: Vec<InputNotice>,
    pub(crate) texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// Evaluates the root modules among these directories, all of one tree.
pub(crate) fn roots(
    directories: &BTreeSet<PathBuf>,
    names: &Names,
    options: &Options,
    interest: &dyn Interest,
) -> Roots {
    let mut found = Roots::default();
    let named = variables::named(options, &mut found.errors);
    let bound = bound(directories, names);
    let mut modules = Modules::new(names, interest, bound.clone());
    modules.load(directories.iter().cloned());
    let roots: Vec<_> =
        not_called(directories, &modules).into_iter().map(|root| (Installed::under(&root), root)).collect();
    let installed = roots.iter().flat_map(|(installed, _)| installed.directories());
    let installed: Vec<_> = installed.filter_map(|directory| modules.inside(directory)).collect();
    modules.load(installed);
    let work = Work { names, options, interest, named: &named, modules: &modules, bound: &bound };
    let evaluated: Vec<_> =
        roots.par_iter().map(|(installed, root)| work.evaluate(root, installed)).collect();
    evaluated.into_iter().for_each(|one| found.add(one));
    found.errors.append(&mut modules.errors);
    found.texts.append(&mut modules.texts);
    found
}

/// What nothing that is read may lie outside of: the repository, or else the directory itself.
fn bound(directories: &BTreeSet<PathBuf>, names: &Names) -> PathBuf {
    let first = directories.first().cloned().unwrap_or_default();
    let base = names.base().and_then(|base| base.canonicalize().ok());
    base.filter(|base| directories.iter().all(|directory| directory.starts_with(base))).unwrap_or(first)
}

/// The directories that no other calls.
fn not_called(directories: &BTreeSet<PathBuf>, modules: &Modules<'_>) -> Vec<PathBuf> {
    let called: BTreeSet<_> = directories
        .iter()
        .flat_map(|directory| modules.local_calls(directory).filter(move |called| *called != directory))
        .collect();
    directories.iter().filter(|directory| !called.contains(*directory)).cloned().collect()
}

/// What the evaluation of root modules needs.
struct Work<'w> {
    names: &'w Names,
    options: &'w Options,
    interest: &'w dyn Interest,
    named: &'w Named,
    modules: &'w Modules<'w>,
    bound: &'w Path,
}

impl Work<'_> {
    fn evaluate(&self, root: &Path, installed: &Installed) -> Roots {
        let mut found = Roots::default();
        let mut planting =
            Planting { work: self, root, installed, calls: 0, missing: Vec::new(), errors: Vec::new() };
        let tree = planting.tree(root, &[], &Arc::default(), &[]);
        let Planting { missing, errors, .. } = planting;
        found.errors.extend(errors);
        let Some(tree) = tree else { return found };
        let variables = variables::of_root(root, self.names, self.options, self.named, &mut found.errors);
        let name = self.names.of(root);
        let inputs = Inputs {
            name: &name,
            variables: &variables,
            workspace: self.options.workspace.as_deref(),
            region: self.options.region.clone(),
            account: self.options.account.clone(),
            interest: self.interest,
        };
        let files = LocalFiles::new(root.to_owned(), self.bound.to_owned());
        let Evaluated { project, errors } = evaluate(&tree, &files, &inputs);
        found.errors.extend(errors.into_iter().map(|error| InputError {
            line: Some(error.location.start.line),
            ..InputError::new(&*error.location.path, error.message)
        }));
        let notices = project.notices().iter().cloned().chain(not_installed(&missing));
        found.notices.extend(notices.map(|notice| InputNotice { path: name.clone(), notice }));
        found.projects.push(project);
        found
    }
}

fn not_installed(missing: &[String]) -> Option<Notice> {
    let many = missing.len();
    let listed = missing.join(", ");
    let message = match many {
        0 => return None,
        1 => format!("{listed} is not here, and what it has is not known; run `terraform init` there"),
        _ => format!("{listed} are not here, and what they have is not known; run `terraform init` there"),
    };
    Some(Notice { kind: NoticeKind::ModuleNotInstalled, message })
}

/// Puts together the modules that a root module calls.
struct Planting<'p> {
    work: &'p Work<'p>,
    root: &'p Path,
    installed: &'p Installed,
    calls: usize,
    missing: Vec<String>,
    errors: Vec<InputError>,
}

impl Planting<'_> {
    /// The module in a directory. `names` are the calls that lead there, and `above` the directories.
    fn tree(
        &mut self,
        directory: &Path,
        names: &[String],
        calls: &Arc<[Location]>,
        above: &[PathBuf],
    ) -> Option<ModuleTree> {
        let module = Arc::clone(self.work.modules.get(directory)?);
        let above = [above, &[directory.to_owned()]].concat();
        let mut children = BTreeMap::new();
        for (name, call) in module.calls() {
            let names = [names, &[name.to_string()]].concat();
            let place = self.place(directory, name, call.source.as_deref(), &names);
            let is_bounded = self.is_bounded(place.as_deref(), &above, &call.location, &names);
            let calls = calls.iter().cloned().chain([call.location]).collect();
            let place = place.filter(|_| is_bounded);
            let tree = place.and_then(|place| self.tree(&place, &names, &calls, &above));
            if tree.is_none() {
                self.missing.push(format!("module.{}", names.join(".module.")));
            }
            let called = tree.map_or(Called::Missing, |tree| Called::Here(Arc::new(tree)));
            children.insert(Arc::clone(name), called);
        }
        let directory = relative(self.root, directory);
        Some(ModuleTree { module, directory: directory.into(), calls: Arc::clone(calls), children })
    }

    /// Where a module lies that is called.
    fn place(&self, directory: &Path, name: &str, source: Option<&str>, names: &[String]) -> Option<PathBuf> {
        let modules = self.work.modules;
        match source {
            Some(source) if is_local(source) => modules.local_call(directory, name).cloned(),
            _ => modules.inside(&self.installed.directory(names)?),
        }
    }

    /// Whether modules end somewhere.
    fn is_bounded(
        &mut self,
        place: Option<&Path>,
        above: &[PathBuf],
        call: &Location,
        names: &[String],
    ) -> bool {
        self.calls += 1;
        let message = if place.is_some_and(|place| above.iter().any(|other| other == place)) {
            "this module calls itself"
        } else if above.len() >= DEPTH {
            "modules call each other too deeply"
        } else if self.calls > CALLS {
            "there are too many calls of modules"
        } else {
            return true;
        };
        let message = format!("module.{}: {message}", names.join(".module."));
        self.errors.push(InputError { line: Some(call.start.line), ..InputError::new(&*call.path, message) });
        false
    }
}

/// The path from one directory to another, as `path.module` has it.
fn relative(from: &Path, to: &Path) -> String {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".into());
    let down = to.components().skip(shared).map(|part| part.as_os_str().to_string_lossy());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

impl Roots {
    fn add(&mut self, mut other: Self) {
        self.projects.append(&mut other.projects);
        self.errors.append(&mut other.errors);
        self.notices.append(&mut other.notices);
        self.texts.append(&mut other.texts);
    }
}
