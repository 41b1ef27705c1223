//! Finds the blocks of a file without a tree of what is in them.
//!
//! Most of the source of a company has nothing to do with keys, and still has to be Terraform. This reads the plain part
//! of the language, many times as fast as the parser, and gives up on everything else: what is accepted here the parser
//! accepts too, and of what is not accepted the parser tells what is wrong.

mod expr;

use std::ops::Range;

/// A block at the top of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Skimmed<'t> {
    pub(crate) kind: &'t str,
    pub(crate) labels: Vec<&'t str>,
    /// The names of the arguments and blocks in it. Of a `dynamic` block that of the blocks that it makes.
    pub(crate) names: Vec<&'t str>,
    /// The kind and the labels.
    pub(crate) header: Range<usize>,
    /// All of it.
    pub(crate) place: Range<usize>,
}

/// The blocks of a file; `None` if it has anything that only the parser knows.
pub(crate) fn skim(text: &str) -> Option<Vec<Skimmed<'_>>> {
    let mut skim = Skim { text, at: 0, depth: 0, operators: 0, names: Vec::new() };
    // Ends of lines of another kind are for the parser.
    if text.contains('\r') {
        return None;
    }
    let mut blocks = Vec::new();
    loop {
        skim.space()?;
        if skim.at == text.len() {
            return Some(blocks);
        }
        blocks.push(skim.block()?);
        skim.line_end()?;
    }
}

/// How deep things may lie in one another. The parser allows more.
const DEPTH: usize = 30;

/// How many items are compared with each other to find equal ones.
const ITEMS: usize = 200;

struct Skim<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// The operators of the argument so far. The parser allows 128, one within another.
    operators: usize,
    /// The names in all that the place lies in, those of the innermost last.
    names: Vec<Name<'t>>,
}

/// The name of an argument or of a key, of which there may be no two; or of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name<'t> {
    One(&'t str),
    Block(&'t str),
}

impl<'t> Skim<'t> {
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Goes on if this comes next.
    fn eat(&mut self, what: &[u8]) -> Option<()> {
        self.rest().starts_with(what).then(|| self.at += what.len())
    }

    fn eat_while(&mut self, is_part: impl Fn(u8) -> bool) {
        self.at += self.rest().iter().take_while(|byte| is_part(**byte)).count();
    }

    /// Space within a line, and comments with two ends.
    fn blank(&mut self) -> Option<()> {
        loop {
            self.eat_while(|byte| byte == b' ' || byte == b'\t');
            if self.eat(b"/*").is_none() {
                return Some(());
            }
            let rest = self.text.get(self.at..)?;
            self.at += rest.find("*/")? + 2;
        }
    }

    fn comment(&mut self) {
        if self.rest().starts_with(b"#") || self.rest().starts_with(b"//") {
            self.eat_while(|byte| byte != b'\n');
        }
    }

    /// Space, lines and comments.
    fn space(&mut self) -> Option<()> {
        loop {
            let start = self.at;
            self.blank()?;
            self.comment();
            self.eat_while(|byte| byte == b'\n');
            if self.at == start {
                return Some(());
            }
        }
    }

    fn line_end(&mut self) -> Option<()> {
        self.blank()?;
        self.comment();
        if self.at == self.text.len() { Some(()) } else { self.eat(b"\n") }
    }

    fn identifier(&mut self) -> Option<&'t str> {
        let start = self.at;
        self.next().filter(|byte| byte.is_ascii_alphabetic() || *byte == b'_')?;
        self.eat_while(is_of_identifier);
        // Letters of other scripts are for the parser.
        self.next().is_none_or(|byte| byte.is_ascii()).then(|| self.since(start))
    }

    /// A string in which nothing is escaped or interpolated.
    fn plain_string(&mut self) -> Option<&'t str> {
        self.eat(b"\"")?;
        let start = self.at;
        self.eat_while(|byte| !matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'\n'));
        let text = self.since(start);
        self.eat(b"\"").map(|()| text)
    }

    /// Does something one level deeper.
    fn within<T>(&mut self, act: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let done = if self.depth > DEPTH { None } else { act(self) };
        self.depth -= 1;
        done
    }

    fn block(&mut self) -> Option<Skimmed<'t>> {
        let start = self.at;
        let kind = self.identifier()?;
        let mut labels = Vec::new();
        let end = self.labels(|label| labels.push(label))?;
        self.within(Self::body)?;
        let names = self.names.drain(..).map(|name| match name {
            Name::One(name) | Name::Block(name) => name,
        });
        Some(Skimmed { kind, labels, names: names.collect(), header: start..end, place: start..self.at })
    }

    /// The labels of a block, and where the last of them ends.
    fn labels(&mut self, mut add: impl FnMut(&'t str)) -> Option<usize> {
        let mut end = self.at;
        loop {
            self.blank()?;
            match self.next()? {
                b'{' => return Some(end),
                b'"' => add(self.plain_string()?),
                _ => add(self.identifier()?),
            }
            end = self.at;
        }
    }

    fn nested_block(&mut self, kind: &'t str) -> Option<()> {
        let mut first = None;
        self.labels(|label| {
            first.get_or_insert(label);
        })?;
        let outer = self.names.len();
        self.within(Self::body)?;
        self.names.truncate(outer);
        self.names.push(Name::Block(if kind == "dynamic" { first? } else { kind }));
        Some(())
    }

    /// What is in a block, from its beginning to its end. Its names are added.
    fn body(&mut self) -> Option<()> {
        self.eat(b"{")?;
        self.blank()?;
        if self.eat(b"}").is_some() {
            return Some(());
        }
        self.comment();
        if self.eat(b"\n").is_none() {
            return self.one_line();
        }
        let outer = self.names.len();
        loop {
            self.space()?;
            if self.eat(b"}").is_some() {
                return Some(());
            }
            let name = self.identifier()?;
            self.blank()?;
            if self.eat(b"=").is_some() {
                self.add_new(outer, name)?;
                self.argument()?;
            } else {
                self.nested_block(name)?;
            }
            self.line_end()?;
        }
    }

    /// A block with one argument, all in one line.
    fn one_line(&mut self) -> Option<()> {
        let name = self.identifier()?;
        self.blank()?;
        self.eat(b"=")?;
        self.names.push(Name::One(name));
        self.argument()?;
        self.blank()?;
        self.eat(b"}")
    }

    /// Adds a name that is not there yet. Of equal ones the parser tells that they are an error, or which one holds.
    fn add_new(&mut self, outer: usize, name: &'t str) -> Option<()> {
        let names = self.names.get(outer..)?;
        let is_new = names.len() < ITEMS && !names.contains(&Name::One(name));
        is_new.then(|| self.names.push(Name::One(name)))
    }

    fn argument(&mut self) -> Option<()> {
        self.operators = 0;
        self.blank()?;
        self.expression(false)
    }
}

