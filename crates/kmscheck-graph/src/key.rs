//! KMS keys.

use std::sync::{Arc, OnceLock};

use kmscheck_iam::KeyArn;
use kmscheck_model::Account;
use kmscheck_model::arn::partition_of;
use kmscheck_value::{Knowledge, Piece, Symbol, Text, Truth, Value};

use crate::arn::is_multi_region_id;
use crate::place::Place;
use crate::{Arn, KeyIdentifier, Node};

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
    arn_text: OnceLock<Text>,
    /// The organization that its account is in, if that is known.
    organization: Option<Text>,
    arn: Option<&'p str>,
    key_id: Option<&'p str>,
    is_multi_region: Knowledge<bool>,
}

/// What a resource type that is a key stands for.
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

/// The resource types that are keys.
pub(crate) const KEY_TYPES: [(&str, KeyKind); 4] = [
    ("aws_kms_external_key", KeyKind::External),
    ("aws_kms_key", KeyKind::Kms),
    ("aws_kms_replica_external_key", KeyKind::ReplicaExternal),
    ("aws_kms_replica_key", KeyKind::Replica),
];

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

    /// The resource type whose keys are replicas of keys of this one; `None` if it can be either, or if a replica
    /// has none. Source: provider, `replica_key.go` and `replica_external_key.go`: each refuses a key with material of
    /// the other's origin.
    pub(crate) fn replicated_by(self) -> Option<Self> {
        match self {
            Self::Kms => Some(Self::Replica),
            Self::External => Some(Self::ReplicaExternal),
            Self::Replica | Self::ReplicaExternal | Self::Data => None,
        }
    }

    /// Whether the project manages it.
    pub fn is_managed(self) -> bool {
        self != Self::Data
    }
}

impl<'p> Key<'p> {
    pub(crate) fn new(id: KeyId, node: Node<'p>, kind: KeyKind) -> Self {
        let arn = node.attribute("arn").and_then(Value::as_str);
        let parsed = arn.and_then(Arn::parse);
        let account = match parsed {
            Some(arn) => Account::Known(arn.account.into()),
            None => node.resource.deployment.account.clone(),
        };
        let key_id = if kind == KeyKind::Data { looked_up_id(node) } else { key_id(node) };
        Self {
            id,
            node,
            kind,
            region: parsed.map_or_else(|| node.shared_region(), |arn| Knowledge::Known(arn.region.into())),
            account_text: account.text(),
            account,
            arn_text: OnceLock::new(),
            organization: None,
            arn,
            key_id,
            is_multi_region: is_multi_region(node, kind, key_id),
        }
    }

    /// The same key, where it is known in which organization its account is.
    pub(crate) fn in_organization(self, organization: Option<Text>) -> Self {
        Self { organization, ..self }
    }

    pub(crate) fn organization(&self) -> Option<&Text> {
        self.organization.as_ref()
    }

    /// The key's ARN, if AWS has given it one.
    pub fn arn(&self) -> Option<&'p str> {
        self.arn
    }

    /// The key's id, if AWS has given it one.
    pub fn key_id(&self) -> Option<&'p str> {
        self.key_id
    }

    /// Whether it is known to be another key than all others: one that is looked up may be any of them.
    pub(crate) fn is_identified(&self) -> bool {
        self.kind.is_managed() || self.arn.is_some() || self.key_id.is_some()
    }

    /// Whether this is a key that exists after the change.
    pub fn remains(&self) -> bool {
        self.node.remains()
    }

    /// Whether it is a multi-Region key, primary or replica.
    pub fn is_multi_region(&self) -> Knowledge<bool> {
        self.is_multi_region.clone()
    }

    /// Whether it is a replica. Of a key that something else manages AWS tells, when it was looked up.
    pub fn is_replica(&self) -> bool {
        let looked_up = || {
            let configuration = self.node.attribute("multi_region_configuration")?;
            configuration.items().first()?.get("multi_region_key_type")?.as_str()
        };
        self.kind.is_replica() || self.kind == KeyKind::Data && looked_up() == Some("REPLICA")
    }

    /// The partition that it is in.
    pub fn partition(&self) -> Knowledge<&'p str> {
        match self.arn().and_then(Arn::parse) {
            Some(arn) => Knowledge::Known(arn.partition),
            None => self.region.as_ref().map(|region| partition_of(region)),
        }
    }

    /// Whether both are in one account.
    pub fn shares_account(&self, other: &Self) -> Truth {
        let same = self.account.same(&other.account);
        match (self.account_of_provider(), other.account_of_provider()) {
            (Some(own), Some(others)) if same == Truth::Unknown && self.node.id.0 == other.node.id.0 => {
                own.same(others)
            }
            _ => same,
        }
    }

    /// The account of the provider configuration, if the key must be in it: only an ARN can name one of another account.
    fn account_of_provider(&self) -> Option<&'p Account> {
        let name = self.node.attribute("key_id").and_then(Value::as_str).and_then(KeyIdentifier::parse);
        let own = matches!(name, Some(KeyIdentifier::KeyId(_) | KeyIdentifier::AliasName(_)));
        (self.kind.is_managed() || own).then_some(&self.node.resource.deployment.account)
    }

    /// Whether both are in one Region.
    pub fn shares_region(&self, other: &Self) -> Knowledge<bool> {
        self.place().shares_region(&other.place())
    }

    pub(crate) fn place(&self) -> Place<'p> {
        Place::in_region_or_at(self.region.clone(), self.node)
    }
}

