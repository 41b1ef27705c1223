//! From the syntax tree to our own.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr as syntax;
use hcl_edit::expr::{BinaryOperator, Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure;
use hcl_edit::template::{Directive, Element, Template};

use super::{Argument, Binary, Block, Body, Expr, For, Item, Key, Node, Part, Span, Step, Strip};
use crate::cty::{Number, Value};

/// What the tree alone does not tell.
pub(crate) struct Lowering<'f> {
    /// The text that was parsed.
    pub(crate) text: &'f str,
    /// The keys of objects that the tree calls by another name.
    pub(crate) renamed: &'f BTreeMap<usize, String>,
    /// Where the text begins in its file.
    pub(crate) from: usize,
}

/// The parts of a template that stands in a file of its own.
pub(crate) fn template(template: &Template, text: &str) -> Vec<Part> {
    let renamed = BTreeMap::new();
    Lowering { text, renamed: &renamed, from: 0 }.parts(template)
}

impl Lowering<'_> {
    /// A whole file, but for what is in the blocks that nobody wants: that is read if somebody asks for it.
    pub(crate) fn file(&self, body: &structure::Body, is_wanted: &dyn Fn(&structure::Block) -> bool) -> Body {
        let block = |block: &structure::Block| match block.span().filter(|_| !is_wanted(block)) {
            Some(unread) => Block { unread: Some(unread), ..self.header(block) },
            None => self.block(block),
        };
        Body {
            arguments: body.attributes().map(|attribute| self.argument(attribute)).collect(),
            blocks: body.blocks().map(block).collect(),
        }
    }

    pub(crate) fn body(&self, body: &structure::Body) -> Body {
        Body {
            arguments: body.attributes().map(|attribute| self.argument(attribute)).collect(),
            blocks: body.blocks().map(|block| self.block(block)).collect(),
        }
    }

    fn argument(&self, attribute: &structure::Attribute) -> (Arc<str>, Argument) {
        let value = Arc::new(self.expr(&attribute.value));
        let span = self.in_file(attribute.span());
        (Arc::from(attribute.key.as_str()), Argument { value, span, file: 0 })
    }

    fn block(&self, block: &structure::Block) -> Block {
        Block { body: self.body(&block.body), ..self.header(block) }
    }

    /// A block without what is in it.
    fn header(&self, block: &structure::Block) -> Block {
        let end = block.labels.last().and_then(|label| label.span()).or_else(|| block.ident.span());
        Block {
            kind: block.ident.as_str().into(),
            labels: block.labels.iter().map(|label| Arc::from(label.as_str())).collect(),
            body: Body::default(),
            header: self.in_file(block.ident.span()).start..self.in_file(end).end,
            file: 0,
            unread: None,
        }
    }

    /// The bytes of the file that a part of the text is.
    fn in_file(&self, part: Option<Span>) -> Span {
        let part = part.unwrap_or_default();
        self.from + part.start..self.from + part.end
    }

    pub(crate) fn expr(&self, expression: &Expression) -> Expr {
        let span = self.in_file(expression.span());
        let node = match expression {
            Expression::Null(_) => Node::Literal(Value::NULL),
            Expression::Bool(flag) => Node::Literal((*flag.value()).into()),
            Expression::Number(number) => self.number(number.span(), &span),
            Expression::String(text) => Node::Literal(text.as_str().into()),
            Expression::Array(array) => Node::Tuple(array.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => self.template(template),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template),
            // Parentheses around a key are seen where the key is.
            Expression::Parenthesis(inner) => return self.expr(inner.inner()),
            Expression::Variable(name) => Node::Variable(name.as_str().into()),
            Expression::Conditional(conditional) => Node::Conditional(Box::new([
                self.expr(&conditional.cond_expr),
                self.expr(&conditional.true_expr),
                self.expr(&conditional.false_expr),
            ])),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => Node::Traversal {
                of: Box::new(self.expr(&traversal.expr)),
                steps: self
                    .steps(&mut traversal.operators.iter().map(|operator| &**operator).peekable(), false),
            },
            Expression::UnaryOp(operation) => {
                let operand = Box::new(self.expr(&operation.expr));
                match *operation.operator {
                    UnaryOperator::Neg => Node::Negate(operand),
                    UnaryOperator::Not => Node::Not(operand),
                }
            }
            Expression::BinaryOp(operation) => {
                let operands = [self.expr(&operation.lhs_expr), self.expr(&operation.rhs_expr)];
                Node::Binary(binary(*operation.operator), Box::new(operands))
            }
            Expression::ForExpr(expression) => self.for_expr(expression),
        };
        Expr { node, span }
    }

    /// A number as it is written: the tree has rounded it.
    fn number(&self, place: Option<Span>, span: &Span) -> Node {
        let written = self.text.get(place.unwrap_or_default()).unwrap_or_default();
        // The span of a negative number may have white space in it.
        let written: String = written.split_whitespace().collect();
        let number = Number::parse(&written);
        number.map_or_else(
            |_| Node::Call {
                name: "tonumber".into(),
                args: vec![Expr::literal(written.into(), span.clone())],
                expand: false,
            },
            |number| Node::Literal(number.into()),
        )
    }

    fn object(&self, object: &syntax::Object) -> Node {
        let item = |(key, value): (&ObjectKey, &syntax::ObjectValue)| {
            let place = key.span().unwrap_or_default();
            let renamed = self.renamed.get(&place.start);
            let key = match (renamed, key) {
                (Some(name), _) => Key::Name(name.as_str().into()),
                (None, ObjectKey::Ident(name)) => Key::Name(name.as_str().into()),
                // A bare word that is not in parentheses is a name.
                (None, ObjectKey::Expression(Expression::Variable(name))) => Key::Name(name.as_str().into()),
                (None, ObjectKey::Expression(expression)) => Key::Expr(self.expr(expression)),
            };
            let value = self.expr(value.expr());
            let span = self.from + place.start..value.span.end;
            Item { key, value, span }
        };
        Node::Object(object.iter().map(item).collect())
    }

    fn call(&self, call: &syntax::FuncCall) -> Node {
        let namespace = call.name.namespace.iter().map(|name| format!("{}::", name.as_str()));
        let name = namespace.chain([call.name.name.as_str().to_owned()]).collect::<String>();
        Node::Call {
            name: name.into(),
            args: call.args.iter().map(|arg| self.expr(arg)).collect(),
            expand: call.args.expand_final(),
        }
    }

    /// The steps; in an attribute-only splat (`.*`) those up to the first that is no attribute.
    fn steps<'o>(
        &self,
        operators: &mut std::iter::Peekable<impl Iterator<Item = &'o TraversalOperator>>,
        attributes_only: bool,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let goes_on = |operator: &&TraversalOperator| {
            !attributes_only
                || matches!(operator, TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
        };
        while let Some(operator) = operators.next_if(goes_on) {
            steps.push(match operator {
                TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str().into()),
                TraversalOperator::Index(index) => Step::Index(self.expr(index)),
                TraversalOperator::LegacyIndex(index) => {
                    let number = i64::try_from(*index.value()).map_or_else(|_| i64::MAX.into(), Value::from);
                    Step::Index(Expr::literal(number, Span::default()))
                }
                TraversalOperator::AttrSplat(_) => Step::Splat(self.attribute_steps(operators)),
                TraversalOperator::FullSplat(_) => Step::Splat(self.all_steps(operators)),
            });
        }
        steps
    }

    fn attribute_steps<'o>(
        &self,
        operators: &mut std::iter::Peekable<impl Iterator<Item = &'o TraversalOperator>>,
    ) -> Vec<Step> {
        self.steps(operators, true)
    }

    fn all_steps<'o>(
        &self,
        operators: &mut std::iter::Peekable<impl Iterator<Item = &'o TraversalOperator>>,
    ) -> Vec<Step> {
        self.steps(operators, false)
    }

    fn for_expr(&self, expression: &syntax::ForExpr) -> Node {
        let name = |ident: &hcl_edit::Ident| Arc::from(ident.as_str());
        Node::For(Box::new(For {
            key: expression.intro.key_var.as_ref().map(|ident| name(ident)),
            value: name(&expression.intro.value_var),
            of: self.expr(&expression.intro.collection_expr),
            item_key: expression.key_expr.as_ref().map(|key| self.expr(key)),
            item: self.expr(&expression.value_expr),
            grouping: expression.grouping,
            condition: expression.cond.as_ref().map(|condition| self.expr(&condition.expr)),
        }))
    }

    fn template(&self, template: &Template) -> Node {
        let mut parts = self.parts(template);
        match (parts.len(), parts.pop()) {
            (0, _) => Node::Literal("".into()),
            (1, Some(Part::Literal(text))) => Node::Literal((&*text).into()),
            // An interpolation alone is the value itself, whatever its type.
            (1, Some(Part::Interpolation(expr))) => expr.node,
            (_, Some(last)) => {
                parts.push(last);
                Node::Template(parts)
            }
            (_, None) => Node::Literal("".into()),
        }
    }

    pub(crate) fn parts(&self, template: &Template) -> Vec<Part> {
        let mut parts = Parts::default();
        for element in template {
            match element {
                Element::Literal(text) => parts.literal(text),
                Element::Interpolation(inner) => {
                    parts.add(strip(inner.strip), Part::Interpolation(self.expr(&inner.expr)));
                }
                Element::Directive(directive) => self.directive(directive, &mut parts),
            }
        }
        parts.done
    }

    fn directive(&self, directive: &Directive, parts: &mut Parts) {
        match directive {
            Directive::If(directive) => {
                let (opens, closes) = (strip(directive.if_expr.strip), strip(directive.endif_expr.strip));
                let middle = directive.else_expr.as_ref().map(|otherwise| strip(otherwise.strip));
                let ends_then = middle.unwrap_or(closes).before;
                let then = self.trimmed(&directive.if_expr.template, opens.after, ends_then);
                let otherwise = directive.else_expr.as_ref().zip(middle).map(|(otherwise, middle)| {
                    self.trimmed(&otherwise.template, middle.after, closes.before)
                });
                let condition = self.expr(&directive.if_expr.cond_expr);
                let part = Part::If { condition, then, otherwise: otherwise.unwrap_or_default() };
                parts.add(Strip { before: opens.before, after: closes.after }, part);
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                let (opens, closes) = (strip(intro.strip), strip(directive.endfor_expr.strip));
                let part = Part::For {
                    key: intro.key_var.as_ref().map(|ident| Arc::from(ident.as_str())),
                    value: intro.value_var.as_str().into(),
                    of: self.expr(&intro.collection_expr),
                    body: self.trimmed(&intro.template, opens.after, closes.before),
                };
                parts.add(Strip { before: opens.before, after: closes.after }, part);
            }
        }
    }

    fn trimmed(&self, template: &Template, start: bool, end: bool) -> Vec<Part> {
        let mut parts = self.parts(template);
        if let Some(Part::Literal(text)) = parts.first_mut().filter(|_| start) {
            *text = text.trim_start().into();
        }
        if let Some(Part::Literal(text)) = parts.last_mut().filter(|_| end) {
            *text = text.trim_end().into();
        }
        parts
    }
}

