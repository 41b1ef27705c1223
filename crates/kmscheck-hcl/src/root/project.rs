//! From evaluated modules to a project.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::{
    Account, Action, Address, Attributes, Change, Configured, Deployment, InputKind, Leads, Mode, Project,
    Region, RegionSource, Resource, Scope, Source, arn,
};
use kmscheck_value::{Because, Existence, Map, Number as Exact, Truth, Value as Shown};

use super::instance::Instance;
use super::object::{Object, ResourceObject, is_meta};
use super::tree::Called;
use super::{Evaluated, Root};
use crate::config::{Resource as Declared, ResourceName};
use crate::cty::{Kind, Type, Unknown, Value};
use crate::leads::leads;
use crate::policy_document::{OTHER_DOCUMENTS, POLICY_DOCUMENT};

/// The attribute of all tags, those that the provider configuration adds included.
const ALL_TAGS: &str = "tags_all";

/// How many resources of one root module are looked at.
const RESOURCES: usize = 200_000;

/// How many values the arguments of all resources may be made of.
const PARTS: usize = 5_000_000;

/// What `lost` says of a value that is made from others.
const EXPRESSION: &str = "an expression";

impl<'r> Root<'r> {
    pub(super) fn evaluated(&self) -> Evaluated {
        let mut resources = Vec::new();
        self.add(&Rc::clone(&self.instances.root), &mut resources);
        self.add_referred_to(&mut resources);
        let scope = self.scope(&resources);
        let problems = self.problems.borrow();
        let project = Project::new(self.inputs.name, InputKind::Source, scope, resources);
        Evaluated { project: project.with_notices(problems.notices()), errors: problems.errors() }
    }

    /// Whether these are all resources that there may be.
    fn scope(&self, resources: &[Resource]) -> Scope {
        if let Some(unread) = self.instances.root.tree.unread() {
            return Scope::Open(Because::new(format!(
                "{unread} can't be read, and may have further resources"
            )));
        }
        if let Some(missing) = self.instances.root.tree.missing_with_keys() {
            let (root, missing) = (self.inputs.name, missing);
            return Scope::Open(
                Because::new(format!(
                    "{missing} of {root} is not here, and may have to do with a key that it is handed"
                ))
                .settled_by("run `terraform init`, which brings it"),
            );
        }
        if let Some(why) = self.problems.borrow().left_out() {
            return Scope::Open(Because::new(format!("not everything is looked at: {why}")));
        }
        let possible = resources.iter().find_map(|resource| match &resource.existence {
            Existence::Possible(because) if matters_by_absence(&resource.address.resource_type) => {
                Some((resource, because))
            }
            Existence::Possible(_) | Existence::Certain => None,
        });
        match possible {
            Some((resource, because)) => Scope::Open(Because::new(format!(
                "whether there is {} is not known: {because}",
                resource.address
            ))),
            None => Scope::Closed,
        }
    }

    /// Adds the resources of a module instance, and of those that it calls.
    fn add(&self, instance: &Rc<Instance<'r>>, resources: &mut Vec<Resource>) {
        let tree = instance.tree;
        for (name, resource) in &tree.module.config.resources {
            if !resource.may_matter(&name.1, self.inputs.interest) {
                continue;
            }
            self.add_instances(instance, name, resource, resources);
        }
        for (name, called) in &tree.children {
            if matches!(called, Called::Here(_)) {
                self.children(instance, name).iter().for_each(|child| self.add(child, resources));
            }
        }
    }

    fn add_instances(
        &self,
        instance: &Rc<Instance<'r>>,
        name: &'r ResourceName,
        resource: &'r Declared,
        resources: &mut Vec<Resource>,
    ) {
        for value in self.resource_objects(instance, name, resource).iter() {
            let Kind::Lazy(lazy) = &value.kind else { continue };
            if resources.len() >= RESOURCES {
                return self.leave_out(format!("there are more than {RESOURCES} resources"));
            }
            if let Some(Object::Resource(object)) = self.object_of(lazy) {
                resources.extend(self.modelled(lazy.id, &object));
            }
        }
    }

    /// Adds what matters only because something refers to it: then it has become an object. What is added may refer to
    /// more.
    fn add_referred_to(&self, resources: &mut Vec<Resource>) {
        let mut added = BTreeSet::new();
        for id in 0.. {
            let Some(object) = self.objects.borrow().get(id).cloned() else { return };
            let (instance, name, resource) = match object {
                Object::Resource(object) => (Rc::clone(&object.instance), object.name, object.resource),
                Object::Resources { instance, name, resource } => (instance, name, resource),
                Object::Module(_) | Object::Modules { .. } => continue,
            };
            let mut is_new = || added.insert((instance.path.clone(), name));
            let interest = self.inputs.interest;
            let is_there = resource.may_matter(&name.1, interest);
            if interest.only_if_referred_to(&name.1).is_some() && !is_there && is_new() {
                self.add_instances(&instance, name, resource, resources);
            }
        }
    }

