//! The checks. One check is one file under `checks/`; [`registry::all`] lists them.
//!
//! A check looks at *subjects* (keys, statements, consumers …) and gives each a [`Verdict`]: violated, satisfied or
//! undetermined. Detection finds facts and has no words in it; the words are written once, from the facts.

mod check;
pub mod checks;
mod documentation;
mod evaluation;
mod finding;
mod metadata;
mod part;
pub mod registry;
mod schedule;
mod settings;
mod silence;
#[cfg(test)]
mod testing;

pub use check::{Check, Context, Detection, Job, Registered};
pub use documentation::{Documentation, Example, ExampleKind};
pub use evaluation::{Evaluation, Verdict};
pub use finding::{Finding, Related, fingerprint};
pub use metadata::{Group, Metadata, Needs, ParseSeverityError, Severity};
pub use part::Part;
pub use schedule::chunks;
pub use settings::{CheckSettings, ReplicationSettings, Settings};
pub use silence::silence;
