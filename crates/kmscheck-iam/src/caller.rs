//! Who calls AWS KMS, as far as it matters to which condition keys a request carries.

use kmscheck_value::Truth;

use crate::condition_key::ConditionKey;
use crate::{ActionSet, Clause, Condition, Principal, PrincipalCategory, PrincipalKind, Statement};

/// A kind of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// Users, roles and sessions, by themselves or through a service that acts for them.
    Identity,
    /// A service that acts for itself.
    Service,
    /// Both: everyone, or everyone but some.
    Anyone,
}

impl Statement {
    /// The kinds of principals that the statement is about. Whom nobody knows may be anyone.
    pub fn callers(&self) -> Vec<Caller> {
        let mut callers: Vec<_> = match &self.principals {
            Clause::Only(list) => {
                let others = list.more.as_ref().map(|_| Caller::Anyone);
                list.iter().filter_map(caller).chain(others).collect()
            }
            Clause::Not(_) => vec![Caller::Anyone],
            Clause::Absent => Vec::new(),
        };
        callers.sort_unstable();
        callers.dedup();
        callers
    }
}

/// A federated provider and what AWS refuses call nothing.
fn caller(principal: &Principal) -> Option<Caller> {
    match (&principal.kind, &principal.category) {
        (PrincipalKind::Everyone, _) => Some(Caller::Anyone),
        (PrincipalKind::Service(_), _) | (PrincipalKind::Unknown, PrincipalCategory::Service) => {
            Some(Caller::Service)
        }
        (PrincipalKind::Unknown, _) => Some(Caller::Anyone),
        (PrincipalKind::Account { .. }, _) => Some(Caller::Identity),
        (kind, _) => kind.identity().map(|_| Caller::Identity),
    }
}

impl Condition {
    /// The actions whose requests by none of these principals carry the condition key.
    /// Source: KMS developer guide, "kms:ViaService": it is there when a service acts for a principal.
    pub fn never_carried(&self, callers: &[Caller]) -> ActionSet {
        let key = ConditionKey::of(&self.key);
        let by = |caller: &Caller| match caller {
            Caller::Service if key.is("kms:viaservice") => ActionSet::all(),
            Caller::Service | Caller::Anyone if key.is_of_services() => ActionSet::default(),
            _ => key.never_carried(),
        };
        callers.iter().map(by).reduce(ActionSet::intersection).unwrap_or_default()
    }

    /// Whether a request must carry the condition key for the condition to hold.
    pub fn requires_key(&self) -> Truth {
        self.without_key().negate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Document};

    fn statement(principal: &str, key: &str) -> Statement {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Condition": {{"StringEquals": {{"{key}": "x"}}}}}}}}"#
        );
        Document::parse(&text.as_str().into()).unwrap().statements.remove(0)
    }

    #[test]
    fn principals_are_identities_services_or_both() {
        let callers = |principal: &str| statement(principal, "k").callers();
        assert_eq!(
            callers(r#"{"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/a"]}"#),
            [Caller::Identity]
        );
        assert_eq!(callers(r#"{"Service": "logs.eu-west-1.amazonaws.com"}"#), [Caller::Service]);
        assert_eq!(callers(r#""*""#), [Caller::Anyone]);
        assert_eq!(
            callers(r#"{"AWS": "111122223333", "Service": "sns.amazonaws.com"}"#),
            [Caller::Identity, Caller::Service]
        );
        assert!(callers(r#"{"Federated": "accounts.google.com"}"#).is_empty());
    }

    #[test]
    fn what_a_request_carries_depends_on_who_makes_it() {
        let decrypt = Action::named("kms:Decrypt").unwrap();
        let never = |key: &str, caller| {
            statement(r#""*""#, key).conditions.items[0].never_carried(&[caller]).contains(decrypt)
        };
        assert!(never("aws:SourceAccount", Caller::Identity));
        assert!(!never("aws:SourceAccount", Caller::Service) && !never("aws:SourceAccount", Caller::Anyone));
        assert!(never("kms:ViaService", Caller::Service));
        assert!(!never("kms:ViaService", Caller::Identity) && !never("kms:ViaService", Caller::Anyone));
        assert!(never("kms:GrantIsForAWSResource", Caller::Anyone));
    }
}