fn is_of_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

#[cfg(test)]
mod tests {
    use hcl_edit::parser::parse_body;

    use super::*;

    const PLAIN: &str = r#"
# A comment.
resource "aws_x" "a" { /* and
another one */
  count = var.a == null ? 0 : length(var.list) // why
  keys  = { aws.a = aws, "${var.a}-1" = 1, "${ var.a }-2" = 2 }
  name  = "a-${var.name}-$${no}-\"${f(x["k"], y.0.z[*].id...)}\""
  tags  = merge({ a = 1, "b" : [1, 2.5e3, -x, !y,], (var.k) = "c" }, {
    for k, v in var.map : k => v... if v != ""
  })
  text = <<-EOT
    ${a} and $${b}
    EOT is not the end ${[for x in y : x if x > 1][0]}
  EOT
  dynamic "rule" {
    for_each = [for x in y :
      x]
    content {}
  }
  one { a = (1 +
    2) }
}
locals {
  a = a.b
}
"#;

    #[test]
    fn blocks_are_found_with_what_is_in_them() {
        let plain = PLAIN.replace("    EOT is not the end", "    it is not the end");
        let blocks = skim(&plain).unwrap();
        let [first, second] = blocks.as_slice() else { panic!("{blocks:?}") };
        assert_eq!((first.kind, first.labels.as_slice()), ("resource", ["aws_x", "a"].as_slice()));
        assert_eq!(first.names, ["count", "keys", "name", "tags", "text", "rule", "one"]);
        assert_eq!(&plain[first.header.clone()], "resource \"aws_x\" \"a\"");
        assert_eq!(&plain[second.place.clone()], "locals {\n  a = a.b\n}");
        assert!(parse_body(&plain).is_ok());
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        for text in [
            PLAIN,
            "a {\n b = 1\n b = 2\n}",
            "a {\n b = { c = 1, c = 2 }\n}",
            "a {\n b = { c = 1, \"c\" = 2 }\n}",
            "a {\n b = { \"${x}\" = 1, \"${ x }\" = 2 }\n}",
            "a {\n b = { (x) = 1, (x) = 2 }\n}",
            "a {\n b = \"\\q\"\n}",
            "a {\n b = \"%{ if x }%{ endif }\"\n}",
            "a {\n b = 1 c = 2\n}",
            "a {\n b = x +\n 1\n}",
            "a {\n b = [1 2]\n}",
            "a {\n b = \n}",
            "a { b = 1 c = 2 }",
            "a {\n b = f(,)\n}",
            "a {\n b = <<X\n",
            "a {\n b = 1\r\n}",
            "a = 1\n",
            "a {",
            "a {}}",
            "é {}",
        ] {
            assert_eq!(skim(text), None, "{text}");
        }
        let deep = format!("a {{\n b = {}1{}\n}}", "(".repeat(100), ")".repeat(100));
        assert_eq!(skim(&deep), None);
    }

    /// Whether the parser finds the same blocks.
    fn is_parsed(text: &str) -> bool {
        let Some(blocks) = skim(text) else { return true };
        let Ok(body) = parse_body(text) else { return false };
        let parsed = body.blocks().map(|block| hcl_edit::Span::span(block).unwrap());
        parsed.eq(blocks.into_iter().map(|block| block.place))
    }

    proptest::proptest! {
        #[test]
        fn what_is_accepted_the_parser_accepts(
            tokens in proptest::collection::vec(
                proptest::sample::select(&[
                    "a", "b", "for", "in", "if", "null", "1", "2.5", ".", "..", "...", "=", "==", "=>", ":", "::", "?", "+", "-",
                    "!", "<", "*", "/", "%", "&&", ",", "(", ")", "[", "]", "{", "}", "\"", "\"c\"", "${", "$${", "\\n",
                    " ", " ", " ", "\n", "\n", "# x\n", "/* y */", "<<E\n", "\nE\n", "é",
                ][..]),
                0..12,
            ),
            wrap in proptest::sample::select(&[("a {\n b = ", "\n}"), ("a {\n", "\n}"), ("a { b = [", "] }"), ("a {\n b = {", "}\n}")][..]),
        ) {
            let text = format!("{}{}{}", wrap.0, tokens.concat(), wrap.1);
            assert!(is_parsed(&text), "{text}");
        }
    }
}
