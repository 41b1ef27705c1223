//! IAM identities and their policies.

use std::sync::Arc;

use kmscheck_value::Value;

use crate::{LazyDocument, Node};

/// A role or user of the project.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'p> {
    /// `aws_iam_role` or `aws_iam_user`.
    pub node: Node<'p>,
}

impl<'p> Identity<'p> {
    /// The ARN if AWS has given it one.
    pub fn arn(&self) -> Option<&'p str> {
        self.node.attribute("arn").and_then(Value::as_str)
    }

    /// The name if it is known.
    pub fn name(&self) -> Option<&'p str> {
        self.node.attribute("name").and_then(Value::as_str)
    }
}

/// A policy that is attached to identities.
#[derive(Debug)]
pub struct IdentityPolicy<'p> {
    /// `aws_iam_policy`, `aws_iam_role_policy`, `aws_iam_user_policy` or `aws_iam_group_policy`.
    pub node: Node<'p>,
    /// What it says.
    pub document: Arc<LazyDocument<'p>>,
}