    /// A resource as the analysis sees it; `None` if it does not matter.
    fn modelled(&self, id: usize, object: &ResourceObject<'r>) -> Option<Resource> {
        let (mode, kind, name) = object.name;
        if self.is_written_out(id, object) {
            return None;
        }
        let wanted = self.inputs.interest.attributes(kind);
        let mut after = Vec::new();
        let mut configured = Vec::new();
        for argument in names(object) {
            if !wanted.contains(&argument) {
                // Nobody asks, and what it takes to tell may be much.
                configured.push((argument, Truth::Unknown));
                continue;
            }
            let value = self.configured(id, object, &argument);
            let value = value.ok().flatten().unwrap_or(Value::NULL);
            configured.push((Arc::clone(&argument), is_set(&argument, &value)));
            after.push((argument, self.written_down(&value)));
        }
        let address = Address {
            module: object.instance.path.clone(),
            mode: *mode,
            resource_type: Arc::clone(kind),
            name: Arc::clone(name),
            key: object.key.clone(),
        };
        after.extend(left_out(object, wanted));
        after.extend(wanted.contains(ALL_TAGS).then(|| self.all_tags(id, object)).flatten());
        let after: Map = after.into_iter().collect();
        let resource = Resource {
            deployment: self.deployment(object, &after),
            source: Some(Source {
                declaration: object.instance.tree.module.declaration_of(object.resource, wanted),
                calls: Arc::clone(&object.instance.tree.calls),
                leads: self.leads(&address),
            }),
            existence: match &object.instance.existence {
                Existence::Certain => object.existence.clone(),
                possible => possible.clone(),
            },
            address,
            previous_address: None,
            change: Change { action: action(*mode), ..Change::default() },
            before: None,
            after: Some(after),
            configured: Configured::arguments(configured),
        };
        let matters = self.inputs.interest.reasons(kind).is_none_or(|reasons| resource.has_any(reasons));
        matters.then_some(resource)
    }

    /// All tags: those of the provider configuration, and over them its own. Unset if there are none: nothing is known
    /// of them then in a plan either.
    fn all_tags(&self, id: usize, object: &ResourceObject<'r>) -> Option<(Arc<str>, Shown)> {
        let provider = self.provider_of(&object.instance, &object.name.1, object.block())?;
        let own = self.configured(id, object, "tags").ok()?.unwrap_or(Value::NULL);
        let all = merged(&provider.default_tags, &own)?;
        Some((ALL_TAGS.into(), self.written_down(&all)))
    }

    /// A value as the analysis sees it. There what it shares with others takes room of its own.
    fn written_down(&self, value: &Value) -> Shown {
        let parts = self.parts.get() + value.size(PARTS);
        if parts > PARTS {
            self.leave_out(format!("the arguments of the resources have more than {PARTS} values"));
            return shown(&Unknown::made_from(BTreeSet::default(), Type::Any).into());
        }
        self.parts.set(parts);
        shown(value)
    }

    /// What the block of a resource leads to: the same for all its instances.
    fn leads(&self, address: &Address) -> Arc<Leads> {
        let block = address.without_keys();
        if let Some(known) = self.leads.borrow().get(&block) {
            return Arc::clone(known);
        }
        let modules: Vec<_> = block.module.steps().iter().map(|step| &*step.name).collect();
        let found = Arc::new(leads(self.instances.root.tree, &modules, &block, self.inputs.interest));
        self.leads.borrow_mut().insert(block, Arc::clone(&found));
        found
    }

    /// Whether it is a policy document whose text is known: those who use it have that, and there is nothing else to see
    /// unless it is put together from others.
    fn is_written_out(&self, id: usize, object: &ResourceObject<'r>) -> bool {
        let body = &object.block().body;
        &*object.name.1 == POLICY_DOCUMENT
            && !OTHER_DOCUMENTS.iter().any(|name| body.argument(name).is_some())
            && self.made_by_provider(id, object, "json").is_ok_and(|text| text.is_some())
    }

    fn deployment(&self, object: &ResourceObject<'r>, after: &Map) -> Deployment {
        let kind = &object.name.1;
        let provider = self.provider_of(&object.instance, kind, object.block());
        let own = after.get("region").filter(|region| !region.is_absent());
        let region = match (own, &provider) {
            _ if arn::is_global(kind) => Region::Global,
            (Some(own), _) => match own.as_str().filter(|region| arn::is_region(region)) {
                Some(region) => Region::Known(region.into(), RegionSource::Argument),
                None => Region::Unknown(Because::new("its `region` argument is not known")),
            },
            (None, Some(provider)) => provider.region.clone(),
            (None, None) => {
                Region::Unknown(Because::new("the module is handed no provider configuration of its name"))
            }
        };
        match provider {
            Some(provider) => {
                Deployment { provider: Arc::clone(&provider.key), region, account: provider.account.clone() }
            }
            None => {
                // Nothing else is known to be managed by the same.
                let name: Arc<str> = format!("the provider of {}", object.address()).into();
                Deployment { provider: Arc::clone(&name), region, account: Account::Credentials(name) }
            }
        }
    }
}

