//! Attributes, indices and splats.

use std::sync::Arc;

use kmscheck_value::Symbol;

use super::evaluator::made_from;
use super::{Evaluator, Outcome, Resolved, Scope};
use crate::cty::{Fault, Items, Kind, Type, Unknown, Value, convert};
use crate::lang::Step;

/// How many elements a value may have that one of is taken by an index that is not known.
const ELEMENTS: usize = 16;

impl Evaluator {
    /// The value of `name.steps…`.
    pub(super) fn reference(&self, name: &Arc<str>, steps: &[Step], scope: Scope<'_>) -> Outcome {
        if let Some(value) = scope.local(name) {
            return self.traverse(value.clone(), steps, scope);
        }
        let names: Vec<&str> = steps
            .iter()
            .enumerate()
            .map_while(|(at, step)| match step {
                Step::Attribute(name) => Some(&**name),
                Step::Index(index) if at > 0 => index.as_str(),
                Step::Index(_) | Step::Splat(_) => None,
            })
            .collect();
        let resolved = scope.references.resolve(name, &names);
        let Resolved { value, names } = resolved.map_err(|fault| scope.references.refuse(fault))?;
        self.traverse(value, steps.get(names..).unwrap_or_default(), scope)
    }

    /// The value that the steps lead to.
    pub(super) fn traverse(&self, value: Value, steps: &[Step], scope: Scope<'_>) -> Outcome {
        let Some((step, rest)) = steps.split_first() else { return Ok(value) };
        match step {
            Step::Attribute(name) => {
                let next = self.of_each(value, |value| self.attribute(value, name, scope))?;
                self.traverse(next, rest, scope)
            }
            Step::Index(index) => {
                let index = self.eval(index, scope)?;
                let next = self.of_each(value, |value| {
                    self.of_each(index.clone(), |index| self.element(value, &index, scope))
                })?;
                self.traverse(next, rest, scope)
            }
            Step::Splat(inner) => {
                let all = self.of_each(value, |value| self.splat(value, inner, scope))?;
                self.traverse(all, rest, scope)
            }
        }
    }

    /// What is made from a value; from each option if it is a choice. With those that give an error Terraform fails.
    pub(super) fn of_each(&self, value: Value, act: impl Fn(&Value) -> Outcome) -> Outcome {
        let Kind::Choice(options) = &value.kind else {
            return act(&value).map(|result| result.marked(value.sensitive));
        };
        let mut results = Vec::with_capacity(options.len());
        let mut fault = None;
        for option in options.iter() {
            match act(option) {
                Ok(result) => results.push(result),
                Err(Fault::Limit(message)) => return Err(Fault::Limit(message)),
                Err(error) => fault = Some(error),
            }
        }
        match fault {
            Some(fault) if results.is_empty() => Err(fault),
            fault => {
                self.risk.set(self.risk.get() || fault.is_some());
                Ok(Value::one_of(results).marked(value.sensitive))
            }
        }
    }

    fn attribute(&self, value: &Value, name: &str, scope: Scope<'_>) -> Outcome {
        match &value.kind {
            Kind::Map(entries) | Kind::Object(entries) => match entries.get(name) {
                Some(value) => Ok(value.clone()),
                None => Err(Fault::error(format!("there is no attribute {name:?}"))),
            },
            Kind::Lazy(lazy) => scope.references.attribute(lazy, name),
            Kind::Unknown(unknown) => self.attribute_of_unknown(unknown, name),
            Kind::List(_) | Kind::Tuple(_) if name.parse::<u32>().is_ok() => {
                self.element(value, &name.into(), scope)
            }
            Kind::Null(_) => Err(Fault::error(format!("a null value has no attribute {name:?}"))),
            _ => Err(Fault::error(format!("there is no attribute {name:?}"))),
        }
    }

    fn attribute_of_unknown(&self, unknown: &Unknown, name: &str) -> Outcome {
        let Some(of) = unknown.of.attribute(name) else {
            return Err(Fault::error(format!("there is no attribute {name:?}")));
        };
        if !matches!(unknown.of, Type::Object(_)) || !unknown.not_null {
            self.risk.set(true);
        }
        Ok(extended(unknown, &format!(".{name}"), of))
    }

    /// The element at an index that is no choice.
    fn element(&self, value: &Value, index: &Value, scope: Scope<'_>) -> Outcome {
        if index.is_null() {
            return Err(Fault::error("an index must not be null"));
        }
        let sensitive = index.sensitive;
        let element = match &value.kind {
            Kind::List(items) | Kind::Tuple(items) => self.nth(items, index),
            Kind::Map(entries) | Kind::Object(entries) => match self.key(index)? {
                Some(key) => {
                    let missing = || Fault::error(format!("there is no element with the key {key:?}"));
                    entries.get(&key).cloned().ok_or_else(missing)
                }
                None => self.some(entries.values(), index),
            },
            Kind::Lazy(lazy) => scope.references.element(lazy, index),
            Kind::Unknown(unknown) => self.element_of_unknown(unknown, index),
            Kind::Set(_) => Err(Fault::error("the elements of a set have no index")),
            Kind::Null(_) => Err(Fault::error("a null value has no elements")),
            _ => Err(Fault::error("this value has no elements")),
        };
        element.map(|element| element.marked(sensitive))
    }

