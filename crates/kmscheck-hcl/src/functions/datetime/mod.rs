//! Functions of time. Those that read the clock have no known result.
//!
//! Source: Terraform, `internal/lang/funcs/datetime.go`; `cty/function/stdlib/datetime.go`.

mod duration;
mod format;
mod timestamp;

use super::Want::{Number, String};
use super::{Function, Param, unknown_from};
use crate::cty::{Fault, Type, Value};
use crate::files::Files;
use timestamp::Timestamp;

const STRING: Param = Param::of(String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("formatdate", &[STRING, STRING], String, formatdate),
    Function::new("plantimestamp", &[], String, now),
    Function::new("timeadd", &[STRING, STRING], String, timeadd),
    Function::new("timecmp", &[STRING, STRING], Number, timecmp),
    Function::new("timestamp", &[], String, now),
];

fn text(args: &[Value], position: usize) -> Result<&str, Fault> {
    args.get(position).and_then(Value::as_str).ok_or_else(|| Fault::error("a string is required"))
}

fn now(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(unknown_from(args, Type::String))
}

fn formatdate(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (format, time) = (text(args, 0)?, Timestamp::parse(text(args, 1)?)?);
    format::format(format, &time).map(Value::from)
}

fn timeadd(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (time, duration) = (Timestamp::parse(text(args, 0)?)?, duration::parse(text(args, 1)?)?);
    Ok(time.plus(duration).to_string().into())
}

fn timecmp(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (one, other) = (Timestamp::parse(text(args, 0)?)?, Timestamp::parse(text(args, 1)?)?);
    let order: i64 = (one.nanoseconds.cmp(&other.nanoseconds) as i8).into();
    Ok(order.into())
}
