//! The list of all checks.

use crate::{Registered, checks};

/// All checks, in the order of the catalogue.
pub fn all() -> &'static [&'static dyn Registered] {
    checks::ALL
}

/// The checks that go by `name`: one by its id, or those that stand for another tool's id.
pub fn called(name: &str) -> impl Iterator<Item = &'static dyn Registered> {
    all().iter().copied().filter(move |check| check.metadata().is_called(name))
}
