//! What a document means as the policy of one key.

use std::fmt;

use kmscheck_value::{Because, Knowledge, Text, Truth};

use crate::condition::{self, Holding, Requests};
use crate::{
    Action, ActionSet, Clause, Document, Effect, List, Pattern, Principal, PrincipalKind, Statement, texts,
};

/// The `Sid` of the default policy's only statement. The provider writes the same one when it puts the default back.
/// Source: KMS developer guide, "Default key policy"; provider, `internal/service/kms/key_policy.go`.
const DEFAULT_SID: &str = "Enable IAM User Permissions";

/// The policy of one key.
#[derive(Debug, Clone, Copy)]
pub struct KeyPolicy<'d> {
    /// What it says.
    pub(crate) document: &'d Document,
    /// The key's own account.
    pub(crate) account: &'d Text,
    arn: &'d dyn KeyArn,
    /// The organization of the account, if it is known.
    organization: Option<&'d Text>,
}

/// The ARN of a key. Hardly any policy names it: it may be put together when one does.
pub trait KeyArn: fmt::Debug + Sync {
    /// The ARN.
    fn text(&self) -> &Text;
}

impl KeyArn for Text {
    fn text(&self) -> &Text {
        self
    }
}

/// Who may do something with a key directly by its policy.
#[derive(Debug)]
pub struct Administrators<'d> {
    /// Whether the account may: its principals then do with the IAM policies that allow it, or at once if the policy
    /// allows everyone.
    pub account: Knowledge<bool>,
    /// The users, roles and sessions of the key's own account that a statement allows it by name, each with whether
    /// they may after all.
    pub named: Vec<(&'d Principal, Knowledge<bool>)>,
    /// Whether a `Deny` takes it from any of those to whom a statement may allow it.
    pub denied: bool,
}

/// Whom a `Deny` is to hit.
#[derive(Clone, Copy)]
enum Who<'d> {
    Account,
    Named(&'d Principal),
}

impl<'d> KeyPolicy<'d> {
    /// The document, as the policy of the key with this ARN in this account.
    pub fn new(document: &'d Document, account: &'d Text, arn: &'d dyn KeyArn) -> Self {
        Self { document, account, arn, organization: None }
    }

    /// The same policy, where it is known in which organization the account is.
    #[must_use]
    pub fn in_organization(self, organization: Option<&'d Text>) -> Self {
        Self { organization, ..self }
    }

