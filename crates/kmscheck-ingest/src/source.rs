//! Lays a plan over the source that it was made from: which block declares each resource.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Called, Module, ModuleTree, SourceFile, SyntaxError, is_source, leads, replaced_by};
use kmscheck_model::{Address, Interest, Location, ModulePath, Notice, NoticeKind, Project, Source};

use crate::installed::Installed;
use crate::modules::is_local;
use crate::paths::Names;
use crate::roots::DEPTH;
use crate::{InputError, InputNotice};

/// A project with its source, and what is wrong with that.
pub(crate) struct Sourced {
    pub(crate) project: Project,
    pub(crate) errors: Vec<InputError>,
    pub(crate) notices: Vec<InputNotice>,
    /// The text of the files, by the names that locations have.
    pub(crate) texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// The modules of one root.
struct Tree {
    root: PathBuf,
    /// What no module may lie outside of: the repository, or else the directory itself.
    bound: PathBuf,
    names: Names,
    installed: Installed,
    /// By directory.
    modules: BTreeMap<PathBuf, Arc<Module>>,
    errors: Vec<InputError>,
    notices: Vec<InputNotice>,
    texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// The directory of a module, and the calls that lead there.
#[derive(Clone)]
struct Place {
    directory: PathBuf,
    calls: Arc<[Location]>,
}

/// The project, where each resource tells where it is written. `root` is the directory of its root module.
pub(crate) fn sourced(project: Project, root: &Path, interest: &dyn Interest) -> Sourced {
    let mut tree = Tree::of(root);
    tree.load(root);
    let places = tree.places(&project);
    let whole = tree.whole();
    let leads_of = RefCell::new(BTreeMap::new());
    let source = |address: &Address| {
        let names = names(&address.module);
        let place = places.get(&names)?;
        let module = tree.modules.get(&place.directory)?;
        let declaration = module.declaration(address.mode, &address.resource_type, &address.name)?;
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let mut leads_of = leads_of.borrow_mut();
        let block = address.without_keys();
        let leads = leads_of
            .entry(block)
            .or_insert_with_key(|block| Arc::new(leads(&whole, &names, block, interest)));
        Some(Source { declaration, calls: Arc::clone(&place.calls), leads: Arc::clone(leads) })
    };
    let project = project.with_sources(source);
    if is_foreign(&project) && tree.errors.is_empty() && tree.notices.is_empty() {
        let message =
            "the source declares none of the plan's resources; give the directory that the plan was made in";
        tree.notice(NoticeKind::OtherSource, root, message.to_owned());
    }
    Sourced { project, errors: tree.errors, notices: tree.notices, texts: tree.texts }
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

impl Tree {
    fn of(root: &Path) -> Self {
        let names = Names::around(root);
        Self {
            root: root.to_owned(),
            bound: bound(root, &names),
            installed: Installed::under(root),
            names,
            modules: BTreeMap::new(),
            errors: Vec::new(),
            notices: Vec::new(),
            texts: BTreeMap::new(),
        }
    }

    fn notice(&mut self, kind: NoticeKind, directory: &Path, message: String) {
        self.notices.push(InputNotice { path: self.names.of(directory), notice: Notice { kind, message } });
    }

    /// Reads the module in a directory, if it is not read yet.
    fn load(&mut self, directory: &Path) {
        if self.modules.contains_key(directory) {
            return;
        }
        let module = self.read(directory).unwrap_or_else(|error| {
            let message = format!("cannot be read as the source of the plan: {error}");
            self.errors.push(InputError::new(self.names.of(directory), message));
            Module::default()
        });
        self.modules.insert(directory.to_owned(), Arc::new(module));
    }

    fn read(&mut self, directory: &Path) -> io::Result<Module> {
        let mut files = Vec::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_replaced = replaced_by(name).is_some_and(|other| path.with_file_name(other).is_file());
            // A link may lead out of the repository.
            if is_source(name) && !is_replaced && path.is_file() && self.inside(&path).is_some() {
                files.push((self.names.of(&path), fs::read(&path)?));
            }
        }
        let sources: Vec<_> = files.iter().map(|(path, text)| SourceFile { path, text }).collect();
        let (module, errors) = Module::read(&sources);
        self.errors.extend(errors.into_iter().map(unparsable));
        for (path, text) in &files {
            self.texts.insert(path.as_str().into(), String::from_utf8_lossy(text).into());
        }
        Ok(module)
    }

    /// Where each module of the project lies. The modules that call others come before them.
    fn places(&mut self, project: &Project) -> BTreeMap<Vec<String>, Place> {
        let mut wanted: Vec<_> =
            project.resources().map(|(_, resource)| names(&resource.address.module)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut places = BTreeMap::new();
        places.insert(Vec::new(), Place { directory: self.root.clone(), calls: Arc::default() });
        for path in &wanted {
            for depth in 1..=path.len() {
                let (path, _) = path.split_at(depth);
                if let (false, Some((name, above))) = (places.contains_key(path), path.split_last()) {
                    let place = places.get(above).cloned().and_then(|above| self.called(&above, name, path));
                    places.extend(place.map(|place| (path.to_vec(), place)));
                }
            }
        }
        places
    }

    /// The module that `above` calls by `name`.
    fn called(&mut self, above: &Place, name: &str, path: &[String]) -> Option<Place> {
        let call = self.modules.get(&above.directory)?.call(name)?;
        let Some(directory) = self.place(&above.directory, call.source.as_deref(), path) else {
            self.missing(path);
            return None;
        };
        self.load(&directory);
        let calls = above.calls.iter().cloned().chain([call.location]).collect();
        Some(Place { directory, calls })
    }

    fn missing(&mut self, path: &[String]) {
        let root = self.root.clone();
        let message = format!(
            "module.{} is not there, or lies outside of the repository: its resources have no places; run `terraform init` there",
            path.join(".module.")
        );
        self.notice(NoticeKind::ModuleNotInstalled, &root, message);
    }

    /// All modules that the root leads to, as far as they are at hand.
    fn whole(&mut self) -> ModuleTree {
        let root = self.root.clone();
        self.planted(&root, &mut Vec::new())
    }

    /// The module in a directory with those that it calls. `names` are the calls that lead there: as deep as calls go
    /// that lead in no circle.
    fn planted(&mut self, directory: &Path, names: &mut Vec<String>) -> ModuleTree {
        let module = self.modules.get(directory).cloned().unwrap_or_default();
        let mut children = BTreeMap::new();
        for (name, call) in module.calls() {
            names.push(name.to_string());
            let place = self.place(directory, call.source.as_deref(), names).filter(|_| names.len() <= DEPTH);
            let called = match place {
                Some(place) => {
                    self.load(&place);
                    Called::Here(Arc::new(self.planted(&place, names)))
                }
                None => Called::Missing,
            };
            children.insert(Arc::clone(name), called);
            names.pop();
        }
        ModuleTree { module, directory: Arc::default(), calls: Arc::default(), children }
    }

    /// Where a module lies that is called.
    fn place(&self, directory: &Path, source: Option<&str>, names: &[String]) -> Option<PathBuf> {
        let directory = match source.filter(|source| is_local(source)) {
            Some(source) => Some(directory.join(source)),
            None => self.installed.directory(names),
        };
        self.inside(&directory?)
    }

    /// The directory itself, if it lies within bounds.
    fn inside(&self, directory: &Path) -> Option<PathBuf> {
        let directory = directory.canonicalize().ok()?;
        directory.starts_with(&self.bound).then_some(directory)
    }
}

fn bound(root: &Path, names: &Names) -> PathBuf {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let root = canonical(root);
    names.base().map(canonical).filter(|base| root.starts_with(base)).unwrap_or(root)
}

fn unparsable(error: SyntaxError) -> InputError {
    let SyntaxError { path, position, message } = error;
    let message =
        format!("line {}, column {}: this is not Terraform: {message}", position.line, position.column);
    InputError { line: Some(position.line), ..InputError::new(path, message) }
}
