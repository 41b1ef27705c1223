//! Sets.

use kmscheck_value::Truth;

use super::{check_size, is_unknown};
use crate::cty::{Fault, Items, Kind, Shape, Type, Value, convert, convert_alike, equal_elements, set_of};
use crate::files::Files;
use crate::functions::unknown_from;

/// The sets, their elements all of one type; `None` if some are not known.
fn sets(args: &[Value]) -> Result<Option<Vec<Items>>, Fault> {
    if args.iter().any(is_unknown) {
        return Ok(None);
    }
    let alike = convert_alike(args)?;
    Ok(alike.iter().map(|set| set.items().cloned()).collect())
}

fn unknown_set(args: &[Value]) -> Value {
    unknown_from(args, Type::set(Type::Any))
}

pub(super) fn setunion(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(match sets(args)? {
        Some(sets) => set_of(sets.iter().flat_map(|items| items.iter().cloned())),
        None => unknown_set(args),
    })
}

pub(super) fn setintersection(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let Some(sets) = sets(args)? else { return Ok(unknown_set(args)) };
    let Some((first, rest)) = sets.split_first() else { return Ok(unknown_set(args)) };
    let is_in_all = |item: &Value| Truth::all(rest.iter().map(|set| is_in(item, set)));
    Ok(filtered(first, is_in_all).unwrap_or_else(|| unknown_set(args)))
}

pub(super) fn setsubtract(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let Some(sets) = sets(args)? else { return Ok(unknown_set(args)) };
    let [first, second] = sets.as_slice() else { return Ok(unknown_set(args)) };
    Ok(filtered(first, |item| is_in(item, second).negate()).unwrap_or_else(|| unknown_set(args)))
}

fn is_in(item: &Value, set: &Items) -> Truth {
    Truth::any(set.iter().map(|other| equal_elements(item, other)))
}

/// The elements for which it holds; `None` if that is not known of one.
fn filtered(items: &Items, holds: impl Fn(&Value) -> Truth) -> Option<Value> {
    let mut kept = Vec::new();
    for item in items.iter() {
        match holds(item) {
            Truth::Yes => kept.push(item.clone()),
            Truth::No => {}
            Truth::Unknown => return None,
        }
    }
    Some(set_of(kept))
}

/// All combinations of elements, as tuples: in a set, if one of the arguments is one.
pub(super) fn setproduct(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    if args.len() < 2 {
        return Err(Fault::error("setproduct takes at least two arguments"));
    }
    let mut is_set = false;
    let mut is_known = true;
    let mut all: Vec<Vec<Value>> = vec![Vec::new()];
    for arg in args {
        match &arg.kind {
            Kind::Set(_) => is_set = true,
            Kind::List(_) | Kind::Tuple(_) => {}
            Kind::Unknown(unknown) if unknown.of.shape().is_none_or(|shape| shape == Shape::Sequence) => {
                is_known = false;
            }
            Kind::Lazy(_) | Kind::Choice(_) => is_known = false,
            _ => return Err(Fault::error("setproduct takes sets and lists")),
        }
        let own = if matches!(arg.kind, Kind::Tuple(_)) {
            convert(arg.clone(), &Type::list(Type::Any))?
        } else {
            arg.clone()
        };
        let Some(items) = own.items() else { continue };
        check_size(all.len().saturating_mul(items.len()).saturating_mul(args.len()))?;
        let further = |start: Vec<Value>| {
            items.iter().map(move |item| start.iter().chain([item]).cloned().collect::<Vec<_>>())
        };
        all = all.into_iter().flat_map(further).collect();
    }
    if !is_known {
        return Ok(unknown_from(args, Type::Any));
    }
    let tuples = all.into_iter().map(Value::tuple);
    Ok(if is_set { set_of(tuples) } else { Value::list(tuples) })
}
