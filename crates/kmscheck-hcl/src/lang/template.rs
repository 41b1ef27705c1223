//! Templates: what white space is left out of them, and what a heredoc with `<<-` is indented by.
//!
//! Both are decided on tokens, as Terraform's parser does: a line of a heredoc or a file is one token, or several if
//! something is interpolated in it, and white space is left out of the token beside a `~` only. Source: `hclsyntax`,
//! `parser_template.go`; the answers of Terraform in `testdata/conformance`.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{Lowering, Node, Part, Span};

/// Where a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Quoted,
    /// In a heredoc, or a file of its own.
    Lines,
}

/// The parts of a template that stands in a file of its own.
pub(crate) fn template(template: &Template, text: &str) -> Vec<Part> {
    let renamed = BTreeMap::new();
    let lowering = Lowering { text, renamed: &renamed, from: 0, place: None };
    lowering.parts_of(template, Form::Lines, false)
}

/// A string as JSON has it, which is a template. All of it stands where the string does.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn template_in(text: &str, place: &Span) -> Result<Node, String> {
    let parsed = hcl_edit::parser::parse_template(text).map_err(|error| error.message().to_owned())?;
    let renamed = BTreeMap::new();
    let lowering = Lowering { text, renamed: &renamed, from: 0, place: Some(place.clone()) };
    Ok(lowering.template(&parsed, Form::Lines))
}

/// What a template is made of, in the order in which it is written.
enum Token {
    Literal(String),
    /// An interpolation, or one of the words of a directive.
    Sequence(Strip),
}

