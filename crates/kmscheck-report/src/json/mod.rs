//! The format for programs, version 1: fields are added freely, never renamed or dropped.

mod formatter;
mod view;

pub use formatter::to_string;

use crate::Report;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The report as JSON.
pub fn render(report: &Report<'_>) -> String {
    to_string(&view::Document::of(report))
}
