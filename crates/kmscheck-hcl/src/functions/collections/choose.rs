//! The first value that there is.

use kmscheck_value::{Piece, Text};

use super::is_unknown;
use crate::cty::{Fault, Kind, Shape, Type, Unknown, Value, convert_alike, type_of};
use crate::files::Files;
use crate::functions::unknown_from;

/// Whether something is passed over: certainly, perhaps or not.
#[derive(PartialEq, Eq)]
enum Passed {
    Yes,
    Perhaps,
    No,
}

/// The first that is neither null nor an empty string, as of the type that all have in common.
pub(super) fn coalesce(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    if args.is_empty() {
        return Err(Fault::error("coalesce takes at least one argument"));
    }
    first(args, &convert_alike(&with_open_nulls(args))?, is_empty_text)
}

/// A null has a type which is not known here. Beside lists or objects of different types it decides whether they are
/// converted.
fn with_open_nulls(args: &[Value]) -> Vec<Value> {
    let types: Vec<_> = args.iter().filter(|arg| !arg.is_null()).map(type_of).collect();
    let is_decided =
        types.windows(2).all(|pair| pair.first() == pair.last()) || types.iter().any(Type::is_primitive);
    let open = |arg: &Value| {
        if arg.is_null() && !is_decided { unknown_from(&[], Type::Any) } else { arg.clone() }
    };
    args.iter().map(open).collect()
}

/// An empty string is looked for before the conversion, but no conversion makes one.
fn is_empty_text(value: &Value) -> Passed {
    match &value.kind {
        Kind::Null(_) => Passed::Yes,
        Kind::String(text) => match text.as_str() {
            Some("") => Passed::Yes,
            Some(_) => Passed::No,
            None if has_characters(text) => Passed::No,
            None => Passed::Perhaps,
        },
        Kind::Unknown(unknown) => match unknown.of {
            Type::Any | Type::Null | Type::String => Passed::Perhaps,
            _ if unknown.not_null => Passed::No,
            _ => Passed::Perhaps,
        },
        Kind::Choice(_) => Passed::Perhaps,
        _ => Passed::No,
    }
}

fn has_characters(text: &Text) -> bool {
    text.pieces().iter().any(|piece| matches!(piece, Piece::Literal(text) if !text.is_empty()))
}

/// The first list or tuple that has an element.
pub(super) fn coalescelist(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let is_list = |value: &Value| match &value.kind {
        Kind::Null(of) => matches!(of, Type::List(_) | Type::Tuple(_)),
        Kind::List(_) | Kind::Tuple(_) | Kind::Lazy(_) | Kind::Choice(_) => true,
        Kind::Unknown(unknown) => {
            !matches!(unknown.of, Type::Set(_))
                && unknown.of.shape().is_none_or(|shape| shape == Shape::Sequence)
        }
        _ => false,
    };
    if !args.iter().all(is_list) {
        return Err(Fault::error("coalescelist takes lists or tuples"));
    }
    first(args, args, |value| match value.items() {
        Some(items) if items.is_empty() => Passed::Yes,
        Some(_) => Passed::No,
        None if value.is_null() => Passed::Yes,
        None => Passed::Perhaps,
    })
}

/// The first that is not passed over: one of those that perhaps are not, or the first that certainly is not.
fn first(args: &[Value], values: &[Value], passed: impl Fn(&Value) -> Passed) -> Result<Value, Fault> {
    let mut options = Vec::new();
    for (arg, value) in args.iter().zip(values) {
        match if arg.is_null() { Passed::Yes } else { passed(value) } {
            Passed::Yes => {}
            Passed::Perhaps => options.push(not_null(value)),
            Passed::No => {
                options.push(value.clone());
                return Ok(Value::one_of(options));
            }
        }
    }
    match options.first() {
        None => Err(Fault::error("there is no argument that is neither null nor empty")),
        // There may be none among them.
        Some(only) => Ok(unknown_from(args, if is_unknown(only) { Type::Any } else { Type::String })),
    }
}

fn not_null(value: &Value) -> Value {
    match &value.kind {
        Kind::Unknown(unknown) => {
            Value::from(Unknown { not_null: true, ..unknown.clone() }).marked(value.sensitive)
        }
        _ => value.clone(),
    }
}
