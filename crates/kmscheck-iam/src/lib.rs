//! IAM policy documents: reading them, and three-valued answers about what a key policy allows.
//!
//! This crate knows IAM and AWS KMS, and no Terraform. A [`Document`] is read from its text ([`Document::parse`]) or put
//! together as the Terraform provider puts it together ([`Assembly`]). Any string in it may hold symbols, and any list
//! may be open: then it holds more than is known. What a document means for one key is asked of [`KeyPolicy`].

mod action;
mod assembly;
mod caller;
mod condition;
mod condition_key;
mod coverage;
mod document;
mod error;
mod key_policy;
mod list;
mod misspelling;
mod normal;
mod operator;
mod parse;
mod pattern;
mod principal;
mod provider_text;
mod public;
mod render;
mod statement;
mod texts;
mod via_service;

pub use action::{Action, ActionSet};
pub use assembly::{Assembly, Block, Dropped, Part, Place, Replaced};
pub use caller::Caller;
pub use condition_key::{Carriage, ConditionKey};
pub use coverage::{Actions, Coverage};
pub use document::Document;
pub use error::DocumentError;
pub use key_policy::{Administrators, KeyArn, KeyPolicy};
pub use list::List;
pub use misspelling::{similar_actions, similar_condition_keys};
pub use normal::{Comparison, Normal};
pub use operator::{Operator, Polarity, Quantifier, StringTest, Test};
pub use pattern::Pattern;
pub use principal::{Malformation, Named, Principal, PrincipalCategory, PrincipalKind};
pub use public::{Exposure, Narrowing, PublicStatement};
pub use statement::{Clause, Condition, Effect, Statement};
pub use via_service::{ServiceEndpoint, ServicePattern, is_known_service};
