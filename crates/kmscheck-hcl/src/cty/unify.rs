//! The type that values of several types can all have.
//!
//! Source: `cty/convert`, `UnifyUnsafe`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Attribute, Kind, Type, Value};

/// The type of a value. An empty collection is one of anything.
pub(crate) fn type_of(value: &Value) -> Type {
    let first = |items: &[Value]| items.first().map_or(Type::Any, type_of);
    match &value.kind {
        Kind::Null | Kind::Lazy(_) => Type::Any,
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::String(_) => Type::String,
        Kind::List(items) => Type::list(first(items)),
        Kind::Set(items) => Type::set(first(items)),
        Kind::Tuple(items) => Type::Tuple(items.iter().map(type_of).collect()),
        Kind::Map(entries) => Type::map(entries.values().next().map_or(Type::Any, type_of)),
        Kind::Object(entries) => {
            let attribute = |(name, value): (&Arc<str>, &Value)| {
                (Arc::clone(name), Attribute { of: type_of(value), optional: None })
            };
            Type::Object(Arc::new(entries.iter().map(attribute).collect()))
        }
        Kind::Choice(options) => {
            let types: Vec<_> = options.iter().map(type_of).collect();
            unify(&types).unwrap_or(Type::Any)
        }
        Kind::Unknown(unknown) => unknown.of.clone(),
    }
}

/// The type that values of all `types` can be converted to; `None` if there is none.
pub(crate) fn unify(types: &[Type]) -> Option<Type> {
    let mut types: Vec<_> = types.iter().filter(|of| **of != Type::Any).collect();
    types.dedup();
    let Some((first, rest)) = types.split_first() else { return Some(Type::Any) };
    if rest.is_empty() {
        return Some((*first).clone());
    }
    if types.iter().all(|of| of.is_primitive()) {
        return unify_primitives(&types);
    }
    if types.iter().any(|of| of.is_primitive()) {
        return None;
    }
    let all = |is: fn(&Type) -> bool| types.iter().all(|of| is(of));
    if all(|of| matches!(of, Type::Object(_))) {
        return unify_objects(&types).or_else(|| elements(&types).map(Type::map));
    }
    if all(|of| matches!(of, Type::Tuple(_))) {
        return unify_tuples(&types).or_else(|| elements(&types).map(Type::list));
    }
    if all(|of| matches!(of, Type::Object(_) | Type::Map(_))) {
        return elements(&types).map(Type::map);
    }
    if all(|of| matches!(of, Type::Set(_))) || all(|of| matches!(of, Type::Set(_) | Type::Tuple(_))) {
        return elements(&types).map(Type::set);
    }
    if all(|of| matches!(of, Type::Set(_) | Type::Tuple(_) | Type::List(_))) {
        return elements(&types).map(Type::list);
    }
    None
}

/// Numbers and booleans become strings, but not each other.
fn unify_primitives(types: &[&Type]) -> Option<Type> {
    types.iter().any(|of| **of == Type::String).then_some(Type::String)
}

fn unify_objects(types: &[&Type]) -> Option<Type> {
    let objects: Vec<_> = types.iter().filter_map(|of| as_object(of)).collect();
    let (first, rest) = objects.split_first()?;
    if rest.iter().any(|other| !first.keys().eq(other.keys())) {
        return None;
    }
    let attribute = |name: &Arc<str>| {
        let own: Vec<_> =
            objects.iter().filter_map(|object| object.get(name)).map(|one| one.of.clone()).collect();
        Some((Arc::clone(name), Attribute { of: unify(&own)?, optional: None }))
    };
    let attributes: Option<BTreeMap<_, _>> = first.keys().map(attribute).collect();
    attributes.map(Arc::new).map(Type::Object)
}

fn as_object(of: &Type) -> Option<&BTreeMap<Arc<str>, Attribute>> {
    match of {
        Type::Object(attributes) => Some(attributes),
        _ => None,
    }
}

fn unify_tuples(types: &[&Type]) -> Option<Type> {
    let tuples: Vec<_> = types.iter().filter_map(|of| as_tuple(of)).collect();
    let (first, rest) = tuples.split_first()?;
    if rest.iter().any(|other| other.len() != first.len()) {
        return None;
    }
    let element = |position: usize| {
        let own: Vec<_> = tuples.iter().filter_map(|tuple| tuple.get(position)).cloned().collect();
        unify(&own)
    };
    let elements: Option<Arc<[Type]>> = (0..first.len()).map(element).collect();
    elements.map(Type::Tuple)
}

fn as_tuple(of: &Type) -> Option<&[Type]> {
    match of {
        Type::Tuple(types) => Some(types),
        _ => None,
    }
}

/// The type that all elements of all types have in common.
fn elements(types: &[&Type]) -> Option<Type> {
    let of = types.iter().flat_map(|of| match of {
        Type::Tuple(types) => types.to_vec(),
        Type::Object(attributes) => attributes.values().map(|attribute| attribute.of.clone()).collect(),
        other => vec![other.element()],
    });
    unify(&of.collect::<Vec<_>>())
}
