//! From the syntax tree to our own.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr as syntax;
use hcl_edit::expr::{BinaryOperator, Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure;

use super::template::Form;
use super::{Argument, Binary, Block, Body, Expr, For, Item, Key, Node, Span, Step};
use crate::cty::{Number, Value};

/// What the tree alone does not tell.
pub(crate) struct Lowering<'f> {
    /// The text that was parsed.
    pub(crate) text: &'f str,
    /// The keys of objects that the tree calls by another name.
    pub(crate) renamed: &'f BTreeMap<usize, String>,
    /// Where the text begins in its file.
    pub(crate) from: usize,
    /// Where everything stands, if the text is no file but a string in one.
    pub(crate) place: Option<Span>,
}

/// How many splats one expression may have: each is within the one before it.
const SPLATS: usize = 32;

impl Lowering<'_> {
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
        let place = expression.span().unwrap_or_default();
        let span = self.in_file(Some(place.clone()));
        let node = match expression {
            Expression::Null(_) => Node::Literal(Value::NULL),
            Expression::Bool(flag) => Node::Literal((*flag.value()).into()),
            Expression::Number(_) => self.number(&place, &span),
            Expression::String(text) => self.quoted(text.as_str(), &place),
            Expression::Array(array) => Node::Tuple(array.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => self.template(template, Form::Quoted),
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc, &place),
            // Parentheses around a key are seen where the key is.
            Expression::Parenthesis(inner) => return self.expr(inner.inner()),
            Expression::Variable(name) => Node::Variable(name.as_str().into()),
            Expression::Conditional(conditional) => Node::Conditional(Box::new([
                self.expr(&conditional.cond_expr),
                self.expr(&conditional.true_expr),
                self.expr(&conditional.false_expr),
            ])),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => self.traversal(traversal),
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
        Expr { node, span: self.placed(span) }
    }

    /// Where in the file something stands that stands here in the text.
    fn placed(&self, span: Span) -> Span {
        self.place.clone().unwrap_or(span)
    }

    /// A number as it is written: the tree has rounded it.
    fn number(&self, place: &Span, span: &Span) -> Node {
        let written = self.text.get(place.clone()).unwrap_or_default();
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
                (None, ObjectKey::Expression(Expression::Null(_))) => Key::Name("null".into()),
                (None, ObjectKey::Expression(key @ Expression::Traversal(_))) => {
                    Key::Reference(self.expr(key))
                }
                (None, ObjectKey::Expression(expression)) => Key::Expr(self.expr(expression)),
            };
            let value = self.expr(value.expr());
            let span = match self.place {
                Some(_) => value.span.clone(),
                None => self.from + place.start..value.span.end,
            };
            Item { key, value, span }
        };
        Node::Object(object.iter().map(item).collect())
    }

    fn call(&self, call: &syntax::FuncCall) -> Node {
        let namespace = call.name.namespace.iter().map(|name| format!("{}::", name.as_str()));
        let name = namespace.chain([call.name.name.as_str().to_owned()]).collect::<String>();
        // What it renders is written as a reference, without parentheses or quotes.
        let is_wrong = |arg: &Expression| {
            name == "templatestring" && !matches!(arg, Expression::Variable(_) | Expression::Traversal(_))
        };
        if call.args.iter().next().is_some_and(is_wrong) {
            return Node::Invalid("templatestring takes a reference only");
        }
        Node::Call {
            name: name.into(),
            args: call.args.iter().map(|arg| self.expr(arg)).collect(),
            expand: call.args.expand_final(),
        }
    }

    fn traversal(&self, traversal: &syntax::Traversal) -> Node {
        let operators = || traversal.operators.iter().map(|operator| &**operator);
        if operators().filter(|operator| is_splat(operator)).count() > SPLATS {
            return Node::Invalid("there are too many splats within one another");
        }
        let steps = self.steps(&mut operators().peekable(), false);
        Node::Traversal { of: Box::new(self.expr(&traversal.expr)), steps }
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
}

fn is_splat(operator: &TraversalOperator) -> bool {
    matches!(operator, TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_))
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
