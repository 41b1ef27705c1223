//! Numbers with two points.
//!
//! Terraform reads all of `1.2.3`, and in `a.0.1` all of `0.1`, as one number, and refuses the file. The parser reads an index
//! of the old form after a number, or after another such index.
//! Source: `NumberLit` in hclsyntax/scan_tokens.rl, and the errors of `terraform fmt`.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use hcl_edit::structure::Body;
use hcl_edit::visit::{Visit, visit_traversal};

/// Where the first such number stands.
pub(crate) fn with_two_points(tree: &Body, text: &str) -> Option<usize> {
    let mut search = Search { text: text.as_bytes(), found: None };
    search.visit_body(tree);
    search.found
}

struct Search<'t> {
    text: &'t [u8],
    found: Option<usize>,
}

impl Visit for Search<'_> {
    fn visit_traversal(&mut self, traversal: &Traversal) {
        visit_traversal(self, traversal);
        let mut before = match &traversal.expr {
            number @ Expression::Number(_) => number.span(),
            _ => None,
        };
        for operator in &traversal.operators {
            let TraversalOperator::LegacyIndex(index) = &**operator else {
                before = None;
                continue;
            };
            if let (Some(one), Some(next)) = (&before, index.span()) {
                self.note(one, &next);
            }
            before = index.span();
        }
    }
}

impl Search<'_> {
    /// Notes the first of two numbers, if there is nothing but a point between them.
    fn note(&mut self, one: &Range<usize>, next: &Range<usize>) {
        if self.text.get(one.end..next.start) == Some(b".")
            && self.found.is_none_or(|found| one.start < found)
        {
            self.found = Some(one.start);
        }
    }
}
