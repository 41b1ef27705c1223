//! What a check reports.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use kmscheck_graph::Node;
use kmscheck_model::{Location, Source};
use kmscheck_value::{AttributePath, Value};
use sha2::{Digest, Sha256};

use crate::{Metadata, Severity};

/// A violated check on one subject, in words.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check.
    pub check: &'static Metadata,
    /// How grave this one is.
    pub severity: Severity,
    /// What is wrong and why it matters.
    pub message: Cow<'static, str>,
    /// What to do.
    pub help: Cow<'static, str>,
    /// The root that it is in.
    pub root: Arc<str>,
    /// The address of the resource that it is about, as Terraform prints it.
    pub address: Arc<str>,
    /// The address of the key that the fault is on: [`Finding::address`], unless the bearer is not that key.
    pub key: Arc<str>,
    /// The part of the resource, empty for all of it: `policy.statement[2].principal`.
    pub subject: AttributePath,
    /// The block that it stands in, where there is source.
    pub source: Option<Source>,
    /// Whether the part holds something that must not be shown, in its source neither.
    pub is_secret: bool,
    /// What shows it: the statement, the provider block that sets the Region, the consumer.
    pub evidence: Vec<String>,
    /// Other resources that it involves.
    pub related: Vec<Related>,
}

/// Another resource that a finding involves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Its address.
    pub address: String,
    /// Where it is written, where there is source.
    pub location: Option<Location>,
    /// What it has to do with the finding.
    pub message: Cow<'static, str>,
}

impl Finding {
    /// A finding about `bearer`: what is wrong, why it matters, and what to do.
    pub fn new(
        check: &'static Metadata,
        bearer: Node<'_>,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        let address: Arc<str> = bearer.to_string().into();
        Self {
            check,
            severity: check.severity,
            message: message.into(),
            help: help.into(),
            root: bearer.project.shared_root(),
            key: Arc::clone(&address),
            address,
            subject: AttributePath::root(),
            source: bearer.resource.source.clone(),
            is_secret: false,
            evidence: Vec::new(),
            related: Vec::new(),
        }
    }

    /// The same finding, of another severity than the check's own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same finding, which bears another address than the key that the fault is on.
    #[must_use]
    pub fn on_key(mut self, key: Node<'_>) -> Self {
        self.key = key.to_string().into();
        self
    }

    /// The same finding, about a part of the resource.
    #[must_use]
    pub fn subject(mut self, subject: AttributePath) -> Self {
        self.subject = subject;
        self
    }

    /// The same finding, about one argument of the resource.
    #[must_use]
    pub fn subject_attribute(self, name: &str) -> Self {
        self.subject(AttributePath::root().key(name))
    }

    /// The same finding, about the same part of another block: that of the resource which writes it.
    #[must_use]
    pub fn written_in(mut self, resource: Node<'_>) -> Self {
        self.source.clone_from(&resource.resource.source);
        self.guarded(resource)
    }

    /// The same finding, which keeps to itself what is sensitive in its part of this resource.
    pub(crate) fn guarded(mut self, resource: Node<'_>) -> Self {
        let values = self.subject.attribute().map(|name| {
            let resource = resource.resource;
            [resource.before(name), resource.after(name)]
        });
        self.is_secret |= values.into_iter().flatten().flatten().any(Value::holds_sensitive);
        self
    }

    /// The same finding, with one more piece of evidence.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Into<String>) -> Self {
        reserve(&mut self.evidence);
        self.evidence.push(evidence.into());
        self
    }

    /// The same finding, with another resource that it involves.
    #[must_use]
    pub fn related(mut self, resource: Node<'_>, message: impl Into<Cow<'static, str>>) -> Self {
        let address = resource.to_string();
        reserve(&mut self.related);
        let location = resource.resource.source.as_ref().map(|source| source.declaration.header.clone());
        self.related.push(Related { address, location, message: message.into() });
        self
    }

    /// The smallest place of the source that holds the part which the finding is about.
    pub fn location(&self) -> Option<&Location> {
        self.source.as_ref().map(|source| source.declaration.place_of(&self.subject))
    }

    /// What identifies the finding from run to run: see [`fingerprint`].
    pub fn fingerprint(&self) -> String {
        fingerprint(self.check.id, &self.root, &self.address, &self.subject)
    }
}

/// Makes room for one: most findings have one piece of evidence, and a report keeps many findings.
fn reserve<T>(items: &mut Vec<T>) {
    if items.is_empty() {
        items.reserve_exact(1);
    }
}

/// A stable name for a finding: the first 128 bits of a SHA-256, in hexadecimal, of check, root, address and subject.
/// It does not depend on lines, order, wording or the version.
pub fn fingerprint(check: &str, root: &str, address: &str, subject: &AttributePath) -> String {
    let identity = ["kmscheck/1", check, root, address, &subject.to_string()].join("\0");
    Sha256::digest(identity.as_bytes()).iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Baselines hold fingerprints: if this changes, every baseline in the world is void.
    #[test]
    fn the_fingerprint_never_changes() {
        let subject = AttributePath::root().key("policy").key("statement").index(2);
        assert_eq!(
            fingerprint("missing-replica", "envs/prod", "aws_kms_key.app", &subject),
            "9f2cfa69ae1aa01aba338e055c7dc984"
        );
    }
}
