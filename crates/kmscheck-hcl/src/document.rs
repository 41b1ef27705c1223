//! The places inside an expression.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Array, Expression, Object, ObjectKey};
use kmscheck_value::AttributePath;

/// The elements of literal objects and lists in an expression, with their paths.
pub(crate) struct Elements<'f> {
    /// The keys that the syntax tree calls by another name.
    pub(crate) renamed: &'f BTreeMap<usize, String>,
    pub(crate) found: Vec<(AttributePath, Range<usize>)>,
}

/// How the keys of an object become steps of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// As they are.
    Terraform,
    /// Those of an IAM policy document: in lower case, and a single statement is a list of one.
    Document,
}

impl Elements<'_> {
    /// Adds what is in the value of the attribute at `path`.
    pub(crate) fn of(&mut self, expression: &Expression, path: &AttributePath) {
        self.add(expression, path, Keys::Terraform);
    }

    fn add(&mut self, expression: &Expression, path: &AttributePath, keys: Keys) {
        match expression {
            Expression::Parenthesis(inner) => self.add(inner.inner(), path, keys),
            Expression::Array(array) => self.array(array, path, keys),
            Expression::Object(object) => self.object(object, path, keys),
            Expression::FuncCall(call) if is_jsonencode(call) => {
                let argument = call.args.iter().next();
                argument.into_iter().for_each(|argument| self.add(argument, path, Keys::Document));
            }
            _ => {}
        }
    }

    fn array(&mut self, array: &Array, path: &AttributePath, keys: Keys) {
        for (position, element) in array.iter().enumerate() {
            let path = path.clone().index(position);
            self.found.extend(element.span().map(|span| (path.clone(), span)));
            self.add(element, &path, keys);
        }
    }

    fn object(&mut self, object: &Object, path: &AttributePath, keys: Keys) {
        for (key, value) in object.iter() {
            let (Some(name), Some(start), Some(end)) = (self.name(key), key.span(), value.expr().span())
            else {
                continue;
            };
            let place = start.start..end.end;
            match keys {
                Keys::Terraform => self.entry(value.expr(), &path.clone().key(name), place, keys),
                Keys::Document => self.element(value.expr(), path.clone().key(name.to_lowercase()), place),
            }
        }
    }

    fn entry(&mut self, value: &Expression, path: &AttributePath, place: Range<usize>, keys: Keys) {
        self.found.push((path.clone(), place));
        self.add(value, path, keys);
    }

    /// An element of a policy document, or of a statement in it.
    fn element(&mut self, value: &Expression, path: AttributePath, place: Range<usize>) {
        let is_statement = path.to_string().ends_with("statement");
        if is_statement && let Expression::Object(_) = value {
            self.found.push((path.clone(), place.clone()));
            return self.entry(value, &path.index(0), place, Keys::Document);
        }
        self.entry(value, &path, place, Keys::Document);
    }

    /// The name of a key that is written out. The last of equal ones has its own name in the file only.
    fn name(&self, key: &ObjectKey) -> Option<String> {
        if let Some(name) = key.span().and_then(|span| self.renamed.get(&span.start)) {
            return Some(name.clone());
        }
        match key {
            ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
            ObjectKey::Expression(expression) => expression.as_str().map(ToOwned::to_owned),
        }
    }
}

fn is_jsonencode(call: &hcl_edit::expr::FuncCall) -> bool {
    call.name.namespace.is_empty() && call.name.name.as_str() == "jsonencode"
}
