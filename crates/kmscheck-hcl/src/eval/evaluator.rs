//! From an expression to its value.

use std::cell::Cell;
use std::sync::Arc;

use kmscheck_value::{Text, Truth};

use super::{Outcome, Scope};
use crate::cty::{Fault, Kind, Type, Unknown, Value, convert, equal, type_of, unify};
use crate::lang::{Expr, Item, Key, Node};

/// Evaluates expressions, and keeps within bounds.
#[derive(Debug)]
pub(crate) struct Evaluator {
    /// How many expressions may still be evaluated.
    budget: Cell<u64>,
    /// How many expressions are being evaluated, one within another.
    depth: Cell<usize>,
    /// How many values were given a symbol of their own.
    pub(super) fresh: Cell<u64>,
    /// Whether, since somebody last looked, something happened that is an error for some values of what is not known.
    pub(super) risk: Cell<bool>,
}

/// So many expressions are enough for the largest real configurations.
const BUDGET: u64 = 20_000_000;

/// One expression within another, through local values and modules. Terraform knows no bound, but has more stack.
const DEPTH: usize = 400;

impl Default for Evaluator {
    fn default() -> Self {
        let (depth, fresh, risk) = (Cell::default(), Cell::default(), Cell::default());
        Self { budget: Cell::new(BUDGET), depth, fresh, risk }
    }
}

impl Evaluator {
    /// The value of an expression.
    ///
    /// # Errors
    /// If it has none, or none that can be found out.
    pub(crate) fn eval(&self, expr: &Expr, scope: Scope<'_>) -> Outcome {
        let Some(budget) = self.budget.get().checked_sub(1) else {
            return Err(Fault::limit("the configuration takes too many steps to evaluate"));
        };
        if self.depth.get() >= DEPTH {
            return Err(Fault::limit("the expressions of the configuration refer to each other too deeply"));
        }
        self.budget.set(budget);
        self.depth.set(self.depth.get() + 1);
        let outcome = self.node(expr, scope);
        self.depth.set(self.depth.get() - 1);
        outcome
    }

    /// Evaluates something that stands elsewhere: an error there is none of whoever refers to it.
    pub(crate) fn apart(&self, make: impl FnOnce() -> Outcome) -> Outcome {
        let risk = self.risk.get();
        let outcome = make();
        self.risk.set(risk);
        outcome
    }

    /// Notes that what happens may be an error.
    pub(crate) fn take_risk(&self) {
        self.risk.set(true);
    }

    fn node(&self, expr: &Expr, scope: Scope<'_>) -> Outcome {
        match &expr.node {
            Node::Literal(value) => Ok(value.clone()),
            Node::Template(parts) => self.template(parts, scope).map(|value| self.identified(value)),
            Node::Tuple(items) => {
                let items: Result<Arc<[Value]>, _> =
                    items.iter().map(|item| self.eval(item, scope)).collect();
                items.map(|items| Kind::Tuple(items).into())
            }
            Node::Object(items) => self.object(items, scope),
            Node::Variable(name) => self.reference(name, &[], scope),
            Node::Traversal { of, steps } => match &of.node {
                Node::Variable(name) => self.reference(name, steps, scope),
                _ => self.traverse(self.eval(of, scope)?, steps, scope),
            },
            Node::Call { name, args, expand } => {
                self.call(name, args, *expand, scope).map(|value| self.identified(value))
            }
            Node::Conditional(parts) => self.conditional(parts, scope),
            Node::Not(operand) => self.not(&self.eval(operand, scope)?).map(|value| self.identified(value)),
            Node::Negate(operand) => {
                self.negate(&self.eval(operand, scope)?).map(|value| self.identified(value))
            }
            Node::Binary(operator, operands) => {
                let [one, other] = &**operands;
                let (one, other) = (self.eval(one, scope)?, self.eval(other, scope)?);
                self.binary(*operator, &one, &other).map(|value| self.identified(value))
            }
            Node::For(parts) => self.for_expr(parts, scope),
            Node::Invalid(message) => Err(Fault::error(*message)),
        }
    }

    fn object(&self, items: &[Item], scope: Scope<'_>) -> Outcome {
        let mut entries = Vec::with_capacity(items.len());
        let mut hidden = Vec::new();
        let mut sensitive = false;
        for Item { key, value, .. } in items {
            let key = match key {
                Key::Name(name) => Some(Arc::clone(name)),
                Key::Expr(key) => {
                    let key = self.eval(key, scope)?;
                    sensitive |= key.sensitive;
                    let name = self.key(&key)?;
                    hidden.extend(name.is_none().then_some(key));
                    name
                }
            };
            let value = self.eval(value, scope)?;
            match key {
                Some(key) => entries.push((key, value)),
                None => hidden.push(value),
            }
        }
        if hidden.is_empty() {
            return Ok(Value::object(entries).marked(sensitive));
        }
        // A key that is not known may be any of the others.
        let parts = hidden.iter().chain(entries.iter().map(|(_, value)| value));
        Ok(made_from(parts, Type::Any).not_null().marked(sensitive))
    }

