//! Evaluating expressions, with what is not known.

mod calls;
mod evaluator;
mod for_expr;
mod identity;
mod operators;
mod scope;
mod templates;
mod traverse;

pub(crate) use evaluator::Evaluator;
pub(crate) use scope::{References, Resolved, Scope};

use crate::cty::{Fault, Value};

/// A value, or why there is none.
pub(crate) type Outcome = Result<Value, Fault>;
