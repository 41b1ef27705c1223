//! Conversions between types.
//!
//! Source: Terraform, "Type Conversion"; `cty/convert`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kmscheck_value::Symbol;

use super::{Attribute, Entries, Fault, Items, Kind, Number, Type, Unknown, Value, set_of, type_of, unify};

/// The value as one of the type. `Any` in it is any type, but the same for all elements of a collection.
///
/// # Errors
/// If the type does not allow it.
pub(crate) fn convert(value: Value, to: &Type) -> Result<Value, Fault> {
    Conversion { any_is: AnyIs::Free }.apply(value, to)
}

/// The values, all as of the type that they have in common.
///
/// # Errors
/// If they have none.
pub(crate) fn convert_alike(values: &[Value]) -> Result<Vec<Value>, Fault> {
    let common = common_type(values)?;
    let conversion = Conversion { any_is: AnyIs::Open };
    values.iter().map(|value| conversion.apply(value.clone(), &common)).collect()
}

fn common_type<'v>(values: impl IntoIterator<Item = &'v Value>) -> Result<Type, Fault> {
    let types: Vec<_> = values.into_iter().map(type_of).collect();
    unify(&types).ok_or_else(|| Fault::error("all elements must have the same type"))
}

/// What `Any` means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AnyIs {
    /// A value of any type stays what it is.
    Free,
    /// There is one type, but it is not known.
    Open,
}

#[derive(Clone, Copy)]
struct Conversion {
    any_is: AnyIs,
}

impl Conversion {
    fn apply(self, value: Value, to: &Type) -> Result<Value, Fault> {
        let sensitive = value.sensitive;
        let converted = match (value.kind, to) {
            (kind, Type::Any) if self.any_is == AnyIs::Open => {
                return Ok(in_doubt(Value { kind, sensitive }));
            }
            (kind, Type::Any | Type::Null) => kind.into(),
            (Kind::Null(of), to) if can_be(&of, to) => Value::null_of(to.clone()),
            (Kind::Null(_), to) => return Err(Fault::error(format!("{to} required"))),
            (Kind::Unknown(unknown), to) => Kind::Unknown(unknown_as(unknown, to)?).into(),
            (Kind::Choice(options), to) => self.one_of(&options, to)?,
            (Kind::Lazy(lazy), to) if !to.is_primitive() => {
                Unknown { not_null: true, ..Unknown::made_from([lazy.symbol].into(), to.clone()) }.into()
            }
            (kind, Type::Bool) => as_bool(kind)?.into(),
            (kind, Type::Number) => as_number(kind)?.into(),
            (kind, Type::String) => as_string(kind)?.into(),
            (kind, to) => self.collection(&kind.into(), to)?,
        };
        Ok(converted.marked(sensitive))
    }

    fn collection(self, value: &Value, to: &Type) -> Result<Value, Fault> {
        Ok(match (&value.kind, to) {
            (Kind::Set(items), Type::List(_)) if !value.has_order() => {
                // What is not known may stand anywhere in it, or be the same as another element.
                let sources = items.iter().flat_map(Value::sources).collect();
                Unknown { not_null: true, ..Unknown::made_from(sources, to.clone()) }.into()
            }
            (Kind::List(items) | Kind::Set(items) | Kind::Tuple(items), Type::List(of)) => {
                Value::list(self.elements(items, of)?)
            }
            (Kind::List(items) | Kind::Set(items) | Kind::Tuple(items), Type::Set(of)) => {
                set_of(self.elements(items, of)?)
            }
            (Kind::Map(entries) | Kind::Object(entries), Type::Map(of)) => {
                let values: Vec<_> = entries.values().cloned().collect();
                Value::map(entries.keys().cloned().zip(self.elements(&values, of)?))
            }
            (Kind::Map(entries) | Kind::Object(entries), Type::Object(attributes)) => {
                Kind::Object(self.as_object(entries, attributes)?).into()
            }
            (Kind::Tuple(items), Type::Tuple(types)) => self.as_tuple(items, types)?,
            (_, to) => return Err(Fault::error(format!("{to} required"))),
        })
    }

    /// The elements, all of one type. Any type means the one that they have in common.
    fn elements(self, items: &[Value], of: &Type) -> Result<Vec<Value>, Fault> {
        if *of == Type::Any && self.any_is == AnyIs::Free {
            return convert_alike(items);
        }
        let converted: Result<Vec<_>, _> = items.iter().map(|item| self.apply(item.clone(), of)).collect();
        if of.holds_any() && self.any_is == AnyIs::Free { convert_alike(&converted?) } else { converted }
    }

    /// Of the options those that can be converted: with any other Terraform fails.
    fn one_of(self, options: &Items, to: &Type) -> Result<Value, Fault> {
        let converted: Vec<_> = options.iter().map(|option| self.apply(option.clone(), to)).collect();
        if let Some(Err(limit @ Fault::Limit(_))) =
            converted.iter().find(|one| matches!(one, Err(Fault::Limit(_))))
        {
            return Err(limit.clone());
        }
        if converted.iter().all(Result::is_err) {
            return converted.into_iter().next().unwrap_or(Ok(Value::NULL));
        }
        Ok(Value::one_of(converted.into_iter().flatten()))
    }