/// Parts of a template, with the white space that is to be left out.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    strips_next: bool,
}

impl Parts {
    fn literal(&mut self, text: &str) {
        let text = if std::mem::take(&mut self.strips_next) { text.trim_start() } else { text };
        self.done.push(Part::Literal(text.into()));
    }

    fn add(&mut self, strip: Strip, part: Part) {
        if let Some(Part::Literal(text)) = self.done.last_mut().filter(|_| strip.before) {
            *text = text.trim_end().into();
        }
        self.strips_next = strip.after;
        self.done.push(part);
    }
}

fn strip(strip: hcl_edit::template::Strip) -> Strip {
    Strip { before: strip.strip_start(), after: strip.strip_end() }
}

fn binary(operator: BinaryOperator) -> Binary {
    match operator {
        BinaryOperator::Eq => Binary::Equal,
        BinaryOperator::NotEq => Binary::NotEqual,
        BinaryOperator::LessEq => Binary::LessOrEqual,
        BinaryOperator::GreaterEq => Binary::GreaterOrEqual,
        BinaryOperator::Less => Binary::Less,
        BinaryOperator::Greater => Binary::Greater,
        BinaryOperator::Plus => Binary::Plus,
        BinaryOperator::Minus => Binary::Minus,
        BinaryOperator::Mul => Binary::Times,
        BinaryOperator::Div => Binary::DividedBy,
        BinaryOperator::Mod => Binary::Modulo,
        BinaryOperator::And => Binary::And,
        BinaryOperator::Or => Binary::Or,
    }
}
