//! The KMS graph: which keys there are, and what has to do with each.
//!
//! [`KmsGraph::build`] makes it once, from all projects of a call, and the checks only read it. What several checks
//! need to know about KMS ("which keys can rotate", "in which Region must this key be") is answered here, with the
//! source of the fact beside it.

mod administration;
mod alias;
mod alias_resolver;
mod arn;
mod build;
mod consumer;
mod consumer_table;
mod coverage;
mod documents;
mod family;
mod former;
mod grant;
mod graph;
mod identity;
mod index;
mod interest;
mod key;
mod key_facts;
mod node;
mod organization;
mod place;
mod policy;
mod policy_holder;
mod principal_symbol;
mod reference;
mod reference_facts;
mod region_rule;
mod replication;
mod replication_tag;
mod resolver;
mod s3;
mod s3_replication;
mod same_policy;
mod tags;

pub use alias::{Alias, AliasId};
pub use arn::{Arn, KeyIdentifier, is_multi_region_id};
pub use consumer::{Consumer, ConsumerId};
pub use consumer_table::{Accepts, ConsumerRow, RegionRule, consumer_rows};
pub use coverage::{Coverage, Gap};
pub use documents::LazyDocument;
pub use family::Relative;
pub use former::FormerUse;
pub use grant::{Grant, GrantId};
pub use graph::KmsGraph;
pub use identity::{Identity, IdentityPolicy};
pub use interest::{Everything, KmsInterest};
pub use key::{Key, KeyId, KeyKind};
pub use key_facts::{KeySpec, KeyUsage, RotationBarrier, Yield};
pub use node::Node;
pub use policy::{EffectivePolicy, PolicySource, PolicyWriter};
pub use policy_holder::{ForeignKeyId, PolicyHolder};
pub use reference::{KeyReference, Target, Written};
pub use replication::{Primary, Replica};
pub use replication_tag::{ReplicationTag, listed_regions};
pub use s3_replication::ReplicationRule;
