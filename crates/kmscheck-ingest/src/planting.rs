//! Which modules a root module calls, and where they lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kmscheck_hcl::{Called, ModuleTree};
use kmscheck_model::{Location, Position};

use crate::InputError;
use crate::installed::Installed;
use crate::modules::{Modules, is_local};

/// How deep modules may call each other.
const DEPTH: usize = 32;

/// How many calls may lead to modules, one within another.
const CALLS: usize = 20_000;

/// The modules that a root module calls.
pub(crate) struct Planted {
    /// `None` if its own directory was not read.
    pub(crate) tree: Option<ModuleTree>,
    /// The calls whose modules are not here, by their names.
    pub(crate) missing: Vec<Vec<String>>,
    pub(crate) errors: Vec<InputError>,
}

/// Puts together the modules that the root module in a directory calls.
pub(crate) fn plant(root: &Path, modules: &Modules<'_>, installed: &Installed) -> Planted {
    let mut planting =
        Planting { root, modules, installed, calls: 0, missing: Vec::new(), errors: Vec::new() };
    let tree = planting.tree(root, &[], &Arc::default(), &[]);
    Planted { tree, missing: planting.missing, errors: planting.errors }
}

struct Planting<'p> {
    root: &'p Path,
    modules: &'p Modules<'p>,
    installed: &'p Installed,
    calls: usize,
    missing: Vec<Vec<String>>,
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
        let module = Arc::clone(self.modules.get(directory)?);
        let above = [above, &[directory.to_owned()]].concat();
        let mut children = BTreeMap::new();
        for (name, call) in module.calls() {
            let names = [names, &[name.to_string()]].concat();
            let place = self.place(directory, name, call.source.as_deref(), &names);
            let is_bounded = self.is_bounded(place.as_deref(), &above, &call.location, &names);
            let calls = calls.iter().cloned().chain([call.location]).collect();
            let place = place.filter(|_| is_bounded);
            let tree = place.and_then(|place| self.tree(&place, &names, &calls, &above));
            if tree.is_none() && is_bounded {
                self.missing.push(names);
            }
            let called = tree.map_or(Called::Missing, |tree| Called::Here(Arc::new(tree)));
            children.insert(Arc::clone(name), called);
        }
        let directory = relative(self.root, directory);
        Some(ModuleTree { module, directory: directory.into(), calls: Arc::clone(calls), children })
    }

    /// Where a module lies that is called.
    fn place(&self, directory: &Path, name: &str, source: Option<&str>, names: &[String]) -> Option<PathBuf> {
        let modules = self.modules;
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
        self.errors.push(at(call, &format!("module.{}: {message}", names.join(".module."))));
        false
    }
}

/// An error at a place in a file.
pub(crate) fn at(location: &Location, message: &str) -> InputError {
    let Position { line, column } = location.start;
    let message = format!("line {line}, column {column}: {message}");
    InputError { line: Some(line), ..InputError::new(&*location.path, message) }
}

/// The path from one directory to another, as `path.module` has it.
fn relative(from: &Path, to: &Path) -> String {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".into());
    let down = to.components().skip(shared).map(|part| part.as_os_str().to_string_lossy());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}
