//! Maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_value::Truth;

use super::{check_size, check_type, is_unknown};
use crate::cty::{
    Entries, Fault, Kind, Shape, Type, Unknown, Value, convert, convert_alike, equal, equal_elements,
    type_of, unify,
};
use crate::files::Files;
use crate::functions::unknown_from;

/// The entries; `None` if they are not known.
fn entries<'v>(value: &'v Value, function: &str) -> Result<Option<&'v Entries>, Fault> {
    let is_other = match &value.kind {
        Kind::Unknown(unknown) => unknown.of.shape().is_some_and(|shape| shape != Shape::Keyed),
        _ => !is_unknown(value),
    };
    match value.entries() {
        None if is_other => Err(Fault::error(format!("{function} takes a map or an object"))),
        entries => Ok(entries),
    }
}

pub(super) fn keys(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [value] = args else { return Err(Fault::error("keys takes one argument")) };
    if let Kind::Unknown(Unknown { of: Type::Object(attributes), .. }) = &value.kind {
        return Ok(Value::tuple(attributes.keys().map(|name| Value::from(&**name))));
    }
    let Some(entries) = entries(value, "keys")? else { return Ok(unknown_from(args, Type::Any)) };
    let keys = entries.keys().map(|key| Value::from(&**key));
    Ok(if matches!(value.kind, Kind::Map(_)) { Value::list(keys) } else { Value::tuple(keys) })
}

pub(super) fn values(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [value] = args else { return Err(Fault::error("values takes one argument")) };
    let Some(entries) = entries(value, "values")? else { return Ok(unknown_from(args, Type::Any)) };
    let values = entries.values().cloned();
    Ok(if matches!(value.kind, Kind::Map(_)) { Value::list(values) } else { Value::tuple(values) })
}

/// The value of a key, or the default.
pub(super) fn lookup(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (map, key, default) = match args {
        [map, key] => (map, key, None),
        [map, key, default] => (map, key, Some(default)),
        _ => return Err(Fault::error("lookup takes two or three arguments")),
    };
    let sensitive = map.sensitive || key.sensitive;
    let Some(entries) = entries(map, "lookup")? else {
        let default_is = default.is_some_and(Value::holds_sensitive);
        return Ok(unknown_from(args, Type::Any).marked(sensitive || default_is));
    };
    // The default of a map becomes one of its elements.
    let default = match default {
        Some(default) if matches!(map.kind, Kind::Map(_)) => {
            Some(convert(default.clone(), &type_of(map).element())?)
        }
        default => default.cloned(),
    };
    let found = match key.as_str() {
        Some(key) => entries.get(key).cloned().or(default),
        None => one_of_fitting(entries, key, default)
            .or_else(|| Some(unknown_from(args, Type::Any).marked(args.iter().any(Value::holds_sensitive)))),
    };
    found
        .map(|value| value.marked(sensitive))
        .ok_or_else(|| Fault::error("there is no such key, and no default"))
}

/// For a key that is not known, the values of those that it may be, or the default; `None` if it is known too little,
/// or may be none.
fn one_of_fitting(entries: &Entries, key: &Value, default: Option<Value>) -> Option<Value> {
    const MANY: usize = 16;
    let fitting = entries.iter().filter(|(name, _)| equal(&Value::from(&***name), key) != Truth::No);
    let options: Vec<_> = fitting.map(|(_, value)| value.clone()).chain([default?]).collect();
    (options.len() <= MANY).then(|| Value::one_of(options))
}

/// Maps of one type make a map, all others an object. Nulls are passed over.
pub(super) fn merge(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let args: Vec<_> = args.iter().filter(|arg| !arg.is_null()).cloned().collect();
    let mut all = BTreeMap::new();
    let mut is_known = true;
    for arg in &args {
        match entries(arg, "merge")? {
            Some(entries) => all.extend(entries.iter().map(|(key, value)| (Arc::clone(key), value.clone()))),
            None => is_known = false,
        }
        check_size(all.len())?;
    }
    if !is_known {
        return Ok(unknown_from(&args, Type::Any));
    }
    Ok(if are_maps_of_one_type(&args) { Value::map(all) } else { Value::object(all) })
}

fn are_maps_of_one_type(args: &[Value]) -> bool {
    let all_maps = args.iter().all(|arg| matches!(arg.kind, Kind::Map(_)));
    if args.is_empty() || !all_maps {
        return false;
    }
    let types: Vec<_> = args.iter().map(|arg| type_of(arg).element()).filter(Type::is_complete).collect();
    types.windows(2).all(|pair| pair.first() == pair.last()) && unify(&types).is_some()
}

/// From keys and values: those of a list make a map, those of a tuple an object.
pub(super) fn zipmap(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [keys, values] = args else { return Err(Fault::error("zipmap takes two arguments")) };
    let is_list = match &values.kind {
        Kind::List(_) => true,
        Kind::Tuple(_) => false,
        Kind::Unknown(_) | Kind::Lazy(_) | Kind::Choice(_) => {
            check_type(values, "zipmap", |of| matches!(of, Type::List(_) | Type::Tuple(_)))?;
            return Ok(unknown_from(args, Type::Any));
        }
        _ => return Err(Fault::error("zipmap takes a list or a tuple of values")),
    };
    let (Some(names), Some(items)) = (keys.items(), values.items()) else {
        return Ok(unknown_from(args, Type::Any));
    };
    if names.len() != items.len() {
        return Err(Fault::error("there must be as many keys as values"));
    }
    if names.iter().any(Value::is_null) {
        return Err(Fault::error("a key is null"));
    }
    let sensitive = names.iter().any(|name| name.sensitive);
    let known: Option<Vec<_>> = names.iter().map(Value::as_str).collect();
    let Some(known) = known else { return Ok(unknown_from(args, Type::Any).marked(sensitive)) };
    let entries = known.into_iter().zip(items.iter().cloned());
    Ok(if is_list { Value::map(entries) } else { Value::object(entries) }.marked(sensitive))
}

/// From keys with lists of strings to those strings with lists of the keys.
pub(super) fn transpose(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let entries =
        args.first().and_then(Value::entries).ok_or_else(|| Fault::error("transpose takes a map"))?;
    let mut all: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, values) in entries.iter() {
        let values = values.items().ok_or_else(|| Fault::error("a list is null"))?;
        for value in values.iter() {
            let value = value.as_str().ok_or_else(|| Fault::error("a string is null"))?;
            all.entry(value.into()).or_default().push(Value::from(&**key));
        }
    }
    Ok(Value::map(all.into_iter().map(|(value, keys)| (value, Value::list(keys)))))
}

/// The values whose keys are among those searched for.
pub(super) fn matchkeys(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [values, keys, searched] = args else { return Err(Fault::error("matchkeys takes three arguments")) };
    let unknown = || Ok(unknown_from(args, Type::list(Type::Any)));
    let (Some(values), true, true) = (values.items(), keys.items().is_some(), searched.items().is_some())
    else {
        return unknown();
    };
    let alike = convert_alike(&[keys.clone(), searched.clone()])?;
    let mut lists = alike.iter().filter_map(Value::items);
    let (Some(keys), Some(searched)) = (lists.next(), lists.next()) else { return unknown() };
    if values.len() != keys.len() {
        return Err(Fault::error("there must be as many keys as values"));
    }
    let mut kept = Vec::new();
    for (value, key) in values.iter().zip(keys.iter()) {
        match Truth::any(searched.iter().map(|one| equal_elements(key, one))) {
            Truth::Yes => kept.push(value.clone()),
            Truth::No => {}
            Truth::Unknown => return unknown(),
        }
    }
    Ok(Value::list(kept))
}