    fn nth(&self, items: &Items, index: &Value) -> Outcome {
        let Some(position) = position(index)? else { return self.some(items.iter(), index) };
        let item = items.get(position).cloned();
        item.ok_or_else(|| Fault::error(format!("there is no element with the index {position}")))
    }

    /// One of the elements, and which is not known.
    fn some<'v>(&self, items: impl ExactSizeIterator<Item = &'v Value> + Clone, index: &'v Value) -> Outcome {
        self.risk.set(true);
        if items.len() == 0 {
            return Err(Fault::error("an empty value has no elements"));
        }
        if items.len() > ELEMENTS {
            return Ok(made_from(items.chain([index]), Type::Any));
        }
        Ok(Value::one_of(items.cloned()))
    }

    fn element_of_unknown(&self, unknown: &Unknown, index: &Value) -> Outcome {
        if unknown.of.is_primitive() || matches!(unknown.of, Type::Set(_)) {
            return Err(Fault::error("this value has no elements"));
        }
        self.risk.set(true);
        let of = match &unknown.of {
            Type::Object(_) => match self.key(index)? {
                Some(name) => unknown.of.attribute(&name),
                None => Some(Type::Any),
            },
            Type::Tuple(types) => match position(index)? {
                Some(position) => types.get(position).cloned(),
                None => Some(Type::Any),
            },
            Type::List(of) => position(index).map(|_| Some((**of).clone()))?,
            of => Some(of.element()),
        };
        let of = of.ok_or_else(|| Fault::error("there is no such element"))?;
        match index_step(index) {
            Some(step) => Ok(extended(unknown, &step, of)),
            None => Ok(made_from([&Value::from(unknown.clone()), index], of)),
        }
    }

    fn splat(&self, value: &Value, steps: &[Step], scope: Scope<'_>) -> Outcome {
        let each = |items: &Items| {
            let items: Result<Items, Fault> =
                items.iter().map(|item| self.traverse(item.clone(), steps, scope)).collect();
            items
        };
        match &value.kind {
            Kind::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                Err(Fault::error("a null list has no elements"))
            }
            Kind::Null(_) => Ok(Value::tuple([])),
            Kind::Tuple(items) => each(items).map(|items| Kind::Tuple(items).into()),
            Kind::List(items) | Kind::Set(items) => each(items).map(|items| Kind::List(items).into()),
            Kind::Unknown(unknown) if !unknown.of.is_primitive() => {
                self.risk.set(true);
                Ok(made_from([value], splat_type(&unknown.of, steps)).not_null())
            }
            _ => Ok(Value::tuple([self.traverse(value.clone(), steps, scope)?])),
        }
    }
}

/// The number that an index is; `None` if it is not known.
fn position(index: &Value) -> Result<Option<usize>, Fault> {
    let index = convert(index.clone(), &Type::Number)?;
    let Some(number) = index.as_number() else { return Ok(None) };
    let position = number.as_i64().and_then(|number| usize::try_from(number).ok());
    position.map(Some).ok_or_else(|| Fault::error(format!("there is no element with the index {number}")))
}

/// The type of a splat of a value of which only the type is known.
fn splat_type(of: &Type, steps: &[Step]) -> Type {
    let each = |of: &Type| {
        steps.iter().fold(of.clone(), |of, step| match step {
            Step::Attribute(name) => of.attribute(name).unwrap_or(Type::Any),
            Step::Index(_) => of.element(),
            Step::Splat(_) => Type::Any,
        })
    };
    match of {
        Type::List(of) | Type::Set(of) => Type::list(each(of)),
        Type::Tuple(types) => Type::Tuple(types.iter().map(each).collect()),
        _ => Type::Any,
    }
}

/// A part of an unknown: one of a reference is a reference again.
pub(crate) fn extended(unknown: &Unknown, step: &str, of: Type) -> Value {
    match &unknown.symbol {
        Some(symbol) => {
            let path = format!("{}{step}", symbol.path());
            let path = path.strip_prefix('.').unwrap_or(&path).to_owned();
            let part = Symbol::new(symbol.object(), path);
            Unknown { symbol: Some(part), of, not_null: false, ..unknown.clone() }.into()
        }
        None => Unknown { of, not_null: false, ..unknown.clone() }.into(),
    }
}

/// How an index is written in a path; `None` if it is not known.
pub(crate) fn index_step(index: &Value) -> Option<String> {
    match &index.kind {
        Kind::Number(number) => Some(format!("[{number}]")),
        Kind::String(text) => text.as_str().map(|text| format!("[{text:?}]")),
        _ => None,
    }
}
