//! Who can still write the policy of a key after the change.

use std::sync::LazyLock;

use kmscheck_iam::{Action, Administrators, Principal, PrincipalKind};
use kmscheck_value::{Because, Knowledge, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::index::TypeIndex;
use crate::{KmsGraph, Node, PolicyHolder};

static PUT_KEY_POLICY: LazyLock<Option<&'static Action>> =
    LazyLock::new(|| Action::named("kms:PutKeyPolicy"));

/// The roles and users that the change destroys, by ARN.
#[derive(Default)]
pub(crate) struct GoneIdentities<'p> {
    by_arn: FxHashMap<&'p str, Gone<'p>>,
}

/// A role or user that the change destroys.
#[derive(Clone, Copy)]
struct Gone<'p> {
    node: Node<'p>,
    /// Whether another of the same name comes into being.
    comes_back: bool,
}

/// The names of roles or users that come into being.
struct Names<'p> {
    known: FxHashSet<&'p str>,
    /// Whether one of them is not known.
    open: bool,
}

impl<'p> Names<'p> {
    fn of<'n>(nodes: impl Iterator<Item = &'n Node<'p>>) -> Self
    where
        'p: 'n,
    {
        let mut names = Self { known: FxHashSet::default(), open: false };
        for node in nodes {
            match node.attribute("name").and_then(Value::as_str) {
                Some(name) => drop(names.known.insert(name)),
                None => names.open = true,
            }
        }
        names
    }

    fn may_have(&self, name: &str) -> bool {
        self.open || self.known.contains(name)
    }
}

impl<'p> GoneIdentities<'p> {
    pub(crate) fn of(types: &TypeIndex<'p>) -> Self {
        let mut all = Self::default();
        for resource_type in ["aws_iam_role", "aws_iam_user"] {
            let nodes = types.managed(resource_type);
            let created = Names::of(nodes.iter().filter(|node| node.action().creates()));
            for node in nodes.iter().filter(|node| node.action().destroys()) {
                let before = |name: &str| node.resource.before(name).and_then(Value::as_str);
                if let Some(arn) = before("arn") {
                    let comes_back = created.may_have(before("name").unwrap_or_default());
                    all.by_arn.insert(arn, Gone { node: *node, comes_back });
                }
            }
        }
        all
    }

    /// What becomes of a principal that may do something: one that is destroyed may nothing. A new role of the same
    /// name does not inherit what a policy gave the old one, unless the policy is written again.
    /// Source: IAM user guide, "AWS JSON policy elements: Principal": an ARN is turned into a unique id when it is saved.
    fn outcome(&self, principal: &Principal, may: Knowledge<bool>) -> Knowledge<bool> {
        let is_identity = matches!(principal.kind, PrincipalKind::Role(_) | PrincipalKind::User(_));
        let arn = principal.written.as_str().filter(|_| is_identity);
        match arn.and_then(|arn| self.by_arn.get(arn)) {
            Some(Gone { comes_back: false, .. }) => Knowledge::Known(false),
            Some(Gone { node, comes_back: true }) if may != Knowledge::Known(false) => {
                Knowledge::Undetermined(
                    Because::new(format!(
                        "whether the policy names the old or the new {node} after the apply is not known"
                    ))
                    .settled_by("write the policy again when the role is there"),
                )
            }
            _ => may,
        }
    }
}

impl KmsGraph<'_> {
    /// Who may write a policy after the change, by the policy itself. `None` under the default policy of
    /// AWS KMS, which lets the account.
    pub fn policy_administrators(&self, holder: PolicyHolder) -> Knowledge<Option<Administrators<'_>>> {
        self.policy_of(holder).map(|policy| {
            let mut administrators = policy?.administrators((*PUT_KEY_POLICY)?);
            for (principal, may) in &mut administrators.named {
                *may = self.gone_identities.outcome(principal, may.clone());
            }
            Some(administrators)
        })
    }
}
