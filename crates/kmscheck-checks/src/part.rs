//! Policies in parts.

use kmscheck_graph::{KmsGraph, PolicyHolder};
use kmscheck_iam::{KeyPolicy, Statement};
use kmscheck_model::{Alone, Workers};

/// How many policies are read at a time.
const PORTION: usize = 256;

/// A statement of a key policy, or whatever else may be in it. Many checks look at each: they share them.
pub enum Part<'g> {
    /// This statement.
    Statement(PolicyHolder, KeyPolicy<'g>, &'g Statement),
    /// What is not known of the policy.
    Rest(PolicyHolder),
}

impl<'g> Part<'g> {
    /// All policies, in parts, in the order of the graph.
    pub fn all(graph: &'g KmsGraph<'g>) -> Vec<Self> {
        Self::all_with(&Alone, graph)
    }

    /// The same, with the help of these workers: to read the documents is most of the work.
    pub fn all_with(workers: &impl Workers, graph: &'g KmsGraph<'g>) -> Vec<Self> {
        let holders: Vec<_> = graph.policy_holders().collect();
        let of_some =
            |some: &[PolicyHolder]| some.iter().flat_map(|holder| Self::of(graph, *holder)).collect();
        let parts: Vec<Vec<_>> = workers.map(holders.chunks(PORTION).collect(), of_some);
        parts.into_iter().flatten().collect()
    }

    fn of(graph: &'g KmsGraph<'g>, holder: PolicyHolder) -> impl Iterator<Item = Self> {
        let policy = graph.policy_of(holder).known().copied().flatten();
        let statements = policy.into_iter().flat_map(move |policy| {
            policy.statements().iter().map(move |statement| Self::Statement(holder, policy, statement))
        });
        statements.chain([Self::Rest(holder)])
    }

    /// What has the policy.
    pub fn holder(&self) -> PolicyHolder {
        match self {
            Self::Statement(holder, ..) | Self::Rest(holder) => *holder,
        }
    }
}
