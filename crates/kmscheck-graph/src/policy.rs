//! The policy in force on a key.

use std::sync::Arc;

use kmscheck_iam::{Document, KeyPolicy};
use kmscheck_model::Action;
use kmscheck_value::{Because, Knowledge, Truth, Value};

pub(crate) use crate::documents::Documents;
use crate::documents::LazyDocument;
use crate::{Key, KeyId, KeyReference, Node, Target};

/// An `aws_kms_key_policy`.
#[derive(Debug)]
pub struct PolicyWriter<'p> {
    /// The resource.
    pub node: Node<'p>,
    /// The key that it writes the policy of.
    pub key: KeyReference,
    /// What it writes.
    pub document: Arc<LazyDocument<'p>>,
}

impl PolicyWriter<'_> {
    /// Whether the other may be the same object, which another input shows too: the plan and the state of one root, or
    /// two plans of it.
    pub fn may_be(&self, other: &Self) -> bool {
        !std::ptr::eq(self.node.project, other.node.project)
            && self.node.resource.address == other.node.resource.address
    }

    /// Whether it may write the policy of a key, and it is not known whether it does.
    pub(crate) fn may_write(&self, key: KeyId) -> bool {
        match &self.key.target {
            Target::Undetermined(_) => true,
            Target::Keys(keys) => keys.len() > 1 && keys.contains(&key),
            _ => false,
        }
    }

    /// Why it is not known which key it writes to, if so.
    pub(crate) fn unresolved(&self) -> Option<Because> {
        match &self.key.target {
            Target::Undetermined(because) => Some(because.clone()),
            Target::Keys(keys) if keys.len() > 1 => Some(Because::new(format!(
                "which of several keys {} writes to is not known before apply",
                self.node
            ))),
            _ => None,
        }
    }
}

/// The policy in force on a key after the change.
#[derive(Debug)]
pub struct EffectivePolicy<'p> {
    /// What puts it in force.
    pub source: PolicySource<'p>,
    wording: Wording<'p>,
}

/// What a policy says.
#[derive(Debug)]
enum Wording<'p> {
    /// What the default policy of AWS KMS does.
    Default,
    /// What this document does.
    Document(Arc<LazyDocument<'p>>),
    /// Nobody can tell.
    Undetermined(Because),
}

