//! A value, held against Terraform's.

use kmscheck_value::Truth;

use crate::cty::{Items, Kind, Type, Unknown, Value, equal_elements, type_of};

/// How what we say compares with what Terraform says, the best first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement {
    Agrees,
    /// Terraform does not know it before it applies the configuration, and we do.
    KnowsMore(&'static str),
    KnowsLess(&'static str),
    Wrong(&'static str),
}

use Agreement::{Agrees, KnowsLess, KnowsMore, Wrong};

impl Agreement {
    /// Whether it is worse than to know something in another way.
    pub(super) fn is_wrong(&self) -> bool {
        matches!(self, Wrong(_))
    }
}

/// Our value, beside Terraform's and its type.
pub(super) fn compare(own: &Value, theirs: &Value, of: &Type) -> Agreement {
    if theirs.sensitive && !own.sensitive && !is_hidden(own) {
        return Wrong("it is sensitive");
    }
    if theirs.sensitive {
        // So is all that is in it.
        return compare_shown(&own.unmarked(), &theirs.unmarked(), of);
    }
    if own.sensitive {
        return compare(&Value::from(own.kind.clone()), theirs, of).max(KnowsLess("sensitive"));
    }
    compare_shown(own, theirs, of)
}

fn compare_shown(own: &Value, theirs: &Value, of: &Type) -> Agreement {
    match (&own.kind, &theirs.kind) {
        (Kind::Unknown(own), Kind::Unknown(theirs)) => compare_unknown(own, theirs),
        (_, Kind::Unknown(theirs)) => known_more(own, theirs),
        (Kind::Unknown(own), _) if own.not_null && theirs.is_null() => Wrong("it is null"),
        (Kind::Unknown(own), _) if !may_be(&own.of, of) => Wrong("it is of another type"),
        (Kind::Unknown(_) | Kind::Lazy(_), _) if theirs.holds_sensitive() && !own.sensitive => {
            Wrong("something of it is sensitive")
        }
        (Kind::Unknown(_) | Kind::Lazy(_), _) => KnowsLess("unknown"),
        (Kind::Choice(options), _) => {
            let each = options.iter().map(|option| compare(option, theirs, of));
            match (each.clone().min(), each.max()) {
                (Some(least), Some(most)) if !least.is_wrong() => match most {
                    Agrees | KnowsMore(_) => KnowsMore("a choice"),
                    _ => KnowsLess("choice"),
                },
                _ => Wrong("it is none of the choices"),
            }
        }
        (Kind::Null(own), Kind::Null(_)) if own == of || *own == Type::Null && *of == Type::Any => Agrees,
        (Kind::Null(_), Kind::Null(_)) => KnowsLess("the type of null"),
        (Kind::String(text), Kind::String(_)) if text.as_str().is_none() => {
            match equal_elements(own, theirs) {
                Truth::No => Wrong("it is another string"),
                _ => KnowsLess("a part of the string"),
            }
        }
        (Kind::Bool(a), Kind::Bool(b)) => equal(a == b),
        // Terraform has written its own with as many digits as its bits are worth.
        (Kind::Number(a), Kind::Number(b)) => equal(a == b || a.to_string() == b.to_string()),
        (Kind::String(a), Kind::String(b)) => equal(a.as_str() == b.as_str()),
        (Kind::List(a), Kind::List(b)) | (Kind::Tuple(a), Kind::Tuple(b)) => compare_items(a, b, of),
        (Kind::Set(a), Kind::Set(b)) => compare_sets(a, b, of),
        (Kind::Map(a), Kind::Map(b)) | (Kind::Object(a), Kind::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Wrong("it has other keys");
            }
            let part = |key: &str| of.attribute(key).unwrap_or(Type::Any);
            let entries = a.iter().zip(b.values());
            entries.map(|((key, a), b)| compare(a, b, &part(key))).max().unwrap_or(Agrees)
        }
        _ => Wrong("it is of another type"),
    }
}

fn equal(is: bool) -> Agreement {
    if is { Agrees } else { Wrong("it is another value") }
}

/// Whether all that it may be is sensitive.
fn is_hidden(value: &Value) -> bool {
    match &value.kind {
        Kind::Choice(options) => options.iter().all(|option| option.sensitive),
        _ => false,
    }
}

fn compare_unknown(own: &Unknown, theirs: &Unknown) -> Agreement {
    if !may_be(&own.of, &theirs.of) {
        return Wrong("it is of another type");
    }
    match own.of == theirs.of || own.of == Type::Null {
        true => Agrees,
        false if theirs.of.holds_any() => KnowsMore("the type"),
        false => KnowsLess("the type"),
    }
}

/// What we know where Terraform does not.
fn known_more(own: &Value, theirs: &Unknown) -> Agreement {
    if !may_be(&type_of(own), &theirs.of) {
        return Wrong("it is of another type");
    }
    match &own.kind {
        Kind::Lazy(_) => Agrees,
        Kind::String(text) if text.as_str().is_none() => KnowsMore("a part of the string"),
        Kind::Choice(_) => KnowsMore("a choice"),
        _ if !own.is_wholly_known() => KnowsMore("a part"),
        _ => KnowsMore("the value"),
    }
}

/// Whether a value of one type may have the other.
fn may_be(own: &Type, theirs: &Type) -> bool {
    match (own, theirs) {
        (Type::Any | Type::Null, _) | (_, Type::Any | Type::Null) => true,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            may_be(a, b)
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| may_be(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| may_be(&a.of, &b.of))
        }
        (a, b) => a == b,
    }
}

fn compare_items(own: &Items, theirs: &Items, of: &Type) -> Agreement {
    if own.len() != theirs.len() {
        return Wrong("it has another length");
    }
    let part = |at: usize| match of {
        Type::Tuple(types) => types.get(at).cloned().unwrap_or(Type::Any),
        of => of.element(),
    };
    let items = own.iter().zip(theirs.iter()).enumerate();
    items.map(|(at, (own, theirs))| compare(own, theirs, &part(at))).max().unwrap_or(Agrees)
}

/// What is not known of a set may stand anywhere in it, and be the same as something else.
fn compare_sets(own: &Items, theirs: &Items, of: &Type) -> Agreement {
    let parted = |items: &Items| -> (Vec<Value>, Vec<Value>) {
        items.iter().cloned().partition(Value::is_wholly_known)
    };
    let ((own_known, own_unknown), (known, unknown)) = (parted(own), parted(theirs));
    if own_unknown.is_empty() && unknown.is_empty() {
        return compare_items(own, theirs, of);
    }
    let has =
        |all: &[Value], one: &Value| all.iter().any(|other| compare(other, one, &of.element()) == Agrees);
    if own_unknown.is_empty() {
        let lost = known.iter().any(|one| !has(&own_known, one)) || own.len() > theirs.len();
        return if lost { Wrong("it has other elements") } else { KnowsMore("a part") };
    }
    if own_known.iter().any(|one| !has(&known, one)) {
        return Wrong("it has other elements");
    }
    match (own_known.len() == known.len(), own_unknown.len() <= unknown.len()) {
        (true, true) if own_unknown.len() < unknown.len() => KnowsMore("a part"),
        (true, true) => Agrees,
        _ => KnowsLess("a part"),
    }
}
