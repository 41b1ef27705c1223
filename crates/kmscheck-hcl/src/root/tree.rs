//! The modules that a root module calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_model::Location;

use crate::Module;

/// A module at a place where it is called, with the modules that it calls itself.
#[derive(Debug, Clone)]
pub struct ModuleTree {
    /// What its files say.
    pub module: Arc<Module>,
    /// Its directory, relative to that of the root module: `path.module`.
    pub directory: Arc<str>,
    /// The calls that lead here, the one in the root module first.
    pub calls: Arc<[Location]>,
    /// By the names of the calls.
    pub children: BTreeMap<Arc<str>, Called>,
}

/// A module that is called.
#[derive(Debug, Clone)]
pub enum Called {
    /// Its source is here.
    Here(Arc<ModuleTree>),
    /// Its source is not at hand.
    Missing,
}

impl ModuleTree {
    /// A file in one of the modules that could not be read.
    pub(crate) fn unread(&self) -> Option<&Arc<str>> {
        let below = || {
            self.children.values().find_map(|called| match called {
                Called::Here(tree) => tree.unread(),
                Called::Missing => None,
            })
        };
        self.module.unread.first().or_else(below)
    }
}
