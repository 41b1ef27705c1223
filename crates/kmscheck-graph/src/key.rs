//! KMS keys.

use std::sync::Arc;

use kmscheck_model::Account;
use kmscheck_value::{Knowledge, Piece, Symbol, Text, Value};

use crate::arn::{is_multi_region_id, partition_of};
use crate::principal_symbol::account_text;
use crate::{Arn, Node};

/// The position of a key in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub(crate) usize);

/// A KMS key that the project manages or looks up.
#[derive(Debug)]
pub struct Key<'p> {
    /// Its position in the graph.
    pub id: KeyId,
    /// The resource or data source.
    pub node: Node<'p>,
    /// Which of the resource types it is.
    pub kind: KeyKind,
    /// The Region that it is in.
    pub region: Knowledge<Arc<str>>,
    /// The account that owns it.
    pub account: Account,
    /// The account as a policy writes it, with a symbol where it is not known.
    pub(crate) account_text: Text,
    /// The ARN as a policy writes it, with symbols for what is not known.
    pub(crate) arn_text: Text,
}

/// The resource types that are keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// `aws_kms_key`: AWS KMS makes the material.
    Kms,
    /// `aws_kms_external_key`: the material is imported.
    External,
    /// `aws_kms_replica_key`.
    Replica,
    /// `aws_kms_replica_external_key`: a replica with imported material.
    ReplicaExternal,
    /// `data.aws_kms_key`: a key that something else manages.
    Data,
}

impl KeyKind {
    /// The name in `kmscheck inspect`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kms => "key",
            Self::External => "external",
            Self::Replica => "replica",
            Self::ReplicaExternal => "replica-external",
            Self::Data => "data",
        }
    }

    /// Whether it is a replica.
    pub fn is_replica(self) -> bool {
        matches!(self, Self::Replica | Self::ReplicaExternal)
    }

    /// Whether its material is imported.
    pub fn is_imported(self) -> bool {
        matches!(self, Self::External | Self::ReplicaExternal)
    }

    /// Whether the project manages it.
    pub fn is_managed(self) -> bool {
        self != Self::Data
    }
}

impl<'p> Key<'p> {
    pub(crate) fn new(id: KeyId, node: Node<'p>, kind: KeyKind) -> Self {
        let (region, account) = (region(node), account(node));
        let account_text = account_text(&account);
        let arn_text = arn_text(node, region.known().map(|region| &**region), &account_text);
        Self { id, node, kind, region, account, account_text, arn_text }
    }

    /// The key's ARN, if AWS has given it one.
    pub fn arn(&self) -> Option<&'p str> {
        self.node.attribute("arn").and_then(Value::as_str)
    }

    /// The key's id, if AWS has given it one.
    pub fn key_id(&self) -> Option<&'p str> {
        key_id(self.node)
    }

    /// Whether this is a key that exists after the change.
    pub fn remains(&self) -> bool {
        self.node.remains()
    }

    /// Whether it is a multi-Region key, primary or replica. Left out, `multi_region` is false for a key that is
    /// created now; of a key that exists its state or its id tells.
    pub fn is_multi_region(&self) -> Knowledge<bool> {
        if self.kind.is_replica() {
            return Knowledge::Known(true);
        }
        match self.key_id() {
            Some(id) => Knowledge::Known(is_multi_region_id(id)),
            None => self.node.flag("multi_region", false),
        }
    }
}

/// A key that is replaced gets a new id: the one before the change says nothing about the key after it.
fn key_id(node: Node<'_>) -> Option<&str> {
    node.attribute("key_id").or_else(|| node.attribute("id")).and_then(Value::as_str)
}

fn region(node: Node<'_>) -> Knowledge<Arc<str>> {
    let arn = node.attribute("arn").and_then(Value::as_str).and_then(Arn::parse);
    match arn {
        Some(arn) => Knowledge::Known(arn.region.into()),
        None => node.region().map(Arc::from),
    }
}

/// `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
fn arn_text(node: Node<'_>, region: Option<&str>, account: &Text) -> Text {
    if let Some(arn) = node.attribute("arn").and_then(Value::as_text) {
        return arn.clone();
    }
    let own = |attribute: &str| Piece::Symbol(Symbol::new(node.to_string(), attribute));
    let literal = |text: &str| Piece::Literal(text.into());
    let partition = region.map_or_else(|| own("partition"), |region| literal(partition_of(region)));
    let region = region.map_or_else(|| own("region"), literal);
    let before = [literal("arn:"), partition, literal(":kms:"), region, literal(":")];
    let after = [literal(":key/"), own("key_id")];
    Text::concat(before.into_iter().chain(account.pieces().iter().cloned()).chain(after))
}

fn account(node: Node<'_>) -> Account {
    let arn = node.attribute("arn").and_then(Value::as_str).and_then(Arn::parse);
    match arn {
        Some(arn) => Account::Known(arn.account.into()),
        None => node.resource.deployment.account.clone(),
    }
}
