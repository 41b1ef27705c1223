//! What references mean in a module instance.

use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::Mode;
use kmscheck_value::Symbol;

use super::instance::{Instance, Item};
use super::object::Object;
use super::tree::Called;
use super::{Each, Root};
use crate::cty::{Fault, Lazy, Type, Unknown, Value};
use crate::eval::{Outcome, References, Resolved, Scope};
use crate::files::Files;
use crate::lang::Expr;

/// A place where expressions stand.
pub(super) struct Place<'p, 'r> {
    pub(super) root: &'p Root<'r>,
    pub(super) instance: &'p Rc<Instance<'r>>,
    pub(super) each: &'p Each,
}

impl<'r> Root<'r> {
    /// The value of an expression in a module instance.
    pub(super) fn eval(&self, instance: &Rc<Instance<'r>>, each: &Each, expr: &Expr) -> Outcome {
        let place = Place { root: self, instance, each };
        self.evaluator.eval(expr, Scope::of(&place))
    }

    fn local(&self, instance: &Rc<Instance<'r>>, name: &str) -> Outcome {
        let config = &instance.tree.module.config;
        let Some((name, argument)) = config.locals.get_key_value(name) else {
            return Err(Fault::error(format!("there is no local.{name}")));
        };
        let written = (argument.file, &argument.span);
        self.once(instance, Item::Local(name), &format!("local.{name}"), written, || {
            self.eval(instance, &Each::None, &argument.value)
        })
    }

    pub(super) fn output(&self, instance: &Rc<Instance<'r>>, name: &str) -> Outcome {
        let config = &instance.tree.module.config;
        let Some((name, block)) = config.outputs.get_key_value(name) else {
            return Err(Fault::error(format!("{} has no output {name}", instance.path)));
        };
        self.once(
            instance,
            Item::Output(name),
            &format!("output.{name}"),
            (block.file, &block.header),
            || {
                let Some(value) = block.body.value("value") else { return Ok(Value::NULL) };
                let value = self.eval(instance, &Each::None, value)?;
                Ok(value.marked(self.flag(block, "sensitive")))
            },
        )
    }

    /// The value of `module.name`: an instance, or all of them.
    fn module(&self, instance: &Rc<Instance<'r>>, name: &str) -> Outcome {
        let tree = instance.tree;
        match tree.children.get_key_value(name) {
            Some((_, Called::Missing)) => {
                let symbol = Symbol::new(instance.name_of(&format!("module.{name}")), "");
                Ok(Unknown { not_null: true, ..Unknown::of(symbol, Type::Any) }.into())
            }
            Some((name, Called::Here(_))) => {
                let expansion = self.call_expansion(instance, name);
                let children = self.children(instance, name);
                let values: Vec<_> =
                    children.iter().map(|child| self.object(Object::Module(Rc::clone(child)))).collect();
                let all =
                    || self.object(Object::Modules { instance: Rc::clone(instance), name: Arc::clone(name) });
                Ok(expansion.value(&values, all))
            }
            None => Err(Fault::error(format!("there is no module.{name}"))),
        }
    }
}

impl<'r> Place<'_, 'r> {
    fn resource(&self, mode: Mode, kind: &str, names: &[&str]) -> Result<Resolved, Fault> {
        let Some((name, _)) = names.split_first() else {
            return Err(Fault::error(format!("{kind} alone is no reference")));
        };
        self.root.resource(self.instance, mode, kind, name).map(|value| Resolved { value, names: 1 })
    }

    fn path(&self, name: &str) -> Outcome {
        match name {
            "module" => Ok((&*self.instance.tree.directory).into()),
            "root" => Ok(".".into()),
            "cwd" => Ok(unknown("path", "cwd")),
            _ => Err(Fault::error(format!("there is no path.{name}"))),
        }
    }

    fn workspace(&self) -> Value {
        self.root.inputs.workspace.map_or_else(|| unknown("terraform", "workspace"), Value::from)
    }

    fn each(&self, name: &str) -> Outcome {
        match (self.each, name) {
            (Each::Item { key, .. }, "key") => Ok(key.clone()),
            (Each::Item { value, .. }, "value") => Ok(value.clone()),
            _ => Err(Fault::error(format!("there is no each.{name}"))),
        }
    }
}

/// A string that Terraform knows, and nobody else.
fn unknown(object: &str, path: &str) -> Value {
    Unknown { not_null: true, ..Unknown::of(Symbol::new(object, path), Type::String) }.into()
}

impl References for Place<'_, '_> {
    fn resolve(&self, root: &str, names: &[&str]) -> Result<Resolved, Fault> {
        let missing = || Fault::error(format!("{root} alone is no reference"));
        let first = names.first().copied();
        let one = |value: Value| Resolved { value, names: 1 };
        match root {
            "var" => self.root.variable(self.instance, first.ok_or_else(missing)?).map(one),
            "local" => self.root.local(self.instance, first.ok_or_else(missing)?).map(one),
            "module" => self.root.module(self.instance, first.ok_or_else(missing)?).map(one),
            "each" => self.each(first.ok_or_else(missing)?).map(one),
            "count" => match (self.each, first) {
                (Each::Count(index), Some("index")) => Ok(one(index.clone())),
                _ => Err(Fault::error("there is no count here")),
            },
            "path" => self.path(first.ok_or_else(missing)?).map(one),
            "terraform" | "tofu" => match first {
                Some("workspace") => Ok(one(self.workspace())),
                _ => Ok(one(unknown("terraform", first.unwrap_or_default()))),
            },
            "data" | "resource" => match names.split_first() {
                Some((kind, names)) => {
                    let mode = if root == "data" { Mode::Data } else { Mode::Managed };
                    let found = self.resource(mode, kind, names)?;
                    Ok(Resolved { names: found.names + 1, ..found })
                }
                None => Err(missing()),
            },
            "self" | "ephemeral" | "action" => {
                let symbol = Symbol::new(self.instance.name_of(root), "");
                Ok(Resolved { value: Unknown::of(symbol, Type::Any).into(), names: 0 })
            }
            kind => self.resource(Mode::Managed, kind, names),
        }
    }

    fn attribute(&self, of: &Lazy, name: &str) -> Outcome {
        self.root.attribute(of, name)
    }

    fn element(&self, of: &Lazy, key: &Value) -> Outcome {
        self.root.element(of, key)
    }

    fn files(&self) -> &dyn Files {
        self.root.files
    }
}
