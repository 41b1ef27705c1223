//! A JSON text as a tree with places.

use super::Span;

/// A value, and where it stands.
pub(crate) struct Json {
    pub(crate) kind: JsonKind,
    pub(crate) span: Span,
}

pub(crate) enum JsonKind {
    Null,
    Bool(bool),
    Number,
    String(String),
    Array(Vec<Json>),
    Object(Vec<Member>),
}

/// A member of an object.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) key: Span,
    pub(crate) value: Json,
}

/// How deep values may lie in each other.
const DEPTH: usize = 64;

/// Reads a text; else where it goes wrong, and why.
pub(crate) fn json_value(text: &str) -> Result<Json, (usize, &'static str)> {
    let mut reader = Reader { text, position: 0 };
    let value = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err((reader.position, "nothing is expected after the value")),
    }
}

type Read<T> = Result<T, (usize, &'static str)>;

struct Reader<'t> {
    text: &'t str,
    position: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn peek(&self) -> Option<u8> {
        self.rest().bytes().next()
    }

    /// Goes past a character if it comes next.
    fn takes(&mut self, wanted: u8) -> bool {
        self.space();
        let takes = self.peek() == Some(wanted);
        self.position += usize::from(takes);
        takes
    }

    fn fail<T>(&self, message: &'static str) -> Read<T> {
        Err((self.position, message))
    }

    fn value(&mut self, depth: usize) -> Read<Json> {
        if depth > DEPTH {
            return self.fail("values lie too deep in each other");
        }
        self.space();
        let start = self.position;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => JsonKind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Json { kind, span: start..self.position })
    }

    fn word(&mut self) -> Read<JsonKind> {
        let words =
            [("null", JsonKind::Null), ("true", JsonKind::Bool(true)), ("false", JsonKind::Bool(false))];
        for (word, kind) in words {
            if self.rest().starts_with(word) {
                self.position += word.len();
                return Ok(kind);
            }
        }
        self.fail("a value is expected")
    }

    fn number(&mut self) -> Read<JsonKind> {
        let is_of_number = |char: char| char.is_ascii_digit() || "+-.eE".contains(char);
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches(is_of_number).len();
        let text = rest.get(..length).unwrap_or_default();
        match serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_number()) {
            true => {
                self.position += length;
                Ok(JsonKind::Number)
            }
            false => self.fail("this is no number"),
        }
    }

    fn string(&mut self) -> Read<String> {
        let mut is_escaped = true;
        let end = self.rest().char_indices().find(|(_, char)| {
            let ends = *char == '"' && !is_escaped;
            is_escaped = match char {
                '\\' => !is_escaped,
                _ => false,
            };
            ends
        });
        // The opening quote counts as escaped, so as not to be taken for the end.
        let Some((end, _)) = end else { return self.fail("the string has no end") };
        let quoted = self.rest().get(..=end).unwrap_or_default();
        match serde_json::from_str(quoted) {
            Ok(text) => {
                self.position += end + 1;
                Ok(text)
            }
            Err(_) => self.fail("this is no string"),
        }
    }

    fn array(&mut self, depth: usize) -> Read<JsonKind> {
        let mut items = Vec::new();
        self.position += 1;
        if self.takes(b']') {
            return Ok(JsonKind::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.takes(b']') {
                return Ok(JsonKind::Array(items));
            }
            if !self.takes(b',') {
                return self.fail("`,` or `]` is expected");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<JsonKind> {
        let mut members = Vec::new();
        self.position += 1;
        if self.takes(b'}') {
            return Ok(JsonKind::Object(members));
        }
        loop {
            self.space();
            let start = self.position;
            if self.peek() != Some(b'"') {
                return self.fail("a name in quotes is expected");
            }
            let name = self.string()?;
            let key = start..self.position;
            if !self.takes(b':') {
                return self.fail("`:` is expected");
            }
            members.push(Member { name, key, value: self.value(depth + 1)? });
            if self.takes(b'}') {
                return Ok(JsonKind::Object(members));
            }
            if !self.takes(b',') {
                return self.fail("`,` or `}` is expected");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_places() {
        let text = " {\"a\": [1, true, null, \"x\\\"y\"], \"b\" : {}} \n";
        let Ok(Json { kind: JsonKind::Object(members), span }) = json_value(text) else {
            panic!("an object")
        };
        assert_eq!(span, 1..text.len() - 2);
        let JsonKind::Array(items) = &members[0].value.kind else { panic!("an array") };
        assert!(matches!(&items[3].kind, JsonKind::String(text) if text == "x\"y"));
        assert_eq!(&text[items[3].span.clone()], "\"x\\\"y\"");
        assert_eq!(&text[members[1].key.clone()], "\"b\"");
    }

    #[test]
    fn what_is_no_json_is_refused_where_it_goes_wrong() {
        let place = |text: &str| json_value(text).err().map(|(position, _)| position);
        assert_eq!(place("{\"a\": }"), Some(6));
        assert_eq!(place("[1 2]"), Some(3));
        assert_eq!(place("\"a"), Some(0));
        assert_eq!(place("{} x"), Some(3));
        assert_eq!(place("-"), Some(0));
        assert!(place(&"[".repeat(100_000)).is_some());
    }

    proptest::proptest! {
        #[test]
        fn it_reads_what_serde_reads(text in "[\\[\\]{}:,\"a\\\\0-9. ]{0,12}") {
            let expected = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            proptest::prop_assert_eq!(json_value(&text).is_ok(), expected);
        }
    }
}
