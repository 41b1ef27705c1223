//! Nested blocks, those of `dynamic` blocks included.

use std::collections::BTreeSet;
use std::sync::Arc;

use kmscheck_value::Symbol;

use super::object::{ResourceObject, is_meta};
use super::place::Place;
use super::{Each, Root};
use crate::cty::{Fault, Kind, Type, Unknown, Value};
use crate::eval::{Outcome, Scope};
use crate::lang::{Block, Body};

/// How many blocks a `dynamic` block may make.
const BLOCKS: usize = 10_000;

/// The blocks of one kind, as far as they are known.
#[derive(Default)]
struct Blocks {
    /// The values that they may have together.
    options: Vec<Vec<Value>>,
    /// What it depends on how many there are.
    open: Option<BTreeSet<Symbol>>,
}

impl<'r> Root<'r> {
    /// The blocks of a kind in a resource, as a list of objects.
    pub(super) fn blocks_of(&self, object: &ResourceObject<'r>, kind: &str) -> Outcome {
        let place = Place { root: self, instance: &object.instance, each: &object.each };
        self.nested(&object.block().body, kind, Scope::of(&place))
    }

    /// The blocks of a kind in a block that belongs to no resource.
    pub(super) fn blocks_in(
        &self,
        instance: &std::rc::Rc<super::instance::Instance<'r>>,
        body: &Body,
        kind: &str,
    ) -> Outcome {
        let place = Place { root: self, instance, each: &Each::None };
        self.nested(body, kind, Scope::of(&place))
    }

    fn nested(&self, body: &Body, kind: &str, scope: Scope<'_>) -> Outcome {
        let mut blocks = Blocks { options: vec![Vec::new()], open: None };
        for block in &body.blocks {
            if block.makes().is_none_or(|made| **made != *kind) {
                continue;
            }
            if block.is_dynamic() {
                self.generated(block, scope, &mut blocks)?;
            } else {
                blocks.add(self.block(&block.body, scope)?);
            }
        }
        Ok(blocks.value())
    }

    /// A block as an object.
    fn block(&self, body: &Body, scope: Scope<'_>) -> Outcome {
        let mut entries = Vec::new();
        for (name, argument) in body.arguments.iter().filter(|(name, _)| !is_meta(name)) {
            entries.push((Arc::clone(name), self.evaluator.eval(&argument.value, scope)?));
        }
        for kind in body.block_kinds().into_iter().filter(|kind| !is_meta(kind)) {
            entries.push((Arc::clone(kind), self.nested(body, kind, scope)?));
        }
        Ok(Value::object(entries))
    }

    /// What a `dynamic` block makes.
    fn generated(&self, block: &Block, scope: Scope<'_>, blocks: &mut Blocks) -> Result<(), Fault> {
        let Some(for_each) = block.body.value("for_each") else { return Ok(()) };
        let Some(content) = block.body.blocks("content").next() else { return Ok(()) };
        let iterator = block.body.value("iterator").and_then(|iterator| iterator.names()?.into_iter().next());
        let iterator = iterator.or_else(|| block.makes().cloned()).unwrap_or_default();
        let for_each = self.evaluator.eval(for_each, scope)?;
        let options = match &for_each.kind {
            Kind::Choice(options) => options.to_vec(),
            _ => vec![for_each.clone()],
        };
        let mut made = Vec::new();
        for option in &options {
            match self.evaluator.items_of(option) {
                Ok(Some(items)) if items.len() <= BLOCKS => {
                    made.push(self.contents(content, &iterator, items, scope)?)
                }
                Ok(Some(_)) => {
                    return Err(Fault::limit(format!("more than {BLOCKS} blocks are not looked at")));
                }
                Ok(None) => blocks.open.get_or_insert_default().extend(for_each.sources()),
                // With null Terraform fails.
                Err(fault) if options.len() == 1 => return Err(fault),
                Err(_) => {}
            }
        }
        blocks.add_one_of(&made, &for_each);
        Ok(())
    }

    fn contents(
        &self,
        content: &Block,
        iterator: &Arc<str>,
        items: Vec<(Value, Value)>,
        scope: Scope<'_>,
    ) -> Result<Vec<Value>, Fault> {
        let one = |(key, value): (Value, Value)| {
            let item = Value::object([("key", key), ("value", value)]);
            scope.with(&[(iterator, &item)], |scope| self.block(&content.body, scope))
        };
        items.into_iter().map(one).collect()
    }
}

impl Blocks {
    const MANY: usize = 16;

    fn add(&mut self, block: Value) {
        self.options.iter_mut().for_each(|option| option.push(block.clone()));
    }

    fn add_one_of(&mut self, made: &[Vec<Value>], for_each: &Value) {
        if made.len() * self.options.len() > Self::MANY {
            self.open.get_or_insert_default().extend(for_each.sources());
            return;
        }
        if !made.is_empty() {
            let longer = |option: &Vec<Value>| {
                made.iter().map(|made| [option.as_slice(), made].concat()).collect::<Vec<_>>()
            };
            self.options = self.options.iter().flat_map(longer).collect();
        }
    }

    fn value(self) -> Value {
        let Some(mut sources) = self.open else {
            return Value::one_of(self.options.into_iter().map(Value::list));
        };
        match self.options.as_slice() {
            // An element that is not known stands for any number of blocks.
            [known] => {
                let more = Unknown::made_from(sources, Type::Any).into();
                Value::list(known.iter().cloned().chain([more]))
            }
            lists => {
                sources.extend(lists.iter().flatten().flat_map(Value::sources));
                Unknown { not_null: true, ..Unknown::made_from(sources, Type::list(Type::Any)) }.into()
            }
        }
    }
}
