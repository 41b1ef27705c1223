//! From the text of a principal to whom it names.

use std::borrow::Cow;

use kmscheck_value::{Symbol, Text, Truth};

use super::{Malformation, Named, PrincipalCategory, PrincipalKind};
use crate::texts;

pub(super) fn classify(category: &PrincipalCategory, text: &Text) -> PrincipalKind {
    match category {
        PrincipalCategory::Aws => aws(text),
        PrincipalCategory::Bare => bare(text),
        PrincipalCategory::Service => PrincipalKind::Service(text.clone()),
        PrincipalCategory::Federated => PrincipalKind::Federated(text.clone()),
        PrincipalCategory::CanonicalUser => PrincipalKind::CanonicalUser(text.clone()),
        PrincipalCategory::Other(_) => other(text),
    }
}

fn bare(text: &Text) -> PrincipalKind {
    match text.as_str() {
        Some("*") => PrincipalKind::Everyone,
        Some(_) => PrincipalKind::Malformed(Malformation::NoCategory),
        None => PrincipalKind::Unknown,
    }
}

/// `{"*": "*"}` is what `aws_iam_policy_document` makes of a principal of type `*` beside others. If AWS takes
/// it, it can mean everyone only.
fn other(text: &Text) -> PrincipalKind {
    match text.as_str() {
        Some("*") => PrincipalKind::Everyone,
        Some(_) => PrincipalKind::Malformed(Malformation::NotAPrincipal),
        None => PrincipalKind::Unknown,
    }
}

fn aws(text: &Text) -> PrincipalKind {
    match text.as_str() {
        Some("*") => return PrincipalKind::Everyone,
        Some(id) if is_account_id(id) => return PrincipalKind::Account { account: text.clone() },
        Some(id) if is_unique_id(id) => return PrincipalKind::UniqueId(text.clone()),
        _ => {}
    }
    if text.as_symbol().is_some_and(Symbol::is_account) {
        return PrincipalKind::Account { account: text.clone() };
    }
    match text.as_str() {
        Some(literal) => of_literal(text, literal),
        None => of_symbolic(text),
    }
}

/// What [`of_symbolic`] says, of a text without symbols.
fn of_literal(text: &Text, literal: &str) -> PrincipalKind {
    let mut fields = literal.split(':');
    let part = |part: &str| texts::like(text, part.into());
    match std::array::from_fn(|_| fields.next()) {
        [Some("arn"), Some(_), Some(service), Some(_), Some(account), Some(resource), None] => {
            of_arn(text, Some(service), &part(account), &part(resource))
        }
        _ => malformed(text),
    }
}

fn of_symbolic(text: &Text) -> PrincipalKind {
    match texts::split(text, ':').as_slice() {
        [arn, _, service, _, account, resource] if arn.as_str() == Some("arn") => {
            of_arn(text, service.as_str(), account, resource)
        }
        _ => PrincipalKind::Unknown,
    }
}

/// Whom `arn:partition:service::account:resource` names. A symbol in one of the fields stands for that field:
/// with a colon in it the whole would be no ARN of a principal.
fn of_arn(text: &Text, service: Option<&str>, account: &Text, resource: &Text) -> PrincipalKind {
    if texts::wildcard(text) == Truth::Yes {
        return PrincipalKind::Malformed(Malformation::Wildcard);
    }
    if account.as_str().is_some_and(|id| !is_account_id(id)) {
        return PrincipalKind::Malformed(Malformation::NotAPrincipal);
    }
    let (path, named) = path_and_name(account, resource);
    match (service, path.as_deref()) {
        (Some("iam"), Some("root")) if resource.as_str() == Some("root") => {
            PrincipalKind::Account { account: account.clone() }
        }
        (Some("iam"), Some("role")) => named.map_or_else(|| malformed(text), PrincipalKind::Role),
        (Some("iam"), Some("user")) => named.map_or_else(|| malformed(text), PrincipalKind::User),
        (Some("iam"), Some("group")) => named.map_or_else(|| malformed(text), PrincipalKind::Group),
        (Some("sts"), Some("federated-user")) => {
            named.map_or_else(|| malformed(text), PrincipalKind::FederatedUser)
        }
        (Some("sts"), Some("assumed-role")) => session(text, named),
        // AWS documents no other ARNs of sessions, and does not say that there are none.
        (Some("sts"), Some(_)) => PrincipalKind::Unknown,
        (Some(_), Some(_)) if text.as_str().is_some() => malformed(text),
        (Some("iam" | "sts") | None, _) => PrincipalKind::Unknown,
        (Some(_), _) => malformed(text),
    }
}

/// The word before the first `/` of `resource` if it is known, and what comes after.
fn path_and_name<'r>(account: &Text, resource: &'r Text) -> (Option<Cow<'r, str>>, Option<Named>) {
    let (path, name) = match resource.as_str() {
        Some(literal) => {
            let (path, name) = literal.split_once('/').unwrap_or((literal, ""));
            (Some(Cow::Borrowed(path)), Some(texts::like(resource, name.into())))
        }
        None => {
            let (path, name) = texts::split_once(resource, '/');
            (path.as_str().map(|path| Cow::Owned(path.to_owned())), name)
        }
    };
    let name = name.filter(|name| name.as_str() != Some(""));
    (path, name.map(|name| Named { account: account.clone(), name }))
}

fn session(text: &Text, named: Option<Named>) -> PrincipalKind {
    let Some(Named { account, name }) = named else { return malformed(text) };
    match texts::split(&name, '/').as_slice() {
        [role, session] => PrincipalKind::AssumedRoleSession {
            role: Named { account, name: role.clone() },
            session: session.clone(),
        },
        _ if name.as_str().is_some() => malformed(text),
        _ => PrincipalKind::Unknown,
    }
}

fn malformed(text: &Text) -> PrincipalKind {
    let malformation = match texts::wildcard(text) {
        Truth::Yes => Malformation::Wildcard,
        _ => Malformation::NotAPrincipal,
    };
    PrincipalKind::Malformed(malformation)
}

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Source: IAM user guide, "Understanding unique ID prefixes".
fn is_unique_id(text: &str) -> bool {
    const PREFIXES: [&str; 6] = ["AIDA", "AROA", "AGPA", "AIPA", "ANPA", "ANVA"];
    let uppercase = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    text.len() >= 16 && PREFIXES.iter().any(|prefix| text.starts_with(prefix)) && uppercase(text)
}
