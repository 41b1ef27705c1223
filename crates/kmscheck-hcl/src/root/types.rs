//! The types of variables, as expressions write them.
//!
//! Source: Terraform, "Type Constraints".

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cty::{Attribute, Type, Value};
use crate::lang::{Expr, Key, Lowering, Node};
use crate::parse::parse;

/// The type that an expression names; any, if it is none.
pub(super) fn type_named(expr: &Expr, default: &dyn Fn(&Expr) -> Value) -> Type {
    match &expr.node {
        Node::Variable(name) => by_name(name),
        Node::Literal(value) => value.as_str().map_or(Type::Any, |text| written(text, default)),
        Node::Call { name, args, .. } => {
            let first = || args.first().map_or(Type::Any, |arg| type_named(arg, default));
            match &**name {
                "list" => Type::list(first()),
                "set" => Type::set(first()),
                "map" => Type::map(first()),
                "tuple" => match args.first().map(|arg| &arg.node) {
                    Some(Node::Tuple(items)) => {
                        Type::Tuple(items.iter().map(|item| type_named(item, default)).collect())
                    }
                    _ => Type::Any,
                },
                "object" => args.first().map_or(Type::Any, |arg| object(arg, default)),
                // Only inside of an object.
                "optional" => first(),
                _ => Type::Any,
            }
        }
        _ => Type::Any,
    }
}

/// A type in a string: as Terraform 0.11 had it, or as JSON has any expression.
fn written(text: &str, default: &dyn Fn(&Expr) -> Value) -> Type {
    if text.chars().all(|letter| letter.is_ascii_lowercase()) {
        return by_name(text);
    }
    let argument = format!("type = {text}\n");
    let Ok(parsed) = parse(argument.as_bytes()) else { return Type::Any };
    let body =
        Lowering { text: &parsed.text, renamed: &parsed.renamed, from: 0, place: None }.body(&parsed.tree);
    // Not a string within a string, which would go on for ever.
    let expr = body.value("type").filter(|expr| expr.as_str().is_none());
    expr.map_or(Type::Any, |expr| type_named(expr, default))
}

fn by_name(name: &str) -> Type {
    match name {
        "string" => Type::String,
        "number" => Type::Number,
        "bool" => Type::Bool,
        "list" => Type::list(Type::Any),
        "set" => Type::set(Type::Any),
        "map" => Type::map(Type::Any),
        _ => Type::Any,
    }
}

fn object(expr: &Expr, default: &dyn Fn(&Expr) -> Value) -> Type {
    let Node::Object(items) = &expr.node else { return Type::Any };
    let mut attributes = BTreeMap::new();
    for item in items {
        let name: Arc<str> = match &item.key {
            Key::Name(name) => Arc::clone(name),
            Key::Expr(key) | Key::Reference(key) => match key.as_str() {
                Some(name) => name.into(),
                None => return Type::Any,
            },
        };
        let of = type_named(&item.value, default);
        let optional = match &item.value.node {
            Node::Call { name, args, .. } if &**name == "optional" => {
                Some(args.get(1).map_or(Value::NULL, default))
            }
            _ => None,
        };
        attributes.insert(name, Attribute { of, optional });
    }
    Type::Object(Arc::new(attributes))
}