    fn as_object(
        self,
        entries: &Entries,
        attributes: &BTreeMap<Arc<str>, Attribute>,
    ) -> Result<Entries, Fault> {
        let mut object = BTreeMap::new();
        for (name, attribute) in attributes {
            let value = match (entries.get(name), &attribute.optional) {
                (Some(value), Some(default)) => or_default(value, default),
                (Some(value), None) => value.clone(),
                (None, Some(default)) => default.clone(),
                (None, None) => return Err(Fault::error(format!("attribute {name:?} is required"))),
            };
            object.insert(Arc::clone(name), self.apply(value, &attribute.of)?);
        }
        Ok(Arc::new(object))
    }

    fn as_tuple(self, items: &[Value], types: &[Type]) -> Result<Value, Fault> {
        if items.len() != types.len() {
            return Err(Fault::error(format!("a tuple of {} elements is required", types.len())));
        }
        let items: Result<Vec<_>, _> =
            items.iter().zip(types).map(|(item, of)| self.apply(item.clone(), of)).collect();
        items.map(Value::tuple)
    }
}

/// The value of an optional attribute: the default where it is null.
fn or_default(value: &Value, default: &Value) -> Value {
    match &value.kind {
        _ if default.is_null() => value.clone(),
        Kind::Null(_) => default.clone(),
        Kind::Choice(options) => {
            Value::one_of(options.iter().map(|option| or_default(option, default))).marked(value.sensitive)
        }
        Kind::Unknown(unknown) if !unknown.not_null => {
            let known_to_be = Value::from(Unknown { not_null: true, ..unknown.clone() });
            Value::one_of([known_to_be.marked(value.sensitive), default.clone()])
        }
        _ => value.clone(),
    }
}

/// A value beside one of a type that is not known: both are converted to the type that they have in common. Then numbers
/// and booleans may become strings, and a tuple a set, which has another order; a string stays what it is.
fn in_doubt(value: Value) -> Value {
    let doubtful = |sources: BTreeSet<Symbol>| {
        Value::from(Unknown { not_null: true, ..Unknown::made_from(sources, Type::Any) })
    };
    let each = |items: &Items| items.iter().cloned().map(in_doubt).collect();
    let all = |entries: &Entries| {
        Arc::new(entries.iter().map(|(key, value)| (Arc::clone(key), in_doubt(value.clone()))).collect())
    };
    let kind = match &value.kind {
        Kind::Bool(_) | Kind::Number(_) => return doubtful(BTreeSet::new()).marked(value.sensitive),
        Kind::List(items) if items.len() < 2 => Kind::List(each(items)),
        Kind::Set(items) if items.len() < 2 => Kind::Set(each(items)),
        Kind::Tuple(items) if items.len() < 2 => Kind::Tuple(each(items)),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            return doubtful(value.sources()).marked(value.holds_sensitive());
        }
        Kind::Map(entries) => Kind::Map(all(entries)),
        Kind::Object(entries) => Kind::Object(all(entries)),
        Kind::Choice(options) => {
            return Value::one_of(options.iter().cloned().map(in_doubt)).marked(value.sensitive);
        }
        Kind::Null(_) | Kind::String(_) | Kind::Lazy(_) | Kind::Unknown(_) => return value,
    };
    Value { kind, ..value }
}

/// Whether a value of one type may become one of another, as far as types tell.
fn can_be(own: &Type, to: &Type) -> bool {
    match (own, to) {
        (Type::Bool, Type::Number) | (Type::Number, Type::Bool) => false,
        (Type::List(_) | Type::Set(_), Type::Tuple(_)) => false,
        _ => own.shape().is_none() || to.shape().is_none() || own.shape() == to.shape(),
    }
}

