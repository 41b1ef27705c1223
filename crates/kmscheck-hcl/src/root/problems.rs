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
    /// Why there are resources that were not looked at.
    left_out: Option<String>,
}

impl Problems {
    /// One cycle is found from each of its parts: the first is enough.
    pub(super) fn cycle(&mut self, location: Location, message: String) {
        self.errors.insert(EvaluationError { location, message });
    }

    pub(super) fn no_value(&mut self, variable: &str) {
        self.no_value.insert(variable.to_owned());
    }

    pub(super) fn left_out(&self) -> Option<&str> {
        self.left_out.as_deref()
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
        let names: Vec<_> = self.no_value.iter().take(NOTICES).map(|name| format!("var.{name}")).collect();
        let further = self.no_value.len().checked_sub(NOTICES + 1);
        let further = further.map(|further| format!(" and {} more", further + 1)).unwrap_or_default();
        let no_value = (!names.is_empty()).then(|| Notice {
            kind: NoticeKind::NoValue,
            message: format!("no value is given for {}{further}: pass --var or --var-file", names.join(", ")),
        });
        let left_out = self.left_out.iter().map(|why| Notice {
            kind: NoticeKind::NotEvaluated,
            message: format!("not everything is looked at: {why}"),
        });
        faults.chain(more).chain(no_value).chain(left_out).collect()
    }
}

impl<'r> Root<'r> {
    /// Notes that there are resources that are not looked at.
    pub(super) fn leave_out(&self, why: String) {
        self.problems.borrow_mut().left_out.get_or_insert(why);
    }

    pub(super) fn fault(&self, instance: &Instance<'r>, file: usize, span: &Span, fault: &Fault) {
        self.limit(instance, file, span, fault.message());
    }

    pub(super) fn limit(&self, instance: &Instance<'r>, file: usize, span: &Span, message: &str) {
        let location = instance.tree.module.location(file, span.clone());
        self.problems.borrow_mut().faults.entry(location).or_insert_with(|| message.to_owned());
    }
}