/// A key that is replaced gets a new id: the one before the change says nothing about the key after it.
fn key_id(node: Node<'_>) -> Option<&str> {
    node.attribute("key_id").or_else(|| node.attribute("id")).and_then(Value::as_str)
}

/// The `key_id` of a data source is whatever it looks the key up by.
fn looked_up_id(node: Node<'_>) -> Option<&str> {
    ["arn", "id", "key_id"].into_iter().find_map(|name| {
        match node.attribute(name).and_then(Value::as_str).and_then(KeyIdentifier::parse)? {
            KeyIdentifier::KeyArn(_, id) | KeyIdentifier::KeyId(id) => Some(id),
            KeyIdentifier::AliasArn(..) | KeyIdentifier::AliasName(_) => None,
        }
    })
}

/// Left out, `multi_region` is false for a key that is created now; of a key that exists its state or its id tells.
fn is_multi_region(node: Node<'_>, kind: KeyKind, key_id: Option<&str>) -> Knowledge<bool> {
    if kind.is_replica() {
        return Knowledge::Known(true);
    }
    match key_id {
        Some(id) => Knowledge::Known(is_multi_region_id(id)),
        None if kind.is_managed() && node.action().creates() => node.flag("multi_region", false),
        None => match node.attribute("multi_region").and_then(Value::as_bool) {
            Some(multi_region) => Knowledge::Known(multi_region),
            None => Knowledge::Undetermined(node.unknown_until_apply("multi_region")),
        },
    }
}

impl KeyArn for Key<'_> {
    fn text(&self) -> &Text {
        self.arn_text.get_or_init(|| arn_text(self.node))
    }
}

/// The ARN of a key as a policy writes it: `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`, with symbols for what is not known.
pub(crate) fn arn_text(key: Node<'_>) -> Text {
    let arn = key.attribute("arn").and_then(Value::as_text);
    arn.cloned().unwrap_or_else(|| arn_with_id(key, Piece::Symbol(Symbol::new(key.to_string(), "key_id"))))
}

/// The ARN of the key with this id that is where `node` is.
pub(crate) fn arn_with_id(node: Node<'_>, id: Piece) -> Text {
    let own = |attribute: &str| Piece::Symbol(Symbol::new(node.to_string(), attribute));
    let literal = |text: &str| Piece::Literal(text.into());
    let region = node.region().known().copied();
    let partition = region.map_or_else(|| own("partition"), |region| literal(partition_of(region)));
    let region = region.map_or_else(|| own("region"), literal);
    let before = [literal("arn:"), partition, literal(":kms:"), region, literal(":")];
    let after = [literal(":key/"), id];
    let account = node.resource.deployment.account.text();
    Text::concat(before.into_iter().chain(account.pieces().iter().cloned()).chain(after))
}

#[cfg(test)]
mod tests {
    use kmscheck_model::{
        Change, Configured, Deployment, InputKind, Project, Region, RegionSource, Resource, Scope,
    };
    use kmscheck_value::Existence;

    use super::*;
    use crate::KmsGraph;

    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    /// The id of a key that is looked up, and whether it is a multi-Region key.
    fn looked_up(attributes: &[(&str, &str)]) -> (Option<String>, Option<bool>) {
        let after = attributes.iter().map(|(name, text)| ((*name).into(), Value::text(*text))).collect();
        let key = Resource {
            address: "data.aws_kms_key.a".parse().unwrap(),
            previous_address: None,
            change: Change::default(),
            before: None,
            after: Some(after),
            deployment: Deployment {
                provider: "aws".into(),
                region: Region::Known("eu-west-1".into(), RegionSource::Provider),
                account: Account::Known("111122223333".into()),
            },
            existence: Existence::Certain,
            configured: Configured::unknown(),
            source: None,
        };
        let projects = [Project::new("plan.json", InputKind::Plan, Scope::Closed, vec![key])];
        let graph = KmsGraph::build(&projects);
        let key = &graph.keys()[0];
        (key.key_id().map(ToOwned::to_owned), key.is_multi_region().known().copied())
    }

    #[test]
    fn a_key_that_is_looked_up_by_its_alias_has_an_id_all_the_same() {
        let id = Some(ID.to_owned());
        assert_eq!(looked_up(&[("key_id", "alias/app"), ("id", ID)]), (id.clone(), Some(true)));
        let arn = format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}");
        assert_eq!(looked_up(&[("key_id", "alias/app"), ("arn", &arn)]), (id.clone(), Some(true)));
        assert_eq!(looked_up(&[("key_id", &arn)]), (id, Some(true)));
        assert_eq!(looked_up(&[("key_id", "alias/app")]), (None, None), "read during the apply");
    }
}
