//! Puts together what a plan shows in parts: values, the marks of the unknown and the sensitive, and the configuration
//! that tells what is unknown from what was left out.

use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::Interest;
use kmscheck_value::{Kind, Map, Unknown, Value};

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
pub(crate) fn hide(known: Map, sensitive: &Marks<'_>) -> Map {
    match sensitive {
        Marks::None => known,
        Marks::Entries(marks) => hide_entries(known, marks),
        Marks::Whole | Marks::Items(_) => {
            known.into_iter().map(|(name, value)| (name, value.into_sensitive())).collect()
        }
    }
}

fn hide_entries(known: Map, marks: &Entries<'_, Marks<'_>>) -> Map {
    let hidden = known.into_iter().map(|(name, value)| {
        let hidden = hide_value(value, marks.get(&name));
        (name, hidden)
    });
    hidden.collect()
}

/// The value, with what must not be shown marked. Marks of another form than the value mark all of it.
fn hide_value(value: Value, marks: Option<&Marks<'_>>) -> Value {
    match (marks.unwrap_or(&Marks::None), value.kind) {
        (Marks::None, kind) => Value::new(kind),
        (Marks::Entries(marks), Kind::Map(map)) => Value::new(Kind::Map(hide_entries(map, marks))),
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
    pub(crate) fn fill(&self, known: Map, unknown: &Marks<'_>) -> Map {
        let Marks::Entries(marks) = unknown else { return known };
        let place = |name: &str| match &self.arguments {
            None => Place::Nowhere,
            Some(arguments) => self.place(name, arguments),
        };
        self.fill_entries(known, marks, &place)
    }

    /// The entries of both, in order.
    fn fill_entries<'p>(
        &self,
        known: Map,
        marks: &Entries<'_, Marks<'_>>,
        place: &dyn Fn(&str) -> Place<'p, 'a>,
    ) -> Map {
        let mut filled = Vec::with_capacity(known.len() + marks.len());
        let mut known = known.into_iter().peekable();
        for (name, marks) in marks.iter() {
            filled.extend(std::iter::from_fn(|| known.next_if(|(own, _)| **own < **name)));
            let own = known.next_if(|(own, _)| **own == **name);
            let (own_name, value) =
                own.map_or_else(|| (self.interner.get(name), None), |(name, value)| (name, Some(value)));
            filled.push((own_name, self.merge(value, marks, &place(name))));
        }
        filled.extend(known);
        filled.into_iter().collect()
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
        Value::new(Kind::Map(self.fill_entries(map, marks, &|name| place.attribute(name))))
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
            Place::Written { candidates, or_left_out } => self.written(candidates, *or_left_out),
        }
    }

    /// What an argument is that is unknown. It was given no value if everything that it refers to is known: then its
    /// value is known to Terraform; if the attribute is unknown all the same, the value is null or what the provider takes
    /// for it, and the provider will choose.
    fn written(&self, candidates: &[&Expression<'a>], or_left_out: bool) -> Kind {
        let mut leaves = Leaves::default();
        let mut is_given = false;
        for argument in candidates {
            let own = self.resolver.leaves(argument, self.scope);
            is_given |= match argument {
                Expression::Constant(_) => !argument.is_null() && !argument.is_empty_string(),
                Expression::References(_) => !own.are_known(),
                Expression::Computed | Expression::Block(_) | Expression::Blocks(_) => true,
            };
            leaves.join(own);
        }
        if !is_given {
            return Kind::Unset;
        }
        if or_left_out {
            leaves.join(Leaves::lost(HIDDEN));
        }
        self.kind_of(leaves)
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