/// An unknown keeps its identity if what it becomes is as good as itself.
fn unknown_as(unknown: Unknown, to: &Type) -> Result<Unknown, Fault> {
    if !can_be(&unknown.of, to) {
        return Err(Fault::error(format!("{to} required")));
    }
    let of = match (&unknown.of, to) {
        (Type::Object(_), Type::Map(of)) if **of == Type::Any => Type::map(Type::Any),
        _ => to.clone(),
    };
    // "01" becomes 1, and a list loses its order.
    let loses = match to {
        Type::Bool | Type::Number => unknown.of != *to,
        Type::Set(_) => !matches!(unknown.of, Type::Set(_)),
        _ => false,
    };
    if !loses {
        return Ok(Unknown { of, ..unknown });
    }
    let sources = Value::from(unknown.clone()).sources();
    Ok(Unknown { not_null: unknown.not_null, ..Unknown::made_from(sources, of) })
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
    Kind::Unknown(Unknown { not_null: true, ..Unknown::made_from(Value::from(kind).sources(), of) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "shorter to call")]
    fn to(value: Value, of: Type) -> Value {
        convert(value, &of).unwrap()
    }

    fn symbol() -> Symbol {
        Symbol::new("var.x", "")
    }

    fn unknown(of: Type) -> Value {
        Unknown::of(symbol(), of).into()
    }

    fn any_list() -> Type {
        Type::list(Type::Any)
    }

    #[test]
    fn primitives() {
        assert_eq!(to("1".into(), Type::Bool), true.into());
        assert_eq!(to("1e3".into(), Type::Number), 1_000_i64.into());
        assert_eq!(to(true.into(), Type::String), "true".into());
        assert_eq!(to(Value::NULL, Type::Bool), Value::null_of(Type::Bool));
        for (value, of) in [
            (Value::from("True"), Type::Bool),
            (1_i64.into(), Type::Bool),
            (true.into(), Type::Number),
            ("".into(), Type::Number),
            (Value::tuple([]), Type::String),
            (Value::null_of(Type::list(Type::String)), Type::String),
            ("a".into(), any_list()),
            (Value::object([("a", 1_i64.into())]), any_list()),
            (Value::tuple([]), Type::map(Type::Any)),
            (Value::list(["a".into()]), Type::Tuple([Type::String].into())),
        ] {
            assert!(matches!(convert(value.clone(), &of), Err(Fault::Error(_))), "{value:?} {of}");
        }
    }

    #[test]
    fn elements_become_of_one_type() {
        let mixed = Value::tuple([1_i64.into(), "a".into(), Value::NULL]);
        assert_eq!(
            to(mixed, any_list()),
            Value::list(["1".into(), "a".into(), Value::null_of(Type::String)])
        );
        let twice = Value::tuple([1_i64.into(), "1".into()]);
        assert_eq!(to(twice, Type::set(Type::Any)), set_of(["1".into()]));
        let objects =
            Value::tuple([Value::object([("a", 1_i64.into())]), Value::object([("b", "x".into())])]);
        let maps = Value::list([Value::map([("a", "1".into())]), Value::map([("b", "x".into())])]);
        assert_eq!(to(objects, any_list()), maps);
    }

    #[test]
    fn beside_a_type_that_is_not_known_only_strings_stay_known() {
        let open = || unknown(Type::Any);
        let items = to(Value::tuple([open(), 1_i64.into()]), any_list()).items().unwrap().clone();
        assert!(!items[1].is_known());
        let items = to(Value::tuple([open(), "a".into()]), any_list()).items().unwrap().clone();
        assert_eq!(items[1], "a".into());
        let objects = [Value::object([("a", open())]), Value::object([("a", true.into())])];
        let items = to(Value::tuple(objects), any_list()).items().unwrap().clone();
        assert!(items[1].entries().is_some_and(|entries| !entries["a"].is_known()));
    }

    #[test]
    fn an_unknown_keeps_its_identity_where_nothing_is_lost() {
        let is_reference =
            |value: Value| matches!(value.kind, Kind::Unknown(unknown) if unknown.symbol.is_some());
        assert!(is_reference(to(unknown(Type::Number), Type::String)));
        assert!(is_reference(to(unknown(Type::Any), Type::String)));
        assert!(is_reference(to(unknown(Type::Number), Type::Number)));
        assert!(!is_reference(to(unknown(Type::String), Type::Number)));
        assert!(!is_reference(to(unknown(Type::Any), Type::Bool)));
        assert!(!is_reference(to(unknown(any_list()), Type::set(Type::Any))));
        assert!(convert(unknown(Type::Bool), &Type::Number).is_err());
        assert!(convert(unknown(any_list()), &Type::map(Type::Any)).is_err());
    }

    #[test]
    fn the_order_of_a_set_with_an_unknown_is_not_known() {
        let set = |items: Vec<Value>| Value::from(Kind::Set(items.into()));
        assert!(to(set(vec!["a".into(), unknown(Type::String)]), any_list()).items().is_none());
        assert_eq!(to(set(vec![unknown(Type::String)]), any_list()), Value::list([unknown(Type::String)]));
    }

    #[test]
    fn an_optional_attribute_that_may_be_null_may_be_its_default() {
        let attribute = Attribute { of: Type::Number, optional: Some(5_i64.into()) };
        let of = Type::Object(Arc::new([(Arc::from("a"), attribute)].into()));
        let a = |value: Value| to(value, of.clone()).entries().unwrap()["a"].clone();
        assert_eq!(a(Value::object::<&str>([])), 5_i64.into());
        assert_eq!(a(Value::object([("a", Value::NULL)])), 5_i64.into());
        assert_eq!(a(Value::object([("a", "7".into()), ("b", true.into())])), 7_i64.into());
        let either = a(Value::object([("a", unknown(Type::Number))]));
        assert!(matches!(either.kind, Kind::Choice(options) if options[1] == 5_i64.into()));
    }
}
