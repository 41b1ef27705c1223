//! One resource instance of a plan or state.

use std::sync::OnceLock;

use kmscheck_model::{InstanceKey, Mode};
use serde_json::value::RawValue;

use crate::document::{Outcome, ResourceChange, StateResource};
use crate::marks::{Marks, has_attribute};
use crate::modules::ModuleId;
use crate::references::Step;

/// A resource instance of a plan or state.
#[derive(Debug)]
pub(crate) struct Instance<'a> {
    pub(crate) module: ModuleId,
    pub(crate) record: Record<'a>,
    unknown: OnceLock<Box<Marks<'a>>>,
}

/// What the input has about an instance.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Record<'a> {
    Change(&'a ResourceChange<'a>),
    /// An object of a state.
    State(&'a StateResource<'a>),
    /// A data source that was read for the plan.
    Read(&'a StateResource<'a>),
}

impl<'a> Record<'a> {
    pub(crate) fn mode(self) -> Option<Mode> {
        match self {
            Self::Change(change) => change.mode.known(),
            Self::State(resource) | Self::Read(resource) => resource.mode.known(),
        }
    }

    pub(crate) fn resource_type(self) -> Option<&'a str> {
        match self {
            Self::Change(change) => change.resource_type.as_deref(),
            Self::State(resource) | Self::Read(resource) => resource.resource_type.as_deref(),
        }
    }

    pub(crate) fn name(self) -> Option<&'a str> {
        match self {
            Self::Change(change) => change.name.as_deref(),
            Self::State(resource) | Self::Read(resource) => resource.name.as_deref(),
        }
    }

    pub(crate) fn key(self) -> Option<&'a InstanceKey> {
        match self {
            Self::Change(change) => change.index.as_ref(),
            Self::State(resource) | Self::Read(resource) => resource.index.as_ref(),
        }
    }

    /// What tells it from the others of its module instance.
    pub(crate) fn identity(
        self,
    ) -> (Option<Mode>, Option<&'a str>, Option<&'a str>, Option<&'a InstanceKey>) {
        (self.mode(), self.resource_type(), self.name(), self.key())
    }

    /// The object as it will be, or as the state has it.
    pub(crate) fn after(self) -> Option<&'a RawValue> {
        match self {
            Self::Change(change) => change.outcome().ok()?.after,
            Self::State(resource) | Self::Read(resource) => resource.values,
        }
    }
}

impl<'a> ResourceChange<'a> {
    /// What comes of it.
    fn outcome(&self) -> serde_json::Result<Outcome<'a>> {
        self.change.map_or(Ok(Outcome::default()), |raw| serde_json::from_str(raw.get()))
    }

    /// Whether there is an object afterwards that the address stands for. Terraform writes the actions first, so a look
    /// at the beginning is enough for most.
    pub(crate) fn is_live(&self) -> bool {
        let mut text = self.change.map_or("", RawValue::get);
        let begins_with_actions = ["{", "\"actions\"", ":", "["].into_iter().all(|token| {
            let rest = text.trim_ascii_start().strip_prefix(token);
            text = rest.unwrap_or(text);
            rest.is_some()
        });
        let remains = match text.split_once(']') {
            Some((actions, _)) if begins_with_actions => {
                !matches!(actions.trim_ascii(), "\"delete\"" | "\"forget\"")
            }
            _ => self.outcome().is_ok_and(|outcome| outcome.after.is_some()),
        };
        self.deposed.is_none() && remains
    }
}

impl<'a> Instance<'a> {
    pub(crate) fn new(module: ModuleId, record: Record<'a>) -> Self {
        Self { module, record, unknown: OnceLock::new() }
    }

    /// The marks of what is unknown.
    pub(crate) fn unknown(&self) -> &Marks<'a> {
        self.unknown.get_or_init(|| match self.record {
            Record::Change(change) => {
                Box::new(change.outcome().map_or(Marks::Whole, |outcome| outcome.unknown()))
            }
            Record::State(_) | Record::Read(_) => Box::default(),
        })
    }

    /// Whether anything at or below the path is unknown. Terraform leaves out of `after` what it marks as unknown; what
    /// `planned_values` or a plan without marks leaves out is unknown as well.
    pub(crate) fn is_unknown(&self, path: &[Step<'_>]) -> bool {
        let Some(Step::Attribute(name)) = path.first() else { return self.is_unknown_at_all() };
        self.unknown().any_at(path) || !self.has_marks() && !has_attribute(self.record.after(), name)
    }

    /// Whether any attribute is unknown.
    pub(crate) fn is_unknown_at_all(&self) -> bool {
        !self.unknown().is_none() || matches!(self.record, Record::Change(_)) && !self.has_marks()
    }

    fn has_marks(&self) -> bool {
        let Record::Change(change) = self.record else { return false };
        change.outcome().is_ok_and(|outcome| outcome.after_unknown.is_some())
    }

    /// Whether the object has the attribute, known or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.unknown().any_at(&[Step::Attribute(name)]) || has_attribute(self.record.after(), name)
    }
}

impl<'a> Outcome<'a> {
    /// The marks of what is unknown; everything, if they have a form that Terraform does not write.
    fn unknown(&self) -> Marks<'a> {
        Marks::read(self.after_unknown).unwrap_or(Marks::Whole)
    }
}