    /// The key of an object or map; `None` if it is not known.
    pub(super) fn key(&self, value: &Value) -> Result<Option<Arc<str>>, Fault> {
        if value.is_null() {
            return Err(Fault::error("a key must not be null"));
        }
        match convert(value.clone(), &Type::String)?.kind {
            Kind::String(text) => Ok(text.as_str().map(Arc::from)),
            _ => {
                self.risk.set(true);
                Ok(None)
            }
        }
    }

    /// Of a condition that is not known it may be either.
    fn conditional(&self, [condition, then, otherwise]: &[Expr; 3], scope: Scope<'_>) -> Outcome {
        let condition = self.eval(condition, scope)?;
        let decided = self.truth(&condition)?;
        let risk = self.risk.get();
        let then = self.eval(then, scope);
        let risk_of_then = self.risk.replace(risk);
        let otherwise = self.eval(otherwise, scope);
        let risk_of_otherwise = self.risk.replace(risk);
        self.risk.set(match decided {
            Truth::Yes => risk_of_then,
            Truth::No => risk_of_otherwise,
            Truth::Unknown => risk_of_then || risk_of_otherwise,
        });
        let (then, otherwise) = alike(then, otherwise)?;
        // Whether one result is sensitive does not depend on which it is.
        let sensitive = [&then, &otherwise].into_iter().flatten().any(|value| value.sensitive);
        let value = match (decided, then, otherwise) {
            (Truth::Yes, then, _) => then?,
            (Truth::No, _, otherwise) => otherwise?,
            (Truth::Unknown, Ok(then), Ok(otherwise)) => Value::one_of([then, otherwise]),
            // With the other value Terraform fails.
            (Truth::Unknown, Ok(value), Err(Fault::Error(_)))
            | (Truth::Unknown, Err(Fault::Error(_)), Ok(value)) => {
                self.risk.set(true);
                value
            }
            (Truth::Unknown, Err(fault), _) | (Truth::Unknown, _, Err(fault)) => return Err(fault),
        };
        Ok(value.marked(condition.sensitive || sensitive))
    }

    /// What a value says as a condition.
    pub(super) fn truth(&self, value: &Value) -> Result<Truth, Fault> {
        if value.is_null() {
            return Err(Fault::error("a condition must not be null"));
        }
        let value = convert(value.clone(), &Type::Bool)?;
        match value.kind {
            Kind::Bool(flag) => Ok(flag.into()),
            _ => {
                self.risk.set(true);
                Ok(Truth::Unknown)
            }
        }
    }

    /// Whether both are equal, as a value.
    pub(super) fn equality(&self, one: &Value, other: &Value) -> Value {
        match equal(one, other) {
            Truth::Yes => true.into(),
            Truth::No => false.into(),
            Truth::Unknown => made_from([one, other], Type::Bool),
        }
        .marked(one.holds_sensitive() || other.holds_sensitive())
    }
}

/// Both results of a conditional, as the type that they have in common.
fn alike(then: Outcome, otherwise: Outcome) -> Result<(Outcome, Outcome), Fault> {
    let (Ok(one), Ok(other)) = (&then, &otherwise) else { return Ok((then, otherwise)) };
    let types = [type_of(one), type_of(other)];
    let Some(common) = unify(&types) else {
        let inconsistent = "the true and false result expressions must have consistent types";
        let all_known = one.is_wholly_known() && other.is_wholly_known();
        return if all_known { Err(Fault::error(inconsistent)) } else { Ok((then, otherwise)) };
    };
    let converted = |value: Outcome| value.and_then(|value| convert(value, &common));
    Ok((converted(then), converted(otherwise)))
}

/// A value that is not known but by what it is made from.
pub(super) fn made_from<'v>(values: impl IntoIterator<Item = &'v Value>, of: Type) -> Value {
    let mut sensitive = false;
    let mut sources = std::collections::BTreeSet::new();
    for value in values {
        sensitive |= value.holds_sensitive();
        sources.extend(value.sources());
    }
    Value::from(Unknown { not_null: of != Type::Any, ..Unknown::made_from(sources, of) }).marked(sensitive)
}

/// A value as a part of a string.
pub(super) fn as_text(value: Value) -> Result<Option<Text>, Fault> {
    if value.is_null() {
        return Err(Fault::error("a part of a string must not be null"));
    }
    match convert(value, &Type::String)?.kind {
        Kind::String(text) => Ok(Some(text)),
        Kind::Unknown(unknown) => Ok(unknown.symbol.map(Text::symbol)),
        _ => Ok(None),
    }
}
