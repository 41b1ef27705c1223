//! Whether values are equal, and their order in a set.

use std::cmp::Ordering;
use std::fmt::Write as _;

use kmscheck_value::{Piece, Text, Truth};

use super::{Items, Kind, Number, Type, Value, type_of};

/// Whether both are one value. Values of two types are not: `1` is not `"1"`, and a list is no tuple.
pub(crate) fn equal(one: &Value, other: &Value) -> Truth {
    match (&one.kind, &other.kind) {
        // Whatever their types: those of parts count.
        (Kind::Null(_), Kind::Null(_)) => Truth::Yes,
        (Kind::Choice(options), _) => all_alike(options.iter().map(|option| equal(option, other))),
        (_, Kind::Choice(options)) => all_alike(options.iter().map(|option| equal(one, option))),
        _ => compare(one, other, Types::MayDiffer),
    }
}

/// Whether two elements of one collection, which have one type, are one value.
pub(crate) fn equal_elements(one: &Value, other: &Value) -> Truth {
    compare(one, other, Types::AreOne)
}

/// What is known of the types of both. Nulls and empty collections do not show theirs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Types {
    AreOne,
    MayDiffer,
}

fn compare(one: &Value, other: &Value, types: Types) -> Truth {
    let if_types_agree = if types == Types::AreOne { Truth::Yes } else { Truth::Unknown };
    match (&one.kind, &other.kind) {
        (Kind::Choice(options), _) => all_alike(options.iter().map(|option| compare(option, other, types))),
        (_, Kind::Choice(options)) => all_alike(options.iter().map(|option| compare(one, option, types))),
        (Kind::Unknown(_) | Kind::Lazy(_), _) | (_, Kind::Unknown(_) | Kind::Lazy(_)) => {
            compare_unknown(one, other, types)
        }
        (Kind::Null(_), Kind::Null(_)) if types == Types::AreOne => Truth::Yes,
        (Kind::Null(a), Kind::Null(b)) if a.holds_any() || b.holds_any() => Truth::Unknown,
        (Kind::Null(a), Kind::Null(b)) => (a == b).into(),
        (Kind::Bool(a), Kind::Bool(b)) => (a == b).into(),
        (Kind::Number(a), Kind::Number(b)) => (a == b).into(),
        (Kind::String(a), Kind::String(b)) => equal_texts(a, b),
        (Kind::List(a), Kind::List(b)) | (Kind::Set(a), Kind::Set(b)) if a.is_empty() && b.is_empty() => {
            if_types_agree
        }
        (Kind::Map(a), Kind::Map(b)) if a.is_empty() && b.is_empty() => if_types_agree,
        (Kind::List(a), Kind::List(b)) | (Kind::Tuple(a), Kind::Tuple(b)) => equal_items(a, b, types),
        (Kind::Set(a), Kind::Set(b)) => equal_sets(a, b, types),
        (Kind::Map(a), Kind::Map(b)) | (Kind::Object(a), Kind::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Truth::No;
            }
            Truth::all(a.values().zip(b.values()).map(|(a, b)| compare(a, b, types)))
        }
        _ => Truth::No,
    }
}

fn compare_unknown(one: &Value, other: &Value, types: Types) -> Truth {
    match (&one.kind, &other.kind) {
        (Kind::Unknown(a), Kind::Unknown(b)) => {
            let is_one = a.symbol.is_some() && a.symbol == b.symbol;
            if is_one && (types == Types::AreOne || a.of == b.of) { Truth::Yes } else { Truth::Unknown }
        }
        (Kind::Lazy(a), Kind::Lazy(b)) if a == b => Truth::Yes,
        (Kind::Unknown(unknown), Kind::Null(_)) | (Kind::Null(_), Kind::Unknown(unknown)) => {
            if unknown.not_null { Truth::No } else { Truth::Unknown }
        }
        (Kind::Lazy(_), Kind::Null(_)) | (Kind::Null(_), Kind::Lazy(_)) => Truth::No,
        // Whatever it is, it is not what it can't be by its type.
        (Kind::Unknown(unknown), _) if types_differ(&unknown.of, &type_of(other)) => Truth::No,
        (_, Kind::Unknown(unknown)) if types_differ(&type_of(one), &unknown.of) => Truth::No,
        _ => Truth::Unknown,
    }
}

fn types_differ(one: &Type, other: &Type) -> bool {
    let is_known = |of: &Type| !matches!(of, Type::Any | Type::Null);
    is_known(one) && is_known(other) && std::mem::discriminant(one) != std::mem::discriminant(other)
}

