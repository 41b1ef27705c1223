//! What is in a collection, and where.

use kmscheck_value::Truth;

use super::{bool_of, check_type, is_unknown, list_items, whole};
use crate::cty::{Fault, Kind, Type, Value, equal, equal_elements};
use crate::files::Files;
use crate::functions::text::graphemes;
use crate::functions::unknown_from;

/// Null is not true.
fn truth_of(value: &Value) -> Truth {
    match value.kind {
        Kind::Bool(flag) => flag.into(),
        Kind::Null(_) => Truth::No,
        _ => Truth::Unknown,
    }
}

fn truths(args: &[Value]) -> Option<impl Iterator<Item = Truth>> {
    args.first().and_then(Value::items).map(|items| items.iter().map(truth_of))
}

pub(super) fn alltrue(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(bool_of(truths(args).map_or(Truth::Unknown, Truth::all), args))
}

pub(super) fn anytrue(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(bool_of(truths(args).map_or(Truth::Unknown, Truth::any), args))
}

pub(super) fn contains(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [collection, wanted] = args else { return Err(Fault::error("contains takes two arguments")) };
    if is_unknown(collection) {
        return Ok(unknown_from(args, Type::Bool));
    }
    let items = collection.items().ok_or_else(|| Fault::error("contains takes a list, a tuple or a set"))?;
    Ok(bool_of(Truth::any(items.iter().map(|item| equal(item, wanted))), args))
}

/// The position of the first element that is equal.
pub(super) fn index(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [list, wanted] = args else { return Err(Fault::error("index takes two arguments")) };
    if is_unknown(list) {
        return Ok(unknown_from(args, Type::Number));
    }
    for (position, item) in list_items(list, "index")?.iter().enumerate() {
        match equal(item, wanted) {
            Truth::Yes => return Ok(position.into()),
            Truth::Unknown => return Ok(unknown_from(args, Type::Number)),
            Truth::No => {}
        }
    }
    Err(Fault::error("item not found"))
}

/// The element at a position, counted on from the start behind the end.
pub(super) fn element(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [list, position] = args else { return Err(Fault::error("element takes two arguments")) };
    check_type(list, "element", |of| matches!(of, Type::List(_) | Type::Tuple(_)))?;
    if is_unknown(list) {
        return Ok(unknown_from(args, Type::Any));
    }
    let items = list_items(list, "element")?;
    if items.is_empty() {
        return Err(Fault::error("an empty list has no element"));
    }
    if !position.is_known() {
        return Ok(unknown_from(args, Type::Any));
    }
    let position =
        usize::try_from(whole(position)?).map_err(|_| Fault::error("an index must not be negative"))?;
    items.get(position % items.len()).cloned().ok_or_else(|| Fault::error("there is no such element"))
}

/// Null for no element, the element for one.
pub(super) fn one(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [collection] = args else { return Err(Fault::error("one takes one argument")) };
    check_type(collection, "one", |of| match of {
        Type::List(_) | Type::Set(_) => true,
        Type::Tuple(types) => types.len() < 2,
        _ => false,
    })?;
    if is_unknown(collection) || !collection.has_order() {
        return Ok(unknown_from(args, Type::Any));
    }
    match collection.items().map(|items| &**items) {
        Some([]) => Ok(Value::NULL),
        Some([only]) => Ok(only.clone()),
        _ => Err(Fault::error("one takes a list, a tuple or a set of at most one element")),
    }
}

/// How many elements, entries or characters there are.
pub(super) fn length(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [value] = args else { return Err(Fault::error("length takes one argument")) };
    match &value.kind {
        Kind::String(text) => Ok(match text.as_str() {
            Some(text) => graphemes(text).count().into(),
            None => unknown_from(args, Type::Number),
        }),
        Kind::Set(items) if !value.has_order() && !are_distinct(items) => {
            Ok(unknown_from(args, Type::Number))
        }
        Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => Ok(items.len().into()),
        Kind::Map(entries) | Kind::Object(entries) => Ok(entries.len().into()),
        Kind::Unknown(unknown) if matches!(unknown.of, Type::Bool | Type::Number) => {
            Err(Fault::error("length takes a string or a collection"))
        }
        Kind::Unknown(unknown) => Ok(match &unknown.of {
            // With null it is an error.
            Type::Tuple(types) => types.len().into(),
            Type::Object(attributes) => attributes.len().into(),
            _ => unknown_from(args, Type::Number),
        }),
        Kind::Lazy(_) | Kind::Choice(_) => Ok(unknown_from(args, Type::Number)),
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => {
            Err(Fault::error("length takes a string or a collection"))
        }
    }
}

/// Whether no two of the elements of a set can turn out to be one. Of many nobody finds out.
fn are_distinct(items: &[Value]) -> bool {
    const MANY: usize = 200;
    let differs = |(position, one): (usize, &Value)| {
        items.iter().skip(position + 1).all(|other| equal_elements(one, other) == Truth::No)
    };
    items.len() <= MANY && items.iter().enumerate().all(differs)
}
