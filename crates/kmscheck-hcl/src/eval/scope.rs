//! What names mean where an expression stands.

use std::sync::Arc;

use super::Outcome;
use crate::cty::{Fault, Lazy, Value};
use crate::files::Files;

/// What references mean in a module instance.
pub(crate) trait References {
    /// The value of `root.names…`, or of the first of these names.
    ///
    /// # Errors
    /// If there is no such thing.
    fn resolve(&self, root: &str, names: &[&str]) -> Result<Resolved, Fault>;

    /// What an error of `resolve` is. Terraform finds what is not declared before it evaluates anything, so that no `try`
    /// makes up for it.
    fn refuse(&self, fault: Fault) -> Fault {
        Fault::limit(fault.message())
    }

    /// The attribute of a resource or module instance.
    ///
    /// # Errors
    /// If it has none of this name.
    fn attribute(&self, of: &Lazy, name: &str) -> Outcome;

    /// The instance of a resource or module whose instances are not known.
    ///
    /// # Errors
    /// If there can't be one with this key.
    fn element(&self, of: &Lazy, key: &Value) -> Outcome;

    /// The files that functions read.
    fn files(&self) -> &dyn Files;
}

/// What a reference means.
pub(crate) struct Resolved {
    pub(crate) value: Value,
    /// How many of the names lead to it.
    pub(crate) names: usize,
}

/// The names that an expression can use: those of its module, and those of `for` and templates around it.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s> {
    pub(crate) references: &'s dyn References,
    local: Option<&'s Local<'s>>,
}

struct Local<'s> {
    name: &'s Arc<str>,
    value: &'s Value,
    outer: Option<&'s Local<'s>>,
}

impl<'s> Scope<'s> {
    pub(crate) fn of(references: &'s dyn References) -> Self {
        Self { references, local: None }
    }

    /// Does something where further names have values.
    pub(crate) fn with<T>(self, names: &[(&Arc<str>, &Value)], act: impl FnOnce(Scope<'_>) -> T) -> T {
        match names.split_first() {
            None => act(self),
            Some(((name, value), rest)) => {
                let local = Local { name, value, outer: self.local };
                let scope = Scope { references: self.references, local: Some(&local) };
                scope.with_boxed(rest, Box::new(act))
            }
        }
    }

    fn with_boxed<T>(self, names: &[(&Arc<str>, &Value)], act: Box<dyn FnOnce(Scope<'_>) -> T + '_>) -> T {
        match names.split_first() {
            None => act(self),
            Some(((name, value), rest)) => {
                let local = Local { name, value, outer: self.local };
                Scope { references: self.references, local: Some(&local) }.with_boxed(rest, act)
            }
        }
    }

    /// The value of a name of a `for` or a template.
    pub(crate) fn local(&self, name: &str) -> Option<&'s Value> {
        let mut local = self.local;
        while let Some(found) = local {
            if **found.name == *name {
                return Some(found.value);
            }
            local = found.outer;
        }
        None
    }
}
