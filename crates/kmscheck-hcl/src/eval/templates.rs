//! Templates.

use std::collections::BTreeSet;

use kmscheck_value::{Piece, Symbol, Text, Truth};

use super::evaluator::as_text;
use super::{Evaluator, Outcome, Scope};
use crate::cty::{Fault, Kind, Type, Unknown, Value};
use crate::lang::{Expr, Part};

/// How many strings a template with choices may be one of.
const STRINGS: usize = 16;

/// How long a string may become.
const LENGTH: usize = 16 << 20;

/// The strings that a template may be, as far as it is read.
struct Strings {
    options: Vec<Vec<Piece>>,
    /// What the string depends on that leaves no piece.
    hidden: Option<BTreeSet<Symbol>>,
    sensitive: bool,
    length: usize,
}

impl Evaluator {
    /// The string that the parts of a template make.
    pub(super) fn template(&self, parts: &[Part], scope: Scope<'_>) -> Outcome {
        let mut strings = Strings { options: vec![Vec::new()], hidden: None, sensitive: false, length: 0 };
        self.add_parts(parts, scope, &mut strings)?;
        Ok(strings.value())
    }

    fn add_parts(&self, parts: &[Part], scope: Scope<'_>, strings: &mut Strings) -> Result<(), Fault> {
        for part in parts {
            match part {
                Part::Literal(text) => strings.add(&[Text::literal(text.clone())])?,
                Part::Interpolation(expr) => self.add_interpolation(expr, scope, strings)?,
                Part::If { condition, then, otherwise } => {
                    let condition = self.eval(condition, scope)?;
                    strings.sensitive |= condition.sensitive;
                    match self.truth(&condition)? {
                        Truth::Yes => self.add_parts(then, scope, strings)?,
                        Truth::No => self.add_parts(otherwise, scope, strings)?,
                        Truth::Unknown => {
                            let options = [then, otherwise].map(|parts| self.template(parts, scope));
                            let [then, otherwise] = options;
                            strings.add_value(Value::one_of([then?, otherwise?]))?;
                        }
                    }
                }
                Part::For { key, value, of, body } => {
                    let of = self.eval(of, scope)?;
                    strings.sensitive |= of.sensitive;
                    let Some(items) = self.items_of(&of)? else {
                        self.risk.set(true);
                        strings.hide(of.sources());
                        continue;
                    };
                    for (index, item) in &items {
                        let names: Vec<_> =
                            key.iter().map(|name| (name, index)).chain([(value, item)]).collect();
                        scope.with(&names, |scope| self.add_parts(body, scope, strings))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn add_interpolation(&self, expr: &Expr, scope: Scope<'_>, strings: &mut Strings) -> Result<(), Fault> {
        let value = self.eval(expr, scope)?;
        if let Kind::Unknown(unknown) = &value.kind
            && (unknown.of == Type::Any || !unknown.not_null)
        {
            self.risk.set(true);
        }
        strings.add_value(value)
    }
}

impl Strings {
    fn add_value(&mut self, value: Value) -> Result<(), Fault> {
        self.sensitive |= value.sensitive;
        let sources = value.sources();
        let options = match &value.kind {
            Kind::Choice(options) => options.to_vec(),
            _ => vec![value],
        };
        let count = options.len();
        let texts: Vec<_> = options.into_iter().map(as_text).collect();
        if texts.iter().all(Result::is_err) {
            return texts.into_iter().find_map(Result::err).map_or(Ok(()), Err);
        }
        // With a null or a list Terraform fails, so it is another.
        let texts: Vec<_> = texts.into_iter().flatten().collect();
        let known: Vec<_> = texts.iter().flatten().cloned().collect();
        if known.len() < texts.len() || count * self.options.len() > STRINGS {
            self.hide(sources);
            return Ok(());
        }
        self.add(&known)
    }

    fn add(&mut self, texts: &[Text]) -> Result<(), Fault> {
        self.sensitive |= texts.iter().any(Text::is_sensitive);
        self.length += texts.iter().filter_map(Text::as_str).map(str::len).sum::<usize>();
        if self.length > LENGTH {
            return Err(Fault::limit("a string becomes too long"));
        }
        if let [text] = texts {
            self.options.iter_mut().for_each(|option| option.extend(text.pieces().iter().cloned()));
            return Ok(());
        }
        let further = |option: &Vec<Piece>| {
            let longer = |text: &Text| option.iter().chain(text.pieces().iter()).cloned().collect::<Vec<_>>();
            texts.iter().map(longer).collect::<Vec<_>>()
        };
        self.options = self.options.iter().flat_map(further).collect();
        Ok(())
    }

    fn hide(&mut self, sources: BTreeSet<Symbol>) {
        self.hidden.get_or_insert_default().extend(sources);
    }

    fn value(self) -> Value {
        let texts = self.options.into_iter().map(|pieces| {
            let text = Text::concat(pieces);
            // Strings that are normal need not be so together.
            text.as_str().map(Value::from).unwrap_or_else(|| text.into())
        });
        let value = match self.hidden {
            None => Value::one_of(texts),
            Some(mut hidden) => {
                hidden.extend(texts.flat_map(|text| text.sources()));
                Unknown { not_null: true, ..Unknown::made_from(hidden, Type::String) }.into()
            }
        };
        value.marked(self.sensitive)
    }
}
