//! Functions of files.

use super::Function;

pub(super) const FUNCTIONS: &[Function] = &[];
