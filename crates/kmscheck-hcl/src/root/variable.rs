//! Variables.

use std::rc::Rc;

use kmscheck_value::Symbol;

use super::instance::{Instance, Item};
use super::types::type_named;
use super::{Each, Root};
use crate::cty::{Fault, Type, Unknown, Value, convert};
use crate::eval::Outcome;
use crate::lang::{Block, Node};

impl<'r> Root<'r> {
    pub(super) fn variable(&self, instance: &Rc<Instance<'r>>, name: &str) -> Outcome {
        let config = &instance.tree.module.config;
        let Some((name, block)) = config.variables.get_key_value(name) else {
            return Err(Fault::error(format!("there is no var.{name}")));
        };
        self.once(instance, Item::Variable(name), &format!("var.{name}"), (block.file, &block.header), || {
            let value = self.variable_value(instance, name, block)?;
            Ok(value.marked(self.flag(block, "sensitive")))
        })
    }

    fn variable_value(&self, instance: &Rc<Instance<'r>>, name: &str, block: &Block) -> Outcome {
        let literal = |expr: &_| self.eval(instance, &Each::None, expr).unwrap_or(Value::NULL);
        let of = block.body.value("type").map_or(Type::Any, |expr| type_named(expr, &literal));
        let nullable = block.body.value("nullable").is_none_or(|value| !is_literal(value, false));
        let given = match &instance.caller {
            None => self.given(name, &of),
            Some(caller) => {
                let argument = caller.block.body.value(name);
                argument.map(|argument| convert(self.eval(&caller.instance, &caller.each, argument)?, &of))
            }
        };
        match (given, block.body.value("default")) {
            (Some(value), default) => match value? {
                value if value.is_null() && !nullable => match default {
                    Some(default) => convert(self.eval(instance, &Each::None, default)?, &of),
                    None => Err(Fault::error(format!("var.{name} must not be null"))),
                },
                value => Ok(value),
            },
            (None, Some(default)) => convert(self.eval(instance, &Each::None, default)?, &of),
            (None, None) if instance.caller.is_none() => {
                self.problems.borrow_mut().no_value(name);
                let unknown = Unknown::of(Symbol::new(format!("var.{name}"), ""), of);
                Ok(Unknown { not_null: !nullable, ..unknown }.into())
            }
            (None, None) => Err(Fault::error(format!("var.{name} of {} is given no value", instance.path))),
        }
    }

    /// Whether a literal argument of a block is true.
    pub(super) fn flag(&self, block: &Block, name: &str) -> bool {
        block.body.value(name).is_some_and(|value| is_literal(value, true))
    }
}

fn is_literal(expr: &crate::lang::Expr, flag: bool) -> bool {
    matches!(&expr.node, Node::Literal(value) if value.as_bool() == Some(flag))
}
