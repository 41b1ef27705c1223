//! Root modules in a directory of source: each is found, and evaluated once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Evaluated, Inputs, evaluate};
use kmscheck_model::{Interest, Notice, NoticeKind, Project};
use rayon::prelude::*;

use crate::installed::Installed;
use crate::local_files::LocalFiles;
use crate::modules::Modules;
use crate::paths::{Names, bound};
use crate::planting::{Planted, at, plant};
use crate::variables::{self, Named};
use crate::{InputError, InputNotice, Options};

/// What came of the root modules.
#[derive(Default)]
pub(crate) struct Roots {
    pub(crate) projects: Vec<Project>,
    pub(crate) errors: Vec<InputError>,
    pub(crate) notices: Vec<InputNotice>,
    pub(crate) texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// Evaluates the root modules among these directories, all of them below one that was named.
pub(crate) fn roots(
    top: &Path,
    directories: &BTreeSet<PathBuf>,
    names: &Names,
    options: &Options,
    interest: &dyn Interest,
) -> Roots {
    let mut found = Roots::default();
    let named = variables::named(options, &mut found.errors);
    let bound = bound(top, names);
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
    // A file that can't be read may declare any.
    if modules.errors.is_empty() {
        let declaring = roots.iter().filter_map(|(_, root)| modules.get(root)).map(|module| &**module);
        found.errors.extend(variables::undeclared(options, declaring));
    }
    found.errors.append(&mut modules.errors);
    found.texts.append(&mut modules.texts);
    modules.dispose();
    found
}

/// The directories that no other calls.
fn not_called(directories: &BTreeSet<PathBuf>, modules: &Modules<'_>) -> Vec<PathBuf> {
    let called: BTreeSet<_> = directories
        .iter()
        .flat_map(|directory| modules.local_calls(directory).filter(move |called| *called != directory))
        .collect();
    let mut roots: Vec<_> =
        directories.iter().filter(|directory| !called.contains(*directory)).cloned().collect();
    let mut reached = BTreeSet::new();
    roots.iter().for_each(|root| reach(root, modules, &mut reached));
    // Of modules that call each other in a ring one is as good as another.
    for directory in directories {
        if !reached.contains(directory) {
            reach(directory, modules, &mut reached);
            roots.push(directory.clone());
        }
    }
    roots.sort_unstable();
    roots
}

/// Adds a directory and all that it calls.
fn reach(directory: &Path, modules: &Modules<'_>, reached: &mut BTreeSet<PathBuf>) {
    let mut next = vec![directory.to_owned()];
    while let Some(directory) = next.pop() {
        if reached.insert(directory.clone()) {
            next.extend(modules.local_calls(&directory).cloned());
        }
    }
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
        let Planted { tree, missing, errors } = plant(root, self.modules, installed);
        found.errors.extend(errors);
        let Some(tree) = tree else { return found };
        let variables =
            variables::of_root(root, &tree.module, self.names, self.options, self.named, &mut found.errors);
        let name = self.names.of(root);
        let inputs = Inputs {
            name: &name,
            variables: &variables,
            workspace: self.options.workspace.as_deref(),
            region: self.options.region.clone(),
            account: self.options.account.clone(),
            interest: self.interest,
            known: None,
        };
        let files = LocalFiles::new(root.to_owned(), self.bound.to_owned());
        let Evaluated { project, errors } = evaluate(&tree, &files, &inputs);
        found.errors.extend(errors.into_iter().map(|error| at(&error.location, &error.message)));
        let notices = project.notices().iter().cloned().chain(not_installed(&missing));
        found.notices.extend(notices.map(|notice| InputNotice { path: name.clone(), notice }));
        found.projects.push(project);
        found
    }
}

fn not_installed(missing: &[Vec<String>]) -> Option<Notice> {
    let many = missing.len();
    let listed: Vec<_> = missing.iter().map(|names| format!("module.{}", names.join(".module."))).collect();
    let listed = listed.join(", ");
    let message = match many {
        0 => return None,
        1 => format!("{listed} is not here, and what it has is not known; run `terraform init` there"),
        _ => format!("{listed} are not here, and what they have is not known; run `terraform init` there"),
    };
    Some(Notice { kind: NoticeKind::ModuleNotInstalled, message })
}

impl Roots {
    fn add(&mut self, mut other: Self) {
        self.projects.append(&mut other.projects);
        self.errors.append(&mut other.errors);
        self.notices.append(&mut other.notices);
        self.texts.append(&mut other.texts);
    }
}
