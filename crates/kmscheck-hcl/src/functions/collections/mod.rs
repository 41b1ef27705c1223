//! Functions of lists, maps and sets.
//!
//! Source: Terraform, `internal/lang/funcs/collection.go`; `cty/function/stdlib`.

mod choose;
mod find;
mod lists;
mod maps;
mod ranges;
mod sets;
#[cfg(test)]
mod tests;

use kmscheck_value::Truth;

use super::Want::{Any, Bool, List, Map, Number, Set, String};
use super::{Function, Marks, Param, Unknowns, Want, unknown_from};
use crate::cty::{Fault, Kind, Type, Value};

const ANY: Param = Param::of(Any);
const NUMBER: Param = Param::of(Number);
const ANY_LIST: Param = Param::of(List(&Any));
const STRINGS: Param = Param::of(List(&String));
const ANY_SET: Param = Param::of(Set(&Any));

/// A function that looks into its arguments; if anything in them must not be shown, neither must the result.
const fn deep(name: &'static str, params: &'static [Param], returns: Want, body: super::Body) -> Function {
    Function::new(name, params, returns, body).unknowns(Unknowns::Handled)
}

pub(super) const FUNCTIONS: &[Function] = &[
    deep("alltrue", &[Param::of(List(&Bool))], Bool, find::alltrue),
    deep("anytrue", &[Param::of(List(&Bool))], Bool, find::anytrue),
    Function::structural("chunklist", &[ANY_LIST, NUMBER], List(&List(&Any)), lists::chunklist),
    deep("coalesce", &[], Any, choose::coalesce).rest(Param::nullable(Any)),
    deep("coalescelist", &[], Any, choose::coalescelist).rest(Param::nullable(Any)),
    deep("compact", &[STRINGS], List(&String), lists::compact),
    Function::structural("concat", &[], Any, lists::concat).rest(ANY),
    deep("contains", &[ANY, ANY], Bool, find::contains),
    deep("distinct", &[ANY_LIST], List(&Any), lists::distinct),
    Function::structural("element", &[ANY, NUMBER], Any, find::element),
    Function::structural("flatten", &[ANY], Any, lists::flatten),
    deep("index", &[ANY, ANY], Number, find::index),
    Function::structural("keys", &[ANY], Any, maps::keys),
    Function::structural("length", &[ANY], Number, find::length),
    Function::structural("lookup", &[ANY, Param::of(String)], Any, maps::lookup)
        .rest(Param::nullable(Any))
        .marks(Marks::Handled),
    deep("matchkeys", &[ANY_LIST, ANY_LIST, ANY_LIST], List(&Any), maps::matchkeys),
    Function::structural("merge", &[], Any, maps::merge).rest(Param::nullable(Any)),
    deep("one", &[ANY], Any, find::one),
    Function::new("range", &[], List(&Number), ranges::range).rest(NUMBER),
    Function::structural("reverse", &[ANY], Any, lists::reverse),
    Function::structural("setintersection", &[ANY_SET], Set(&Any), sets::setintersection).rest(ANY_SET),
    Function::structural("setproduct", &[], Any, sets::setproduct).rest(ANY),
    Function::structural("setsubtract", &[ANY_SET, ANY_SET], Set(&Any), sets::setsubtract),
    Function::structural("setunion", &[ANY_SET], Set(&Any), sets::setunion).rest(ANY_SET),
    Function::structural("slice", &[ANY, NUMBER, NUMBER], Any, lists::slice),
    deep("sort", &[STRINGS], List(&String), lists::sort),
    Function::new("sum", &[ANY], Number, ranges::sum),
    Function::new("transpose", &[Param::of(Map(&List(&String)))], Map(&List(&String)), maps::transpose),
    Function::structural("values", &[ANY], Any, maps::values),
    Function::structural("zipmap", &[STRINGS, ANY], Any, maps::zipmap),
];

/// More elements are not made.
const MOST_ELEMENTS: usize = 100_000;

fn check_size(elements: usize) -> Result<(), Fault> {
    if elements > MOST_ELEMENTS { Err(Fault::limit("a collection has very many elements")) } else { Ok(()) }
}

/// Whether nothing is known of the value itself, or of more than one that it may be.
fn is_unknown(value: &Value) -> bool {
    matches!(value.kind, Kind::Unknown(_) | Kind::Lazy(_) | Kind::Choice(_))
}

/// An error if not even the type of what is not known fits.
fn check_type(value: &Value, function: &str, fits: impl Fn(&Type) -> bool) -> Result<(), Fault> {
    match &value.kind {
        Kind::Unknown(unknown) if unknown.of != Type::Any && !fits(&unknown.of) => {
            Err(Fault::error(format!("{function} takes no {}", unknown.of)))
        }
        _ => Ok(()),
    }
}

/// The elements of a list or a tuple.
fn list_items<'v>(value: &'v Value, function: &str) -> Result<&'v [Value], Fault> {
    match &value.kind {
        Kind::List(items) | Kind::Tuple(items) => Ok(items),
        _ => Err(Fault::error(format!("{function} takes a list or a tuple"))),
    }
}

/// A whole number, as an argument.
fn whole(value: &Value) -> Result<i64, Fault> {
    let number = value.as_number().and_then(crate::cty::Number::as_i64);
    number.ok_or_else(|| Fault::error("a whole number is required"))
}

/// A list or tuple of other elements.
fn like(value: &Value, items: impl IntoIterator<Item = Value>) -> Value {
    if matches!(value.kind, Kind::Tuple(_)) { Value::tuple(items) } else { Value::list(items) }
}

fn bool_of(truth: Truth, args: &[Value]) -> Value {
    match truth {
        Truth::Yes => true.into(),
        Truth::No => false.into(),
        Truth::Unknown => unknown_from(args, Type::Bool),
    }
}
