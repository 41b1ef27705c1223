//! The instances of a block, by its `count` or `for_each`.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::InstanceKey;
use kmscheck_value::{Because, Existence, Text};

use super::instance::Instance;
use super::{Each, Root};
use crate::config::{Resource, ResourceName};
use crate::cty::{Fault, Kind, Type, Unknown, Value, convert};
use crate::lang::{Argument, Block, Expr};

/// How many instances a block may have.
const INSTANCES: usize = 10_000;

/// How many instances all blocks may have together, those of modules and those in each of them.
const ALL_INSTANCES: usize = 100_000;

/// The instances of a block.
pub(crate) struct Expansion {
    pub(crate) instances: Vec<One>,
    shape: Shape,
    /// The instances as values, once somebody has asked.
    values: OnceCell<Rc<[Value]>>,
}

/// One instance.
pub(crate) struct One {
    pub(crate) key: Option<InstanceKey>,
    pub(crate) each: Each,
    pub(crate) existence: Existence,
}

/// What the block is as a value.
enum Shape {
    Single,
    /// As many instances as one of these numbers.
    Count(BTreeSet<usize>),
    /// The instances with one of these sets of keys.
    Keys(Vec<BTreeSet<Arc<str>>>),
    /// Nobody knows how many.
    Open,
}

impl Expansion {
    fn single() -> Self {
        let one = One { key: None, each: Each::None, existence: Existence::Certain };
        Self { instances: vec![one], shape: Shape::Single, values: OnceCell::new() }
    }

    fn open(because: Because, each: Each) -> Self {
        let one = One { key: Some(InstanceKey::Any), each, existence: Existence::Possible(because) };
        Self { instances: vec![one], shape: Shape::Open, values: OnceCell::new() }
    }

    /// The instances as values, made once.
    pub(super) fn values(&self, make: impl FnOnce() -> Rc<[Value]>) -> Rc<[Value]> {
        Rc::clone(self.values.get_or_init(make))
    }

    /// The value of a reference to the block, of which `values` are the instances.
    pub(super) fn value(&self, values: &[Value], all: impl FnOnce() -> Value) -> Value {
        match &self.shape {
            Shape::Single => values.first().cloned().unwrap_or(Value::NULL),
            Shape::Count(counts) => {
                Value::one_of(counts.iter().map(|count| Value::tuple(values.iter().take(*count).cloned())))
            }
            Shape::Keys(options) => {
                let named = || self.instances.iter().zip(values);
                Value::one_of(options.iter().map(|keys| {
                    let own = named().filter_map(|(one, value)| match &one.key {
                        Some(InstanceKey::Key(key)) if keys.contains(key) => {
                            Some((Arc::clone(key), value.clone()))
                        }
                        _ => None,
                    });
                    Value::object(own)
                }))
            }
            Shape::Open => all(),
        }
    }
}

impl<'r> Root<'r> {
    /// The instances of a resource block.
    pub(super) fn resource_expansion(
        &self,
        instance: &Rc<Instance<'r>>,
        name: &'r ResourceName,
        resource: &'r Resource,
    ) -> Rc<Expansion> {
        if let Some(expansion) = instance.resources.borrow().get(name) {
            return Rc::clone(expansion);
        }
        // One that refers to itself is open.
        let open =
            Rc::new(Expansion::open(Because::new("its `count` or `for_each` refers to itself"), Each::None));
        instance.resources.borrow_mut().insert(name, open);
        let is_single = !resource.mentions("count") && !resource.mentions("for_each");
        let expansion =
            if is_single { Expansion::single() } else { self.expansion(instance, resource.block()) };
        let expansion = Rc::new(expansion);
        instance.resources.borrow_mut().insert(name, Rc::clone(&expansion));
        expansion
    }

    /// The instances of a module call.
    pub(super) fn call_expansion(&self, instance: &Rc<Instance<'r>>, name: &'r str) -> Rc<Expansion> {
        if let Some(expansion) = instance.calls.borrow().get(name) {
            return Rc::clone(expansion);
        }
        let open =
            Rc::new(Expansion::open(Because::new("its `count` or `for_each` refers to itself"), Each::None));
        instance.calls.borrow_mut().insert(name, open);
        let block = instance.tree.module.config.calls.get(name);
        let expansion =
            Rc::new(block.map_or_else(Expansion::single, |block| self.expansion(instance, block)));
        instance.calls.borrow_mut().insert(name, Rc::clone(&expansion));
        expansion
    }

    fn expansion(&self, instance: &Rc<Instance<'r>>, block: &Block) -> Expansion {
        let (argument, name) = match (block.body.argument("count"), block.body.argument("for_each")) {
            (Some(count), _) => (count, "count"),
            (None, Some(for_each)) => (for_each, "for_each"),
            (None, None) => return Expansion::single(),
        };
        let value = self.evaluator.apart(|| self.eval(instance, &Each::None, &argument.value));
        let expansion = value.and_then(|value| {
            if name == "count" { by_count(&value, &argument.value) } else { by_keys(&value, &argument.value) }
        });
        let expansion = expansion.and_then(|expansion| self.counted(expansion));
        expansion.unwrap_or_else(|fault| self.unclear(instance, argument, name, &fault))
    }

