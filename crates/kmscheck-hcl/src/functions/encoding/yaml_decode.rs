//! `yamldecode`.
//!
//! Source: `go-cty-yaml`, which reads YAML 1.1 as libyaml does. `saphyr-parser` reads YAML 1.2, so what the versions read
//! differently is left alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::super::text::string;
use super::yaml_scalar::{core_tag, resolve};
use crate::cty::{Fault, Kind, Value};
use crate::files::Files;

pub(super) fn yamldecode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = string(args, 0);
    if text.len() > 1_000_000 || is_read_differently(text) {
        return Err(not_read());
    }
    let mut reader = Reader { events: Parser::new_from_str(text), text, anchors: BTreeMap::new(), nodes: 0 };
    reader.document()
}

fn not_read() -> Fault {
    Fault::limit("YAML that is not understood")
}

/// Whether the text holds what the versions of YAML do not agree on.
fn is_read_differently(text: &str) -> bool {
    let odd = |char: char| {
        matches!(char, '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
            || char.is_control() && !"\r\n".contains(char)
    };
    let has_odd_end = || text.replace("\r\n", "\n").contains('\r');
    let end_of_document = || {
        text.lines().skip_while(|line| !line.starts_with("...")).skip(1).any(|line| !line.trim().is_empty())
    };
    text.contains(odd)
        || text.contains("\\/")
        || text.lines().any(|line| line.starts_with('%'))
        || has_odd_end()
        || end_of_document()
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    text: &'t str,
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
            Some(Ok((event, _))) => Ok(event),
            _ => Err(not_read()),
        }
    }

    fn node(&mut self, event: Event<'t>, depth: usize) -> Result<Value, Fault> {
        if depth > DEPTH || self.nodes > NODES {
            return Err(Fault::limit("YAML with too many values"));
        }
        let before = self.nodes;
        self.nodes += 1;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (self.scalar(&text, style, tag.as_deref())?, anchor),
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

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, Fault> {
        let is_plain = style == ScalarStyle::Plain;
        let in_flow = || self.text.contains(['[', '{']);
        if is_plain && (text.contains('?') || text.starts_with(':') || text.ends_with(':')) && in_flow() {
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
                    let merges = text == "<<" && tag.is_none();
                    (self.scalar(&text, style, tag.as_deref())?, merges)
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
        Kind::Null => Err(Fault::error("mapping key cannot be null")),
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
