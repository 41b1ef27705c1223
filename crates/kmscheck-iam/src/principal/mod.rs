//! Who a statement names.

mod classify;

use std::fmt;

use kmscheck_value::{Origin, Symbol, Text, Truth};

use crate::texts;

/// An element of `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// What it was written under: `AWS`, `Service` …
    pub category: PrincipalCategory,
    /// As it was written.
    pub written: Text,
    /// Whom it names, as far as that is known.
    pub kind: PrincipalKind,
    /// Where it was written.
    pub origin: Origin,
}

/// The key that a principal is written under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrincipalCategory {
    /// No key: `"Principal": "*"`.
    Bare,
    /// `AWS`.
    Aws,
    /// `Service`.
    Service,
    /// `Federated`.
    Federated,
    /// `CanonicalUser`.
    CanonicalUser,
    /// Any other key, or one that is not known.
    Other(Text),
}

impl fmt::Display for PrincipalCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare => f.write_str("*"),
            Self::Aws => f.write_str("AWS"),
            Self::Service => f.write_str("Service"),
            Self::Federated => f.write_str("Federated"),
            Self::CanonicalUser => f.write_str("CanonicalUser"),
            Self::Other(name) => name.fmt(f),
        }
    }
}

/// Whom a principal names.
/// Source: IAM user guide, "AWS JSON policy elements: Principal".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalKind {
    /// `*`: everyone with AWS credentials. AWS KMS knows no anonymous access.
    Everyone,
    /// An account: it gives nobody access, it lets IAM policies of the account do so. Written as the ARN of its
    /// root or as twelve digits, which mean the same.
    Account {
        /// The account id.
        account: Text,
    },
    /// A role, which covers all its sessions.
    Role(Named),
    /// A user.
    User(Named),
    /// One session of a role.
    AssumedRoleSession {
        /// The role's account, and its name without the path.
        role: Named,
        /// The session's name.
        session: Text,
    },
    /// A session of `GetFederationToken`.
    FederatedUser(Named),
    /// An AWS service that acts for itself.
    Service(Text),
    /// An identity provider. Calls to AWS KMS are made with credentials of AWS, so that it names nobody there.
    Federated(Text),
    /// A canonical user id, which only Amazon S3 knows.
    CanonicalUser(Text),
    /// The unique id of a user or role that was deleted: AWS shows it in place of the ARN. It names nobody.
    UniqueId(Text),
    /// A group, which is not a principal: AWS refuses it.
    Group(Named),
    /// Something that AWS refuses.
    Malformed(Malformation),
    /// Not known before apply: anything of its category. Or an ARN of AWS STS of a form that AWS does not document.
    Unknown,
}

/// An identity of IAM in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The account id.
    pub account: Text,
    /// The name, after its path if it has one: `team/deployer`.
    pub name: Text,
}

/// What is wrong with a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformation {
    /// A wildcard in a part of an ARN: only `*` alone is a wildcard.
    /// Source: IAM user guide, "You cannot use a wildcard to match part of a principal name or ARN".
    Wildcard,
    /// Neither `*`, nor an account id, nor the ARN of a principal.
    NotAPrincipal,
    /// A string without a category, other than `*`.
    NoCategory,
}

impl Principal {
    /// The principal that `written` names under `category`.
    pub fn new(category: PrincipalCategory, written: Text, origin: Origin) -> Self {
        let kind = classify::classify(&category, &written);
        Self { category, written, kind, origin }
    }

    /// The same principal with what its symbols stand for. What was written stays.
    pub(crate) fn resolve(&self, meaning: &dyn Fn(&Symbol) -> Option<Text>) -> Self {
        let resolved = texts::resolve(&self.written, meaning);
        Self { kind: classify::classify(&self.category, &resolved), ..self.clone() }
    }

    /// The account that it belongs to, where it has one that is written.
    pub fn account(&self) -> Option<&Text> {
        match &self.kind {
            PrincipalKind::Account { account } => Some(account),
            kind => kind.identity().map(|named| &named.account),
        }
    }

    /// Whether it is `*`.
    pub fn is_everyone(&self) -> Truth {
        if self.kind == PrincipalKind::Unknown && self.written.as_str().is_some() {
            return Truth::No;
        }
        self.may_be(matches!(self.kind, PrincipalKind::Everyone).into())
    }

    /// Whether it is the account principal of `account`.
    pub fn is_account(&self, account: &Text) -> Truth {
        self.may_be(match &self.kind {
            PrincipalKind::Account { account: own } => texts::equal(own, account),
            _ => Truth::No,
        })
    }

    /// Whether it names somebody who can call AWS KMS with credentials of IAM: a user, a role or a session.
    pub fn is_identity(&self) -> Truth {
        self.may_be(self.kind.identity().is_some().into())
    }

    /// `answer`, unless it is not known whom the principal names.
    fn may_be(&self, answer: Truth) -> Truth {
        match (&self.kind, &self.category) {
            (PrincipalKind::Unknown, PrincipalCategory::Service | PrincipalCategory::CanonicalUser) => {
                Truth::No
            }
            (PrincipalKind::Unknown, _) => Truth::Unknown,
            _ => answer,
        }
    }
}

impl PrincipalKind {
    /// The user, role or session that can call AWS KMS, if it is one.
    pub fn identity(&self) -> Option<&Named> {
        match self {
            Self::Role(named) | Self::User(named) | Self::FederatedUser(named) => Some(named),
            Self::AssumedRoleSession { role, .. } => Some(role),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
