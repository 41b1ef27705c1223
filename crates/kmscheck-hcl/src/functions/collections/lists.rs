//! Lists out of lists.

use std::ops::Range;

use kmscheck_value::{Piece, Truth};

use super::{MOST_ELEMENTS, check_size, check_type, is_unknown, like, list_items, whole};
use crate::cty::{Fault, Items, Kind, Shape, Type, Unknown, Value, convert_alike, equal_elements};
use crate::files::Files;
use crate::functions::unknown_from;

/// How many doubtful elements, or how many choices, are followed each way.
const DOUBTS: usize = 4;

pub(super) fn chunklist(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [list, size] = args else { return Err(Fault::error("chunklist takes two arguments")) };
    let Some(items) = list.items().filter(|_| size.is_known()) else {
        return Ok(unknown_from(args, Type::list(Type::list(Type::Any))));
    };
    let size = usize::try_from(whole(size)?).map_err(|_| Fault::error("the size must not be negative"))?;
    // No size means one chunk.
    let size = if size == 0 { items.len().max(1) } else { size };
    Ok(Value::list(items.chunks(size).map(|chunk| Value::list(chunk.iter().cloned()))))
}

/// Without nulls and empty strings.
pub(super) fn compact(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let Some(items) = args.first().and_then(Value::items) else {
        return Ok(unknown_from(args, Type::list(Type::String)));
    };
    let mut options: Vec<Vec<Value>> = vec![Vec::new()];
    for item in items.iter() {
        let without = match &item.kind {
            Kind::Null(_) => continue,
            Kind::String(text) if text.as_str() == Some("") => continue,
            Kind::String(text) if text.pieces().iter().any(|piece| matches!(piece, Piece::Literal(_))) => {
                Vec::new()
            }
            _ => options.clone(),
        };
        if options.len() + without.len() > 1 << DOUBTS || matches!(item.kind, Kind::Choice(_)) {
            return Ok(unknown_from(args, Type::list(Type::String)));
        }
        let kept = match &item.kind {
            Kind::Unknown(unknown) => Unknown { not_null: true, ..unknown.clone() }.into(),
            _ => item.clone(),
        };
        options.iter_mut().for_each(|option| option.push(kept.clone()));
        options.extend(without);
    }
    Ok(Value::one_of(options.into_iter().map(Value::list)))
}

/// Lists of types that have one in common become a list of that, all others a tuple.
pub(super) fn concat(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    if args.is_empty() {
        return Err(Fault::error("concat takes at least one argument"));
    }
    let mut all = Vec::new();
    for arg in args.iter().filter(|arg| !is_unknown(arg)) {
        all.extend_from_slice(list_items(arg, "concat")?);
        check_size(all.len())?;
    }
    let is_sequence = |arg: &Value| match &arg.kind {
        Kind::Unknown(unknown) => {
            !matches!(unknown.of, Type::Set(_))
                && unknown.of.shape().is_none_or(|shape| shape == Shape::Sequence)
        }
        _ => true,
    };
    if !args.iter().all(is_sequence) {
        return Err(Fault::error("concat takes lists and tuples"));
    }
    if args.iter().any(is_unknown) {
        return Ok(Unknown { not_null: true, ..unknown_of(args) }.into());
    }
    if args.len() == 1 {
        return Ok(args.first().cloned().unwrap_or(Value::NULL));
    }
    if !args.iter().all(|arg| matches!(arg.kind, Kind::List(_))) {
        return Ok(Value::tuple(all));
    }
    match convert_alike(args) {
        Ok(lists) => {
            Ok(Value::list(lists.iter().filter_map(Value::items).flat_map(|items| items.iter().cloned())))
        }
        Err(Fault::Error(_)) => Ok(Value::tuple(all)),
        Err(limit) => Err(limit),
    }
}

fn unknown_of(args: &[Value]) -> Unknown {
    let sources = args.iter().flat_map(Value::sources).collect();
    Unknown::made_from(sources, Type::Any)
}

pub(super) fn distinct(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let Some(items) = args.first().and_then(Value::items) else {
        return Ok(unknown_from(args, Type::list(Type::Any)));
    };
    let mut kept: Vec<Value> = Vec::new();
    for item in items.iter() {
        match Truth::any(kept.iter().map(|earlier| equal_elements(earlier, item))) {
            Truth::Yes => {}
            Truth::No => kept.push(item.clone()),
            Truth::Unknown => return Ok(unknown_from(args, Type::list(Type::Any))),
        }
        if kept.len() > MOST_ELEMENTS / 20 {
            return Err(Fault::limit("a list has very many different elements"));
        }
    }
    Ok(Value::list(kept))
}

