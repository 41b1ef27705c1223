//! Conversions, and what may be shown.
//!
//! Source: Terraform, `internal/lang/funcs/conversion.go` and `sensitive.go`.

use super::Want::{self, Any, Bool, List, Map, Number, Set, String};
use super::{Body, Function, Marks, Param, Unknowns, unknown_from};
use crate::cty::{Fault, Type, Value, convert, type_of};
use crate::files::Files;

const VALUE: &[Param] = &[Param::nullable(Any)];

const fn conversion(name: &'static str, returns: Want, body: Body) -> Function {
    Function::new(name, VALUE, returns, body).unknowns(Unknowns::Handled).marks(Marks::Handled)
}

pub(super) const FUNCTIONS: &[Function] = &[
    conversion("ephemeralasnull", Any, ephemeralasnull),
    conversion("issensitive", Bool, issensitive),
    conversion("nonsensitive", Any, nonsensitive),
    conversion("sensitive", Any, sensitive),
    conversion("tobool", Bool, |args, _| to(args, &Type::Bool)),
    conversion("tolist", List(&Any), |args, _| to(args, &Type::list(Type::Any))),
    conversion("tomap", Map(&Any), |args, _| to(args, &Type::map(Type::Any))),
    conversion("tonumber", Number, |args, _| to(args, &Type::Number)),
    conversion("toset", Set(&Any), |args, _| to(args, &Type::set(Type::Any))),
    conversion("tostring", String, |args, _| to(args, &Type::String)),
];

fn only(args: &[Value]) -> Result<&Value, Fault> {
    args.first().ok_or_else(|| Fault::error("an argument is missing"))
}

fn to(args: &[Value], of: &Type) -> Result<Value, Fault> {
    convert(only(args)?.clone(), of)
}

fn sensitive(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(only(args)?.clone().marked(true))
}

/// Of the value itself; its parts stay what they are.
fn nonsensitive(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(Value { sensitive: false, ..only(args)?.clone() })
}

/// What is not known yet may turn out to be sensitive.
fn issensitive(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let value = only(args)?;
    Ok(if value.sensitive || value.is_known() {
        value.sensitive.into()
    } else {
        unknown_from(args, Type::Bool)
    })
}

/// Which values are ephemeral is not followed, so each may be.
fn ephemeralasnull(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let value = only(args)?;
    let null = Value::null_of(type_of(value)).marked(value.sensitive);
    Ok(Value::one_of([value.clone(), null]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cty::{Kind, Unknown};

    #[test]
    fn secrets_are_marked_at_the_top_only() {
        let secret = || Value::from("a").marked(true);
        assert_eq!(of("issensitive", Value::tuple([secret()])), false.into());
        assert_eq!(of("issensitive", secret()), true.into());
        assert!(of("nonsensitive", Value::tuple([secret()])).holds_sensitive());
        assert!(!of("nonsensitive", secret()).sensitive);
        let unknown = Value::from(Unknown::made_from([].into(), Type::Any));
        assert!(matches!(of("issensitive", unknown).kind, Kind::Unknown(_)));
        assert!(matches!(of("ephemeralasnull", "a".into()).kind, Kind::Choice(_)));
        assert_eq!(of("ephemeralasnull", Value::NULL), Value::NULL);
    }

    fn of(name: &str, value: Value) -> Value {
        crate::functions::calling::call(name, [value]).unwrap()
    }
}