    /// The statements that are known.
    pub fn statements(self) -> &'d [Statement] {
        &self.document.statements
    }

    /// Why there may be further statements; `None` if all are known.
    pub fn more(self) -> Option<&'d Because> {
        self.document.more.as_ref()
    }

    /// The document's `Version`. Left out it is 2008-10-17.
    pub fn version(self) -> Option<&'d Text> {
        self.document.version.as_ref()
    }

    /// Whether `${…}` in it is a policy variable, not plain text.
    pub fn has_policy_variables(self) -> Truth {
        self.document.has_policy_variables()
    }

    /// Who may call `action` by this policy.
    pub fn administrators(self, action: &Action) -> Administrators<'d> {
        let mut account: Vec<_> = self.document.more.iter().cloned().map(Knowledge::Undetermined).collect();
        let mut named: Vec<(&Principal, Vec<Knowledge<bool>>)> = Vec::new();
        for statement in &self.document.statements {
            let allows = self.applies(statement, Effect::Allow, action, Quantity::Some);
            if allows == Knowledge::Known(false) {
                continue;
            }
            account.push(both(&allows, self.covers_account(statement)));
            for principal in statement.principals.named() {
                let Some(identity) = principal.kind.identity() else { continue };
                let own = known(texts::equal(&identity.account, self.account), || {
                    Because::new(format!(
                        "whether {} is of the key's account is not known",
                        principal.written
                    ))
                });
                let fact = both(&allows, own);
                match named.iter_mut().find(|(known, _)| known.kind == principal.kind) {
                    Some((_, facts)) => facts.push(fact),
                    None => named.push((principal, vec![fact])),
                }
            }
        }
        let mut any_denied = false;
        let mut may = |allowed: Knowledge<bool>, who| {
            let denied = self.denied(action, who);
            any_denied |= allowed != Knowledge::Known(false) && denied == Knowledge::Known(true);
            but_not(&allowed, denied)
        };
        let account = may(Knowledge::any(account), Who::Account);
        let named = named
            .into_iter()
            .map(|(principal, facts)| (principal, may(Knowledge::any(facts), Who::Named(principal))))
            .filter(|(_, may)| *may != Knowledge::Known(false))
            .collect();
        Administrators { account, named, denied: any_denied }
    }

    /// Whether any `Allow` names the account principal: without one, IAM policies have no effect on the key.
    /// Source: KMS developer guide, "Default key policy".
    pub fn delegates(self) -> Knowledge<bool> {
        let more = self.document.more.iter().cloned().map(Knowledge::Undetermined);
        let named = self.document.statements.iter().map(|statement| {
            let allows = effect_is(statement, Effect::Allow);
            both(&allows, self.names_account(statement))
        });
        Knowledge::any(more.chain(named))
    }

    /// Whether it is the policy that AWS KMS gives a key that is created without one: the account may do everything.
    /// Source: KMS developer guide, "Default key policy".
    pub fn is_default(self) -> Truth {
        let [statement] = self.document.statements.as_slice() else { return Truth::No };
        let open = self.document.more.is_some() || statement.openness().is_some();
        let account = match &statement.principals {
            Clause::Only(list) => list.all(|principal| principal.is_account(self.account)),
            Clause::Not(_) | Clause::Absent => Truth::No,
        };
        Truth::all([
            if open { Truth::Unknown } else { Truth::Yes },
            statement.has_effect(Effect::Allow),
            account,
            (statement.actions.coverage().certain == ActionSet::all()).into(),
            self.covers_key(statement),
            statement.conditions.items.is_empty().into(),
        ])
    }

    /// Whether it may be the very document that AWS KMS gives a key: whoever writes down the same access under another
    /// `Sid`, or under none, has not left it to AWS KMS.
    pub fn may_be_written_by_kms(self) -> bool {
        let has_its_sid = |statement: &Statement| {
            statement.sid.as_ref().is_some_and(|sid| sid.as_str().is_none_or(|sid| sid == DEFAULT_SID))
        };
        !self.is_default().is_no() && self.document.statements.iter().all(has_its_sid)
    }

    /// The account of the key.
    pub fn account(self) -> &'d Text {
        self.account
    }

    /// Whether a statement of this effect covers `action` on this key, in some of the requests or in all of them.
    fn applies(
        self,
        statement: &Statement,
        effect: Effect,
        action: &Action,
        quantity: Quantity,
    ) -> Knowledge<bool> {
        if statement.has_effect(effect).and(statement.covers(action)).is_no() {
            return Knowledge::Known(false);
        }
        let because = || {
            Because::new(format!("whether statement {} covers {} is not known", statement.index, action.name))
        };
        Knowledge::all([
            effect_is(statement, effect),
            known(statement.covers(action), || open(statement.actions.list()).unwrap_or_else(because)),
            known(self.covers_key(statement), || open(statement.resources.list()).unwrap_or_else(because)),
            self.conditions_hold(statement, action, quantity),
        ])
    }

    fn conditions_hold(self, statement: &Statement, action: &Action, quantity: Quantity) -> Knowledge<bool> {
        let requests = Requests { action, account: self.account, organization: self.organization };
        match condition::all(&statement.conditions, requests) {
            (Holding::Always, _) => Knowledge::Known(true),
            (Holding::Never, _) => Knowledge::Known(false),
            (Holding::ByChoice, _) => Knowledge::Known(quantity == Quantity::Some),
            (Holding::Unknown, Some(condition)) => Knowledge::undetermined(format!(
                "statement {} depends on `{}`, which only a request tells",
                statement.index, condition.key
            )),
            (Holding::Unknown, None) => {
                let because = statement.conditions.more.clone();
                Knowledge::Undetermined(because.unwrap_or_else(|| Because::new("a condition is not known")))
            }
        }
    }

    /// Whether the statement is about this key: one without `Resource` has no effect.
    /// Source: KMS developer guide, "Key policies in AWS KMS", Resource.
    pub fn covers_key(self, statement: &Statement) -> Truth {
        statement.resources.covers(|list| list.any(|resource| self.is_key(resource)))
    }

    /// Whether an element of `Resource` stands for this key.
    pub fn is_key(self, resource: &Text) -> Truth {
        match resource.as_str() {
            Some("*") => Truth::Yes,
            _ => Pattern::like(resource).matches(self.arn.text()),
        }
    }

    /// Whether it names the account, or everyone.
    fn covers_account(self, statement: &Statement) -> Knowledge<bool> {
        match &statement.principals {
            Clause::Only(list) => {
                principals(list, |principal| principal.is_everyone().or(principal.is_account(self.account)))
            }
            // Whom `Allow` with `NotPrincipal` leaves in when it names the account, AWS does not document.
            Clause::Not(list) => match list.any(|principal| principal.is_account(self.account)) {
                Truth::No => Knowledge::Known(true),
                Truth::Yes | Truth::Unknown => Knowledge::undetermined(format!(
                    "whom `NotPrincipal` of statement {} leaves in is not known",
                    statement.index
                )),
            },
            Clause::Absent => Knowledge::Known(false),
        }
    }

    fn names_account(self, statement: &Statement) -> Knowledge<bool> {
        match &statement.principals {
            Clause::Only(list) => principals(list, |principal| principal.is_account(self.account)),
            Clause::Not(_) | Clause::Absent => Knowledge::Known(false),
        }
    }

    /// Whether a `Deny` hits every request of `who` for `action`.
    fn denied(self, action: &Action, who: Who<'_>) -> Knowledge<bool> {
        Knowledge::any(self.document.statements.iter().map(|statement| {
            let denies = self.applies(statement, Effect::Deny, action, Quantity::All);
            if denies == Knowledge::Known(false) { denies } else { both(&denies, self.hits(statement, who)) }
        }))
    }

    /// Whether the principals of a `Deny` include `who`. The account principal stands for everyone in the account.
    /// Source: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
    fn hits(self, statement: &Statement, who: Who<'_>) -> Knowledge<bool> {
        let is_account = |principal: &Principal| principal.is_account(self.account);
        match &statement.principals {
            Clause::Only(list) => principals(list, |principal| {
                principal.is_everyone().or(is_account(principal)).or(who.is(principal))
            }),
            Clause::Not(list) => match (list.any(is_account), who) {
                (Truth::No, _) => Knowledge::Known(true),
                (Truth::Yes, Who::Account) => Knowledge::Known(false),
                (Truth::Yes, who) if list.any(|principal| who.is(principal)).is_no() => {
                    Knowledge::Known(true)
                }
                _ => Knowledge::undetermined(format!(
                    "whether `NotPrincipal` of statement {} exempts a session is not known",
                    statement.index
                )),
            },
            Clause::Absent => Knowledge::Known(false),
        }
    }
}

