//! Puts together what a plan shows in parts: values, the marks of the unknown and the sensitive, and the configuration
//! that tells what is unknown from what was left out.

use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::Interest;
use kmscheck_value::{Kind, Map, Unknown, Value};

use crate::decode::Known;
use crate::expressions::{Expression, Expressions};
use crate::leaves::Leaves;
use crate::marks::Marks;
use crate::place::Place;
use crate::resolver::{Resolver, Scope};
use crate::strings::{Entries, Interner};

/// What `lost` says of an unknown part of a block that the configuration does not show.
const HIDDEN: &str = "dynamic block";

/// How many sources say something to anybody.
const MANY: usize = 100;

/// What `lost` says if there is no configuration.
const NO_CONFIGURATION: &str = "configuration";

/// The attributes, with what must not be shown marked.
pub(crate) fn hide(known: Known, sensitive: &Marks<'_>) -> Known {
    match sensitive {
        Marks::None => known,
        Marks::Entries(marks) => known
            .into_iter()
            .map(|(name, value)| {
                let hidden = hide_value(value, marks.get(&name));
                (name, hidden)
            })
            .collect(),
        Marks::Whole | Marks::Items(_) => {
            known.into_iter().map(|(name, value)| (name, value.into_sensitive())).collect()
        }
    }
}

/// The value, with what must not be shown marked. Marks of another form than the value mark all of it.
fn hide_value(value: Value, marks: Option<&Marks<'_>>) -> Value {
    match (marks.unwrap_or(&Marks::None), value.kind) {
        (Marks::None, kind) => Value::new(kind),
        (Marks::Entries(marks), Kind::Map(map)) => {
            let entries = map.into_iter().map(|(name, value)| {
                let hidden = hide_value(value, marks.get(&name));
                (name, hidden)
            });
            Value::new(Kind::Map(entries.collect()))
        }
        (Marks::Items(marks), Kind::List(items)) => {
            let mut marks = marks.iter();
            Value::new(Kind::List(items.into_iter().map(|item| hide_value(item, marks.next())).collect()))
        }
        (_, kind) => Value::new(kind).into_sensitive(),
    }
}

/// Fills in what is unknown of one resource instance.
pub(crate) struct Filling<'f, 'a> {
    pub(crate) resolver: &'f Resolver<'f, 'a>,
    pub(crate) interner: &'f Interner,
    pub(crate) scope: Scope<'f, 'a>,
    /// The arguments in the configuration, if the plan has it.
    pub(crate) arguments: Option<Rc<Expressions<'a>>>,
    pub(crate) interest: &'f dyn Interest,
    pub(crate) resource_type: &'f str,
}

