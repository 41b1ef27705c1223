//! The places inside an expression.

use kmscheck_value::AttributePath;

use crate::lang::{Expr, Item, Key, Node, Span};

/// The elements of literal objects and lists in an expression, with their paths.
#[derive(Default)]
pub(crate) struct Elements {
    pub(crate) found: Vec<(AttributePath, Span)>,
}

/// How the keys of an object become steps of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// As they are.
    Terraform,
    /// Those of an IAM policy document: in lower case, and a single statement is a list of one.
    Document,
}

impl Elements {
    /// Adds what is in the value of the attribute at `path`.
    pub(crate) fn of(&mut self, expr: &Expr, path: &AttributePath) {
        self.add(expr, path, Keys::Terraform);
    }

    fn add(&mut self, expr: &Expr, path: &AttributePath, keys: Keys) {
        match &expr.node {
            Node::Tuple(items) => {
                for (position, element) in items.iter().enumerate() {
                    let path = path.clone().index(position);
                    self.found.push((path.clone(), element.span.clone()));
                    self.add(element, &path, keys);
                }
            }
            Node::Object(items) => items.iter().for_each(|item| self.item(item, path, keys)),
            Node::Call { name, args, .. } if &**name == "jsonencode" => {
                args.iter().take(1).for_each(|argument| self.add(argument, path, Keys::Document));
            }
            _ => {}
        }
    }

    fn item(&mut self, item: &Item, path: &AttributePath, keys: Keys) {
        let name = match &item.key {
            Key::Name(name) => &**name,
            Key::Expr(key) | Key::Reference(key) => match key.as_str() {
                Some(name) => name,
                None => return,
            },
        };
        match keys {
            Keys::Terraform => self.entry(&item.value, &path.clone().key(name), item.span.clone(), keys),
            Keys::Document => {
                self.element(&item.value, path.clone().key(name.to_lowercase()), item.span.clone());
            }
        }
    }

    fn entry(&mut self, value: &Expr, path: &AttributePath, place: Span, keys: Keys) {
        self.found.push((path.clone(), place));
        self.add(value, path, keys);
    }

    /// An element of a policy document, or of a statement in it.
    fn element(&mut self, value: &Expr, path: AttributePath, place: Span) {
        let is_statement = path.to_string().ends_with("statement");
        if is_statement && matches!(value.node, Node::Object(_)) {
            self.found.push((path.clone(), place.clone()));
            return self.entry(value, &path.index(0), place, Keys::Document);
        }
        self.entry(value, &path, place, Keys::Document);
    }
}
