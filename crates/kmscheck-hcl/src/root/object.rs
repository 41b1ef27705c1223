//! Resource and module instances as values: their attributes are evaluated when somebody asks for them.

use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::{InstanceKey, Mode};
use kmscheck_value::{Existence, Symbol};

use super::instance::{Instance, Item};
use super::{Each, Root};
use crate::config::{Resource, ResourceName};
use crate::cty::{Fault, Kind, Lazy, Type, Unknown, Value, convert};
use crate::eval::Outcome;
use crate::lang::Block;
use crate::policy_document::POLICY_DOCUMENT;

/// What a lazy value stands for.
#[derive(Clone)]
pub(crate) enum Object<'r> {
    Resource(Rc<ResourceObject<'r>>),
    /// All instances of a resource of which nobody knows how many there are.
    Resources {
        instance: Rc<Instance<'r>>,
        name: &'r ResourceName,
        resource: &'r Resource,
    },
    Module(Rc<Instance<'r>>),
    /// All instances of a module of which nobody knows how many there are.
    Modules {
        instance: Rc<Instance<'r>>,
        name: Arc<str>,
    },
}

/// A resource instance.
#[derive(Clone)]
pub(crate) struct ResourceObject<'r> {
    pub(crate) instance: Rc<Instance<'r>>,
    pub(crate) name: &'r ResourceName,
    pub(crate) resource: &'r Resource,
    pub(crate) key: Option<InstanceKey>,
    pub(crate) each: Each,
    pub(crate) existence: Existence,
}

impl<'r> ResourceObject<'r> {
    pub(crate) fn block(&self) -> &'r Block {
        self.resource.block()
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        let key = self.key.as_ref().map(|key| format!("[{key}]")).unwrap_or_default();
        format!("{}{key}", address(&self.instance, self.name))
    }
}

/// The address of a resource block.
fn address(instance: &Instance<'_>, (mode, kind, name): &ResourceName) -> String {
    let data = if *mode == Mode::Data { "data." } else { "" };
    instance.name_of(&format!("{data}{kind}.{name}"))
}

impl Object<'_> {
    fn address(&self) -> String {
        match self {
            Self::Resource(resource) => resource.address(),
            Self::Resources { instance, name, .. } => address(instance, name),
            Self::Module(instance) => instance.path.to_string(),
            Self::Modules { instance, name } => instance.name_of(&format!("module.{name}")),
        }
    }
}

impl<'r> Root<'r> {
    /// An object as a value.
    pub(super) fn object(&self, object: Object<'r>) -> Value {
        let symbol = Symbol::new(object.address(), "");
        let mut objects = self.objects.borrow_mut();
        objects.push(object);
        Kind::Lazy(Lazy { id: objects.len() - 1, symbol }).into()
    }

    /// The value of a reference to a resource: an instance, or all of them.
    pub(super) fn resource(
        &self,
        instance: &Rc<Instance<'r>>,
        mode: Mode,
        kind: &str,
        name: &str,
    ) -> Outcome {
        let wanted = (mode, Arc::from(kind), Arc::from(name));
        let found = instance.tree.module.config.resources.get_key_value(&wanted);
        let Some((name, resource)) = found else {
            return Err(Fault::error(format!("there is no {}", address(instance, &wanted))));
        };
        let objects = self.resource_objects(instance, name, resource);
        let expansion = self.resource_expansion(instance, name, resource);
        let all = || self.object(Object::Resources { instance: Rc::clone(instance), name, resource });
        Ok(expansion.value(&objects, all))
    }

    /// The instances of a resource as values, each time the same.
    pub(super) fn resource_objects(
        &self,
        instance: &Rc<Instance<'r>>,
        name: &'r ResourceName,
        resource: &'r Resource,
    ) -> Rc<[Value]> {
        let expansion = self.resource_expansion(instance, name, resource);
        let make = || {
            let object = |one: &super::expansion::One| {
                self.object(Object::Resource(Rc::new(ResourceObject {
                    instance: Rc::clone(instance),
                    name,
                    resource,
                    key: one.key.clone(),
                    each: one.each.clone(),
                    existence: one.existence.clone(),
                })))
            };
            expansion.instances.iter().map(object).collect()
        };
        expansion.values(make)
    }

