//! `yamldecode`.
//!
//! Source: `go-cty-yaml`, which reads YAML 1.1 as libyaml does. `saphyr-parser` reads YAML 1.2, so what the versions read
//! differently is left alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::super::text::string;
use super::yaml_guard::{is_odd_key, is_odd_plain, is_read_differently};
use super::yaml_scalar::{core_tag, resolve};
use crate::cty::{Fault, Kind, Value};
use crate::files::Files;

pub(super) fn yamldecode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = string(args, 0);
    if text.len() > 1_000_000 || is_read_differently(text) {
        return Err(not_read());
    }
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        text: text.chars().collect(),
        has_flow: text.contains(['[', '{']),
        start: 0,
        end: 0,
        anchors: BTreeMap::new(),
        nodes: 0,
    };
    reader.document()
}

fn not_read() -> Fault {
    Fault::limit("YAML that is not understood")
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    text: Vec<char>,
    /// Whether there may be collections in brackets.
    has_flow: bool,
    /// Where the last event starts and ends.
    start: usize,
    end: usize,
    /// What names stand for, and of how many values that is made.
    anchors: BTreeMap<usize, (Value, usize)>,
    nodes: usize,
}

/// As many values as a text may hold, and as deep as they may be nested.
const NODES: usize = 100_000;
const DEPTH: usize = 200;

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Value, Fault> {
        self.event()?;
        match self.event()? {
            Event::DocumentStart(_) => {}
            Event::StreamEnd => return Err(Fault::error("missing start of document")),
            _ => return Err(not_read()),
        }
        let event = self.event()?;
        let value = self.node(event, 0)?;
        self.event()?;
        match self.event()? {
            Event::StreamEnd => Ok(value),
            _ => Err(Fault::error("unexpected extra content after value")),
        }
    }

    fn event(&mut self) -> Result<Event<'t>, Fault> {
        match self.events.next() {
            Some(Ok((event, span))) => {
                (self.start, self.end) = (span.start.index(), span.end.index());
                Ok(event)
            }
            _ => Err(not_read()),
        }
    }

    /// The text of the last event.
    fn source(&self) -> &[char] {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// The text after the last event.
    fn after(&self) -> &[char] {
        self.text.get(self.end..).unwrap_or_default()
    }

    fn node(&mut self, event: Event<'t>, depth: usize) -> Result<Value, Fault> {
        if depth > DEPTH || self.nodes > NODES {
            return Err(Fault::limit("YAML with too many values"));
        }
        let before = self.nodes;
        self.nodes += 1;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (self.scalar(&text, style, tag.as_deref(), depth)?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq")?;
                (self.sequence(depth)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map")?;
                (self.mapping(depth)?, anchor)
            }
            Event::Alias(anchor) => {
                let (value, nodes) = self.anchors.get(&anchor).cloned().ok_or_else(not_read)?;
                self.nodes += nodes;
                return Ok(value);
            }
            _ => return Err(not_read()),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), self.nodes - before));
        }
        Ok(value)
    }

    /// An empty block is null. One that is the whole document may be indented differently, and one at the end of a text that
    /// does not end with a line break may or may not have one itself.
    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        depth: usize,
    ) -> Result<Value, Fault> {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let ends_text = || self.after().is_empty() && self.text.last() != Some(&'\n');
        if is_block && (depth == 0 || text.ends_with('\n') && ends_text()) {
            return Err(not_read());
        }
        if is_block && text.is_empty() && tag.is_none() {
            return Ok(Value::NULL);
        }
        let is_plain = style == ScalarStyle::Plain;
        if is_plain && is_odd_plain(text, self.has_flow) {
            return Err(not_read());
        }
        resolve(text, is_plain, tag)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut items = Vec::new();
        loop {
            match self.event()? {
                Event::SequenceEnd => return Ok(Value::tuple(items)),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    /// Of several entries of one name the last one counts; so it does with those that `<<` brings in.
    fn mapping(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        loop {
            let (name, merges) = match self.event()? {
                Event::MappingEnd => return Ok(Kind::Object(Arc::new(entries)).into()),
                Event::Scalar(text, style, 0, tag) => {
                    let is_plain = style == ScalarStyle::Plain;
                    if self.source().contains(&'\n') || is_odd_key(self.after(), is_plain) {
                        return Err(not_read());
                    }
                    let merges = text == "<<" && tag.is_none();
                    (self.scalar(&text, style, tag.as_deref(), depth + 1)?, merges)
                }
                Event::Scalar(..) | Event::Alias(_) => return Err(not_read()),
                _ => return Err(Fault::error("only strings are allowed as mapping keys")),
            };
            let event = self.event()?;
            let value = self.node(event, depth + 1)?;
            if merges {
                let merged = value.entries().ok_or_else(|| Fault::error("cannot merge into mapping"))?;
                entries.extend(merged.iter().map(|(name, value)| (Arc::clone(name), value.clone())));
                continue;
            }
            entries.insert(key(&name)?, value);
        }
    }
}

fn key(name: &Value) -> Result<Arc<str>, Fault> {
    match &name.kind {
        Kind::Null(_) => Err(Fault::error("mapping key cannot be null")),
        Kind::Bool(flag) => Ok(flag.to_string().into()),
        Kind::Number(number) => Ok(number.to_string().into()),
        _ => Ok(name.as_str().unwrap_or_default().into()),
    }
}

fn check_tag(tag: Option<&Tag>, allowed: &str) -> Result<(), Fault> {
    match tag {
        None => Ok(()),
        Some(tag) if core_tag(tag) == Some(allowed) => Ok(()),
        Some(_) => Err(Fault::error("can't interpret a collection as its tag")),
    }
}
