//! Symbols for what is made from others and not known.

use std::collections::BTreeSet;
use std::sync::Arc;

use kmscheck_value::Symbol;

use super::Evaluator;
use crate::cty::{Entries, Items, Kind, Type, Unknown, Value};

impl Evaluator {
    /// The value; one that is made from what is not known gets a symbol that stands for nothing else, so that a string
    /// that holds it is known in its other parts.
    pub(super) fn identified(&self, value: Value) -> Value {
        match value.kind {
            Kind::Unknown(unknown) if unknown.symbol.is_none() && !unknown.of.is_collection() => {
                let symbol = self.fresh_symbol(&unknown.sources);
                Value { kind: Kind::Unknown(Unknown { symbol: Some(symbol), ..unknown }), ..value }
            }
            _ => value,
        }
    }

    /// The value, where each part that is not known has a symbol.
    pub(super) fn parts_identified(&self, value: Value) -> Value {
        let each = |items: &Items| items.iter().map(|item| self.part_identified(item)).collect();
        let all = |entries: &Entries| {
            let entries = entries.iter().map(|(name, value)| (Arc::clone(name), self.part_identified(value)));
            Arc::new(entries.collect())
        };
        let kind = match &value.kind {
            Kind::List(items) => Kind::List(each(items)),
            Kind::Tuple(items) => Kind::Tuple(each(items)),
            Kind::Map(entries) => Kind::Map(all(entries)),
            Kind::Object(entries) => Kind::Object(all(entries)),
            _ => return value,
        };
        Value { kind, ..value }
    }

    fn part_identified(&self, value: &Value) -> Value {
        match &value.kind {
            Kind::Unknown(unknown) if unknown.symbol.is_none() => {
                let symbol = self.fresh_symbol(&unknown.sources);
                Value::from(Unknown { symbol: Some(symbol), ..unknown.clone() }).marked(value.sensitive)
            }
            Kind::Choice(_) | Kind::Lazy(_) => {
                let sources = value.sources();
                let symbol = self.fresh_symbol(&sources);
                let unknown = Unknown { symbol: Some(symbol), ..Unknown::made_from(sources, Type::Any) };
                Value::from(unknown).marked(value.holds_sensitive())
            }
            _ => self.parts_identified(value.clone()),
        }
    }

    /// A symbol that stands for nothing else.
    fn fresh_symbol(&self, sources: &BTreeSet<Symbol>) -> Symbol {
        let number = self.fresh.get() + 1;
        self.fresh.set(number);
        let made_from: Vec<_> = sources.iter().map(ToString::to_string).collect();
        Symbol::new(format!("({}) #{number}", made_from.join(", ")), "")
    }
}
