//! What a policy document is made from that is not known before apply, and still says whom it names.

use kmscheck_model::Mode;
use kmscheck_value::{Kind, Number, Piece, Symbol, Text, Value};

use crate::Node;
use crate::key::{KEY_TYPES, arn_text};

/// The text that `symbol`, in a document of `node`, stands for: the ARN of a role, user or key, spelled out as far as it
/// is known; the account of a provider configuration; else the symbol itself.
pub(crate) fn meaning(node: Node<'_>, symbol: &Symbol) -> Text {
    let Some(found) = node.at(symbol) else { return Text::symbol(symbol.clone()) };
    let is_managed = found.resource.address.mode == Mode::Managed;
    match (found.resource_type(), symbol.path()) {
        ("aws_iam_role", "arn") if is_managed => identity_arn(found, "role"),
        ("aws_iam_user", "arn") if is_managed => identity_arn(found, "user"),
        (kind, "arn") if is_managed && KEY_TYPES.iter().any(|(key, _)| *key == kind) => arn_text(found),
        ("aws_caller_identity", "account_id") if !is_managed => found.resource.deployment.account.text(),
        _ => Text::symbol(symbol.clone()),
    }
}

/// The same text, with what its symbols stand for in a document of `node`.
pub(crate) fn spelled_out(node: Node<'_>, text: &Text) -> Text {
    if text.as_str().is_some() {
        return text.clone();
    }
    let pieces = text.pieces();
    let spelled = pieces.iter().flat_map(|piece| match piece {
        Piece::Symbol(symbol) => meaning(node, symbol).pieces().into_owned(),
        Piece::Literal(_) => vec![piece.clone()],
    });
    let spelled = Text::concat(spelled);
    if text.is_sensitive() { spelled.into_sensitive() } else { spelled }
}

/// `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
fn identity_arn(identity: Node<'_>, kind: &str) -> Text {
    if let Some(arn) = identity.attribute("arn").and_then(Value::as_text) {
        return arn.clone();
    }
    let own = |attribute: &str| Piece::Symbol(Symbol::new(identity.to_string(), attribute));
    let literal = |text: &str| Piece::Literal(text.into());
    let known = |attribute: &str| identity.attribute(attribute).and_then(Value::as_str).map(literal);
    let is_left_out = |attribute: &str| identity.attribute(attribute).is_none_or(Value::is_absent);
    // A name that is left out is chosen by the provider; a path is not.
    let name = known("name").unwrap_or_else(|| own("name"));
    let path = known("path").unwrap_or_else(|| if is_left_out("path") { literal("/") } else { own("path") });
    let account = identity.resource.deployment.account.text();
    let before = [literal("arn:"), own("partition"), literal(":iam::")];
    // The path begins and ends with a slash.
    let after = [literal(&format!(":{kind}")), path, name];
    Text::concat(before.into_iter().chain(account.pieces().iter().cloned()).chain(after))
}

/// A scalar as a string, as Terraform converts it.
pub(crate) fn text_of(value: &Value) -> Option<Text> {
    let text = match &value.kind {
        Kind::Text(text) => return Some(text.clone()),
        Kind::Bool(flag) => flag.to_string(),
        Kind::Number(Number::Integer(number)) => number.to_string(),
        Kind::Number(Number::Float(number)) => number.to_string(),
        _ => return None,
    };
    Some(text.as_str().into())
}
