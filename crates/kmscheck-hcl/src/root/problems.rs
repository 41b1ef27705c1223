//! What goes wrong while a root module is evaluated.

use std::collections::{BTreeMap, BTreeSet};

use kmscheck_model::{Location, Notice, NoticeKind};

use super::Root;
use super::instance::Instance;
use crate::cty::Fault;
use crate::lang::Span;

/// How many expressions that can't be evaluated are worth a notice of their own.
const NOTICES: usize = 20;

/// Something that Terraform would not accept either.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EvaluationError {
    /// Where.
    pub location: Location,
    /// What is wrong.
    pub message: String,
}

#[derive(Default)]
pub(super) struct Problems {
    errors: BTreeSet<EvaluationError>,
    faults: BTreeMap<Location, String>,
    /// The variables of the root module that have no value.
    no_value: BTreeSet<String>,
}

impl Problems {
    /// One cycle is found from each of its parts: the first is enough.
    pub(super) fn cycle(&mut self, location: Location, message: String) {
        self.errors.insert(EvaluationError { location, message });
    }

    pub(super) fn no_value(&mut self, variable: &str) {
        self.no_value.insert(variable.to_owned());
    }

    pub(super) fn errors(&self) -> Vec<EvaluationError> {
        self.errors.iter().cloned().collect()
    }

    pub(super) fn notices(&self) -> Vec<Notice> {
        let faults = self.faults.iter().take(NOTICES).map(|(location, message)| {
            let place = format!("{}, line {}", location.path, location.start.line);
            Notice { kind: NoticeKind::NotEvaluated, message: format!("{place}: {message}") }
        });
        let more = self.faults.len().checked_sub(NOTICES + 1).map(|more| Notice {
            kind: NoticeKind::NotEvaluated,
            message: format!("and {} further expressions can't be evaluated", more + 1),
        });
        let names: Vec<_> = self.no_value.iter().map(|name| format!("var.{name}")).collect();
        let no_value = (!names.is_empty()).then(|| Notice {
            kind: NoticeKind::NoValue,
            message: format!("no value is given for {}: pass --var or --var-file", names.join(", ")),
        });
        faults.chain(more).chain(no_value).collect()
    }
}

impl<'r> Root<'r> {
    pub(super) fn fault(&self, instance: &Instance<'r>, file: usize, span: &Span, fault: &Fault) {
        self.limit(instance, file, span, fault.message());
    }

    pub(super) fn limit(&self, instance: &Instance<'r>, file: usize, span: &Span, message: &str) {
        let location = instance.tree.module.location(file, span.clone());
        self.problems.borrow_mut().faults.entry(location).or_insert_with(|| message.to_owned());
    }
}