/// The answer, if it is the same for all.
fn all_alike(answers: impl Iterator<Item = Truth>) -> Truth {
    answers.reduce(|one, other| if one == other { one } else { Truth::Unknown }).unwrap_or(Truth::Unknown)
}

fn equal_items(one: &Items, other: &Items, types: Types) -> Truth {
    if one.len() != other.len() {
        return Truth::No;
    }
    Truth::all(one.iter().zip(other.iter()).map(|(a, b)| compare(a, b, types)))
}

fn equal_sets(one: &Items, other: &Items, types: Types) -> Truth {
    if one.len() == other.len() && one.iter().zip(other.iter()).all(|(a, b)| compare(a, b, types).is_yes()) {
        return Truth::Yes;
    }
    let all_in = |some: &Items, others: &Items| {
        Truth::all(some.iter().map(|a| Truth::any(others.iter().map(|b| compare(a, b, types)))))
    };
    all_in(one, other).and(all_in(other, one))
}

/// Two texts with symbols differ for certain if their known ends do.
fn equal_texts(one: &Text, other: &Text) -> Truth {
    if let (Some(a), Some(b)) = (one.as_str(), other.as_str()) {
        return (a == b).into();
    }
    let (ours, theirs) = (one.pieces(), other.pieces());
    if ours == theirs {
        return Truth::Yes;
    }
    let starts = fits(literal(ours.first()), literal(theirs.first()), |a, b| a.starts_with(b));
    let ends = fits(literal(ours.last()), literal(theirs.last()), |a, b| a.ends_with(b));
    let is_short =
        |known: &Text, other: &Text| known.as_str().is_some_and(|known| known.len() < length(other));
    let too_short = is_short(one, other) || is_short(other, one);
    if starts && ends && !too_short { Truth::Unknown } else { Truth::No }
}

/// How many bytes are known of it.
fn length(text: &Text) -> usize {
    text.pieces().iter().map(|piece| literal(Some(piece)).len()).sum()
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

/// The elements as a set has them: in order, each once. If one must not be shown, none must.
pub(crate) fn set_of(items: impl IntoIterator<Item = Value>) -> Value {
    let mut items: Vec<_> = items.into_iter().collect();
    let sensitive = items.iter().any(Value::holds_sensitive);
    if sensitive {
        items = items.iter().map(Value::unmarked).collect();
    }
    items.sort_by(cmp_for_set);
    items.dedup_by(|a, b| equal_elements(a, b).is_yes());
    Value::from(Kind::Set(items.into())).marked(sensitive)
}

/// The order in which a set is iterated over: of strings, numbers and booleans their own, null behind. All others are
/// ordered by what `cty` hashes. Source: `cty`, `set_internals.go`.
pub(crate) fn cmp_for_set(one: &Value, other: &Value) -> Ordering {
    match (&one.kind, &other.kind) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Kind::String(a), Kind::String(b)) => match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.cmp(b),
            _ => a.pieces().cmp(&b.pieces()),
        },
        (Kind::Unknown(a), Kind::Unknown(b)) => a.symbol.cmp(&b.symbol),
        (a, b) if rank(a) == PARTS && rank(b) == PARTS => {
            let by = |digits: fn(&Number) -> String| hashed(one, digits).cmp(&hashed(other, digits));
            by(Number::to_ten_digits).then_with(|| by(Number::to_string))
        }
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

const PARTS: usize = 3;

fn rank(kind: &Kind) -> usize {
    match kind {
        Kind::Bool(_) => 0,
        Kind::Number(_) => 1,
        Kind::String(_) => 2,
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) | Kind::Map(_) | Kind::Object(_) => PARTS,
        Kind::Null(_) => 4,
        Kind::Choice(_) | Kind::Lazy(_) | Kind::Unknown(_) => 5,
    }
}

fn hashed(value: &Value, digits: fn(&Number) -> String) -> String {
    let mut text = String::new();
    add_hashed(value, digits, &mut text);
    text
}

