//! A resource together with the project that it is in.

use std::fmt;
use std::sync::Arc;

use kmscheck_model::{Action, Address, InputKind, Project, Region, Resource, ResourceId};
use kmscheck_value::{Because, Kind, Knowledge, Symbol, Truth, Value};

/// A resource and the project that it is in.
#[derive(Debug, Clone, Copy)]
pub struct Node<'p> {
    /// The project.
    pub project: &'p Project,
    /// The resource.
    pub resource: &'p Resource,
    pub(crate) id: NodeId,
}

/// The position of the project in the call, and of the resource in the project.
pub(crate) type NodeId = (usize, ResourceId);

impl<'p> Node<'p> {
    /// The attribute `name` of the object as it will be, or, if it goes, as it was.
    pub fn attribute(self, name: &str) -> Option<&'p Value> {
        self.resource.attribute(name)
    }

    /// The resource type.
    pub fn resource_type(self) -> &'p str {
        &self.resource.address.resource_type
    }

    /// What the change does to it.
    pub fn action(self) -> Action {
        self.resource.change.action
    }

    /// The resource of the same project that a symbol is an attribute of.
    pub(crate) fn at(self, symbol: &Symbol) -> Option<Self> {
        let address: Address = symbol.object().parse().ok()?;
        let id = self.project.find(&address)?;
        Some(Self { resource: self.project.resource(id)?, id: (self.id.0, id), ..self })
    }

    /// Whether it exists after the change.
    pub fn remains(self) -> bool {
        self.resource.remains()
    }

    /// Whether the object exists after the change: one that Terraform only forgets stays in AWS.
    pub fn stays(self) -> bool {
        self.remains() || self.action() == Action::Forget
    }

    /// The Region that it is deployed to.
    pub fn region(self) -> Knowledge<&'p str> {
        match &self.resource.deployment.region {
            Region::Known(name, _) => Knowledge::Known(name),
            Region::Unknown(because) => Knowledge::Undetermined(because.clone()),
            Region::Global => Knowledge::undetermined(format!("{self} is a global resource")),
        }
    }

    /// The same, to keep.
    pub(crate) fn shared_region(self) -> Knowledge<Arc<str>> {
        match &self.resource.deployment.region {
            Region::Known(name, _) => Knowledge::Known(Arc::clone(name)),
            Region::Unknown(_) | Region::Global => self.region().map(Arc::from),
        }
    }

    /// The names of the modules around it.
    pub(crate) fn module_names(self) -> impl Iterator<Item = &'p Arc<str>> {
        self.resource.address.module.steps().iter().map(|step| &step.name)
    }

    /// A boolean argument, with the value that holds when the configuration does not give one.
    pub fn flag(self, name: &str, default: bool) -> Knowledge<bool> {
        self.argument(name, Some(default), Value::as_bool)
    }

    /// A string argument; `None` when the configuration does not give one, or an empty one.
    pub fn string(self, name: &str) -> Knowledge<Option<&'p str>> {
        let text = |value: &'p Value| value.as_str().map(|text| Some(text).filter(|text| !text.is_empty()));
        self.argument(name, Some(None), text)
    }

    /// A whole-number argument; `None` when the configuration does not give one.
    pub fn integer(self, name: &str) -> Knowledge<Option<i64>> {
        self.argument(name, Some(None), |value| value.as_integer().map(Some))
    }

    /// Whether an argument is given a value at all.
    pub fn is_given(self, name: &str) -> Knowledge<bool> {
        match self.attribute(name) {
            None if self.is_withheld(name) => Knowledge::Undetermined(self.unknown_until_apply(name)),
            None => Knowledge::Known(false),
            Some(value) if value.is_absent() || value.as_str() == Some("") => Knowledge::Known(false),
            Some(value) if value.unknown().is_none() => Knowledge::Known(true),
            Some(_) => match self.resource.configured.sets(name) {
                Truth::Yes => Knowledge::Known(true),
                Truth::No => Knowledge::Known(false),
                Truth::Unknown => Knowledge::Undetermined(self.unknown_until_apply(name)),
            },
        }
    }

    /// Whether the plan does not show an argument that stands in the configuration: one that was cut down does not mark
    /// what is unknown.
    fn is_withheld(self, name: &str) -> bool {
        self.remains() && self.resource.configured.may_set(name)
    }

    /// The reason for not knowing what a data source finds.
    pub fn not_read(self) -> Because {
        match self.project.kind() {
            InputKind::Source => Because::new(format!("what {self} finds, source does not tell"))
                .settled_by("scan the JSON of a plan"),
            InputKind::Plan | InputKind::State => Because::new(format!("{self} is read during the apply")),
        }
    }

    /// The reason for not knowing the attribute `name`.
    pub fn unknown_until_apply(self, name: &str) -> Because {
        Because::new(format!("`{name}` of {self} is not known before apply"))
    }

    /// Reads an argument. Left out, it has the `default`; an unknown one that the configuration does not give was
    /// left out too: the provider only shows that it will fill it in.
    fn argument<T>(
        self,
        name: &str,
        default: Option<T>,
        read: impl Fn(&'p Value) -> Option<T>,
    ) -> Knowledge<T> {
        let undetermined = || Knowledge::Undetermined(self.unknown_until_apply(name));
        let left_out = || default.map_or_else(undetermined, Knowledge::Known);
        match self.attribute(name) {
            None if self.is_withheld(name) => undetermined(),
            None => left_out(),
            Some(value) if value.is_absent() => left_out(),
            Some(Value { kind: Kind::Unknown(_), .. }) if self.resource.configured.sets(name).is_no() => {
                left_out()
            }
            Some(value) => read(value).map_or_else(undetermined, Knowledge::Known),
        }
    }
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.resource.address.fmt(f)
    }
}
