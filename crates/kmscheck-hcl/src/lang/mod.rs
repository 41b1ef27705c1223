//! Terraform source as a tree of our own: what evaluation needs, a fraction of the size of the syntax tree.

mod body;
mod expr;
mod json;
mod lower;

pub(crate) use body::{Argument, Block, Body};
pub(crate) use expr::{Binary, Expr, For, Item, Key, Node, Part, Span, Step, Strip};
pub(crate) use json::json_body;
pub(crate) use lower::{Lowering, template};