fn add_hashed(value: &Value, digits: fn(&Number) -> String, to: &mut String) {
    let mut bracketed = |open: char, close: char, values: &mut dyn Iterator<Item = &Value>| {
        to.push(open);
        for value in values {
            add_hashed(value, digits, to);
            to.push(';');
        }
        to.push(close);
    };
    match &value.kind {
        Kind::Null(_) => to.push_str("null"),
        Kind::Bool(flag) => to.push(if *flag { 'T' } else { 'F' }),
        Kind::Number(number) => to.push_str(&digits(number)),
        Kind::String(text) => {
            let _ = write!(to, "{:?}", text.to_string());
        }
        Kind::List(items) | Kind::Set(items) => bracketed('[', ']', &mut items.iter()),
        Kind::Tuple(items) => bracketed('<', '>', &mut items.iter()),
        Kind::Object(entries) => bracketed('<', '>', &mut entries.values()),
        Kind::Map(entries) => {
            to.push('{');
            for (key, value) in entries.iter() {
                let _ = write!(to, "{key:?}:");
                add_hashed(value, digits, to);
                to.push(';');
            }
            to.push('}');
        }
        Kind::Choice(_) | Kind::Lazy(_) | Kind::Unknown(_) => to.push('?'),
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_value::Symbol;

    use super::*;
    use crate::cty::Unknown;

    fn unknown(of: Type) -> Value {
        Unknown::of(Symbol::new("var.x", ""), of).into()
    }

    fn list(items: &[i64]) -> Value {
        Value::list(items.iter().map(|item| Value::from(*item)))
    }

    /// Each as Terraform 1.11.4 answers it.
    #[test]
    fn values_of_two_types_are_not_equal() {
        let one = || Value::from(1_i64);
        for (a, b, answer) in [
            (one(), Value::from("1"), Truth::No),
            (Value::tuple([one()]), list(&[1]), Truth::No),
            (Value::tuple([one()]), Value::tuple([one()]), Truth::Yes),
            (Value::tuple([one()]), Value::tuple(["1".into()]), Truth::No),
            (Value::map([("a", one())]), Value::object([("a", one())]), Truth::No),
            (Value::NULL, Value::NULL, Truth::Yes),
            (Value::NULL, one(), Truth::No),
            (Value::tuple([]), Value::tuple([]), Truth::Yes),
            (Value::list([]), list(&[1]), Truth::No),
        ] {
            assert_eq!(equal(&a, &b), answer, "{a:?} {b:?}");
        }
    }

    #[test]
    fn nulls_have_types_and_empty_collections_do_not_show_theirs() {
        let null = |of: Type| Value::tuple([Value::null_of(of)]);
        assert_eq!(equal(&null(Type::Null), &null(Type::Null)), Truth::Yes);
        assert_eq!(equal(&null(Type::Null), &null(Type::String)), Truth::No);
        assert_eq!(equal_elements(&null(Type::Null), &null(Type::String)), Truth::Yes);
        assert_eq!(equal(&list(&[]), &list(&[])), Truth::Unknown);
        assert_eq!(equal_elements(&list(&[]), &list(&[])), Truth::Yes);
    }

    #[test]
    fn an_unknown_is_itself_and_nothing_of_another_type() {
        let text = unknown(Type::String);
        assert_eq!(equal(&text, &text), Truth::Yes);
        assert_eq!(equal(&text, &unknown(Type::Any)), Truth::Unknown);
        assert_eq!(equal(&text, &"a".into()), Truth::Unknown);
        assert_eq!(equal(&text, &1_i64.into()), Truth::No);
        assert_eq!(equal(&text, &Value::NULL), Truth::Unknown);
        assert_eq!(equal(&unknown(Type::list(Type::Any)), &Value::tuple([])), Truth::No);
    }

    #[test]
    fn a_set_has_an_order_of_its_own() {
        let order = |items: Vec<Value>| set_of(items).items().unwrap().to_vec();
        let number = |number: i64| Value::from(number);
        assert_eq!(order(vec![number(10), number(9), number(9)]), [number(9), number(10)]);
        assert_eq!(order(vec![Value::NULL, "b".into(), "Z".into()]), ["Z".into(), "b".into(), Value::NULL]);
        let objects =
            |items: &[i64]| items.iter().map(|item| Value::object([("a", number(*item))])).collect();
        assert_eq!(order(objects(&[9, 10])), objects(&[10, 9]) as Vec<Value>);
        let lists = vec![list(&[]), list(&[2]), list(&[1, 2])];
        assert_eq!(order(lists), [list(&[1, 2]), list(&[2]), list(&[])]);
    }

    #[test]
    fn one_secret_in_a_set_makes_it_one() {
        let set = set_of(["a".into(), Value::from("b").marked(true)]);
        assert!(set.sensitive);
        assert!(set.items().unwrap().iter().all(|item| !item.sensitive));
    }
}
