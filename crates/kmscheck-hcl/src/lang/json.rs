//! Source in JSON. Its strings are templates.
//!
//! Source: Terraform, "JSON Configuration Syntax".

use std::sync::Arc;

use super::json_value::{Json, JsonKind, Member, json_value};
use super::{Argument, Block, Body, Expr, Item, Key, Node, Span, template_in};
use crate::cty::{Number, Value};
use crate::parse::ParseError;

/// The kinds of blocks, with the number of their labels. What stands below any other name is an argument: only the schema
/// of a provider tells its blocks from its arguments.
const BLOCKS: [(&str, usize); 27] = [
    ("assume_role", 0),
    ("assume_role_with_web_identity", 0),
    ("check", 1),
    ("condition", 0),
    ("content", 0),
    ("data", 2),
    ("default_tags", 0),
    ("dynamic", 1),
    ("ephemeral", 2),
    ("import", 0),
    ("lifecycle", 0),
    ("locals", 0),
    ("module", 1),
    ("moved", 0),
    ("not_principals", 0),
    ("output", 1),
    ("postcondition", 0),
    ("precondition", 0),
    ("principals", 0),
    ("provider", 1),
    ("provisioner", 1),
    ("removed", 0),
    ("resource", 2),
    ("statement", 0),
    ("terraform", 0),
    ("validation", 0),
    ("variable", 1),
];

/// The body that a file in JSON is.
pub(crate) fn json_body(text: &str) -> Result<Body, ParseError> {
    let error = |(offset, message): (usize, &str)| ParseError { offset, message: message.to_owned() };
    let value = json_value(text).map_err(error)?;
    match value.kind {
        JsonKind::Object(members) => Reader { text }.body(&members),
        _ => Err(error((value.span.start, "an object is expected"))),
    }
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn body(&self, members: &[Member]) -> Result<Body, ParseError> {
        let mut body = Body::default();
        for Member { name, key, value } in members {
            match BLOCKS.iter().find(|(kind, _)| kind == name) {
                // A comment.
                None if name == "//" => {}
                Some((kind, labels)) if is_blocks(value) => {
                    self.add_blocks(&mut body, (&Arc::from(*kind), key), *labels, &[], value)?;
                }
                _ => {
                    let span = key.start..value.span.end;
                    let value = Arc::new(self.expr(value)?);
                    body.arguments.insert(name.as_str().into(), Argument { value, span, file: 0 });
                }
            }
        }
        Ok(body)
    }

    /// Adds the blocks of one kind. Each label is a level of objects, and at each level there may be a list of them.
    fn add_blocks(
        &self,
        body: &mut Body,
        (kind, header): (&Arc<str>, &Span),
        labels_left: usize,
        labels: &[Arc<str>],
        value: &Json,
    ) -> Result<(), ParseError> {
        match &value.kind {
            JsonKind::Array(items) => {
                for item in items {
                    self.add_blocks(body, (kind, header), labels_left, labels, item)?;
                }
            }
            JsonKind::Object(members) if labels_left > 0 => {
                for Member { name, key, value } in members {
                    let labels = [labels, &[Arc::from(name.as_str())]].concat();
                    self.add_blocks(body, (kind, key), labels_left - 1, &labels, value)?;
                }
            }
            JsonKind::Object(members) => body.blocks.push(Block {
                kind: Arc::clone(kind),
                labels: labels.to_vec(),
                body: self.body(members)?,
                header: header.clone(),
                file: 0,
                unread: None,
            }),
            _ => {}
        }
        Ok(())
    }

    fn expr(&self, value: &Json) -> Result<Expr, ParseError> {
        let span = value.span.clone();
        let node = match &value.kind {
            JsonKind::Null => Node::Literal(Value::NULL),
            JsonKind::Bool(flag) => Node::Literal((*flag).into()),
            JsonKind::Number => self.number(&span)?,
            JsonKind::String(text) => self.string(text, &span)?,
            JsonKind::Array(items) => {
                Node::Tuple(items.iter().map(|item| self.expr(item)).collect::<Result<_, _>>()?)
            }
            JsonKind::Object(members) => {
                let members = members.iter().filter(|member| member.name != "//");
                Node::Object(members.map(|member| self.item(member)).collect::<Result<_, _>>()?)
            }
        };
        Ok(Expr { node, span })
    }

    fn item(&self, Member { name, key, value }: &Member) -> Result<Item, ParseError> {
        let span = key.start..value.span.end;
        let key = Key::Expr(Expr { node: self.string(name, key)?, span: key.clone() });
        Ok(Item { key, value: self.expr(value)?, span })
    }

    fn number(&self, span: &Span) -> Result<Node, ParseError> {
        let number = Number::parse(self.text.get(span.clone()).unwrap_or_default());
        let error =
            |fault: crate::cty::Fault| ParseError { offset: span.start, message: fault.message().to_owned() };
        number.map(|number| Node::Literal(number.into())).map_err(error)
    }

    /// What stands in a template stands in the string.
    fn string(&self, text: &str, span: &Span) -> Result<Node, ParseError> {
        if !text.contains("${") && !text.contains("%{") {
            return Ok(Node::Literal(text.into()));
        }
        template_in(text, span).map_err(|message| ParseError { offset: span.start, message })
    }
}

/// Whether it is an object, or a list of them.
fn is_blocks(value: &Json) -> bool {
    match &value.kind {
        JsonKind::Object(_) => true,
        JsonKind::Array(items) => items.iter().all(|item| matches!(item.kind, JsonKind::Object(_))),
        _ => false,
    }
}
