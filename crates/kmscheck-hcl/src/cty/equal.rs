//! Whether values are equal, and their order in a set.

use std::cmp::Ordering;

use kmscheck_value::{Piece, Text, Truth};

use super::{Items, Kind, Value};

/// Whether both are one value. Values of two types are not: `1` is not `"1"`, and a list is no tuple.
pub(crate) fn equal(one: &Value, other: &Value) -> Truth {
    match (&one.kind, &other.kind) {
        (Kind::Choice(options), _) => all_alike(options.iter().map(|option| equal(option, other))),
        (_, Kind::Choice(options)) => all_alike(options.iter().map(|option| equal(one, option))),
        (Kind::Unknown(a), Kind::Unknown(b)) if a.symbol.is_some() && a.symbol == b.symbol => Truth::Yes,
        (Kind::Unknown(unknown), Kind::Null) | (Kind::Null, Kind::Unknown(unknown)) if unknown.not_null => {
            Truth::No
        }
        (Kind::Lazy(_), Kind::Null) | (Kind::Null, Kind::Lazy(_)) => Truth::No,
        (Kind::Unknown(_) | Kind::Lazy(_), _) | (_, Kind::Unknown(_) | Kind::Lazy(_)) => Truth::Unknown,
        (Kind::Null, Kind::Null) => Truth::Yes,
        (Kind::Bool(a), Kind::Bool(b)) => (a == b).into(),
        (Kind::Number(a), Kind::Number(b)) => (a == b).into(),
        (Kind::String(a), Kind::String(b)) => equal_texts(a, b),
        (Kind::List(a), Kind::List(b)) | (Kind::Tuple(a), Kind::Tuple(b)) => equal_items(a, b),
        (Kind::Set(a), Kind::Set(b)) => equal_sets(a, b),
        (Kind::Map(a), Kind::Map(b)) | (Kind::Object(a), Kind::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Truth::No;
            }
            Truth::all(a.values().zip(b.values()).map(|(a, b)| equal(a, b)))
        }
        _ => Truth::No,
    }
}

/// The answer, if it is the same for all.
fn all_alike(answers: impl Iterator<Item = Truth>) -> Truth {
    answers.reduce(|one, other| if one == other { one } else { Truth::Unknown }).unwrap_or(Truth::Unknown)
}

fn equal_items(one: &Items, other: &Items) -> Truth {
    if one.len() != other.len() {
        return Truth::No;
    }
    Truth::all(one.iter().zip(other.iter()).map(|(a, b)| equal(a, b)))
}

fn equal_sets(one: &Items, other: &Items) -> Truth {
    let all_in = |some: &Items, others: &Items| {
        Truth::all(some.iter().map(|a| Truth::any(others.iter().map(|b| equal(a, b)))))
    };
    all_in(one, other).and(all_in(other, one))
}

/// Two texts with symbols differ for certain if their known ends do.
fn equal_texts(one: &Text, other: &Text) -> Truth {
    if one == other || one.as_str().is_some() && one.as_str() == other.as_str() {
        return Truth::Yes;
    }
    if one.as_str().is_some() && other.as_str().is_some() {
        return Truth::No;
    }
    let (ours, theirs) = (one.pieces(), other.pieces());
    if same_pieces(&ours, &theirs) {
        return Truth::Yes;
    }
    let starts = fits(literal(ours.first()), literal(theirs.first()), |a, b| a.starts_with(b));
    let ends = fits(literal(ours.last()), literal(theirs.last()), |a, b| a.ends_with(b));
    if starts && ends { Truth::Unknown } else { Truth::No }
}

fn same_pieces(one: &[Piece], other: &[Piece]) -> bool {
    one == other
}

fn literal(piece: Option<&Piece>) -> &str {
    match piece {
        Some(Piece::Literal(text)) => text,
        _ => "",
    }
}

fn fits(one: &str, other: &str, holds: impl Fn(&str, &str) -> bool) -> bool {
    holds(one, other) || holds(other, one)
}

/// The elements as a set has them: in order, each once.
pub(crate) fn set_of(items: impl IntoIterator<Item = Value>) -> Value {
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_by(cmp_for_set);
    items.dedup_by(|a, b| equal(a, b).is_yes());
    Kind::Set(items.into()).into()
}

/// The order in which a set is iterated over. Terraform orders strings, numbers and booleans; the order of all others is
/// its own affair.
pub(crate) fn cmp_for_set(one: &Value, other: &Value) -> Ordering {
    match (&one.kind, &other.kind) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Kind::String(a), Kind::String(b)) => match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.cmp(b),
            _ => a.pieces().cmp(&b.pieces()),
        },
        (Kind::List(a) | Kind::Set(a) | Kind::Tuple(a), Kind::List(b) | Kind::Set(b) | Kind::Tuple(b)) => {
            let unequal = a.iter().zip(b.iter()).map(|(a, b)| cmp_for_set(a, b)).find(|order| order.is_ne());
            unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Kind::Map(a) | Kind::Object(a), Kind::Map(b) | Kind::Object(b)) => {
            let by_entry =
                |((a, x), (b, y)): ((&_, _), (&_, _))| Ord::cmp(a, b).then_with(|| cmp_for_set(x, y));
            let unequal = a.iter().zip(b.iter()).map(by_entry).find(|order| order.is_ne());
            unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Kind::Unknown(a), Kind::Unknown(b)) => a.symbol.cmp(&b.symbol),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

fn rank(kind: &Kind) -> usize {
    match kind {
        Kind::Null => 0,
        Kind::Bool(_) => 1,
        Kind::Number(_) => 2,
        Kind::String(_) => 3,
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => 4,
        Kind::Map(_) | Kind::Object(_) => 5,
        Kind::Choice(_) | Kind::Lazy(_) | Kind::Unknown(_) => 6,
    }
}