impl<'a> Filling<'_, 'a> {
    /// The attributes that matter, with their unknown parts.
    pub(crate) fn fill(&self, known: Known, unknown: &Marks<'_>) -> Map {
        let Marks::Entries(marks) = unknown else { return known.into_iter().collect() };
        let mut entries = known;
        for (name, marks) in marks.iter() {
            let place =
                self.arguments.as_ref().map_or(Place::Nowhere, |arguments| self.place(name, arguments));
            let position = entries.iter().position(|(entry, _)| **entry == **name);
            let before = position.map(|position| entries.swap_remove(position).1);
            entries.push((self.interner.get(name), self.merge(before, marks, &place)));
        }
        entries.into_iter().collect()
    }

    fn place<'e>(&self, name: &str, arguments: &'e Expressions<'a>) -> Place<'e, 'a> {
        match arguments.get(name) {
            // The value of the argument is not known, whatever it is made from: `timestamp()` is known after apply only.
            Some(argument @ Expression::References(_))
                if !self.interest.is_chosen_by_provider(self.resource_type, name) =>
            {
                Place::Inside(vec![argument])
            }
            argument => Place::of(name, argument),
        }
    }

    fn merge(&self, known: Option<Value>, marks: &Marks<'_>, place: &Place<'_, 'a>) -> Value {
        match marks {
            Marks::None => known.unwrap_or_else(Value::null),
            Marks::Whole => Value::new(self.unknown(place)),
            Marks::Entries(marks) => self.merge_map(known, marks, place),
            Marks::Items(marks) => self.merge_list(known, marks, place),
        }
    }

    fn merge_map(
        &self,
        known: Option<Value>,
        marks: &Entries<'_, Marks<'_>>,
        place: &Place<'_, 'a>,
    ) -> Value {
        let Kind::Map(map) = known.map_or_else(|| Kind::Map(Map::default()), |value| value.kind) else {
            return Value::new(self.unknown(place));
        };
        let filled: Vec<_> = marks
            .iter()
            .map(|(name, marks)| {
                (self.interner.get(name), self.merge(map.get(name).cloned(), marks, &place.attribute(name)))
            })
            .collect();
        Value::new(Kind::Map(map.into_iter().chain(filled).collect()))
    }

    fn merge_list(&self, known: Option<Value>, marks: &[Marks<'_>], place: &Place<'_, 'a>) -> Value {
        let Kind::List(items) = known.map_or_else(|| Kind::List(Vec::new()), |value| value.kind) else {
            return Value::new(self.unknown(place));
        };
        let count = items.len().max(marks.len());
        let mut items = items.into_iter();
        let merge = |position| {
            let item = items.next().unwrap_or_else(Value::null);
            let marks = marks.get(position).unwrap_or(&Marks::None);
            let place = if marks.is_none() { Place::Nowhere } else { place.element(&item, position, count) };
            self.merge(Some(item).filter(|_| !matches!(marks, Marks::Whole)), marks, &place)
        };
        Value::new(Kind::List((0..count).map(merge).collect()))
    }

    /// What a part is that is marked as unknown.
    fn unknown(&self, place: &Place<'_, 'a>) -> Kind {
        match place {
            Place::Nowhere => self.kind_of(Leaves::lost(NO_CONFIGURATION)),
            Place::Hidden => self.kind_of(Leaves::lost(HIDDEN)),
            Place::LeftOut => Kind::Unset,
            Place::Inside(expressions) => self.kind_of(self.leaves(expressions)),
            Place::Ordered(blocks) => self.kind_of(self.leaves(&[blocks])),
            Place::Written { candidates, or_left_out } => {
                if candidates.iter().all(|argument| self.gives_nothing(argument)) {
                    return Kind::Unset;
                }
                let mut leaves = self.leaves(candidates);
                if *or_left_out {
                    leaves.join(Leaves::lost(HIDDEN));
                }
                self.kind_of(leaves)
            }
        }
    }

    /// Whether an argument that is unknown was given no value. If everything that it refers to is known, its value is
    /// known to Terraform; if the attribute is unknown all the same, the value is null or what the provider takes for
    /// it, and the provider will choose.
    fn gives_nothing(&self, argument: &Expression<'a>) -> bool {
        match argument {
            Expression::Constant(_) => argument.is_null() || argument.is_empty_string(),
            Expression::References(_) => self.resolver.leaves(argument, self.scope).are_known(),
            Expression::Computed | Expression::Block(_) | Expression::Blocks(_) => false,
        }
    }

    fn leaves(&self, expressions: &[&Expression<'a>]) -> Leaves {
        let mut leaves = Leaves::default();
        for expression in expressions {
            leaves.join(self.resolver.leaves(expression, self.scope));
        }
        leaves
    }

    fn kind_of(&self, leaves: Leaves) -> Kind {
        let mut sources: Vec<_> =
            leaves.found.iter().filter_map(|leaf| self.resolver.symbol(leaf, self.interner)).collect();
        sources.sort_unstable();
        sources.dedup();
        if sources.len() > MANY {
            let lost = format!("one of {} resources", sources.len());
            return Kind::Unknown(Unknown { sources: Arc::default(), lost: Some(lost.into()) });
        }
        Kind::Unknown(Unknown { sources: sources.into(), lost: leaves.lost })
    }
}
