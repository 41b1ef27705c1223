//! Functions of hashes.

use super::Function;

pub(super) const FUNCTIONS: &[Function] = &[];
