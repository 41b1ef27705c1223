//! `jsondecode`.
//!
//! Source: `cty/json`; Go, `encoding/json`. Numbers stay exact.

use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_value::{Piece, Symbol, Text};

use super::super::text::{string_of, text_at};
use super::super::unknown_from;
use crate::cty::{Fault, Kind, Number, Type, Value, type_of};
use crate::files::Files;

/// Symbols may stand within strings; they are taken for text that holds no quotation mark and no backslash.
pub(super) fn jsondecode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let Some(text) = text_at(args, 0) else { return Ok(unknown_from(args, Type::Any)) };
    match Reader::new(&text).document() {
        Ok(value) => Ok(value),
        Err(Stop::Unknown) => Ok(unknown_from(args, Type::Any)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

pub(super) enum Stop {
    /// What comes next is not known.
    Unknown,
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

pub(super) fn invalid(what: &str) -> Stop {
    Stop::Fault(Fault::error(format!("invalid JSON: {what}")))
}

/// What a text is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Char(char),
    Symbol(Symbol),
}

pub(super) struct Reader {
    tokens: std::vec::IntoIter<Token>,
    next: Option<Token>,
}

/// As deep as values are nested.
const DEPTH: usize = 500;

impl Reader {
    fn new(text: &Text) -> Self {
        let tokens: Vec<_> = text
            .pieces()
            .iter()
            .flat_map(|piece| match piece {
                Piece::Literal(text) => text.chars().map(Token::Char).collect::<Vec<_>>(),
                Piece::Symbol(symbol) => vec![Token::Symbol(symbol.clone())],
            })
            .collect();
        let mut tokens = tokens.into_iter();
        let next = tokens.next();
        Self { tokens, next }
    }

    /// Terraform takes no notice of a closing bracket after the value.
    fn document(mut self) -> Result<Value, Stop> {
        let value = self.value(0)?;
        match self.peek_after_space()? {
            None | Some(']' | '}') => Ok(value),
            Some(_) => Err(invalid("extraneous data")),
        }
    }

    /// The next character; an error for a symbol, which could be anything here.
    pub(super) fn peek(&self) -> Result<Option<char>, Stop> {
        match &self.next {
            None => Ok(None),
            Some(Token::Char(char)) => Ok(Some(*char)),
            Some(Token::Symbol(_)) => Err(Stop::Unknown),
        }
    }

    pub(super) fn advance(&mut self) -> Option<Token> {
        std::mem::replace(&mut self.next, self.tokens.next())
    }

    fn peek_after_space(&mut self) -> Result<Option<char>, Stop> {
        while let Some(' ' | '\t' | '\r' | '\n') = self.peek()? {
            self.advance();
        }
        self.peek()
    }

    fn value(&mut self, depth: usize) -> Result<Value, Stop> {
        if depth > DEPTH {
            return Err(Fault::limit("JSON nested too deeply").into());
        }
        match self.peek_after_space()?.ok_or_else(|| invalid("end of text"))? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            '"' => self.string().map(string_of),
            't' => self.word("true", Value::from(true)),
            'f' => self.word("false", Value::from(false)),
            'n' => self.word("null", Value::NULL),
            '-' | '0'..='9' => self.number(),
            _ => Err(invalid("no value")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Stop> {
        for expected in word.chars() {
            if self.peek()? != Some(expected) {
                return Err(invalid("no value"));
            }
            self.advance();
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, Stop> {
        let mut text = String::new();
        self.take_if(&mut text, '-')?;
        if !self.take_if(&mut text, '0')? {
            self.digits(&mut text)?;
        }
        if self.take_if(&mut text, '.')? {
            self.digits(&mut text)?;
        }
        if self.take_if(&mut text, 'e')? || self.take_if(&mut text, 'E')? {
            let _ = self.take_if(&mut text, '+')? || self.take_if(&mut text, '-')?;
            self.digits(&mut text)?;
        }
        Ok(Number::parse(&text).map(Value::from)?)
    }

    fn take_if(&mut self, text: &mut String, wanted: char) -> Result<bool, Stop> {
        let is_next = self.peek()? == Some(wanted);
        if is_next {
            text.push(wanted);
            self.advance();
        }
        Ok(is_next)
    }

    fn digits(&mut self, text: &mut String) -> Result<(), Stop> {
        let before = text.len();
        while let Some(digit @ '0'..='9') = self.peek()? {
            text.push(digit);
            self.advance();
        }
        if text.len() == before { Err(invalid("no digit")) } else { Ok(()) }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Stop> {
        self.advance();
        let mut items = Vec::new();
        if self.peek_after_space()? == Some(']') {
            self.advance();
            return Ok(Value::tuple(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            match self.peek_after_space()? {
                Some(',') => drop(self.advance()),
                Some(']') => {
                    self.advance();
                    return Ok(Value::tuple(items));
                }
                _ => return Err(invalid("no comma after an element")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Stop> {
        self.advance();
        let mut entries = BTreeMap::new();
        let mut next = self.peek_after_space()?;
        if next == Some('}') {
            self.advance();
            return Ok(Value::object(entries));
        }
        loop {
            if next != Some('"') {
                return Err(invalid("no name in an object"));
            }
            let name = name(self.string()?)?;
            if self.peek_after_space()? != Some(':') {
                return Err(invalid("no colon after a name"));
            }
            self.advance();
            let value = self.value(depth + 1)?;
            insert(&mut entries, name, value)?;
            match self.peek_after_space()? {
                Some(',') => drop(self.advance()),
                Some('}') => {
                    self.advance();
                    return Ok(Kind::Object(Arc::new(entries)).into());
                }
                _ => return Err(invalid("no comma after an entry")),
            }
            next = self.peek_after_space()?;
        }
    }
}

/// Terraform does not find an attribute whose name is not in normal form.
fn name(pieces: Vec<Piece>) -> Result<Arc<str>, Stop> {
    let written = Text::concat(pieces);
    let name = written.as_str().ok_or(Stop::Unknown)?;
    if Value::from(name).as_str() != Some(name) {
        return Err(invalid("a name that is not in normal form"));
    }
    Ok(name.into())
}

/// The last of several entries of one name counts, but Terraform makes a fault of some that differ in type.
fn insert(entries: &mut BTreeMap<Arc<str>, Value>, name: Arc<str>, value: Value) -> Result<(), Stop> {
    if entries.get(&name).is_some_and(|before| type_of(before) != type_of(&value)) {
        return Err(Fault::limit("several entries of one name in JSON").into());
    }
    entries.insert(name, value);
    Ok(())
}