/// Source is read as what it makes where there is nothing yet.
fn action(mode: Mode) -> Action {
    match mode {
        Mode::Managed => Action::Create,
        Mode::Data => Action::Read,
    }
}

/// The attributes of keys that the configuration does not mention and the provider or AWS decides.
fn left_out(object: &ResourceObject<'_>, wanted: Attributes) -> impl Iterator<Item = (Arc<str>, Shown)> {
    let body = &object.block().body;
    let names = match wanted {
        Attributes::Only(names) if object.name.1.starts_with("aws_kms_") => names,
        _ => &[],
    };
    let is_mentioned =
        |name: &str| body.argument(name).is_some() || body.block_kinds().iter().any(|kind| ***kind == *name);
    let left_out = names.iter().filter(move |name| !is_mentioned(name));
    left_out.map(|name| (Arc::from(*name), Shown::new(kmscheck_value::Kind::Unset)))
}

/// Whether a verdict may rest on there being no resource of a type, beside those that are known.
fn matters_by_absence(resource_type: &str) -> bool {
    matches!(resource_type, "aws_kms_alias" | "aws_kms_key_policy")
}

/// The names of the arguments and blocks in the configuration of a resource.
fn names(object: &ResourceObject<'_>) -> Vec<Arc<str>> {
    let body = &object.block().body;
    let mut names: Vec<_> = body.arguments.keys().chain(body.block_kinds()).cloned().collect();
    names.retain(|name| !is_meta(name));
    names.dedup();
    names
}

/// Whether an argument is given a value. The provider takes an empty policy for none.
fn is_set(name: &str, value: &Value) -> Truth {
    match &value.kind {
        Kind::Null(_) => Truth::No,
        Kind::String(text) if name == "policy" && text.as_str() == Some("") => Truth::No,
        Kind::List(items) if items.is_empty() => Truth::No,
        Kind::Unknown(unknown) if !unknown.not_null => Truth::Unknown,
        Kind::Choice(options) => {
            let sets = |option: &Value| is_set(name, option);
            match (
                options.iter().all(|option| sets(option).is_yes()),
                options.iter().all(|option| sets(option).is_no()),
            ) {
                (true, _) => Truth::Yes,
                (_, true) => Truth::No,
                _ => Truth::Unknown,
            }
        }
        _ => Truth::Yes,
    }
}

/// Two maps of tags, of which the second one holds over the first; `None` if there are no tags.
fn merged(default: &Value, own: &Value) -> Option<Value> {
    match (default.entries(), own.entries()) {
        _ if default.is_null() && own.is_null() => None,
        (_, Some(_)) if default.is_null() => Some(own.clone()),
        (Some(_), _) if own.is_null() => Some(default.clone()),
        (Some(default), Some(own)) => {
            let all = default.iter().chain(own.iter()).filter(|(_, value)| !value.is_null());
            Some(Value::map(all.map(|(name, value)| (Arc::clone(name), value.clone()))))
        }
        _ => {
            let sources = default.sources().into_iter().chain(own.sources()).collect();
            Some(Unknown { not_null: true, ..Unknown::made_from(sources, Type::map(Type::String)) }.into())
        }
    }
}

/// A value as the analysis sees it.
fn shown(value: &Value) -> Shown {
    let shown = Shown::new(kind(value));
    if value.sensitive { shown.into_sensitive() } else { shown }
}

fn kind(value: &Value) -> kmscheck_value::Kind {
    use kmscheck_value::Kind as Model;

    match &value.kind {
        Kind::Null(_) => Model::Null,
        Kind::Bool(flag) => Model::Bool(*flag),
        Kind::Number(number) => match (number.as_i64(), number.to_f64()) {
            (Some(integer), _) => Model::Number(Exact::Integer(integer)),
            (None, Some(float)) => Model::Number(Exact::Float(float)),
            (None, None) => Model::Unknown(unknown(value)),
        },
        Kind::String(text) => Model::Text(text.clone()),
        Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => {
            Model::List(items.iter().map(shown).collect())
        }
        Kind::Map(entries) | Kind::Object(entries) => {
            Model::Map(entries.iter().map(|(name, value)| (Arc::clone(name), shown(value))).collect())
        }
        Kind::Choice(options) if options.iter().all(is_plain) => {
            Model::Choice(options.iter().map(shown).collect())
        }
        Kind::Choice(_) | Kind::Lazy(_) | Kind::Unknown(_) => Model::Unknown(unknown(value)),
    }
}

/// Whether a value has no parts.
fn is_plain(value: &Value) -> bool {
    !matches!(value.kind, Kind::Lazy(_)) && value.items().is_none() && value.entries().is_none()
}

fn unknown(value: &Value) -> kmscheck_value::Unknown {
    let is_reference = match &value.kind {
        Kind::Unknown(unknown) => unknown.is_reference(),
        kind => matches!(kind, Kind::Lazy(_)),
    };
    kmscheck_value::Unknown {
        // An account or a Region is as good as known.
        sources: value.sources().into_iter().filter(|source| is_reference || !source.is_name()).collect(),
        lost: (!is_reference).then(|| EXPRESSION.into()),
    }
}