/// Lists, sets and tuples in one another become one tuple.
pub(super) fn flatten(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [value] = args else { return Err(Fault::error("flatten takes one argument")) };
    if is_unknown(value) {
        return Ok(unknown_from(args, Type::Any));
    }
    // Terraform goes through the values of a map before it looks whether it may.
    if value.entries().is_some() && !value.is_wholly_known() {
        return Ok(unknown_from(args, Type::Any));
    }
    if value.items().is_none() {
        return Err(Fault::error("flatten takes a list, a set or a tuple"));
    }
    let mut flat = Flat { options: vec![Vec::new()], sensitive: false };
    flat.add_all(value)?;
    match flat.options.is_empty() {
        true => Ok(unknown_from(args, Type::Any).marked(flat.sensitive)),
        false => Ok(Value::one_of(flat.options.into_iter().map(Value::tuple)).marked(flat.sensitive)),
    }
}

struct Flat {
    /// The elements up to here: one way, or one for each choice. None, if they are not known.
    options: Vec<Vec<Value>>,
    sensitive: bool,
}

impl Flat {
    fn add(&mut self, value: &Value) -> Result<(), Fault> {
        match &value.kind {
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                self.sensitive |= value.sensitive;
                self.add_all(value)
            }
            Kind::Unknown(unknown) if !is_single(&unknown.of) => {
                self.sensitive |= value.sensitive;
                self.options.clear();
                Ok(())
            }
            Kind::Choice(choice) if choice.iter().any(may_be_sequence) => {
                self.sensitive |= value.sensitive;
                self.add_one_of(choice)
            }
            _ => {
                self.options.iter_mut().for_each(|option| option.push(value.clone()));
                self.options.first().map_or(Ok(()), |option| check_size(option.len() * self.options.len()))
            }
        }
    }

    fn add_all(&mut self, value: &Value) -> Result<(), Fault> {
        if !value.has_order() {
            self.options.clear();
        }
        value.items().into_iter().flat_map(|items| items.iter()).try_for_each(|item| self.add(item))
    }

    fn add_one_of(&mut self, choice: &Items) -> Result<(), Fault> {
        let mut options = Vec::new();
        for option in choice.iter() {
            let mut way = Self { options: self.options.clone(), sensitive: self.sensitive };
            way.add(option)?;
            self.sensitive |= way.sensitive;
            if way.options.is_empty() {
                options.clear();
                break;
            }
            options.extend(way.options);
        }
        if options.len() > 1 << DOUBTS {
            options.clear();
        }
        self.options = options;
        Ok(())
    }
}

/// Whether values of the type are not flattened.
fn is_single(of: &Type) -> bool {
    of.shape().is_some_and(|shape| shape != Shape::Sequence)
}

fn may_be_sequence(value: &Value) -> bool {
    match &value.kind {
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => true,
        Kind::Unknown(unknown) => !is_single(&unknown.of),
        _ => false,
    }
}

pub(super) fn reverse(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [value] = args else { return Err(Fault::error("reverse takes one argument")) };
    check_type(value, "reverse", |of| matches!(of, Type::List(_) | Type::Set(_) | Type::Tuple(_)))?;
    if is_unknown(value) || !value.has_order() {
        return Ok(unknown_from(args, Type::Any));
    }
    let items = value.items().ok_or_else(|| Fault::error("reverse takes a list or a tuple"))?;
    Ok(like(value, items.iter().rev().cloned()))
}

pub(super) fn slice(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [value, start, end] = args else { return Err(Fault::error("slice takes three arguments")) };
    check_type(value, "slice", |of| matches!(of, Type::List(_) | Type::Tuple(_)))?;
    if is_unknown(value) {
        return Ok(unknown_from(args, Type::Any));
    }
    let items = list_items(value, "slice")?;
    if !start.is_known() || !end.is_known() {
        return Ok(unknown_from(args, Type::Any));
    }
    let bounds = (usize::try_from(whole(start)?), usize::try_from(whole(end)?));
    let (Ok(start), Ok(end)) = bounds else { return Err(Fault::error("an index must not be negative")) };
    let part = items.get(Range { start, end }).ok_or_else(|| Fault::error("an index is out of bounds"))?;
    Ok(like(value, part.iter().cloned()))
}

pub(super) fn sort(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let Some(items) = args.first().and_then(Value::items) else {
        return Ok(unknown_from(args, Type::list(Type::String)));
    };
    if !items.iter().all(Value::is_known) {
        let each = unknown_from(args, Type::String);
        return Ok(Value::list(items.iter().map(|_| each.clone())));
    }
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    let mut texts = texts.ok_or_else(|| Fault::error("a null string can't be sorted"))?;
    texts.sort_unstable();
    Ok(Value::list(texts.into_iter().map(Value::from)))
}
