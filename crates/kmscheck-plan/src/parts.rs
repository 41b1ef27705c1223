//! A document that is read from several places at once.
//!
//! JSON must be read from its beginning: only what comes before tells whether `"resource_changes"` is a key of the plan
//! or of some object in it. But where it seems to begin, others can begin to read. What they read counts if whoever reads
//! from the beginning comes to the very same place; else it is read again.

use kmscheck_model::Workers;
use memchr::memmem;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess};
use serde_json::{Deserializer, Error};

use crate::document::Document;

/// The key of the largest part of a plan, and a key after it.
const CHANGES: &str = "\"resource_changes\"";
const LATER: &str = "\"prior_state\"";

/// A stretch of the members of the outermost object.
struct Part<'t> {
    document: Document<'t>,
    /// Where the next member begins.
    end: usize,
    /// Whether the object ends there instead, and nothing but white space comes after it.
    is_last: bool,
}

/// The document in a text that begins with a brace; `None` if one must read it alone, which also finds the error if it
/// is broken.
pub(crate) fn document<'t>(text: &'t str, workers: &impl Workers) -> Option<Document<'t>> {
    let start = find(text, 0, CHANGES)?;
    let ends = || {
        let later = find(text, start, LATER);
        (part(text, 1, start), later.and_then(|later| Some((later, part(text, later, text.len())?))))
    };
    let (changes, (head, tail)) = workers.join(|| part(text, start, start + 1), ends);
    let (head, changes) = (head.filter(|head| head.end == start)?, changes?);
    let first = head.document.join(changes.document)?;
    if changes.is_last { Some(first) } else { first.join(rest(text, changes.end, tail)?) }
}

fn find(text: &str, from: usize, key: &str) -> Option<usize> {
    memmem::find(text.get(from..)?.as_bytes(), key.as_bytes()).map(|position| from + position)
}

/// What comes from a place on, of which a part may have been read.
fn rest<'t>(text: &'t str, from: usize, read: Option<(usize, Part<'t>)>) -> Option<Document<'t>> {
    if let Some((start, tail)) = read
        && let Some(between) = part(text, from, start).filter(|between| between.end == start)
    {
        return between.document.join(tail.document).filter(|_| tail.is_last);
    }
    part(text, from, text.len()).filter(|part| part.is_last).map(|part| part.document)
}

/// Reads the members that begin at `from` or later and before `until`.
fn part(text: &str, from: usize, until: usize) -> Option<Part<'_>> {
    let mut members = Members { text, position: from, until, is_last: false };
    members.skip_space();
    let document = Document::deserialize(MapAccessDeserializer::new(&mut members)).ok()?;
    Some(Part { document, end: members.position, is_last: members.is_last })
}

/// Members of an object, with the comma or brace after each.
struct Members<'t> {
    text: &'t str,
    position: usize,
    until: usize,
    is_last: bool,
}

impl<'t> Members<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.position = self.text.len() - self.rest().trim_ascii_start().len();
    }

    fn read<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let mut deserializer = Deserializer::from_str(self.rest());
        let value = seed.deserialize(&mut deserializer)?;
        self.position += deserializer.into_iter::<IgnoredAny>().byte_offset();
        self.skip_space();
        Ok(value)
    }

    /// Goes over a mark and what space comes after it.
    fn skip(&mut self, mark: char) -> bool {
        let is_there = self.rest().starts_with(mark);
        self.position += usize::from(is_there);
        self.skip_space();
        is_there
    }
}

