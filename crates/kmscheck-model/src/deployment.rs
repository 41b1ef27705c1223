//! Where a resource goes: an account and a Region.

use std::fmt;
use std::sync::Arc;

use kmscheck_value::{Because, Symbol, Text, Truth};

/// The account and Region that a resource is deployed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The provider configuration, as Terraform names it: `aws`, `aws.replica`, `module.a:aws.b`.
    pub provider: Arc<str>,
    /// The Region.
    pub region: Region,
    /// The account.
    pub account: Account,
}

/// The Region of a [`Deployment`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Region {
    /// Known, and from where.
    Known(Arc<str>, RegionSource),
    /// Not known.
    Unknown(Because),
    /// The resource has none: IAM, Organizations and other global services.
    Global,
}

/// What says which Region it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionSource {
    /// The resource's own `region` argument (AWS provider 6 and later).
    Argument,
    /// The provider configuration.
    Provider,
    /// An ARN or a Region that AWS reported through the same provider configuration.
    Observed,
    /// The environment of Terraform, as told on kmscheck's command line or in its configuration.
    Environment,
}

impl Region {
    /// The name of the Region if it is known.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Known(name, _) => Some(name),
            Self::Unknown(_) | Self::Global => None,
        }
    }

    /// Why the Region is not known, if it is not.
    pub fn because(&self) -> Option<&Because> {
        match self {
            Self::Unknown(because) => Some(because),
            Self::Known(..) | Self::Global => None,
        }
    }
}

/// The account of a [`Deployment`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// The twelve digits.
    Known(Arc<str>),
    /// Known only by the credentials that lead there. Provider configurations that share their credentials share this.
    Credentials(Arc<str>),
}

impl Account {
    /// What stands for the credentials of a provider configuration that names none.
    pub const AMBIENT: &'static str = "the environment's credentials";

    /// The account as a string: its twelve digits, or a symbol that all who share the credentials share.
    pub fn text(&self) -> Text {
        match self {
            Self::Known(id) => Text::literal(Arc::clone(id)),
            Self::Credentials(name) => Text::symbol(Symbol::account(name)),
        }
    }

    /// The twelve digits if they are known.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Known(id) => Some(id),
            Self::Credentials(_) => None,
        }
    }

    /// Whether both are one account.
    pub fn same(&self, other: &Self) -> Truth {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => Truth::from(a == b),
            (Self::Credentials(a), Self::Credentials(b)) if a == b => Truth::Yes,
            _ => Truth::Unknown,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(id) => f.write_str(id),
            Self::Credentials(name) => write!(f, "the account of {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_the_same_by_id_or_by_credentials_else_nobody_knows() {
        let known = Account::Known("111122223333".into());
        let other = Account::Known("444455556666".into());
        let ambient = Account::Credentials("the environment's credentials".into());
        let profile = Account::Credentials("profile \"x\"".into());
        assert_eq!(known.same(&other), Truth::No);
        assert_eq!(known.same(&known), Truth::Yes);
        assert_eq!(ambient.same(&ambient), Truth::Yes);
        assert_eq!(ambient.same(&profile), Truth::Unknown);
        assert_eq!(ambient.same(&known), Truth::Unknown);
    }
}
