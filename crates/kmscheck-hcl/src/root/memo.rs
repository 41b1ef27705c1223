//! Evaluating each thing once, and finding out what refers to itself.

use std::rc::Rc;

use super::Root;
use super::instance::{Instance, Item};
use crate::cty::{Fault, Type, Unknown, Value};
use crate::eval::{Outcome, weighed};
use crate::lang::Span;

/// What is known of something.
pub(crate) enum Memo {
    /// It is being evaluated.
    UnderWay,
    Done(Value),
}

/// Why there is no value of what refers to itself.
const CYCLE: &str = "a part of the configuration refers to itself";

/// Where something is written: the file of its module, and the bytes in it.
pub(super) type Written<'w> = (usize, &'w Span);

impl<'r> Root<'r> {
    /// The value of something: evaluated now, or before. What can't be evaluated is not known, and its fault is on record.
    pub(super) fn once(
        &self,
        instance: &Rc<Instance<'r>>,
        item: Item<'r>,
        name: &str,
        (file, span): Written<'_>,
        make: impl FnOnce() -> Outcome,
    ) -> Outcome {
        match instance.memo.borrow().get(&item) {
            Some(Memo::Done(value)) => return Ok(value.clone()),
            Some(Memo::UnderWay) => return Err(self.cycle(instance, name, (file, span))),
            None => {}
        }
        instance.memo.borrow_mut().insert(item.clone(), Memo::UnderWay);
        self.under_way.borrow_mut().push(instance.name_of(name));
        let outcome = self.evaluator.apart(make).and_then(weighed);
        self.under_way.borrow_mut().pop();
        let value = outcome.unwrap_or_else(|fault| {
            // A cycle is an error already.
            if fault.message() != CYCLE {
                self.fault(instance, file, span, &fault);
            }
            Unknown::made_from(Default::default(), Type::Any).into()
        });
        instance.memo.borrow_mut().insert(item, Memo::Done(value.clone()));
        Ok(value)
    }

    fn cycle(&self, instance: &Instance<'r>, name: &str, (file, span): Written<'_>) -> Fault {
        let name = instance.name_of(name);
        let under_way = self.under_way.borrow();
        let first = under_way.iter().position(|other| *other == name).unwrap_or_default();
        let path: Vec<_> = under_way.iter().skip(first).chain([&name]).map(String::as_str).collect();
        let message = format!("{name} refers to itself: {}", path.join(" → "));
        self.problems.borrow_mut().cycle(instance.tree.module.location(file, span.clone()), message);
        Fault::limit(CYCLE)
    }
}
