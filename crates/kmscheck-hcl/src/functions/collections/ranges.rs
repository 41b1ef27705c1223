//! Numbers in a row, and their sum.

use std::cmp::Ordering;

use crate::cty::{Fault, Kind, Number, Type, Value, convert};
use crate::files::Files;

/// Terraform makes no more.
const MOST: usize = 1_024;

pub(super) fn range(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let numbers: Vec<_> = args.iter().filter_map(Value::as_number).cloned().collect();
    let zero = Number::from(0_i64);
    let (start, end, step) = match numbers.as_slice() {
        [end] => (zero.clone(), end.clone(), None),
        [start, end] => (start.clone(), end.clone(), None),
        [start, end, step] => (start.clone(), end.clone(), Some(step.clone())),
        _ => return Err(Fault::error("range takes one, two or three arguments")),
    };
    let step = step.unwrap_or_else(|| Number::from(if end < start { -1_i64 } else { 1 }));
    let (down, behind) = if step < zero { (true, Ordering::Greater) } else { (false, Ordering::Less) };
    if end.partial_cmp(&start) == Some(behind) {
        return Err(Fault::error("the step leads away from the end"));
    }
    let mut all = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if all.len() >= MOST {
            return Err(Fault::error("more than 1024 values"));
        }
        let following = next.add(&step)?;
        all.push(Value::from(std::mem::replace(&mut next, following)));
    }
    Ok(Value::list(all))
}

pub(super) fn sum(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let items = args
        .first()
        .and_then(Value::items)
        .ok_or_else(|| Fault::error("sum takes a list, a set or a tuple"))?;
    let mut total: Option<Number> = None;
    for item in items.iter() {
        let Kind::Number(number) = convert(item.clone(), &Type::Number)?.kind else {
            return Err(Fault::error("sum takes numbers"));
        };
        total = Some(match total {
            Some(total) => total.add(&number)?,
            None => number,
        });
    }
    total.map(Value::from).ok_or_else(|| Fault::error("an empty list has no sum"))
}