/// What puts a key policy in force.
#[derive(Debug, Clone, Copy)]
pub enum PolicySource<'p> {
    /// An `aws_kms_key_policy`.
    Separate(Node<'p>),
    /// The `policy` argument of the key.
    Inline(Node<'p>),
    /// An earlier change: the configuration says nothing, and removing the argument resets nothing.
    /// Source: provider, `policy` is Optional and Computed.
    Earlier(Node<'p>),
    /// AWS KMS: a key that is created without a policy gets the default policy.
    /// Source: KMS developer guide, "Default key policy".
    AssumedDefault,
    /// The provider, which puts the default policy back when an `aws_kms_key_policy` is destroyed.
    Reset(Node<'p>),
    /// It is not known whether the configuration sets one.
    Unknown,
}

impl<'p> EffectivePolicy<'p> {
    /// The policy of `key`, to which `writers` write.
    pub(crate) fn of(key: &Key<'p>, writers: &[&PolicyWriter<'p>], documents: &mut Documents<'p>) -> Self {
        let separate: Vec<_> = writers.iter().filter(|writer| writer.node.remains()).collect();
        if let Some((writer, others)) = separate.split_first() {
            let source = PolicySource::Separate(writer.node);
            let wording = match others.iter().find(|other| other.document.get() != writer.document.get()) {
                None => Wording::Document(Arc::clone(&writer.document)),
                Some(other) => Wording::Undetermined(Because::new(format!(
                    "{} and {} write different policies, and which of them stays is not known",
                    writer.node, other.node
                ))),
            };
            return Self { source, wording };
        }
        let removed = writers.iter().find(|writer| resets(writer.node));
        match (inline(key), removed) {
            (Truth::Yes, _) => Self::written(PolicySource::Inline(key.node), key, documents),
            (Truth::No, Some(writer)) => {
                Self { source: PolicySource::Reset(writer.node), wording: Wording::Default }
            }
            (Truth::No, None) => Self::unconfigured(key, documents),
            (Truth::Unknown, _) => Self::unclear(key, documents),
        }
    }

    fn written(source: PolicySource<'p>, key: &Key<'p>, documents: &mut Documents<'p>) -> Self {
        let document = documents.of(key.node, key.node.attribute("policy"));
        Self { source, wording: Wording::Document(document) }
    }

    fn unconfigured(key: &Key<'p>, documents: &mut Documents<'p>) -> Self {
        if has_text(key) {
            return Self::written(PolicySource::Earlier(key.node), key, documents);
        }
        if key.node.action().creates() {
            return Self { source: PolicySource::AssumedDefault, wording: Wording::Default };
        }
        let because = Because::new(format!("the policy of {} is not in this input", key.node));
        Self { source: PolicySource::Unknown, wording: Wording::Undetermined(because) }
    }

    fn unclear(key: &Key<'p>, documents: &mut Documents<'p>) -> Self {
        let source = if has_text(key) { PolicySource::Earlier(key.node) } else { PolicySource::Unknown };
        Self::written(source, key, documents)
    }

    /// What it says. `None` where AWS KMS applies its default policy.
    pub fn document(&self) -> Knowledge<Option<&Document>> {
        match &self.wording {
            Wording::Default => Knowledge::Known(None),
            Wording::Document(document) => document.get().as_ref().map(Some),
            Wording::Undetermined(because) => Knowledge::Undetermined(because.clone()),
        }
    }

    /// Whether somebody wrote this policy of `key`, rather than that AWS KMS applied its default. Where it is not known
    /// whether the configuration sets one, what AWS KMS would have written may have been written by somebody too.
    pub(crate) fn is_explicit(&self, key: &Key<'_>) -> Truth {
        match self.source {
            PolicySource::Separate(_) | PolicySource::Inline(_) => Truth::Yes,
            PolicySource::AssumedDefault | PolicySource::Reset(_) => Truth::No,
            PolicySource::Unknown => Truth::Unknown,
            PolicySource::Earlier(_) => match self.document() {
                Knowledge::Known(Some(document)) => written_by_somebody(key, key.policy(document)),
                Knowledge::Known(None) => Truth::No,
                Knowledge::Undetermined(_) => Truth::Unknown,
            },
        }
    }
}

impl<'p> Key<'p> {
    /// The document, as the policy of this key.
    pub fn policy<'d>(&'d self, document: &'d Document) -> KeyPolicy<'d> {
        KeyPolicy::new(document, &self.account_text, self).in_organization(self.organization())
    }
}

impl PolicySource<'_> {
    /// The name in `kmscheck inspect`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Separate(_) => "separate",
            Self::Inline(_) => "inline",
            Self::Earlier(_) => "earlier",
            Self::AssumedDefault => "assumed-default",
            Self::Reset(_) => "reset",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether the configuration gives the key a policy inline. `""` counts as left out: the provider's schema says so.
/// Without a configuration (a state) a policy that is known was written by somebody or is the default; it is read
/// as [`PolicySource::Earlier`].
fn inline(key: &Key<'_>) -> Truth {
    if key.node.attribute("policy").and_then(Value::as_str) == Some("") {
        return Truth::No;
    }
    key.node.resource.configured.sets("policy")
}

/// Whether somebody wrote a policy that the configuration of the key does not certainly set.
fn written_by_somebody(key: &Key<'_>, policy: KeyPolicy<'_>) -> Truth {
    match (policy.is_default(), inline(key)) {
        (Truth::Yes, Truth::No) => Truth::No,
        (Truth::Yes, _) if policy.may_be_written_by_kms() => Truth::Unknown,
        (Truth::Yes | Truth::No, _) => Truth::Yes,
        (Truth::Unknown, _) => Truth::Unknown,
    }
}

fn has_text(key: &Key<'_>) -> bool {
    key.node.attribute("policy").and_then(Value::as_str).is_some_and(|text| !text.is_empty())
}

/// Whether destroying this `aws_kms_key_policy` puts the default policy back: with the lock-out check bypassed, and
/// when it is only forgotten, the provider leaves the policy as it is.
/// Source: provider, `internal/service/kms/key_policy.go`, delete.
fn resets(writer: Node<'_>) -> bool {
    let bypassed = writer.flag("bypass_policy_lockout_safety_check", false);
    writer.action() == Action::Delete && bypassed.known() == Some(&false)
}
