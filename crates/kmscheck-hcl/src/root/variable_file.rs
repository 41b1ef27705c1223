//! The values of variables: from files, from the command line and from the environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_value::Symbol;

use super::Root;
use crate::cty::{Fault, Type, Unknown, Value, convert};
use crate::eval::{Evaluator, Outcome, References, Resolved, Scope};
use crate::files::{FileError, Files};
use crate::lang::Lowering;
use crate::lines::Lines;
use crate::module::SyntaxError;
use crate::parse::{ParseError, parse};
use crate::{SourceFile, functions};

/// The value of a variable.
#[derive(Clone, Debug)]
pub struct Input(Given);

#[derive(Clone, Debug)]
enum Given {
    /// As it is typed: a string, or an expression for another type.
    Typed(String),
    Json(Arc<str>),
    Value(Value),
    /// There may be one.
    Unknown,
}

impl Input {
    /// A value from `--var`, or from the environment.
    pub fn typed(text: impl Into<String>) -> Self {
        Self(Given::Typed(text.into()))
    }

    /// A value that nobody knows, or none: a file that may give it can't be read.
    pub fn unknown() -> Self {
        Self(Given::Unknown)
    }

    /// A value as JSON.
    pub fn json(text: impl Into<Arc<str>>) -> Self {
        Self(Given::Json(text.into()))
    }
}

/// The variables that a file sets, in order.
#[derive(Debug)]
pub struct VariableFile {
    /// By name.
    pub variables: Vec<(Arc<str>, Input)>,
}

impl VariableFile {
    /// Reads a file: `terraform.tfvars`, or one in JSON if its name says so.
    ///
    /// # Errors
    /// If it is no such file.
    pub fn read(file: &SourceFile<'_>) -> Result<Self, SyntaxError> {
        let values = if file.path.ends_with(".json") { json(file.text) } else { native(file.text) };
        let values = values.map_err(|error| {
            let lines = Lines::of(file.path.into(), file.text.into());
            SyntaxError {
                path: file.path.to_owned(),
                position: lines.position(error.offset),
                message: error.message,
            }
        })?;
        let variables = values.into_iter().map(|(name, value)| (name, Input(Given::Value(value)))).collect();
        Ok(Self { variables })
    }
}

fn native(text: &[u8]) -> Result<Vec<(Arc<str>, Value)>, ParseError> {
    let parsed = parse(text)?;
    let body =
        Lowering { text: &parsed.text, renamed: &parsed.renamed, from: 0, place: None }.body(&parsed.tree);
    let evaluator = Evaluator::default();
    let value = |(name, argument): (&Arc<str>, &crate::lang::Argument)| {
        let value = evaluator.eval(&argument.value, Scope::of(&Nothing));
        let fault =
            |fault: Fault| ParseError { offset: argument.span.start, message: fault.message().to_owned() };
        value.map(|value| (Arc::clone(name), value)).map_err(fault)
    };
    body.arguments.iter().map(value).collect()
}

fn json(text: &[u8]) -> Result<Vec<(Arc<str>, Value)>, ParseError> {
    let none = |message: &str| ParseError { offset: 0, message: message.to_owned() };
    let text = std::str::from_utf8(text).map_err(|_| none("this is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value = decoded(text).map_err(|fault| none(fault.message()))?;
    let entries = value.entries().ok_or_else(|| none("an object is expected"))?;
    Ok(entries.iter().map(|(name, value)| (Arc::clone(name), value.clone())).collect())
}

fn decoded(json: &str) -> Outcome {
    let missing = || Fault::limit("JSON can't be read");
    functions::find("jsondecode").ok_or_else(missing)?.call(vec![json.into()], &Nothing)
}

/// Where there is nothing to refer to.
struct Nothing;

impl References for Nothing {
    fn resolve(&self, root: &str, _: &[&str]) -> Result<Resolved, Fault> {
        Err(Fault::error(format!("{root} can't be referred to here")))
    }

    fn attribute(&self, _: &crate::cty::Lazy, _: &str) -> Outcome {
        Err(Fault::error("there is nothing to refer to"))
    }

    fn element(&self, _: &crate::cty::Lazy, _: &Value) -> Outcome {
        Err(Fault::error("there is nothing to refer to"))
    }

    fn files(&self) -> &dyn Files {
        self
    }
}

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Arc<[u8]>, FileError> {
        Err(FileError::Refused("files are not read here".to_owned()))
    }

    fn below(&self, _: &str) -> Result<Vec<String>, FileError> {
        Err(FileError::Refused("files are not read here".to_owned()))
    }
}

impl Root<'_> {
    /// The value that was given to a variable of this type. What is typed is the string itself, or an expression for any
    /// other type. Source: Terraform, "Complex-typed Values".
    pub(super) fn given(&self, name: &str, of: &Type) -> Option<Outcome> {
        let input = self.given.get(name)?;
        let value = match &input.0 {
            Given::Value(value) => Ok(value.clone()),
            Given::Json(text) => decoded(text),
            Given::Unknown => {
                let symbol = Symbol::new(format!("var.{name}"), "");
                return Some(Ok(Unknown::of(symbol, of.clone()).into()));
            }
            Given::Typed(text) if of.is_primitive() || *of == Type::Any => Ok(text.as_str().into()),
            Given::Typed(text) => expression(text),
        };
        Some(value.and_then(|value| convert(value, of)))
    }
}

fn expression(text: &str) -> Outcome {
    let parsed = native(format!("value = {text}\n").as_bytes());
    let values = parsed.map_err(|error| Fault::error(error.message))?;
    let values: BTreeMap<_, _> = values.into_iter().collect();
    Ok(values.get("value").cloned().unwrap_or(Value::NULL))
}
