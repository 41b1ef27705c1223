//! One attribute of the source against the same of the plan.

use std::collections::BTreeMap;

use kmscheck_value::{Kind, Map, Number, Piece, Symbol, Text, Unknown, Value};
use serde_json::Value as Json;

/// The reason for what is made from nothing that has a name.
pub(super) const ELUSIVE: &str = "made from the time, from chance, or from what can't be evaluated";

/// What came of the attributes that were compared.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// Known here and there, and the same.
    pub(super) equal: usize,
    /// How many are not, for each reason.
    pub(super) reasons: BTreeMap<&'static str, usize>,
    /// What should be the same.
    pub(super) different: Vec<String>,
}

/// How a value of the source is to that of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    Equal,
    /// One of both does not tell.
    Open(&'static str),
    Different,
}

impl Comparison {
    pub(super) fn add(&mut self, other: Self) {
        self.equal += other.equal;
        self.different.extend(other.different);
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.equal + self.different.len() + self.reasons.values().sum::<usize>()
    }

    pub(super) fn reason(&mut self, reason: &'static str) {
        *self.reasons.entry(reason).or_default() += 1;
    }

    /// An attribute of a resource, which the plan has unless it is unknown there.
    pub(super) fn attribute(
        &mut self,
        place: &str,
        value: &Value,
        planned: Option<&Json>,
        unknown: Option<&Json>,
    ) {
        match relation(value, planned, unknown.unwrap_or(&Json::Null), true) {
            Relation::Equal => self.equal += 1,
            Relation::Open(reason) => self.reason(reason),
            Relation::Different => {
                let planned = planned.map(ToString::to_string).unwrap_or_default();
                self.different.push(format!("{place}: {value:?} in the source, {planned} in the plan"));
            }
        }
    }
}

/// `is_exact` tells that the plan has no more entries in a map than the source: of a block it has.
fn relation(value: &Value, planned: Option<&Json>, unknown: &Json, is_exact: bool) -> Relation {
    let planned = planned.unwrap_or(&Json::Null);
    let is_unset = planned.is_null() || is_empty(planned);
    match &value.kind {
        Kind::Unset => Relation::Open("left out: the provider or AWS decides"),
        Kind::Unknown(unknown) => Relation::Open(because(unknown)),
        _ if *unknown == Json::Bool(true) => Relation::Open("known here, and not before apply in the plan"),
        Kind::Null if is_unset => Relation::Equal,
        Kind::Null => Relation::Open("null in the configuration: the provider or AWS decides"),
        Kind::List(items) if items.is_empty() && is_unset => Relation::Equal,
        Kind::Map(map) if map.iter().next().is_none() && is_unset => Relation::Equal,
        Kind::Bool(flag) => scalar(&flag.to_string(), planned),
        Kind::Number(Number::Integer(number)) => scalar(&number.to_string(), planned),
        Kind::Number(Number::Float(number)) => scalar(&number.to_string(), planned),
        Kind::Text(text) => {
            text.as_str().map_or_else(|| symbolic(text, planned), |text| scalar(text, planned))
        }
        Kind::Choice(options) => one_of(options, planned, unknown),
        Kind::List(items) => list(items, planned, unknown),
        Kind::Map(map) => object(map, planned, unknown, is_exact),
    }
}

fn is_empty(planned: &Json) -> bool {
    planned.as_array().is_some_and(Vec::is_empty)
        || planned.as_object().is_some_and(serde_json::Map::is_empty)
}

/// After the provider's conversion: `"30"` is 30 where a number is meant, and a document is what it says.
fn scalar(own: &str, planned: &Json) -> Relation {
    let is_equal = match planned {
        Json::String(text) => own == text || document(own).is_some_and(|own| Some(own) == document(text)),
        Json::Bool(flag) => own == if *flag { "true" } else { "false" },
        Json::Number(number) => own.parse::<f64>().ok() == number.as_f64(),
        // The provider takes an empty string for none.
        Json::Null => own.is_empty(),
        _ => false,
    };
    if is_equal { Relation::Equal } else { Relation::Different }
}

