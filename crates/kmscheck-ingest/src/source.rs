//! Lays a plan over the source that it was made from: where each resource is written, and what is unknown in the plan and
//! not in the source.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use kmscheck_hcl::{Called, Evaluated, Input, Inputs, ModuleTree, evaluate, leads};
use kmscheck_model::{Address, Interest, Leads, ModulePath, Notice, NoticeKind, Project, Source};
use kmscheck_plan::Reading;
use kmscheck_value::Value;

use crate::installed::Installed;
use crate::local_files::LocalFiles;
use crate::modules::Modules;
use crate::paths::{Names, bound};
use crate::planting::{Planted, plant};
use crate::{InputError, InputNotice, Options};

/// A project with its source, and what is wrong with that.
pub(crate) struct Sourced {
    pub(crate) project: Project,
    pub(crate) errors: Vec<InputError>,
    pub(crate) notices: Vec<InputNotice>,
    /// The text of the files, by the names that locations have.
    pub(crate) texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// The project, laid over its source. `root` is the directory of its root module.
pub(crate) fn sourced(reading: Reading, root: &Path, options: &Options, interest: &dyn Interest) -> Sourced {
    let Reading { project, variables, .. } = reading;
    let names = Names::around(root);
    let mut sourced = Sourced { project, errors: Vec::new(), notices: Vec::new(), texts: BTreeMap::new() };
    let directory = match root.canonicalize() {
        Ok(directory) => directory,
        Err(error) => {
            let message = format!("cannot be read as the source of the plan: {error}");
            sourced.errors.push(InputError::new(names.of(root), message));
            return sourced;
        }
    };
    let bound = bound(root, &names);
    let mut modules = Modules::new(&names, interest, bound.clone());
    let installed = Installed::under(&directory);
    let brought: Vec<_> = installed.directories().filter_map(|module| modules.inside(module)).collect();
    modules.load([directory.clone()].into_iter().chain(brought));
    let Planted { tree, missing, errors } = plant(&directory, &modules, &installed);
    sourced.errors.extend(errors);
    sourced.errors.append(&mut modules.errors);
    sourced.texts.append(&mut modules.texts);
    if let Some(tree) = tree {
        let files = LocalFiles::new(directory, bound);
        sourced.lay_over(&tree, &Evaluation { files: &files, variables, options, interest });
    }
    sourced.note(&names.of(root), &missing);
    sourced
}

/// What the evaluation of the source needs.
struct Evaluation<'e> {
    files: &'e LocalFiles,
    variables: Vec<(Arc<str>, Arc<str>)>,
    options: &'e Options,
    interest: &'e dyn Interest,
}

impl Sourced {
    fn lay_over(&mut self, tree: &ModuleTree, evaluation: &Evaluation<'_>) {
        let empty = Project::new("", self.project.kind(), kmscheck_model::Scope::Closed, Vec::new());
        let mut project = std::mem::replace(&mut self.project, empty);
        if has_unknowns(&project) {
            let evaluated = evaluation.of(tree, &project);
            project = project.filled_from(&evaluated);
        }
        let leads_of = RefCell::new(BTreeMap::new());
        self.project = project.with_sources(|address| {
            let block = address.without_keys();
            let modules: Vec<_> = block.module.steps().iter().map(|step| Arc::clone(&step.name)).collect();
            let modules: Vec<_> = modules.iter().map(|name| &**name).collect();
            let mut known = leads_of.borrow_mut();
            let found = known
                .entry(block)
                .or_insert_with_key(|block| Arc::new(leads(tree, &modules, block, evaluation.interest)));
            written(tree, address, found)
        });
    }

    /// What is not here of what the plan has, or that nothing is.
    fn note(&mut self, root: &str, missing: &[Vec<String>]) {
        let modules = self.project.resources().map(|(_, resource)| names(&resource.address.module));
        let modules: BTreeSet<Vec<String>> = modules.collect();
        let is_wanted = |names: &&Vec<String>| modules.iter().any(|module| module.starts_with(names));
        let messages = missing.iter().filter(is_wanted).map(|names| {
            let module = names.join(".module.");
            format!(
                "module.{module} is not there, or lies outside of the repository: its resources have no places; run \
                 `terraform init` there"
            )
        });
        let messages: Vec<_> = messages.collect();
        let mut note = |kind, message| {
            self.notices.push(InputNotice { path: root.to_owned(), notice: Notice { kind, message } });
        };
        let is_whole = messages.is_empty();
        messages.into_iter().for_each(|message| note(NoticeKind::ModuleNotInstalled, message));
        if is_whole && self.errors.is_empty() && is_foreign(&self.project) {
            let message = "the source declares none of the plan's resources; give the directory that the plan was made in";
            note(NoticeKind::OtherSource, message.to_owned());
        }
    }
}

impl Evaluation<'_> {
    /// The source, evaluated with all that the plan knows.
    fn of(&self, tree: &ModuleTree, plan: &Project) -> Project {
        let known = |address: &str, attribute: &str| -> Option<Value> {
            let id = plan.find(&address.parse::<Address>().ok()?)?;
            plan.resource(id)?.after(attribute).cloned()
        };
        let variables: Vec<_> = self
            .variables
            .iter()
            .map(|(name, json)| (Arc::clone(name), Input::json(Arc::clone(json))))
            .collect();
        let inputs = Inputs {
            name: plan.root(),
            variables: &variables,
            workspace: self.options.workspace.as_deref(),
            region: self.options.region.clone(),
            account: self.options.account.clone(),
            interest: self.interest,
            known: Some(&known),
        };
        let Evaluated { project, .. } = evaluate(tree, self.files, &inputs);
        project
    }
}

/// Whether there is anything for the source to tell.
fn has_unknowns(project: &Project) -> bool {
    project.resources().any(|(_, resource)| {
        let values = resource.after.iter().flat_map(|after| after.iter());
        resource.deployment.region.because().is_some()
            || values.into_iter().any(|(_, value)| value.unknown().is_some())
    })
}

/// Where a resource is written.
fn written(tree: &ModuleTree, address: &Address, leads: &Arc<Leads>) -> Option<Source> {
    let mut tree = tree;
    for step in address.module.steps() {
        match tree.children.get(&step.name)? {
            Called::Here(child) => tree = child,
            Called::Missing => return None,
        }
    }
    let declaration = tree.module.declaration(address.mode, &address.resource_type, &address.name)?;
    Some(Source { declaration, calls: Arc::clone(&tree.calls), leads: Arc::clone(leads) })
}

/// Whether none of the resources that the plan leaves stand in the source.
fn is_foreign(project: &Project) -> bool {
    let mut remaining = project.resources().filter(|(_, resource)| resource.remains()).peekable();
    remaining.peek().is_some() && remaining.all(|(_, resource)| resource.source.is_none())
}

/// The names of the calls that lead to a module, without the keys of its instances.
fn names(path: &ModulePath) -> Vec<String> {
    path.steps().iter().map(|step| step.name.to_string()).collect()
}
