//! The whole product, run as people run it.
#![expect(clippy::disallowed_methods, reason = "tests read recorded plans and write temporary files")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

mod cases;
mod commands;
mod common;
mod determinism;
mod examples;
mod exit_codes;
mod formats;
mod hostile;
mod hostile_source;
mod inspect;
mod layers;
mod lookalikes;
mod options;
mod readme;
mod source;
mod source_alone;
mod source_json;
