//! From an attribute that holds a policy document to that document.

use std::sync::{Arc, OnceLock};

use kmscheck_iam::{Assembly, Block, Document, DocumentError, List, Part};
use kmscheck_model::Mode;
use kmscheck_value::{Because, Kind, Knowledge, Symbol, Text, Unknown, Value};
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::Node;
use crate::principal_symbol::{meaning, spelled_out, text_of};

/// How deep `aws_iam_policy_document` data sources may build on each other.
const DEPTH: usize = 32;

/// A policy document that is read when somebody first asks for it: the checks do, in parallel, and of many documents
/// nobody asks.
#[derive(Debug)]
pub struct LazyDocument<'p> {
    /// The resource that holds it; of several that hold the same text the first.
    node: Node<'p>,
    value: Option<&'p Value>,
    read: OnceLock<Knowledge<Document>>,
}

impl LazyDocument<'_> {
    /// What it says.
    pub fn get(&self) -> &Knowledge<Document> {
        self.read.get_or_init(|| document(self.node, self.value, 0))
    }
}

/// Policy documents; equal texts are read once.
pub(crate) struct Documents<'p> {
    by_text: FxHashMap<&'p Text, Arc<LazyDocument<'p>>>,
}

impl<'p> Documents<'p> {
    /// Room for about as many documents.
    pub(crate) fn with_capacity(documents: usize) -> Self {
        Self { by_text: FxHashMap::with_capacity_and_hasher(documents, FxBuildHasher) }
    }

    /// The document that `value`, an attribute of `node`, holds.
    pub(crate) fn of(&mut self, node: Node<'p>, value: Option<&'p Value>) -> Arc<LazyDocument<'p>> {
        let lazy = || Arc::new(LazyDocument { node, value, read: OnceLock::new() });
        match value.and_then(Value::as_text) {
            Some(text) => Arc::clone(self.by_text.entry(text).or_insert_with(lazy)),
            None => lazy(),
        }
    }
}

fn document(node: Node<'_>, value: Option<&Value>, depth: usize) -> Knowledge<Document> {
    match value.map(|value| &value.kind) {
        Some(Kind::Text(text)) => readable(node, Document::parse(&spelled_out(node, text))),
        Some(Kind::Unknown(unknown)) => unknown_document(node, unknown, depth),
        Some(Kind::Choice(_)) => Knowledge::Undetermined(Because::new(format!(
            "which policy {node} has depends on what is not known"
        ))),
        _ => Knowledge::Undetermined(Because::new(format!("the policy of {node} is not in this input"))),
    }
}

fn readable(node: Node<'_>, document: Result<Document, DocumentError>) -> Knowledge<Document> {
    let because = |error| Because::new(format!("the policy of {node} can't be read: {error}"));
    document.map_err(because).into()
}

/// A document that is unknown as a text may still be known in parts, if it is that of one data source: a data source
/// that is read during apply shows its arguments.
fn unknown_document(node: Node<'_>, unknown: &Unknown, depth: usize) -> Knowledge<Document> {
    let source = unknown.sole_source().filter(|_| depth < DEPTH);
    let found = source.and_then(|symbol| Some((symbol, node.at(symbol)?)));
    match found {
        Some((symbol, data)) if is_document(data, symbol) => {
            readable(node, assembly(data, depth + 1).document())
        }
        Some((symbol, key))
            if symbol.path() == "policy"
                && key.attribute("policy").is_some_and(|policy| policy.unknown().is_some()) =>
        {
            document(key, key.attribute("policy"), depth + 1)
        }
        _ => Knowledge::Undetermined(unknown_policy(node, unknown)),
    }
}

fn assembly(data: Node<'_>, depth: usize) -> Assembly {
    Assembly {
        version: optional(data, data.attribute("version")),
        id: optional(data, data.attribute("policy_id")),
        sources: sources(data, depth),
        statements: blocks(data, data.attribute("statement"), |block| statement(data, block)),
        overrides: elements(data, data.attribute("override_policy_documents"), |value| {
            part(data, value, depth)
        }),
    }
}

/// The documents that are put together. Which of several that are unknown comes first does not matter: no two of them
/// may have the same `Sid`.
fn sources(data: Node<'_>, depth: usize) -> List<Part> {
    let value = data.attribute("source_policy_documents");
    let unknowns: Vec<_> =
        value.map(Value::items).unwrap_or_default().iter().filter_map(Value::unknown).collect();
    let mut symbols = shared_sources(&unknowns).iter();
    elements(data, value, |value| match value.unknown().and_then(|_| symbols.next()) {
        Some(symbol) => {
            let unknown = Unknown { sources: Arc::from([symbol.clone()]), lost: None };
            known_part(unknown_document(data, &unknown, depth))
        }
        None => part(data, value, depth),
    })
}

fn part(data: Node<'_>, value: &Value, depth: usize) -> Part {
    match &value.kind {
        Kind::Text(text) => Part::Text(spelled_out(data, text)),
        _ => known_part(document(data, Some(value), depth)),
    }
}

fn known_part(document: Knowledge<Document>) -> Part {
    match document {
        Knowledge::Known(document) => Part::Document(document),
        Knowledge::Undetermined(because) => Part::Unknown(because),
    }
}

