//! Expressions.

use std::ops::Range;
use std::sync::Arc;

use crate::cty::Value;

/// The bytes of the file that something stands in.
pub(crate) type Span = Range<usize>;

/// An expression, and where it stands.
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) node: Node,
    pub(crate) span: Span,
}

/// What an expression is.
#[derive(Debug)]
pub(crate) enum Node {
    Literal(Value),
    /// A string with interpolations or directives.
    Template(Vec<Part>),
    Tuple(Vec<Expr>),
    Object(Vec<Item>),
    Variable(Arc<str>),
    /// `of.attribute[index]…`
    Traversal {
        of: Box<Expr>,
        steps: Vec<Step>,
    },
    Call {
        name: Arc<str>,
        args: Vec<Expr>,
        expand: bool,
    },
    /// `if ? then : else`
    Conditional(Box<[Expr; 3]>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Binary, Box<[Expr; 2]>),
    For(Box<For>),
    /// What the parser accepts and Terraform does not.
    Invalid(&'static str),
}

/// A step of a traversal.
#[derive(Debug)]
pub(crate) enum Step {
    Attribute(Arc<str>),
    Index(Expr),
    /// `[*]` and `.*`, with the steps that are taken from each element.
    Splat(Vec<Step>),
}

/// An item of an object: its key, its value, and where both stand.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) key: Key,
    pub(crate) value: Expr,
    pub(crate) span: Span,
}

/// The key of an object item.
#[derive(Debug)]
pub(crate) enum Key {
    /// A bare word.
    Name(Arc<str>),
    Expr(Expr),
}

/// A part of a template.
#[derive(Debug)]
pub(crate) enum Part {
    Literal(Arc<str>),
    Interpolation(Expr),
    If { condition: Expr, then: Vec<Part>, otherwise: Vec<Part> },
    For { key: Option<Arc<str>>, value: Arc<str>, of: Expr, body: Vec<Part> },
}

/// A `for` expression.
#[derive(Debug)]
pub(crate) struct For {
    pub(crate) key: Option<Arc<str>>,
    pub(crate) value: Arc<str>,
    pub(crate) of: Expr,
    /// The key of each item, if it makes an object.
    pub(crate) item_key: Option<Expr>,
    pub(crate) item: Expr,
    pub(crate) grouping: bool,
    pub(crate) condition: Option<Expr>,
}

/// An operator with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    DividedBy,
    Modulo,
    And,
    Or,
}

impl Expr {
    pub(crate) fn literal(value: Value, span: Span) -> Self {
        Self { node: Node::Literal(value), span }
    }

    /// The string, if it is written out.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.node {
            Node::Literal(value) => value.as_str(),
            _ => None,
        }
    }

    /// The names in `a.b.c`, or in the string `"a.b.c"` as JSON has it.
    pub(crate) fn names(&self) -> Option<Vec<Arc<str>>> {
        match &self.node {
            Node::Variable(name) => Some(vec![Arc::clone(name)]),
            Node::Literal(value) => Some(value.as_str()?.split('.').map(Arc::from).collect()),
            Node::Traversal { of, steps } => {
                let Node::Variable(root) = &of.node else { return None };
                let further = steps.iter().map(|step| match step {
                    Step::Attribute(name) => Some(Arc::clone(name)),
                    Step::Index(_) | Step::Splat(_) => None,
                });
                [Some(Arc::clone(root))].into_iter().chain(further).collect()
            }
            _ => None,
        }
    }
}
