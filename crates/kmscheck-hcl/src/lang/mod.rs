//! Terraform source as a tree of our own: what evaluation needs, a fraction of the size of the syntax tree.

mod body;
mod expr;
mod json;
mod lower;
mod template;

pub(crate) use body::{Argument, Block, Body};
pub(crate) use expr::{Binary, Expr, For, Item, Key, Node, Part, Span, Step};
pub(crate) use json::json_body;
pub(crate) use lower::Lowering;
pub(crate) use template::template;