    pub(super) fn object_of(&self, lazy: &Lazy) -> Option<Object<'r>> {
        self.objects.borrow().get(lazy.id).cloned()
    }

    pub(super) fn attribute(&self, lazy: &Lazy, name: &str) -> Outcome {
        match self.object_of(lazy) {
            Some(Object::Module(instance)) => self.output(&instance, name),
            Some(Object::Resource(resource)) => self.resource_attribute(lazy.id, &resource, name),
            Some(Object::Resources { .. } | Object::Modules { .. }) | None => {
                self.evaluator.take_risk();
                Ok(Unknown::made_from([lazy.symbol.clone()].into(), Type::Any).into())
            }
        }
    }

    /// One of those of which nobody knows how many there are.
    pub(super) fn element(&self, lazy: &Lazy, key: &Value) -> Outcome {
        self.evaluator.take_risk();
        let instance_key = match &key.kind {
            Kind::Number(number) => {
                number.as_i64().and_then(|index| u64::try_from(index).ok()).map(InstanceKey::Index)
            }
            _ => key.as_str().map(|key| InstanceKey::Key(key.into())),
        };
        let of_unknown = || Ok(Unknown::made_from([lazy.symbol.clone()].into(), Type::Any).into());
        let Some(instance_key) = instance_key else { return of_unknown() };
        match self.object_of(lazy) {
            Some(Object::Resources { instance, name, resource }) => {
                let each = match &instance_key {
                    InstanceKey::Index(_) => Each::Count(key.clone()),
                    _ => Each::Item {
                        key: convert(key.clone(), &Type::String)?,
                        value: Unknown::made_from([lazy.symbol.clone()].into(), Type::Any).into(),
                    },
                };
                let expansion = self.resource_expansion(&instance, name, resource);
                let existence =
                    expansion.instances.first().map_or(Existence::Certain, |one| one.existence.clone());
                let key = Some(instance_key);
                Ok(self.object(Object::Resource(Rc::new(ResourceObject {
                    instance,
                    name,
                    resource,
                    key,
                    each,
                    existence,
                }))))
            }
            Some(Object::Modules { .. }) => {
                let symbol = Symbol::new(format!("{}[{instance_key}]", lazy.symbol), "");
                Ok(Unknown { not_null: true, ..Unknown::of(symbol, Type::Any) }.into())
            }
            Some(Object::Resource(_) | Object::Module(_)) => {
                Err(Fault::error(format!("{} has neither `count` nor `for_each`", lazy.symbol)))
            }
            None => of_unknown(),
        }
    }

    /// The attribute as the configuration gives it, or as the provider makes it.
    fn resource_attribute(&self, id: usize, object: &ResourceObject<'r>, name: &str) -> Outcome {
        if let Some(value) = self.configured(id, object, name)?.filter(|value| !value.is_null()) {
            return Ok(value);
        }
        if let Some(value) = self.shown_by_plan(object, name) {
            return Ok(value);
        }
        if let Some(value) = self.made_by_provider(id, object, name)? {
            return Ok(value);
        }
        let symbol = Symbol::new(object.address(), name);
        let is_text = is_name(name) || is_policy(object, name);
        let of = if is_text { Type::String } else { Type::Any };
        Ok(Unknown { not_null: is_text, ..Unknown::of(symbol, of) }.into())
    }

    /// What the configuration gives an attribute; `None` if it does not mention it.
    pub(super) fn configured(
        &self,
        id: usize,
        object: &ResourceObject<'r>,
        name: &str,
    ) -> Result<Option<Value>, Fault> {
        if !object.resource.mentions(name) {
            return Ok(None);
        }
        let block = object.block();
        let item = || Item::Attribute(id, name.into());
        let called = || format!("{}.{name}", object.address());
        if let Some(argument) = block.body.argument(name).filter(|_| !is_meta(name)) {
            let written = (argument.file, &argument.span);
            let value = self.once(&object.instance, item(), &called(), written, || {
                self.eval(&object.instance, &object.each, &argument.value)
            });
            return value.map(Some);
        }
        if block.body.block_kinds().iter().any(|kind| ***kind == *name) && !is_meta(name) {
            let value = self.once(&object.instance, item(), &called(), (block.file, &block.header), || {
                self.blocks_of(object, name)
            });
            return value.map(Some);
        }
        Ok(None)
    }
}

/// Whether it is the text of a policy document, which always has one.
fn is_policy(object: &ResourceObject<'_>, name: &str) -> bool {
    &*object.name.1 == POLICY_DOCUMENT && matches!(name, "json" | "minified_json")
}

/// Attributes that are strings and never null, of whatever they are.
fn is_name(attribute: &str) -> bool {
    const NAMES: [&str; 12] = [
        "account_id",
        "arn",
        "dns_suffix",
        "id",
        "json",
        "key_id",
        "minified_json",
        "name",
        "partition",
        "region",
        "unique_id",
        "user_id",
    ];
    NAMES.contains(&attribute)
}

/// Arguments and blocks that Terraform itself reads.
pub(super) fn is_meta(name: &str) -> bool {
    const META: [&str; 8] = [
        "connection",
        "count",
        "depends_on",
        "for_each",
        "lifecycle",
        "provider",
        "provisioner",
        "providers",
    ];
    META.contains(&name)
}
