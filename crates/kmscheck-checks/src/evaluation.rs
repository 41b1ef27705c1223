//! Verdicts.

use std::sync::Arc;

use kmscheck_value::Because;

use crate::{Finding, Metadata};

/// What a check says of one subject.
#[derive(Debug, Clone)]
pub enum Verdict<V> {
    /// The condition of the check holds.
    Violated(V),
    /// It does not.
    Satisfied,
    /// A fact that decides is not known.
    Undetermined(Because),
}

/// The verdict of one check on one subject.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The check.
    pub check: &'static Metadata,
    /// The root of the subject.
    pub root: Arc<str>,
    /// The address of the resource that the subject belongs to.
    pub address: Arc<str>,
    /// The verdict; a violation in words.
    pub verdict: Verdict<Box<Finding>>,
}