impl<'t> MapAccess<'t> for Members<'t> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if self.is_last || self.position >= self.until { Ok(None) } else { self.read(seed).map(Some) }
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Error> {
        if !self.skip(':') {
            return Err(Error::custom("no value"));
        }
        let value = self.read(seed)?;
        if !self.skip(',') {
            self.is_last = self.skip('}') && self.rest().is_empty();
            if !self.is_last {
                return Err(Error::custom("no end"));
            }
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_model::Alone;
    use proptest::prelude::*;

    use super::*;

    const CHANGE: &str =
        r#"{"type":"aws_kms_key","name":"k","change":{"actions":["create"],"after":{"a":1}}}"#;

    fn plan(planned: &str, after: &str) -> String {
        let changes = CHANGE.replace(r#"{"a":1}"#, after);
        format!(
            r#"{{"format_version":"1.2","planned_values":{planned},"resource_changes":[{changes}],"output_changes":{{}},"prior_state":{{"values":{{}}}},"configuration":{{}},"complete":true}}"#
        )
    }

    fn alone(text: &str) -> Option<String> {
        serde_json::from_str::<Document<'_>>(text).ok().map(|document| format!("{document:?}"))
    }

    fn in_parts(text: &str) -> Option<String> {
        document(text, &Alone).map(|document| format!("{document:?}"))
    }

    #[test]
    fn what_is_read_in_parts_is_what_one_would_have_read() {
        let compact = plan("{}", r#"{"a":1}"#);
        let spaced = compact.replace(',', " ,\n\t").replace(':', " : ").replace('}', " }") + " \n";
        let other_keys = [
            r#"{"resource_changes":[]}"#,
            r#"{"resource_changes":[]"#,
            r#"{"format_version":"1.0","resource_changes":[]}"#,
            r#"{"prior_state":{},"resource_changes":[],"complete":true}"#,
            r#"{"resource_changes":null,"prior_state":null}"#,
        ];
        for text in other_keys.into_iter().chain([&*compact, &*spaced]) {
            assert_eq!(in_parts(text), alone(text), "{text}");
        }
    }

    #[test]
    fn a_key_of_another_object_is_no_beginning() {
        for inside in
            [r#"{"resource_changes":[]}"#, r#"{"x":"\"resource_changes\":[","prior_state":{"values":1}}"#]
        {
            let (early, late) = (plan(inside, "{}"), plan("{}", inside));
            assert!(in_parts(&early).is_none_or(|found| Some(found) == alone(&early)), "{inside}");
            assert_eq!(in_parts(&late), alone(&late), "{inside}");
        }
        let string = plan("{}", r#"{"a":"\"prior_state\":{"}"#);
        assert_eq!(in_parts(&string), alone(&string));
    }

    #[test]
    fn what_is_broken_is_left_to_one_alone() {
        let whole = plan("{}", "{}");
        for (from, to) in [
            (r#""resource_changes":"#, r#""resource_changes""#),
            (r#","resource_changes""#, r#""resource_changes""#),
            (r#"],"output"#, r#"]"output"#),
            (r#","prior_state""#, r#",,"prior_state""#),
            (r#"true}"#, r#"true,}"#),
            (r#"true}"#, r#"true"#),
            (r#"true}"#, r#"true}}"#),
            (r#"true}"#, r#"true,"complete":true}"#),
            (r#"true}"#, r#"true,"format_version":"1.2"}"#),
            (r#"true}"#, r#"true,"resource_changes":[]}"#),
            (r#""planned_values":{}"#, r#""planned_values":{"a":}"#),
            (r#""configuration":{}"#, r#""configuration":{]"#),
        ] {
            let broken = whole.replace(from, to);
            assert_eq!((in_parts(&broken), alone(&broken)), (None, None), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn parts_never_read_what_one_could_not(at in any::<prop::sample::Index>(), length in 0usize..8, with in r#"["{}\[\]:, a1\\]{0,3}"#) {
            let mut text = plan(r#"{"prior_state":1}"#, r#"{"resource_changes":"\""}"#);
            let start = at.index(text.len());
            text.replace_range(start..text.len().min(start + length), &with);
            if text.starts_with('{') && let Some(found) = in_parts(&text) {
                prop_assert_eq!(Some(found), alone(&text));
            }
        }
    }
}
