//! The JSON of a plan or state as Terraform writes it: borrowed structures, in which the large leaves stay raw text
//! until somebody asks for them.
//!
//! Source: <https://developer.hashicorp.com/terraform/internals/json-format>, and plans of Terraform 0.12 to 1.14.

use std::fmt;

use kmscheck_model::{InstanceKey, Mode};
use serde::Deserialize;
use serde::de::{IgnoredAny, Visitor};
use serde_json::value::RawValue;

use crate::configuration::Configuration;
use crate::strings::{Entries, Str};

/// The whole input. Every part may be missing.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Document<'a> {
    #[serde(borrow)]
    pub(crate) format_version: Option<Str<'a>>,
    #[serde(borrow, default)]
    pub(crate) variables: Option<Entries<'a, Variable<'a>>>,
    #[serde(borrow)]
    pub(crate) resource_changes: Option<Vec<ResourceChange<'a>>>,
    /// Has the same values as the changes, without marks; read only if there are no changes.
    #[serde(borrow)]
    pub(crate) planned_values: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) prior_state: Option<PriorState<'a>>,
    /// The resources of a state.
    #[serde(borrow)]
    pub(crate) values: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) configuration: Option<Configuration<'a>>,
    pub(crate) complete: Option<bool>,
    pub(crate) errored: Option<bool>,
}

impl Document<'_> {
    /// Both together; `None` if there is something in both.
    pub(crate) fn join(self, other: Self) -> Option<Self> {
        fn one<T>(own: Option<T>, other: Option<T>) -> Option<Option<T>> {
            if own.is_some() && other.is_some() { None } else { Some(own.or(other)) }
        }
        Some(Self {
            format_version: one(self.format_version, other.format_version)?,
            variables: one(self.variables, other.variables)?,
            resource_changes: one(self.resource_changes, other.resource_changes)?,
            planned_values: one(self.planned_values, other.planned_values)?,
            prior_state: one(self.prior_state, other.prior_state)?,
            values: one(self.values, other.values)?,
            configuration: one(self.configuration, other.configuration)?,
            complete: one(self.complete, other.complete)?,
            errored: one(self.errored, other.errored)?,
        })
    }

    /// Whether there is anything in it that a plan or a state has.
    pub(crate) fn has_resources(&self) -> bool {
        let has_modules = |raw: &&RawValue| raw.get().contains("\"root_module\"");
        self.resource_changes.is_some()
            || self.planned_values.filter(has_modules).is_some()
            || self.values.filter(has_modules).is_some()
            || self.format_version.is_some() && (self.prior_state.is_some() || self.configuration.is_some())
    }
}

/// The keys that tell what an input is.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Outline<'a> {
    #[serde(borrow, default, deserialize_with = "any_string")]
    pub(crate) format_version: Option<Str<'a>>,
    pub(crate) resource_changes: Option<IgnoredAny>,
    pub(crate) planned_values: Option<IgnoredAny>,
    pub(crate) serial: Option<IgnoredAny>,
    pub(crate) provider_schemas: Option<IgnoredAny>,
    pub(crate) valid: Option<IgnoredAny>,
    #[serde(rename = "@level")]
    pub(crate) level: Option<IgnoredAny>,
    #[serde(rename = "Statement")]
    pub(crate) statement: Option<IgnoredAny>,
}

/// A string, or nothing for anything else.
fn any_string<'de: 'a, 'a, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Str<'a>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Any<'a> {
        Text(#[serde(borrow)] Str<'a>),
        Other(IgnoredAny),
    }
    Ok(match Any::deserialize(deserializer)? {
        Any::Text(text) => Some(text),
        Any::Other(IgnoredAny) => None,
    })
}

/// The value of a root variable; `None` for null.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Variable<'a> {
    #[serde(borrow)]
    pub(crate) value: Option<&'a RawValue>,
}

/// The state before the change, with the data sources that were read for the plan.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PriorState<'a> {
    #[serde(borrow)]
    pub(crate) values: Option<StateValues<'a>>,
}

/// `values` of a state, and `planned_values` of a plan.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StateValues<'a> {
    #[serde(borrow)]
    pub(crate) root_module: Option<StateModule<'a>>,
}

/// A module instance in a state.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StateModule<'a> {
    /// Missing for the root module.
    #[serde(borrow)]
    pub(crate) address: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) resources: Option<Vec<StateResource<'a>>>,
    #[serde(borrow)]
    pub(crate) child_modules: Option<Vec<Self>>,
}

/// A resource instance in a state.
#[derive(Debug, Deserialize)]
pub(crate) struct StateResource<'a> {
    #[serde(default)]
    pub(crate) mode: ObjectMode,
    #[serde(borrow, rename = "type")]
    pub(crate) resource_type: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Str<'a>>,
    #[serde(default, deserialize_with = "index")]
    pub(crate) index: Option<InstanceKey>,
    #[serde(borrow)]
    pub(crate) values: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) sensitive_values: Option<&'a RawValue>,
}

/// What happens to one resource instance.
#[derive(Debug, Deserialize)]
pub(crate) struct ResourceChange<'a> {
    #[serde(borrow)]
    pub(crate) previous_address: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) module_address: Option<Str<'a>>,
    #[serde(default)]
    pub(crate) mode: ObjectMode,
    #[serde(borrow, rename = "type")]
    pub(crate) resource_type: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Str<'a>>,
    #[serde(default, deserialize_with = "index")]
    pub(crate) index: Option<InstanceKey>,
    pub(crate) deposed: Option<IgnoredAny>,
    #[serde(borrow)]
    pub(crate) action_reason: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) change: Option<&'a RawValue>,
}

/// The outcome in the part `change` of a [`ResourceChange`].
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Outcome<'a> {
    #[serde(borrow)]
    pub(crate) after: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) after_unknown: Option<&'a RawValue>,
}

/// One step of a path in `replace_paths`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum PathStep<'a> {
    Index(u64),
    Key(#[serde(borrow)] Str<'a>),
    /// Anything else ends the path.
    Other(IgnoredAny),
}

/// The mode of an object. Later versions of Terraform have more than two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ObjectMode {
    #[default]
    Managed,
    Data,
    /// An ephemeral resource, or something of a later time.
    #[serde(other)]
    Other,
}

impl ObjectMode {
    /// The mode, if it is one that a project has.
    pub(crate) fn known(self) -> Option<Mode> {
        match self {
            Self::Managed => Some(Mode::Managed),
            Self::Data => Some(Mode::Data),
            Self::Other => None,
        }
    }
}

/// An instance key: a number of `count`, a string of `for_each`.
fn index<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<InstanceKey>, D::Error> {
    struct IndexVisitor;

    impl Visitor<'_> for IndexVisitor {
        type Value = Option<InstanceKey>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an instance key")
        }

        fn visit_u64<E>(self, index: u64) -> Result<Self::Value, E> {
            Ok(Some(InstanceKey::Index(index)))
        }

        fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
            Ok(Some(InstanceKey::Key(key.into())))
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(IndexVisitor)
}
