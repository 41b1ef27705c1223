//! `regex` and `regexall`.

use regex::Captures;

use super::super::text::string;
use super::go_regex::GoRegex;
use crate::cty::{Fault, Type, Value};
use crate::files::Files;

pub(super) fn regex(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let regex = compiled(string(args, 0))?;
    let captures = regex.regex.captures(string(args, 1));
    let captures =
        captures.ok_or_else(|| Fault::error("pattern did not match any part of the given string"))?;
    Ok(result(&regex, &captures))
}

pub(super) fn regexall(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    const MANY: usize = 100_000;
    let regex = compiled(string(args, 0))?;
    let all: Vec<_> =
        regex.regex.captures_iter(string(args, 1)).take(MANY + 1).map(|one| result(&regex, &one)).collect();
    if all.len() > MANY {
        return Err(Fault::limit("a list of more than 100,000 elements"));
    }
    Ok(Value::list(all))
}

fn compiled(pattern: &str) -> Result<GoRegex, Fault> {
    let regex = GoRegex::new(pattern)?;
    if regex.groups.iter().any(Option::is_some) && regex.groups.iter().any(Option::is_none) {
        return Err(Fault::error("cannot mix both named and unnamed capture groups"));
    }
    Ok(regex)
}

/// What matched: as a whole, or by group. A group that took no part is null.
fn result(regex: &GoRegex, captures: &Captures<'_>) -> Value {
    let none = || Value::null_of(Type::String);
    let group = |number| captures.get(number).map_or_else(none, |found| Value::from(found.as_str()));
    let names: Option<Vec<_>> = regex.groups.iter().cloned().collect();
    match names {
        _ if regex.groups.is_empty() => group(0),
        Some(names) => Value::object((1..).zip(names).map(|(number, name)| (name, group(number)))),
        None => Value::tuple((1..=regex.groups.len()).map(group)),
    }
}