/// In how many of the requests something is to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Some,
    All,
}

impl Who<'_> {
    /// A role stands for its sessions.
    fn is(self, denied: &Principal) -> Truth {
        let Self::Named(principal) = self else { return Truth::No };
        match (&denied.kind, &principal.kind) {
            (PrincipalKind::Unknown, _) => Truth::Unknown,
            (PrincipalKind::Role(role), PrincipalKind::AssumedRoleSession { role: of, .. }) => {
                // The session's ARN lacks the path of the role.
                let same = texts::equal(&role.account, &of.account);
                same.and(texts::equal(&texts::after_last(&role.name, '/'), &of.name))
            }
            (denied, named) => match (denied.identity(), named.identity()) {
                (Some(a), Some(b)) if std::mem::discriminant(denied) == std::mem::discriminant(named) => {
                    texts::equal(&a.account, &b.account).and(texts::equal(&a.name, &b.name))
                }
                _ => Truth::No,
            },
        }
    }
}

impl Clause<Principal> {
    /// The principals that are named, not those that are left out.
    fn named(&self) -> &[Principal] {
        match self {
            Self::Only(list) => &list.items,
            Self::Not(_) | Self::Absent => &[],
        }
    }
}

fn effect_is(statement: &Statement, effect: Effect) -> Knowledge<bool> {
    statement.effect.clone().map(|own| own == effect)
}

/// Whether `holds` is true of any principal.
fn principals(list: &List<Principal>, holds: impl Fn(&Principal) -> Truth) -> Knowledge<bool> {
    let unclear = || {
        let open = list.iter().find(|principal| holds(principal) == Truth::Unknown);
        open.map_or_else(
            || Because::new("a principal is not known"),
            |principal| {
                Because::new(format!("whom the principal `{}` stands for is not known", principal.written))
            },
        )
    };
    known(list.any(&holds), || list.more.clone().unwrap_or_else(unclear))
}

fn open<T>(list: Option<&List<T>>) -> Option<Because> {
    list.and_then(|list| list.more.clone())
}

fn known(truth: Truth, because: impl FnOnce() -> Because) -> Knowledge<bool> {
    match truth {
        Truth::Yes => Knowledge::Known(true),
        Truth::No => Knowledge::Known(false),
        Truth::Unknown => Knowledge::Undetermined(because()),
    }
}

fn both(a: &Knowledge<bool>, b: Knowledge<bool>) -> Knowledge<bool> {
    Knowledge::all([a.clone(), b])
}

fn but_not(allowed: &Knowledge<bool>, denied: Knowledge<bool>) -> Knowledge<bool> {
    both(allowed, denied.map(|denied| !denied))
}

#[cfg(test)]
mod tests;
