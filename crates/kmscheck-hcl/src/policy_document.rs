//! Policies that a data source makes: their statements stand in its blocks.

use std::sync::Arc;

use kmscheck_model::{Declaration, Location};
use kmscheck_value::{AttributePath, Step as PathStep};

use crate::lang::{Body, Expr, Node, Step};

pub(crate) const POLICY_DOCUMENT: &str = "aws_iam_policy_document";

/// Arguments that put statements of other documents before or among its own.
/// Source: provider, `aws_iam_policy_document`.
pub(crate) const OTHER_DOCUMENTS: [&str; 4] =
    ["override_json", "override_policy_documents", "source_json", "source_policy_documents"];

/// The arguments that are exactly what a policy document of the same module makes, with its name.
pub(crate) fn made_by_documents(body: &Body) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
    body.arguments.iter().filter_map(|(name, argument)| Some((name, document_of(&argument.value)?)))
}

/// The name in `data.aws_iam_policy_document.NAME.json`, with or without an instance key.
fn document_of(expr: &Expr) -> Option<&Arc<str>> {
    let Node::Traversal { of, steps } = &expr.node else { return None };
    let Node::Variable(root) = &of.node else { return None };
    let attributes = steps.iter().filter(|step| !matches!(step, Step::Index(_)));
    let names: Option<Vec<_>> = attributes
        .map(|step| match step {
            Step::Attribute(name) => Some(name),
            _ => None,
        })
        .collect();
    match (&**root, names?.as_slice()) {
        ("data", [kind, name, json]) if &***kind == POLICY_DOCUMENT && &***json == "json" => Some(name),
        _ => None,
    }
}

/// Where the statements of the policy `attribute` stand, if each is a block of `document`.
pub(crate) fn statements(attribute: &str, document: &Declaration) -> Vec<(AttributePath, Location)> {
    let has_others =
        |path: &AttributePath| path.attribute().is_some_and(|name| OTHER_DOCUMENTS.contains(&name));
    if document.places.iter().any(|(path, _)| has_others(path)) {
        return Vec::new();
    }
    let places = document.places.iter().filter_map(|(path, location)| {
        let (PathStep::Key(name), rest @ [PathStep::Index(_), ..]) = path.steps().split_first()? else {
            return None;
        };
        let path = AttributePath::root().key(attribute).key("statement");
        (&**name == "statement").then(|| (rest.iter().fold(path, element), location.clone()))
    });
    places.collect()
}

/// The path with one more step of the data source, as the document has it: `principals[0]` is within `principal`.
fn element(path: AttributePath, step: &PathStep) -> AttributePath {
    match step {
        PathStep::Key(name) if &**name == "principals" => path.key("principal"),
        PathStep::Key(name) => path.key(name.clone()),
        PathStep::Index(position) => path.index(*position),
    }
}
