//! The values of expressions that are known from the plan itself: variables, and what is passed on unchanged.

use kmscheck_model::InstanceKey;
use serde_json::value::RawValue;

use crate::expressions::Expression;
use crate::modules::ModuleId;
use crate::references::{Reference, Step, Subject, written};
use crate::resolver::{Resolver, Scope};
use crate::strings::Entries;

/// From how many bytes on an object is large.
const LARGE: usize = 4096;

/// How far values are followed through module calls.
const DEPTH: usize = 100;

impl<'a> Resolver<'_, 'a> {
    /// The value of an expression that is a constant or refers to one thing whose value is known. What the expression
    /// makes of that one thing is not shown, so whoever asks must be able to tell a value of the right form.
    pub(crate) fn constant(&self, expression: &Expression<'a>, scope: Scope<'_, 'a>) -> Option<&'a RawValue> {
        self.constant_within(expression, scope, DEPTH)
    }

    fn constant_within(
        &self,
        expression: &Expression<'a>,
        scope: Scope<'_, 'a>,
        depth: usize,
    ) -> Option<&'a RawValue> {
        let depth = depth.checked_sub(1)?;
        let references = match expression {
            Expression::Constant(raw) => return Some(raw),
            Expression::References(references) => references,
            _ => return None,
        };
        let written = written(references);
        let [one] = written.as_slice() else { return None };
        let reference = Reference::parse(one.text);
        match reference.subject {
            Subject::Variable(name) => {
                self.part(self.variable_value(scope.module, name, depth)?, &reference.steps)
            }
            Subject::Module(name) => self.output_value(scope.module, name, &reference.steps, depth),
            Subject::EachValue => {
                let outside = Scope { module: scope.module, key: None, for_each: None };
                let collection = self.constant_within(scope.for_each?, outside, depth)?;
                let element = self.part(collection, &[Step::Index(scope.key?.clone())])?;
                self.part(element, &reference.steps)
            }
            Subject::Resource { .. } => self.attribute_value(&reference, scope.module),
            _ => None,
        }
    }

    fn variable_value(&self, module: ModuleId, name: &str, depth: usize) -> Option<&'a RawValue> {
        let found = self.instances.modules.get(module)?;
        let default = || {
            let declaration = found.config?.variables.as_ref()?.get(name)?;
            Some(declaration.default.unwrap_or(RawValue::NULL))
        };
        let Some(caller) = &found.caller else {
            let given = self.document.variables.as_ref().and_then(|variables| variables.get(name));
            return given.map(|given| given.value.unwrap_or(RawValue::NULL)).or_else(default);
        };
        match self.cache.get(caller.call?.expressions).get(name) {
            Some(argument) => self.constant_within(argument, caller.scope(), depth),
            None => default(),
        }
    }

    fn output_value(
        &self,
        caller: ModuleId,
        name: &str,
        steps: &[Step<'_>],
        depth: usize,
    ) -> Option<&'a RawValue> {
        let (children, steps) = self.instances.modules.select(caller, name, steps, None);
        let [child] = *children else { return None };
        let (Step::Attribute(output), rest) = steps.split_first()? else { return None };
        let output = self.instances.modules.get(child)?.config?.outputs.as_ref()?.get(output)?;
        let scope = Scope { module: child, key: None, for_each: None };
        self.part(self.constant_within(output.expression.as_ref()?, scope, depth)?, rest)
    }

    fn attribute_value(&self, reference: &Reference<'_>, module: ModuleId) -> Option<&'a RawValue> {
        let (selected, steps) = self.instances.select(reference, module, None)?;
        let [id] = *selected else { return None };
        let instance = self.instances.get(id)?;
        if steps.is_empty() || instance.is_unknown(steps) {
            return None;
        }
        self.part(instance.record.after()?, steps)
    }

    /// Whether the value of an expression is something other than null, whatever the unknown things in it turn out to
    /// be: it is made of resource attributes only, with no variable that could switch it off. A `terraform_data` hands
    /// on whatever it was given, also a switch and also nothing.
    pub(crate) fn is_certainly_set(&self, expression: &Expression<'a>, scope: Scope<'_, 'a>) -> bool {
        self.is_set_within(expression, scope, DEPTH)
    }

    fn is_set_within(&self, expression: &Expression<'a>, scope: Scope<'_, 'a>, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let Expression::References(references) = expression else { return !expression.is_null() };
        let written = written(references);
        let subjects: Vec<_> = written.iter().map(|one| Reference::parse(one.text)).collect();
        if let [Reference { subject: Subject::Variable(name), .. }] = subjects.as_slice() {
            return self.is_argument_set(scope.module, name, depth);
        }
        let exists = |reference: &Reference<'_>| {
            let selected = self.instances.select(reference, scope.module, None);
            matches!(reference.subject, Subject::Resource { resource_type, .. } if resource_type != "terraform_data")
                && selected.is_some_and(|(instances, _)| !instances.is_empty())
        };
        subjects.iter().all(exists)
    }

    fn is_argument_set(&self, module: ModuleId, name: &str, depth: usize) -> bool {
        let caller = self.instances.modules.get(module).and_then(|module| module.caller.as_ref());
        let Some((caller, call)) = caller.and_then(|caller| Some((caller, caller.call?))) else {
            return false;
        };
        let arguments = self.cache.get(call.expressions);
        arguments.get(name).is_some_and(|argument| self.is_set_within(argument, caller.scope(), depth))
    }
}

impl<'a> Resolver<'_, 'a> {
    /// The part of a JSON value at a path.
    fn part(&self, raw: &'a RawValue, steps: &[Step<'_>]) -> Option<&'a RawValue> {
        let Some((step, rest)) = steps.split_first() else { return Some(raw) };
        let inner = match step {
            Step::Index(InstanceKey::Index(index)) => {
                let items: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
                items.get(usize::try_from(*index).ok()?).copied()?
            }
            Step::Index(InstanceKey::Any) => return None,
            Step::Index(InstanceKey::Key(name)) => self.attribute(raw, name)?,
            Step::Attribute(name) => self.attribute(raw, name)?,
        };
        self.part(inner, rest)
    }

    /// The attribute of a JSON object. A large one is read once: every resource may refer to a map of settings.
    fn attribute(&self, raw: &'a RawValue, name: &str) -> Option<&'a RawValue> {
        let read = || serde_json::from_str::<Entries<'a, &'a RawValue>>(raw.get()).unwrap_or_default();
        if raw.get().len() < LARGE {
            return read().get(name).copied();
        }
        let mut objects = self.objects.borrow_mut();
        objects.entry(raw.get().as_ptr().addr()).or_insert_with(read).get(name).copied()
    }
}