fn document(text: &str) -> Option<Json> {
    serde_json::from_str::<Json>(text).ok().filter(|json| json.is_object() || json.is_array())
}

/// A string of which some pieces are not known: the others stand in the plan, in order.
fn symbolic(text: &Text, planned: &Json) -> Relation {
    let pieces = text.pieces();
    let symbols: Vec<_> = pieces.iter().filter_map(symbol).cloned().collect();
    let open = Relation::Open(because(&Unknown { sources: symbols.into(), lost: None }));
    let Json::String(planned) = planned else {
        return if planned.is_null() { Relation::Different } else { open };
    };
    let mut rest = planned.as_str();
    for (position, piece) in pieces.iter().enumerate() {
        let Piece::Literal(literal) = piece else { continue };
        match rest.find(&**literal) {
            Some(at) if position > 0 || at == 0 => rest = rest.get(at + literal.len()..).unwrap_or_default(),
            _ => return Relation::Different,
        }
    }
    open
}

fn symbol(piece: &Piece) -> Option<&Symbol> {
    match piece {
        Piece::Symbol(symbol) => Some(symbol),
        Piece::Literal(_) => None,
    }
}

fn one_of(options: &[Value], planned: &Json, unknown: &Json) -> Relation {
    let is_one = |option: &Value| relation(option, Some(planned), unknown, false) != Relation::Different;
    if options.iter().any(is_one) {
        Relation::Open("one of several values, by a condition that is not known")
    } else {
        Relation::Different
    }
}

/// The elements of a list, in order; those of a set stand in any.
fn list(items: &[Value], planned: &Json, unknown: &Json) -> Relation {
    let Json::Array(planned) = planned else { return Relation::Different };
    if items.len() != planned.len() {
        return Relation::Different;
    }
    let mut left: Vec<_> = planned.iter().enumerate().collect();
    let mut worst = Relation::Equal;
    for (position, item) in items.iter().enumerate() {
        let to = |index: usize, planned: &Json| {
            relation(item, Some(planned), unknown.get(index).unwrap_or(&Json::Null), false)
        };
        let best = left
            .iter()
            .enumerate()
            .min_by_key(|(_, (index, planned))| (to(*index, planned), *index != position));
        let Some((at, (index, planned))) = best else { return Relation::Different };
        worst = worst.max(to(*index, planned));
        left.remove(at);
    }
    worst
}

fn object(map: &Map, planned: &Json, unknown: &Json, is_exact: bool) -> Relation {
    let Json::Object(planned) = planned else { return Relation::Different };
    let is_here = |name: &String| map.get(name).is_some();
    if is_exact && !planned.keys().all(is_here) {
        return Relation::Different;
    }
    let entry = |(name, value): (&str, &Value)| {
        relation(value, planned.get(name), unknown.get(name).unwrap_or(&Json::Null), false)
    };
    map.iter().map(entry).max().unwrap_or(Relation::Equal)
}

/// Why a value is not known, by what it is made from.
fn because(unknown: &Unknown) -> &'static str {
    // What has a symbol of its own lists what it is made from in parentheses.
    let names: Vec<_> = unknown.sources.iter().flat_map(|symbol| made_from(symbol.object())).collect();
    let is_of = |start: &str| names.iter().any(|name| name.starts_with(start));
    match () {
        () if names.iter().any(|name| name.split('.').any(|part| part == "data")) => {
            "made from a data source that only AWS answers"
        }
        () if is_of("var.") => "made from a variable without a value",
        () if is_of("terraform.") || is_of("path.") => "made from what only a run of Terraform tells",
        () if names.is_empty() => ELUSIVE,
        () => "made from what the provider computes",
    }
}

fn made_from(object: &str) -> impl Iterator<Item = &str> {
    let names =
        object.strip_prefix('(').and_then(|rest| rest.split_once(") #")).map_or(object, |(names, _)| names);
    names.split(", ").filter(|name| !name.is_empty())
}
