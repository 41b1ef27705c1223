//! What has a key policy: a key that a project manages, or another one, by what writes its policy.

use std::sync::Arc;

use kmscheck_iam::{KeyArn, KeyPolicy};
use kmscheck_model::Account;
use kmscheck_value::{Knowledge, Piece, Symbol, Text, Value};

use crate::documents::LazyDocument;
use crate::key::arn_with_id;
use crate::organization::Organizations;
use crate::policy::PolicyWriter;
use crate::{Key, KeyId, KeyIdentifier, KmsGraph, Node, PolicySource};

/// What has a policy after the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyHolder {
    /// A key that a project manages, or looks up and writes the policy of.
    Key(KeyId),
    /// A key that no project has, or of which it is not known which it is.
    Foreign(ForeignKeyId),
}

/// The position of a foreign key in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignKeyId(usize);

/// A key of which there is only the `aws_kms_key_policy` that names it.
#[derive(Debug)]
pub(crate) struct ForeignKey<'p> {
    writer: Node<'p>,
    document: Arc<LazyDocument<'p>>,
    arn: Text,
    account: Text,
    organization: Option<Text>,
    region: Knowledge<Arc<str>>,
}

impl From<KeyId> for PolicyHolder {
    fn from(key: KeyId) -> Self {
        Self::Key(key)
    }
}

impl<'p> ForeignKey<'p> {
    /// The key that `writer` names. Without an ARN it is in the account of the provider configuration.
    /// Source: KMS API reference, `PutKeyPolicy`: "Cross-account use: No".
    fn of(writer: &PolicyWriter<'p>, organizations: &Organizations) -> Self {
        let (node, document) = (writer.node, Arc::clone(&writer.document));
        let name = node.attribute("key_id").and_then(Value::as_str);
        let (arn, account, region) = match name.and_then(|name| Some((name, KeyIdentifier::parse(name)?))) {
            Some((name, KeyIdentifier::KeyArn(arn, _))) => {
                (name.into(), Account::Known(arn.account.into()), Knowledge::Known(arn.region.into()))
            }
            other => {
                let id = match other {
                    Some((_, KeyIdentifier::KeyId(id))) => Piece::Literal(id.into()),
                    _ => Piece::Symbol(Symbol::new(node.to_string(), "key_id")),
                };
                (arn_with_id(node, id), node.resource.deployment.account.clone(), node.shared_region())
            }
        };
        let organization = organizations.of_account(&account).cloned();
        Self { writer: node, document, arn, account: account.text(), organization, region }
    }

    fn policy(&self) -> Knowledge<Option<KeyPolicy<'_>>> {
        let policy = |document| KeyPolicy::new(document, &self.account, self);
        let policy = self.document.get().as_ref().map(policy);
        policy.map(|policy| Some(policy.in_organization(self.organization.as_ref())))
    }
}

impl KeyArn for ForeignKey<'_> {
    fn text(&self) -> &Text {
        &self.arn
    }
}

/// The keys that no project has and to which the plan writes a policy.
pub(crate) fn foreign_keys<'p>(
    writers: &[PolicyWriter<'p>],
    organizations: &Organizations,
) -> Vec<ForeignKey<'p>> {
    let alone = writers.iter().filter(|writer| writer.node.remains() && writer.key.key().is_none());
    alone.map(|writer| ForeignKey::of(writer, organizations)).collect()
}

impl<'p> KmsGraph<'p> {
    /// All that has a policy after the change.
    pub fn policy_holders(&self) -> impl Iterator<Item = PolicyHolder> {
        let is_written = |key: &Key<'_>| matches!(self.policy(key.id).source, PolicySource::Separate(_));
        let keys = self.living_keys().filter(move |key| key.kind.is_managed() || is_written(key));
        let keys = keys.map(|key| PolicyHolder::Key(key.id));
        keys.chain((0..self.foreign_keys.len()).map(|position| PolicyHolder::Foreign(ForeignKeyId(position))))
    }

    /// The resource that stands for a holder: the key, or what writes the policy of a foreign one.
    pub fn holder(&self, holder: PolicyHolder) -> Node<'p> {
        match holder {
            PolicyHolder::Key(key) => self.key(key).node,
            PolicyHolder::Foreign(key) => self.foreign_key(key).writer,
        }
    }

    /// The Region of the key.
    pub fn holder_region(&self, holder: PolicyHolder) -> Knowledge<&Arc<str>> {
        match holder {
            PolicyHolder::Key(key) => self.key(key).region.as_ref(),
            PolicyHolder::Foreign(key) => self.foreign_key(key).region.as_ref(),
        }
    }

    /// The policy of a holder; `None` if it is the one that AWS KMS applies by default. Undetermined as
    /// [`KmsGraph::key_policy`] is.
    pub fn policy_of(&self, holder: PolicyHolder) -> Knowledge<Option<KeyPolicy<'_>>> {
        match holder {
            PolicyHolder::Key(key) => self.key_policy(key),
            PolicyHolder::Foreign(key) => self.foreign_key(key).policy(),
        }
    }

    #[expect(clippy::indexing_slicing, reason = "ids are made by the graph and never leave it")]
    fn foreign_key(&self, id: ForeignKeyId) -> &ForeignKey<'p> {
        &self.foreign_keys[id.0]
    }
}
