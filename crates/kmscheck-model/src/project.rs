//! A root module with everything in it.

use std::sync::Arc;

use kmscheck_value::{Because, Knowledge};

use crate::address_index::AddressIndex;
use crate::{Address, Resource, Source};

/// One root module: a plan, a state, or an evaluated source directory.
#[derive(Debug, Clone)]
pub struct Project {
    root: Arc<str>,
    kind: InputKind,
    scope: Scope,
    notices: Vec<Notice>,
    resources: Vec<Resource>,
    index: AddressIndex,
}

/// What a [`Project`] was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A plan: resources before and after a change.
    Plan,
    /// A state: resources as they are.
    State,
    /// Source: resources as they are asked for. Which of them are there already, nobody tells.
    Source,
}

/// Whether all resource instances of a project are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of them are there.
    Closed,
    /// There may be more.
    Open(Because),
}

/// The position of a resource in its project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(usize);

/// Something that limits the analysis of a project but is no error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Which.
    pub kind: NoticeKind,
    /// What it means and what to do, in words for people.
    pub message: String,
}

/// The kinds of [`Notice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// The plan says `complete: false`: `-target`, or changes that Terraform put off.
    IncompletePlan,
    /// The source of a module that the project calls is not at hand.
    ModuleNotInstalled,
    /// The source that was given is not that of the plan.
    OtherSource,
    /// Variables of a root module have no value, and no default.
    NoValue,
    /// An expression can't be evaluated.
    NotEvaluated,
    /// The plan lacks a part that Terraform writes, such as `configuration`.
    MissingPart,
}

impl NoticeKind {
    /// The name in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            Self::IncompletePlan => "incomplete-plan",
            Self::ModuleNotInstalled => "module-not-installed",
            Self::OtherSource => "other-source",
            Self::NoValue => "variable-without-value",
            Self::NotEvaluated => "not-evaluated",
            Self::MissingPart => "missing-part",
        }
    }
}

impl Project {
    /// A project of these resources, in any order. `root` names it in reports: a directory or a plan's path.
    ///
    /// Of two resources with one address (the left-over of a failed replacement beside its successor) the first that
    /// is not deposed is found by the address.
    pub fn new(
        root: impl Into<Arc<str>>,
        kind: InputKind,
        scope: Scope,
        mut resources: Vec<Resource>,
    ) -> Self {
        resources.sort_by(|a, b| (&a.address, a.change.deposed).cmp(&(&b.address, b.change.deposed)));
        let index = AddressIndex::of(&resources);
        Self { root: root.into(), kind, scope, notices: Vec::new(), resources, index }
    }

    /// The same project, with what limits its analysis.
    #[must_use]
    pub fn with_notices(mut self, notices: Vec<Notice>) -> Self {
        self.notices = notices;
        self
    }

    /// The same project, where each resource tells where `find` finds it written.
    #[must_use]
    pub fn with_sources(mut self, find: impl Fn(&Address) -> Option<Source>) -> Self {
        for resource in &mut self.resources {
            resource.source = find(&resource.address);
        }
        self
    }

    pub(crate) fn resources_mut(&mut self) -> impl Iterator<Item = &mut Resource> {
        self.resources.iter_mut()
    }

    /// The name of the root in reports.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The same, to keep.
    pub fn shared_root(&self) -> Arc<str> {
        Arc::clone(&self.root)
    }

    /// What it was read from.
    pub fn kind(&self) -> InputKind {
        self.kind
    }

    /// What limits the analysis.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Whether all resource instances are known; the way to reason from absence.
    pub fn all_known(&self) -> Knowledge<()> {
        match &self.scope {
            Scope::Closed => Knowledge::Known(()),
            Scope::Open(because) => Knowledge::Undetermined(because.clone()),
        }
    }

    /// All resources in the order of their addresses, with their positions.
    pub fn resources(&self) -> impl ExactSizeIterator<Item = (ResourceId, &Resource)> {
        self.resources.iter().enumerate().map(|(position, resource)| (ResourceId(position), resource))
    }

    /// The resource at `address`.
    pub fn find(&self, address: &Address) -> Option<ResourceId> {
        self.index.find(address, &self.resources).map(ResourceId)
    }

    /// The resource at a position of this project.
    pub fn resource(&self, id: ResourceId) -> Option<&Resource> {
        self.resources.get(id.0)
    }
}