/// A `statement` block of a data source.
fn statement(data: Node<'_>, block: &Value) -> Block {
    let principals = |name: &str| {
        blocks(data, block.get(name), |one| {
            (text_or_symbol(data, one.get("type")), texts(data, one.get("identifiers")))
        })
    };
    Block {
        sid: optional(data, block.get("sid")),
        effect: optional(data, block.get("effect")),
        principals: principals("principals"),
        not_principals: principals("not_principals"),
        actions: texts(data, block.get("actions")),
        not_actions: texts(data, block.get("not_actions")),
        resources: texts(data, block.get("resources")),
        not_resources: texts(data, block.get("not_resources")),
        conditions: blocks(data, block.get("condition"), |one| {
            let part = |name: &str| text_or_symbol(data, one.get(name));
            (part("test"), part("variable"), texts(data, one.get("values")))
        }),
    }
}

/// The elements of a list or a set; open if it is not known as a whole.
fn elements<T>(data: Node<'_>, value: Option<&Value>, read: impl FnMut(&Value) -> T) -> List<T> {
    match known_items(data, value) {
        Ok(items) => List::closed(items.iter().map(read).collect()),
        Err(because) => List::unknown(because),
    }
}

/// The blocks of a type. An element that is not known stands for any number of them.
fn blocks<T>(data: Node<'_>, value: Option<&Value>, read: impl FnMut(&Value) -> T) -> List<T> {
    match known_items(data, value) {
        Ok(items) => List {
            items: items.iter().filter(|item| item.unknown().is_none()).map(read).collect(),
            more: items.iter().find_map(Value::unknown).map(|unknown| not_known(data, unknown)),
        },
        Err(because) => List::unknown(because),
    }
}

/// The elements of a list, a set or a block type. The provider decides nothing about the arguments of this data source:
/// one that seems left to it comes from a `dynamic` block, of which a plan shows no more.
fn known_items<'v>(data: Node<'_>, value: Option<&'v Value>) -> Result<&'v [Value], Because> {
    match value.map(|value| &value.kind) {
        Some(Kind::List(items)) => Ok(items),
        Some(Kind::Unknown(unknown)) => Err(not_known(data, unknown)),
        Some(Kind::Choice(_)) => Err(Because::new(format!("a part of {data} depends on what is not known"))),
        Some(Kind::Unset) => Err(Because::new(format!(
            "a part of {data} is said in a `dynamic` block, which a plan does not show"
        ))),
        _ => Ok(&[]),
    }
}

/// The strings of a list or set. An element that is unknown is the one thing that it was made from; several elements
/// that are unknown together are as many things.
fn texts(data: Node<'_>, value: Option<&Value>) -> List<Text> {
    let items = match known_items(data, value) {
        Ok(items) => items,
        Err(because) => return List::unknown(because),
    };
    let unknowns: Vec<_> = items.iter().filter_map(Value::unknown).collect();
    let mut sources = shared_sources(&unknowns).iter();
    let mut list = List::default();
    for item in items {
        let text = match item.unknown() {
            None => text_of(item).map(|text| spelled_out(data, &text)),
            Some(_) => sources.next().map(|symbol| meaning(data, symbol)),
        };
        match (text, item.unknown()) {
            (Some(text), _) => list.items.push(text),
            (None, Some(unknown)) => list.more = list.more.or_else(|| Some(not_known(data, unknown))),
            (None, None) => {}
        }
    }
    list
}

/// What several unknown elements stand for: each for one of their sources, if these are as many.
fn shared_sources<'u>(unknowns: &[&'u Unknown]) -> &'u [Symbol] {
    match unknowns.split_first() {
        Some((first, rest))
            if first.lost.is_none()
                && first.sources.len() == unknowns.len()
                && rest.iter().all(|other| other == first) =>
        {
            &first.sources
        }
        _ => &[],
    }
}

fn optional(data: Node<'_>, value: Option<&Value>) -> Option<Text> {
    value.filter(|value| !value.is_absent()).map(|value| text_or_symbol(data, Some(value)))
}

/// The string, or a symbol that stands for nothing but itself.
fn text_or_symbol(data: Node<'_>, value: Option<&Value>) -> Text {
    let symbol = || match value.and_then(Value::unknown).and_then(Unknown::sole_source) {
        Some(symbol) => symbol.clone(),
        None => Symbol::new(data.to_string(), ""),
    };
    value.and_then(text_of).unwrap_or_else(|| Text::symbol(symbol()))
}

pub(crate) fn is_document(data: Node<'_>, symbol: &Symbol) -> bool {
    data.resource.address.mode == Mode::Data
        && data.resource_type() == "aws_iam_policy_document"
        // `one(data.x[*].json)` refers to the whole: nothing else of it is a policy.
        && matches!(symbol.path(), "" | "json" | "minified_json")
}

fn unknown_policy(node: Node<'_>, unknown: &Unknown) -> Because {
    let settle = "write it with `data.aws_iam_policy_document`, whose statements a plan shows, or check again after apply";
    Because::new(format!("the policy of {node} is not known before apply{}", made_from(unknown)))
        .settled_by(settle)
}

fn not_known(data: Node<'_>, unknown: &Unknown) -> Because {
    Because::new(format!("a part of {data} is not known before apply{}", made_from(unknown)))
        .settled_by("check again after apply")
}

fn made_from(unknown: &Unknown) -> String {
    let sources: Vec<_> = unknown.sources.iter().map(|source| format!("`{source}`")).collect();
    if sources.is_empty() { String::new() } else { format!(" (it is made from {})", sources.join(", ")) }
}
