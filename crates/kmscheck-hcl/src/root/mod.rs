//! A root module, evaluated as far as its source allows.
//!
//! Evaluation is on demand: what no resource that matters depends on is never looked at. Each variable, local value,
//! output and argument of a module instance is evaluated once.

mod data;
mod dynamic;
mod expansion;
mod instance;
mod known;
mod memo;
mod object;
mod place;
mod problems;
mod project;
mod provider;
mod tree;
mod types;
mod variable;
mod variable_file;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_model::{Interest, Project};

use crate::cty::Value;
use crate::eval::Evaluator;
use crate::files::Files;
use instance::Instances;
use object::Object;
use problems::Problems;

pub use problems::EvaluationError;
pub use tree::{Called, ModuleTree};
pub use variable_file::{Input, VariableFile};

/// What is known beside the source.
pub struct Inputs<'i> {
    /// How reports call the root module.
    pub name: &'i str,
    /// The values of variables; of two of one name the later one holds.
    pub variables: &'i [(Arc<str>, Input)],
    /// The workspace, if it is known.
    pub workspace: Option<&'i str>,
    /// The Region where Terraform takes it from the environment.
    pub region: Option<Arc<str>>,
    /// The account where Terraform takes it from the environment.
    pub account: Option<Arc<str>>,
    /// Which resources and attributes matter.
    pub interest: &'i dyn Interest,
    /// What is known of attributes that the configuration does not give, if there is a plan: by address and name.
    pub known: Option<&'i dyn Fn(&str, &str) -> Option<kmscheck_value::Value>>,
}

/// What comes of a root module.
#[derive(Debug)]
pub struct Evaluated {
    /// Its resources.
    pub project: Project,
    /// What Terraform would not accept either, and leaves the rest in doubt.
    pub errors: Vec<EvaluationError>,
}

/// Evaluates a root module.
pub fn evaluate(tree: &ModuleTree, files: &dyn Files, inputs: &Inputs<'_>) -> Evaluated {
    Root::new(tree, files, inputs).evaluated()
}

/// A root module that is being evaluated.
pub(crate) struct Root<'r> {
    inputs: &'r Inputs<'r>,
    files: &'r dyn Files,
    evaluator: Evaluator,
    instances: Instances<'r>,
    objects: RefCell<Vec<Object<'r>>>,
    problems: RefCell<Problems>,
    /// What is being evaluated, for the path of a cycle.
    under_way: RefCell<Vec<String>>,
    /// The names of credentials, by what makes them up.
    credentials: RefCell<BTreeMap<Vec<String>, Arc<str>>>,
    /// The values that were given to variables.
    given: BTreeMap<&'r str, &'r Input>,
}

impl<'r> Root<'r> {
    fn new(tree: &'r ModuleTree, files: &'r dyn Files, inputs: &'r Inputs<'r>) -> Self {
        Self {
            inputs,
            files,
            evaluator: Evaluator::default(),
            instances: Instances::of(tree),
            objects: RefCell::default(),
            problems: RefCell::default(),
            under_way: RefCell::default(),
            credentials: RefCell::default(),
            given: inputs.variables.iter().map(|(name, input)| (&**name, input)).collect(),
        }
    }
}

/// What `each` and `count` are where an expression stands.
#[derive(Debug, Clone, Default)]
pub(crate) enum Each {
    /// Neither is there.
    #[default]
    None,
    /// The index of a block with `count`.
    Count(Value),
    /// Key and value of a block with `for_each`.
    Item { key: Value, value: Value },
}
