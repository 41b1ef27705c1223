//! Conversions between types.
//!
//! Source: Terraform, "Type Conversion"; `cty/convert`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Attribute, Entries, Fault, Items, Kind, Number, Type, Unknown, Value, set_of, type_of, unify};

/// The value as one of the type.
///
/// # Errors
/// If the type does not allow it.
pub(crate) fn convert(value: Value, to: &Type) -> Result<Value, Fault> {
    let sensitive = value.sensitive;
    let converted = match (value.kind, to) {
        (kind, Type::Any) => kind,
        (Kind::Null, _) => Kind::Null,
        (Kind::Unknown(unknown), to) => unknown_as(unknown, to)?,
        (Kind::Choice(options), to) => return one_of(&options, to).map(|value| value.marked(sensitive)),
        (Kind::Lazy(lazy), to) if !to.is_primitive() => {
            Kind::Unknown(Unknown::made_from([lazy.symbol].into(), to.clone()))
        }
        (kind, Type::Bool) => as_bool(kind)?,
        (kind, Type::Number) => as_number(kind)?,
        (kind, Type::String) => as_string(kind)?,
        (Kind::List(items) | Kind::Set(items) | Kind::Tuple(items), Type::List(of)) => {
            Kind::List(elements(&items, of)?.into())
        }
        (Kind::List(items) | Kind::Set(items) | Kind::Tuple(items), Type::Set(of)) => {
            set_of(elements(&items, of)?).kind
        }
        (Kind::Map(entries) | Kind::Object(entries), Type::Map(of)) => Kind::Map(as_map(&entries, of)?),
        (Kind::Map(entries) | Kind::Object(entries), Type::Object(attributes)) => {
            Kind::Object(as_object(&entries, attributes)?)
        }
        (Kind::Tuple(items) | Kind::List(items), Type::Tuple(types)) => as_tuple(&items, types)?,
        (_, to) => return Err(Fault::error(format!("{to} required"))),
    };
    Ok(Value::from(converted).marked(sensitive))
}

/// An unknown keeps its identity: as another type it is still the same thing.
fn unknown_as(unknown: Unknown, to: &Type) -> Result<Kind, Fault> {
    let fits = match (&unknown.of, to) {
        (Type::Any, _) => true,
        (from, to) if from.is_primitive() && to.is_primitive() => {
            !matches!((from, to), (Type::Bool, Type::Number) | (Type::Number, Type::Bool))
        }
        (from, to) => from.is_primitive() == to.is_primitive(),
    };
    if !fits {
        return Err(Fault::error(format!("{to} required")));
    }
    let of = if matches!((&unknown.of, to), (Type::Object(_), Type::Map(_))) {
        Type::map(Type::Any)
    } else {
        to.clone()
    };
    Ok(Kind::Unknown(Unknown { of, ..unknown }))
}

/// Of the options those that can be converted: with any other Terraform fails.
fn one_of(options: &Items, to: &Type) -> Result<Value, Fault> {
    let converted: Vec<_> = options.iter().map(|option| convert(option.clone(), to)).collect();
    if converted.iter().all(Result::is_err) {
        return converted.into_iter().next().unwrap_or(Ok(Value::NULL));
    }
    Ok(Value::one_of(converted.into_iter().flatten()))
}

fn as_bool(kind: Kind) -> Result<Kind, Fault> {
    match &kind {
        Kind::Bool(_) => Ok(kind),
        Kind::String(text) => match text.as_str() {
            Some("true" | "1") => Ok(Kind::Bool(true)),
            Some("false" | "0") => Ok(Kind::Bool(false)),
            Some(_) => Err(Fault::error("a bool is required")),
            None => Ok(made_from(kind, Type::Bool)),
        },
        _ => Err(Fault::error("bool required")),
    }
}

fn as_number(kind: Kind) -> Result<Kind, Fault> {
    match &kind {
        Kind::Number(_) => Ok(kind),
        Kind::String(text) => match text.as_str() {
            Some(text) => Number::parse(text).map(Kind::Number),
            None => Ok(made_from(kind, Type::Number)),
        },
        _ => Err(Fault::error("number required")),
    }
}

fn as_string(kind: Kind) -> Result<Kind, Fault> {
    match kind {
        Kind::String(_) => Ok(kind),
        Kind::Bool(flag) => Ok(Value::from(flag.to_string()).kind),
        Kind::Number(number) => Ok(Value::from(number.to_string()).kind),
        _ => Err(Fault::error("string required")),
    }
}

fn made_from(kind: Kind, of: Type) -> Kind {
    Kind::Unknown(Unknown::made_from(Value::from(kind).sources(), of))
}

/// The elements, all of one type. Any type means the one that they have in common.
fn elements(items: &Items, of: &Type) -> Result<Vec<Value>, Fault> {
    let common = common_type(items.iter(), of)?;
    items.iter().map(|item| convert(item.clone(), &common)).collect()
}

fn as_map(entries: &Entries, of: &Type) -> Result<Entries, Fault> {
    let common = common_type(entries.values(), of)?;
    let converted: Result<BTreeMap<_, _>, _> =
        entries.iter().map(|(key, value)| Ok((Arc::clone(key), convert(value.clone(), &common)?))).collect();
    converted.map(Arc::new)
}

fn common_type<'v>(values: impl Iterator<Item = &'v Value>, of: &Type) -> Result<Type, Fault> {
    if *of != Type::Any {
        return Ok(of.clone());
    }
    let types: Vec<_> = values.map(type_of).collect();
    unify(&types).ok_or_else(|| Fault::error("all elements must have the same type"))
}

fn as_object(entries: &Entries, attributes: &BTreeMap<Arc<str>, Attribute>) -> Result<Entries, Fault> {
    let mut object = BTreeMap::new();
    for (name, attribute) in attributes {
        let given = entries.get(name);
        let value = match (given, &attribute.optional) {
            (Some(value), Some(default)) if value.is_null() => default.clone(),
            (Some(value), _) => value.clone(),
            (None, Some(default)) => default.clone(),
            (None, None) => return Err(Fault::error(format!("attribute {name:?} is required"))),
        };
        object.insert(Arc::clone(name), convert(value, &attribute.of)?);
    }
    Ok(Arc::new(object))
}

fn as_tuple(items: &Items, types: &[Type]) -> Result<Kind, Fault> {
    if items.len() != types.len() {
        return Err(Fault::error(format!("a tuple of {} elements is required", types.len())));
    }
    let items: Result<_, _> = items.iter().zip(types).map(|(item, of)| convert(item.clone(), of)).collect();
    items.map(Kind::Tuple)
}
