//! Policies that a data source makes: their statements stand in its blocks.

use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use hcl_edit::structure::Body;
use kmscheck_model::{Declaration, Location};
use kmscheck_value::{AttributePath, Step};

pub(crate) const POLICY_DOCUMENT: &str = "aws_iam_policy_document";

/// Arguments that put statements of other documents before or among its own.
/// Source: provider, `aws_iam_policy_document`.
const OTHER_DOCUMENTS: [&str; 4] =
    ["override_json", "override_policy_documents", "source_json", "source_policy_documents"];

/// The attributes that are exactly what a policy document of the same module makes, with its name.
pub(crate) fn made_by_documents(body: &Body) -> Vec<(String, String)> {
    let attributes = body.attributes().filter_map(|attribute| {
        let name = document_of(&attribute.value)?;
        Some((attribute.key.as_str().to_owned(), name.to_owned()))
    });
    attributes.collect()
}

/// The name in `data.aws_iam_policy_document.NAME.json`, with or without an instance key.
fn document_of(expression: &Expression) -> Option<&str> {
    let Expression::Traversal(traversal) = expression else { return None };
    let Traversal { expr: Expression::Variable(root), operators, .. } = &**traversal else { return None };
    let attributes: Vec<_> =
        operators.iter().filter(|step| !matches!(***step, TraversalOperator::Index(_))).collect();
    let names: Option<Vec<_>> = attributes
        .into_iter()
        .map(|step| match &**step {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    match (root.as_str(), names?.as_slice()) {
        ("data", [POLICY_DOCUMENT, name, "json"]) => Some(name),
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
        let (Step::Key(name), rest @ [Step::Index(_), ..]) = path.steps().split_first()? else { return None };
        let path = AttributePath::root().key(attribute).key("statement");
        (&**name == "statement").then(|| (rest.iter().fold(path, element), location.clone()))
    });
    places.collect()
}

/// The path with one more step of the data source, as the document has it: `principals[0]` is within `principal`.
fn element(path: AttributePath, step: &Step) -> AttributePath {
    match step {
        Step::Key(name) if &**name == "principals" => path.key("principal"),
        Step::Key(name) => path.key(name.clone()),
        Step::Index(position) => path.index(*position),
    }
}