impl Lowering<'_> {
    /// A string without interpolations.
    pub(super) fn quoted(&self, text: &str, place: &Span) -> Node {
        let written = self.text.get(place.clone()).unwrap_or_default();
        if written.starts_with('"') && written.contains('\n') { LINE_END } else { Node::Literal(text.into()) }
    }

    pub(super) fn heredoc(&self, heredoc: &HeredocTemplate, place: &Span) -> Node {
        let opening = self.text.get(place.clone()).unwrap_or_default();
        self.node_of(&heredoc.template, Form::Lines, opening.starts_with("<<-"))
    }

    pub(super) fn template(&self, template: &Template, form: Form) -> Node {
        self.node_of(template, form, false)
    }

    fn node_of(&self, template: &Template, form: Form, flush: bool) -> Node {
        let is_broken = |element: &Element| {
            let written = element.span().and_then(|span| self.text.get(span)).unwrap_or_default();
            matches!(element, Element::Literal(_)) && written.contains('\n')
        };
        if form == Form::Quoted && template.iter().any(is_broken) {
            return LINE_END;
        }
        let mut parts = self.parts_of(template, form, flush);
        match (parts.len(), parts.pop()) {
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

    fn parts_of(&self, template: &Template, form: Form, flush: bool) -> Vec<Part> {
        let mut tokens = Vec::new();
        self.add_tokens(template, form, &mut tokens);
        strip(&mut tokens);
        if flush {
            dedent(&mut tokens);
        }
        let literals = tokens.into_iter().filter_map(|token| match token {
            Token::Literal(text) => Some(text),
            Token::Sequence(_) => None,
        });
        self.parts(template, form, &mut literals.collect())
    }

    fn add_tokens(&self, template: &Template, form: Form, tokens: &mut Vec<Token>) {
        for element in template {
            match element {
                Element::Literal(text) => {
                    let pieces = self.literal(text, element.span(), form);
                    tokens.extend(pieces.into_iter().map(Token::Literal));
                }
                Element::Interpolation(inner) => tokens.push(Token::Sequence(inner.strip)),
                Element::Directive(directive) => self.add_directive(directive, form, tokens),
            }
        }
    }

    fn add_directive(&self, directive: &Directive, form: Form, tokens: &mut Vec<Token>) {
        match directive {
            Directive::If(directive) => {
                tokens.push(Token::Sequence(directive.if_expr.strip));
                self.add_tokens(&directive.if_expr.template, form, tokens);
                if let Some(otherwise) = &directive.else_expr {
                    tokens.push(Token::Sequence(otherwise.strip));
                    self.add_tokens(&otherwise.template, form, tokens);
                }
                tokens.push(Token::Sequence(directive.endif_expr.strip));
            }
            Directive::For(directive) => {
                tokens.push(Token::Sequence(directive.for_expr.strip));
                self.add_tokens(&directive.for_expr.template, form, tokens);
                tokens.push(Token::Sequence(directive.endfor_expr.strip));
            }
        }
    }

    /// The tokens of a literal. The tree has taken the indentation out of heredocs in its own way, and has not read what
    /// is escaped between quotes within directives: so the text of the file counts.
    fn literal(&self, read: &str, span: Option<Span>, form: Form) -> Vec<String> {
        let written = span.and_then(|span| self.text.get(span));
        let text = match (form, written) {
            (Form::Quoted, Some(written)) => unescaped(written).unwrap_or_else(|| read.to_owned()),
            (Form::Lines, Some(written)) => written.replace("$${", "${").replace("%%{", "%{"),
            (_, None) => read.to_owned(),
        };
        match form {
            Form::Quoted => vec![text],
            Form::Lines => text.split_inclusive('\n').map(str::to_owned).collect(),
        }
    }

    /// The parts, with these literals for their own.
    fn parts(&self, template: &Template, form: Form, literals: &mut VecDeque<String>) -> Vec<Part> {
        let mut parts = Vec::new();
        for element in template {
            match element {
                Element::Literal(text) => {
                    let tokens = self.literal(text, element.span(), form).len();
                    let text: String = literals.drain(..tokens.min(literals.len())).collect();
                    parts.push(Part::Literal(text.into()));
                }
                Element::Interpolation(inner) => parts.push(Part::Interpolation(self.expr(&inner.expr))),
                Element::Directive(directive) => parts.push(self.directive(directive, form, literals)),
            }
        }
        parts
    }

    fn directive(&self, directive: &Directive, form: Form, literals: &mut VecDeque<String>) -> Part {
        match directive {
            Directive::If(directive) => {
                let then = self.parts(&directive.if_expr.template, form, literals);
                let otherwise = directive.else_expr.as_ref();
                let otherwise = otherwise.map(|otherwise| self.parts(&otherwise.template, form, literals));
                let condition = self.expr(&directive.if_expr.cond_expr);
                Part::If { condition, then, otherwise: otherwise.unwrap_or_default() }
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                Part::For {
                    key: intro.key_var.as_ref().map(|ident| Arc::from(ident.as_str())),
                    value: intro.value_var.as_str().into(),
                    of: self.expr(&intro.collection_expr),
                    body: self.parts(&intro.template, form, literals),
                }
            }
        }
    }
}

const LINE_END: Node = Node::Invalid("a string in quotes must not have a line end in it");

/// Leaves out the white space beside each `~`.
fn strip(tokens: &mut [Token]) {
    let mut rest = tokens;
    while let [one, tail @ ..] = rest {
        match (one, tail.first_mut()) {
            (Token::Literal(text), Some(Token::Sequence(strip))) if strip.strip_start() => {
                text.truncate(text.trim_end().len());
            }
            (Token::Sequence(strip), Some(Token::Literal(text))) if strip.strip_end() => {
                *text = text.trim_start().to_owned();
            }
            _ => {}
        }
        rest = tail;
    }
}

/// Takes from each line what all lines are indented by. An empty line does not count, and loses nothing.
fn dedent(tokens: &mut [Token]) {
    let mut least = usize::MAX;
    let mut lines = Vec::new();
    let mut is_start = true;
    for token in tokens {
        let Token::Literal(text) = token else {
            least = if is_start { 0 } else { least };
            is_start = false;
            continue;
        };
        let ends_line = text.ends_with('\n');
        if is_start && !(ends_line && text.trim_start().is_empty()) {
            let space = text.len() - text.trim_start().len();
            least = least.min(text.get(..space).unwrap_or_default().graphemes(true).count());
            lines.push(text);
        }
        is_start = ends_line;
    }
    for line in lines {
        *line = line.graphemes(true).skip(least).collect();
    }
}

/// The text that stands between quotes; `None` if an escape is none.
fn unescaped(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = rest.find(['\\', '$', '%']) {
        let (before, escape) = rest.split_at_checked(at)?;
        text.push_str(before);
        let (letter, length) = match escape.as_bytes() {
            [b'$', b'$', b'{', ..] => ('$', 2),
            [b'%', b'%', b'{', ..] => ('%', 2),
            [b'\\', b'n', ..] => ('\n', 2),
            [b'\\', b'r', ..] => ('\r', 2),
            [b'\\', b't', ..] => ('\t', 2),
            [b'\\', b'"', ..] => ('"', 2),
            [b'\\', b'\\', ..] => ('\\', 2),
            [b'\\', b'u', ..] => (letter(escape.get(2..6)?)?, 6),
            [b'\\', b'U', ..] => (letter(escape.get(2..10)?)?, 10),
            [b'\\', ..] => return None,
            [other, ..] => (char::from(*other), 1),
            [] => break,
        };
        text.push(letter);
        rest = escape.get(length..)?;
    }
    text.push_str(rest);
    Some(text)
}

fn letter(digits: &str) -> Option<char> {
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}
