//! What a run found, as text: one output format a module.
//!
//! [`Report`] is what all formats are made from. A format is a pure function from it to a string; it has view types of
//! its own, so that no format changes because a core type does. Nothing here prints, and all text that may come from a
//! plan passes through [`escape`].

pub mod concise;
pub mod diagnostics;
pub mod escape;
pub mod full;
pub mod json;
mod palette;
mod paragraph;
mod report;
mod snippet;
mod summary;
#[cfg(test)]
mod testing;

pub use palette::Palette;
pub use paragraph::wrap;
pub use report::{Counts, Entry, Notice, Problem, Report, Texts, Undetermined};
