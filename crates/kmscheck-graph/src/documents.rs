//! From an attribute that holds a policy document to that document.

use std::sync::Arc;

use kmscheck_iam::Document;
use kmscheck_model::{Address, Mode};
use kmscheck_value::{Because, Kind, Knowledge, Symbol, Text, Unknown, Value};
use rustc_hash::FxHashMap;

use crate::Node;

/// How deep `aws_iam_policy_document` data sources may build on each other.
const DEPTH: usize = 32;

/// Policy documents; equal texts are parsed once.
#[derive(Default)]
pub(crate) struct Documents {
    parsed: FxHashMap<Text, Knowledge<Arc<Document>>>,
}

impl Documents {
    /// The document that `value`, an attribute of `node`, holds.
    pub(crate) fn of(&mut self, node: Node<'_>, value: Option<&Value>) -> Knowledge<Arc<Document>> {
        self.at_depth(node, value, 0)
    }

    fn at_depth(&mut self, node: Node<'_>, value: Option<&Value>, depth: usize) -> Knowledge<Arc<Document>> {
        match value.map(|value| &value.kind) {
            Some(Kind::Text(text)) => self.parse(node, text),
            Some(Kind::Unknown(unknown)) => self.unknown(node, unknown, depth),
            _ => Knowledge::Undetermined(Because::new(format!("the policy of {node} is not in this input"))),
        }
    }

    fn parse(&mut self, node: Node<'_>, text: &Text) -> Knowledge<Arc<Document>> {
        if let Some(parsed) = self.parsed.get(text) {
            return parsed.clone();
        }
        let document = match Document::parse(text) {
            Ok(document) => Knowledge::Known(Arc::new(document)),
            Err(error) => {
                Knowledge::Undetermined(Because::new(format!("the policy of {node} can't be read: {error}")))
            }
        };
        self.parsed.insert(text.clone(), document.clone());
        document
    }

    /// A document that is unknown as a text may still be known in parts, if it is that of one data source: a data
    /// source that is read during apply shows its arguments.
    fn unknown(&mut self, node: Node<'_>, unknown: &Unknown, depth: usize) -> Knowledge<Arc<Document>> {
        let source = unknown.sole_source().filter(|_| depth < DEPTH);
        let found = source.and_then(|symbol| Some((symbol, at(node, symbol)?)));
        match found {
            Some((symbol, data)) if is_document(data, symbol) => self.data_source(data, depth),
            Some((symbol, key))
                if symbol.path() == "policy"
                    && key.attribute("policy").is_some_and(|policy| policy.unknown().is_some()) =>
            {
                self.at_depth(key, key.attribute("policy"), depth + 1)
            }
            _ => Knowledge::Undetermined(unknown_policy(node, unknown)),
        }
    }

    fn data_source(&mut self, data: Node<'_>, depth: usize) -> Knowledge<Arc<Document>> {
        let _ = (data, depth);
        todo!()
    }
}

fn at<'p>(node: Node<'p>, symbol: &Symbol) -> Option<Node<'p>> {
    let address: Address = symbol.object().parse().ok()?;
    let id = node.project.find(&address)?;
    Some(Node { resource: node.project.resource(id)?, id: (node.id.0, id), ..node })
}

fn is_document(data: Node<'_>, symbol: &Symbol) -> bool {
    data.resource.address.mode == Mode::Data
        && data.resource_type() == "aws_iam_policy_document"
        && matches!(symbol.path(), "json" | "minified_json")
}

fn unknown_policy(node: Node<'_>, unknown: &Unknown) -> Because {
    let sources: Vec<_> = unknown.sources.iter().map(|source| format!("`{source}`")).collect();
    let from =
        if sources.is_empty() { String::new() } else { format!(" (it is made from {})", sources.join(", ")) };
    let settle = "write it with `data.aws_iam_policy_document`, whose statements a plan shows, or check again after apply";
    Because::new(format!("the policy of {node} is not known before apply{from}")).settled_by(settle)
}
