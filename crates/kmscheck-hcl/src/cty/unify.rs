//! The type that values of several types can all have.
//!
//! Source: `cty/convert`, `UnifyUnsafe`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Attribute, Kind, Type, Value};

/// The type of a value.
pub(crate) fn type_of(value: &Value) -> Type {
    match &value.kind {
        Kind::Null(of) => of.clone(),
        Kind::Lazy(_) => Type::Any,
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::String(_) => Type::String,
        Kind::List(items) => Type::list(of_all(items.iter())),
        Kind::Set(items) => Type::set(of_all(items.iter())),
        Kind::Tuple(items) => Type::Tuple(items.iter().map(type_of).collect()),
        Kind::Map(entries) => Type::map(of_all(entries.values())),
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

/// The type of the elements of a collection. They have one, which nulls and empty collections among them do not show.
fn of_all<'v>(values: impl Iterator<Item = &'v Value>) -> Type {
    let mut of = Type::Null;
    for value in values {
        of = unify(&[of, type_of(value)]).unwrap_or(Type::Any);
        if of.is_complete() {
            break;
        }
    }
    of
}

/// The type that values of all `types` can be converted to; `None` if there is none.
///
/// `Any` among them is a type that is not known. It may be one to which the others are converted, so that the result is
/// not known either, but for strings.
pub(crate) fn unify(types: &[Type]) -> Option<Type> {
    let mut known: Vec<_> = types.iter().filter(|of| !matches!(of, Type::Any | Type::Null)).collect();
    known.dedup();
    let is_open = types.contains(&Type::Any);
    let Some((first, rest)) = known.split_first() else {
        return Some(if is_open { Type::Any } else { Type::Null });
    };
    if rest.iter().any(|of| of.shape() != first.shape()) {
        return None;
    }
    if is_open {
        return Some(if known.contains(&&Type::String) { Type::String } else { Type::Any });
    }
    if rest.is_empty() { Some((*first).clone()) } else { unify_known(&known) }
}

fn unify_known(types: &[&Type]) -> Option<Type> {
    let all = |is: fn(&Type) -> bool| types.iter().all(|of| is(of));
    let any = |is: fn(&Type) -> bool| types.iter().any(|of| is(of));
    if all(Type::is_primitive) {
        // Numbers and booleans become strings, but not each other.
        return any(|of| *of == Type::String).then_some(Type::String);
    }
    if all(|of| matches!(of, Type::Object(_))) {
        return match same_names(types) {
            true => unify_objects(types),
            false => elements(types).map(Type::map),
        };
    }
    if all(|of| matches!(of, Type::Tuple(_))) {
        return match same_length(types) {
            true => unify_tuples(types),
            false => elements(types).map(Type::list),
        };
    }
    if all(|of| matches!(of, Type::Object(_) | Type::Map(_))) {
        // An empty map is one of anything, and with one of anything values stay what they are.
        let is_open = any(|of| matches!(of, Type::Map(of) if !of.is_complete()));
        return elements(types).map(Type::map).or(is_open.then_some(Type::Any));
    }
    if all(|of| matches!(of, Type::Set(_))) {
        return elements(types).map(Type::set);
    }
    if !any(|of| matches!(of, Type::Set(_))) {
        return elements(types).map(Type::list);
    }
    first_fit(types)
}

/// Sets among lists and tuples: the elements become those of a type that is there already, a list before a set, even
/// if their values need not allow it.
fn first_fit(types: &[&Type]) -> Option<Type> {
    let of_list = types.iter().filter(|of| matches!(of, Type::List(_)));
    let of_set = types.iter().filter(|of| matches!(of, Type::Set(_)));
    let mut preferred: Vec<_> = of_list.collect();
    if preferred.is_empty() {
        preferred = of_set.collect();
    }
    // Of several the one of strings.
    preferred.sort_by_key(|of| of.element() != Type::String);
    preferred
        .into_iter()
        .find(|want| types.iter().all(|of| fits(of, &want.element())))
        .map(|of| (*of).clone())
}

/// Whether elements of the type can be converted to `element`, as far as types tell.
fn fits(of: &Type, element: &Type) -> bool {
    let one = |own: &Type| match (own, element) {
        (Type::Bool, Type::Number) | (Type::Number, Type::Bool) => false,
        (own, element) => {
            own.shape().is_none() || element.shape().is_none() || own.shape() == element.shape()
        }
    };
    match of {
        Type::Tuple(types) => types.iter().all(one),
        other => one(&other.element()),
    }
}

fn same_names(types: &[&Type]) -> bool {
    let mut names = types.iter().filter_map(|of| as_object(of)).map(BTreeMap::keys);
    names.next().is_none_or(|first| names.all(|other| first.clone().eq(other)))
}

fn same_length(types: &[&Type]) -> bool {
    let mut lengths = types.iter().filter_map(|of| as_tuple(of)).map(<[Type]>::len);
    lengths.next().is_none_or(|first| lengths.all(|other| first == other))
}

fn unify_objects(types: &[&Type]) -> Option<Type> {
    let objects: Vec<_> = types.iter().filter_map(|of| as_object(of)).collect();
    let attribute = |name: &Arc<str>| {
        let own: Vec<_> =
            objects.iter().filter_map(|object| object.get(name)).map(|one| one.of.clone()).collect();
        Some((Arc::clone(name), Attribute { of: unify(&own)?, optional: None }))
    };
    let attributes: Option<BTreeMap<_, _>> = objects.first()?.keys().map(attribute).collect();
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
    let element = |position: usize| {
        let own: Vec<_> = tuples.iter().filter_map(|tuple| tuple.get(position)).cloned().collect();
        unify(&own)
    };
    let elements: Option<Arc<[Type]>> = (0..tuples.first()?.len()).map(element).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cty::Unknown;

    fn object(attributes: &[(&str, Type)]) -> Type {
        let attribute =
            |(name, of): &(&str, Type)| (Arc::from(*name), Attribute { of: of.clone(), optional: None });
        Type::Object(Arc::new(attributes.iter().map(attribute).collect()))
    }

    fn tuple(types: &[Type]) -> Type {
        Type::Tuple(types.into())
    }

    /// Each as `tolist([..])` of Terraform 1.11.4 shows it.
    #[test]
    fn types_have_one_in_common() {
        use Type::{Bool, Number, String};
        let strings = || Type::list(String);
        for (types, common) in [
            (vec![Number, String, Bool], Some(String)),
            (vec![Number, Bool], None),
            (vec![Number, tuple(&[Number])], None),
            (vec![tuple(&[Number]), tuple(&[String])], Some(tuple(&[String]))),
            (vec![tuple(&[Number]), tuple(&[Number, Number])], Some(Type::list(Number))),
            (vec![tuple(&[Number]), tuple(&[Bool, Number])], None),
            (vec![tuple(&[]), tuple(&[String])], Some(strings())),
            (vec![tuple(&[Number]), strings()], Some(strings())),
            (vec![tuple(&[Number]), Type::set(String)], Some(Type::set(String))),
            (vec![strings(), Type::set(Number)], Some(strings())),
            (vec![Type::set(String), Type::list(Number)], Some(Type::list(Number))),
            (vec![Type::set(Number), Type::set(String)], Some(Type::set(String))),
            (vec![object(&[]), tuple(&[])], None),
            (vec![object(&[("a", Number)]), object(&[("a", String)])], Some(object(&[("a", String)]))),
            (vec![object(&[("a", Number)]), object(&[("b", String)])], Some(Type::map(String))),
            (vec![object(&[("a", Number)]), object(&[("a", Bool)])], None),
            (vec![object(&[("a", Number)]), Type::map(String)], Some(Type::map(String))),
            (vec![object(&[("a", Number)]), Type::map(strings())], None),
            (vec![], Some(Type::Null)),
        ] {
            assert_eq!(unify(&types), common, "{types:?}");
        }
    }

    #[test]
    fn null_takes_any_type_and_an_unknown_one_leaves_it_open() {
        assert_eq!(unify(&[Type::Null, Type::Number]), Some(Type::Number));
        assert_eq!(unify(&[Type::Any, Type::Number]), Some(Type::Any));
        assert_eq!(unify(&[Type::Any, Type::String]), Some(Type::String));
        assert_eq!(unify(&[Type::Any, Type::Number, Type::Bool]), Some(Type::Any));
        assert_eq!(unify(&[Type::Any, Type::Number, tuple(&[])]), None);
    }

    #[test]
    fn a_collection_has_the_type_of_the_elements_that_show_it() {
        let nested = Value::list([Value::list([]), Value::list(["a".into()])]);
        assert_eq!(type_of(&nested), Type::list(Type::list(Type::String)));
        assert_eq!(type_of(&Value::list([Value::NULL, 1_i64.into()])), Type::list(Type::Number));
        let open = Value::from(Unknown::made_from([].into(), Type::Any));
        assert_eq!(type_of(&Value::list([open])), Type::list(Type::Any));
    }
}