    fn counted(&self, expansion: Expansion) -> Result<Expansion, Fault> {
        let count = self.expanded.get() + expansion.instances.len();
        if count > ALL_INSTANCES {
            return Err(Fault::limit(format!("more than {ALL_INSTANCES} instances are not looked at")));
        }
        self.expanded.set(count);
        Ok(expansion)
    }

    fn unclear(&self, instance: &Instance<'r>, argument: &Argument, name: &str, fault: &Fault) -> Expansion {
        self.fault(instance, argument.file, &argument.span, fault);
        let because = Because::new(format!("its `{name}` can't be evaluated: {}", fault.message()));
        Expansion::open(because, any(name == "count"))
    }
}

/// `each` or `count` of an instance of which only that is known that it is one.
fn any(is_count: bool) -> Each {
    let unknown = |of| Value::from(Unknown { not_null: true, ..Unknown::made_from(BTreeSet::new(), of) });
    if is_count {
        Each::Count(unknown(Type::Number))
    } else {
        Each::Item {
            key: unknown(Type::String),
            value: Unknown::made_from(BTreeSet::new(), Type::Any).into(),
        }
    }
}

/// Why nobody knows how many instances there are.
fn depends_on(argument: &str, expr: &Expr) -> Because {
    let names = expr
        .references()
        .into_iter()
        .filter(|names| names.len() > 1)
        .map(|names| format!("`{}`", names.join(".")));
    let names: BTreeSet<_> = names.collect();
    let known = match names.is_empty() {
        true => "what is not known".to_owned(),
        false => names.into_iter().collect::<Vec<_>>().join(", "),
    };
    Because::new(format!("its `{argument}` depends on {known}"))
}

fn options(value: &Value) -> Vec<Value> {
    match &value.kind {
        Kind::Choice(options) => options.to_vec(),
        _ => vec![value.clone()],
    }
}

fn by_count(value: &Value, expr: &Expr) -> Result<Expansion, Fault> {
    let mut counts = BTreeSet::new();
    for option in options(value) {
        let number = convert(option, &Type::Number)?;
        if number.is_null() {
            return Err(Fault::error("a count must not be null"));
        }
        let Some(number) = number.as_number() else {
            return Ok(Expansion::open(depends_on("count", expr), any(true)));
        };
        let count = number.as_i64().and_then(|count| usize::try_from(count).ok());
        let count =
            count.ok_or_else(|| Fault::error("a count must be a whole number that is not negative"))?;
        if count > INSTANCES {
            return Err(Fault::limit(format!("more than {INSTANCES} instances are not looked at")));
        }
        counts.insert(count);
    }
    let (least, most) = (counts.first().copied().unwrap_or(0), counts.last().copied().unwrap_or(0));
    let one = |index: usize| One {
        key: Some(InstanceKey::Index(index as u64)),
        each: Each::Count(index.into()),
        existence: if index < least {
            Existence::Certain
        } else {
            Existence::Possible(depends_on("count", expr))
        },
    };
    Ok(Expansion {
        instances: (0..most).map(one).collect(),
        shape: Shape::Count(counts),
        values: OnceCell::new(),
    })
}

fn by_keys(value: &Value, expr: &Expr) -> Result<Expansion, Fault> {
    let mut all: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut sets = Vec::new();
    for option in options(value) {
        let Some(items) = keyed(&option)? else {
            return Ok(Expansion::open(depends_on("for_each", expr), any(false)));
        };
        if items.len() > INSTANCES {
            return Err(Fault::limit(format!("more than {INSTANCES} instances are not looked at")));
        }
        sets.push(items.iter().map(|(key, _)| Arc::clone(key)).collect::<BTreeSet<_>>());
        for (key, item) in items {
            let known = all.remove(&key);
            all.insert(key, Value::one_of(known.into_iter().chain([item])));
        }
    }
    let one = |(key, item): (Arc<str>, Value)| One {
        existence: if sets.iter().all(|keys| keys.contains(&key)) {
            Existence::Certain
        } else {
            Existence::Possible(depends_on("for_each", expr))
        },
        each: Each::Item { key: Value::from(Text::literal(Arc::clone(&key))), value: item },
        key: Some(InstanceKey::Key(key)),
    };
    let instances = all.into_iter().map(one).collect();
    Ok(Expansion { instances, shape: Shape::Keys(sets), values: OnceCell::new() })
}

/// Keys with their values.
type Keyed = Vec<(Arc<str>, Value)>;

/// The keys and values of a map, or the strings of a set; `None` if they are not known.
fn keyed(value: &Value) -> Result<Option<Keyed>, Fault> {
    match &value.kind {
        Kind::Map(entries) | Kind::Object(entries) => {
            Ok(Some(entries.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect()))
        }
        Kind::Set(items) => {
            let key = |item: &Value| Some((Arc::from(item.as_str()?), item.clone()));
            Ok(items.iter().map(key).collect())
        }
        Kind::Unknown(_) | Kind::Lazy(_) | Kind::Choice(_) => Ok(None),
        _ => Err(Fault::error("`for_each` needs a map, or a set of strings")),
    }
}
