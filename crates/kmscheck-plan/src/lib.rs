//! Reads the JSON that `terraform show -json` prints of a plan or a state.
//!
//! [`read`] takes the bytes and gives a [`Project`]. The way there: the bytes become text (`input`), the text becomes
//! borrowed structures in one pass (`document`, `configuration`), and only the resources that the analysis asks for
//! are decoded (`reader`). What a plan marks as unknown is followed through the references in its configuration to
//! the resource attributes that it was made from (`resolver`).

mod batch;
mod change;
mod configuration;
mod configured;
mod constants;
mod decode;
mod deployment;
mod document;
mod error;
mod expressions;
mod input;
mod instance;
mod instances;
mod leaves;
mod look_alikes;
mod marks;
mod modules;
mod observed;
mod parts;
mod place;
mod provider;
mod provider_block;
mod reader;
mod references;
mod resolver;
mod selection;
mod settled;
mod strings;
mod values;
mod whole_module;

use std::sync::Arc;

use kmscheck_model::{Alone, InputKind, Interest, Notice, NoticeKind, Project, Resource, Scope, Workers};
use kmscheck_value::Because;
use serde_json::value::RawValue;

pub use error::ReadError;

use crate::document::{Document, StateValues};
use crate::input::{Json, Positions};
use crate::instances::Instances;
use crate::provider::Providers;
use crate::reader::Source;
use crate::resolver::Resolver;

/// What a reader is told beside the bytes.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The name of the root in reports: the plan's path.
    pub root: Arc<str>,
    /// The Region where Terraform takes it from the environment.
    pub region: Option<Arc<str>>,
    /// The account where Terraform takes the credentials from the environment.
    pub account: Option<Arc<str>>,
}

impl ReadOptions {
    /// Nothing but a name.
    pub fn named(root: impl Into<Arc<str>>) -> Self {
        Self { root: root.into(), ..Self::default() }
    }
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The project.
    pub project: Project,
    /// Whether `terraform plan` failed and wrote only a part of the plan.
    pub errored: bool,
    /// The values of the variables of the root module, as JSON. Which of them are sensitive only the source tells.
    pub variables: Vec<(Arc<str>, Arc<str>)>,
}

/// Reads a plan or a state.
///
/// Of the resources, those types are read that `interest` names. It should name `aws_caller_identity` (`account_id`),
/// `aws_region` (`name`, `id`) and the `arn` and `region` of everything: they tell accounts and Regions where the
/// provider configuration does not.
///
/// # Errors
/// If the input as a whole is something else, or broken.
pub fn read(bytes: &[u8], options: &ReadOptions, interest: &dyn Interest) -> Result<Reading, ReadError> {
    read_with(&Alone, bytes, options, interest)
}

/// Reads a plan or a state with the help of others. What comes out does not depend on who they are.
///
/// # Errors
/// As [`read`].
pub fn read_with(
    workers: &impl Workers,
    bytes: &[u8],
    options: &ReadOptions,
    interest: &dyn Interest,
) -> Result<Reading, ReadError> {
    let text = input::text(bytes)?;
    let Contents { batches, kind, scope, notices, errored, variables } =
        contents(workers, &input::json(&text)?, options, interest)?;
    let mut resources = Vec::with_capacity(batches.iter().map(Vec::len).sum());
    resources.extend(batches.into_iter().flatten());
    let project = Project::new(Arc::clone(&options.root), kind, scope, resources);
    Ok(Reading { project: project.with_notices(notices), errored, variables })
}

/// What a document has. When all of it is known the document is gone: it may be as large as the project.
struct Contents {
    batches: Vec<Vec<Resource>>,
    kind: InputKind,
    scope: Scope,
    notices: Vec<Notice>,
    errored: bool,
    variables: Vec<(Arc<str>, Arc<str>)>,
}

fn contents(
    workers: &impl Workers,
    json: &Json<'_>,
    options: &ReadOptions,
    interest: &dyn Interest,
) -> Result<Contents, ReadError> {
    let document = look_alikes::document(json, workers)?;
    let planned = planned_values(&document, json.positions)?;
    let root = planned.as_ref().and_then(|values| values.root_module.as_ref());
    let instances = Instances::new(&document, root);
    let providers = Providers::new(&Resolver::new(&document, &instances));
    let source = Source {
        document: &document,
        instances: &instances,
        providers: &providers,
        interest,
        positions: json.positions,
    };
    let batches = batch::resources(&source, options, workers)?;
    let is_plan = document.resource_changes.is_some() || document.planned_values.is_some();
    Ok(Contents {
        batches,
        kind: if is_plan { InputKind::Plan } else { InputKind::State },
        scope: scope(&document),
        notices: notices(&document),
        errored: document.errored == Some(true),
        variables: variables(&document),
    })
}

fn variables(document: &Document<'_>) -> Vec<(Arc<str>, Arc<str>)> {
    let given = document.variables.iter().flat_map(|variables| variables.iter());
    given
        .map(|(name, given)| (Arc::from(&**name), given.value.map_or("null", RawValue::get).into()))
        .collect()
}

/// The resources of a state, or of a plan that lists no changes.
fn planned_values<'a>(
    document: &Document<'a>,
    positions: Positions<'a>,
) -> Result<Option<StateValues<'a>>, ReadError> {
    let raw = match &document.resource_changes {
        Some(_) => None,
        None => document.values.or(document.planned_values),
    };
    let read = |raw: &'a RawValue| {
        serde_json::from_str(raw.get()).map_err(|error| positions.error(Some(raw), &error))
    };
    raw.map(read).transpose()
}

fn scope(document: &Document<'_>) -> Scope {
    match (document.errored, document.complete) {
        (Some(true), _) => Scope::Open(
            Because::new("the plan failed, so it may lack resources").settled_by("fix the error that `terraform plan` reports"),
        ),
        (_, Some(false)) => Scope::Open(
            Because::new("the plan is not complete (`-target`, or changes that Terraform put off), so it may lack resources")
                .settled_by("plan without `-target`"),
        ),
        _ => Scope::Closed,
    }
}

fn notices(document: &Document<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let Scope::Open(because) = scope(document) {
        notices.push(Notice { kind: NoticeKind::IncompletePlan, message: because.reason.to_string() });
    }
    let has_resources = document.resource_changes.as_ref().is_some_and(|changes| !changes.is_empty());
    if has_resources && document.configuration.is_none() {
        let message = "the plan has no `configuration`, so what was left out in the source cannot be told from what \
            is not known yet, nor to which Region and account a resource goes";
        notices.push(Notice { kind: NoticeKind::MissingPart, message: message.to_owned() });
    }
    notices
}
