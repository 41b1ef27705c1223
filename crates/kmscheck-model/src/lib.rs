//! A Terraform change as the analysis sees it, whichever way it was read.
//!
//! A [`Project`] is one root module with all its [`Resource`]s: what a plan or a state shows of them, or what
//! evaluating the source gives. Every resource has an [`Address`], a [`Deployment`] (the account and the Region that
//! it goes to) and a [`Change`]. Nothing here reads a file or knows a format.

pub mod arn;

mod address;
mod address_index;
mod address_parser;
mod deployment;
mod filling;
mod interest;
mod project;
mod resource;
mod source;
mod workers;

pub use address::{Address, InstanceKey, Mode, ModulePath, ModuleStep};
pub use address_parser::AddressError;
pub use deployment::{Account, Deployment, Region, RegionSource};
pub use interest::{Attributes, Interest};
pub use project::{InputKind, Notice, NoticeKind, Project, ResourceId, Scope};
pub use resource::{Action, Change, Configured, Resource};
pub use source::{Declaration, IgnoreChanges, Lifecycle, Location, Position, Source};
pub use workers::{Alone, Workers};
