//! Expressions.

use super::{ITEMS, Skim, is_of_identifier};

/// How many operators an argument may have.
const OPERATORS: usize = 100;

impl Skim<'_> {
    /// Space, over lines if the expression may go on in the next one.
    fn gap(&mut self, lines: bool) -> Option<()> {
        if lines { self.space() } else { self.blank() }
    }

    /// An expression; over `lines`, if it stands in brackets.
    pub(super) fn expression(&mut self, lines: bool) -> Option<()> {
        self.within(|skim| skim.operation(lines))
    }

    fn operation(&mut self, lines: bool) -> Option<()> {
        self.term(lines)?;
        loop {
            let end = self.at;
            self.gap(lines)?;
            let width = match self.rest() {
                [b'?', ..] => return self.branches(lines),
                [b'/', b'/' | b'*', ..] | [b'<', b'<', ..] => 0,
                [b'=' | b'!' | b'<' | b'>', b'=', ..] | [b'&', b'&', ..] | [b'|', b'|', ..] => 2,
                [b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%', ..] => 1,
                _ => 0,
            };
            if width == 0 {
                self.at = end;
                return Some(());
            }
            self.operators += 1;
            self.at += width;
            self.gap(lines)?;
            self.term(lines)?;
            (self.operators <= OPERATORS).then_some(())?;
        }
    }

    fn branches(&mut self, lines: bool) -> Option<()> {
        self.eat(b"?")?;
        self.gap(lines)?;
        self.expression(lines)?;
        self.gap(lines)?;
        self.eat(b":")?;
        self.gap(lines)?;
        self.expression(lines)
    }

    fn term(&mut self, lines: bool) -> Option<()> {
        match self.next()? {
            b'"' => self.string()?,
            b'[' => self.within(Self::tuple)?,
            b'{' => self.within(Self::object)?,
            b'(' => self.within(Self::parenthesis)?,
            b'0'..=b'9' => self.number()?,
            b'<' => self.heredoc()?,
            b'-' | b'!' => {
                self.at += 1;
                self.blank()?;
                return self.within(|skim| skim.term(lines));
            }
            _ => self.name(lines)?,
        }
        self.steps(lines)
    }

    fn name(&mut self, lines: bool) -> Option<()> {
        self.identifier()?;
        let end = self.at;
        self.gap(lines)?;
        match self.rest() {
            [b'(', ..] => self.within(Self::arguments),
            [b':', b':', ..] => None,
            _ => {
                self.at = end;
                Some(())
            }
        }
    }

    fn steps(&mut self, lines: bool) -> Option<()> {
        loop {
            let end = self.at;
            self.gap(lines)?;
            match self.rest() {
                [b'.', b'*', ..] => self.at += 2,
                [b'.', b'0'..=b'9', ..] => {
                    self.at += 1;
                    self.digits(9)?;
                    self.no_second_point()?;
                }
                [b'.', next, ..] if *next != b'.' => {
                    self.at += 1;
                    self.identifier()?;
                }
                [b'[', ..] => self.within(Self::index)?,
                _ => {
                    self.at = end;
                    return Some(());
                }
            }
        }
    }

    fn index(&mut self) -> Option<()> {
        self.eat(b"[")?;
        self.space()?;
        if self.eat(b"*").is_none() {
            self.expression(true)?;
        }
        self.space()?;
        self.eat(b"]")
    }

    fn parenthesis(&mut self) -> Option<()> {
        self.eat(b"(")?;
        self.space()?;
        self.expression(true)?;
        self.space()?;
        self.eat(b")")
    }

    fn arguments(&mut self) -> Option<()> {
        self.eat(b"(")?;
        loop {
            self.space()?;
            if self.eat(b")").is_some() {
                return Some(());
            }
            self.expression(true)?;
            self.space()?;
            if self.eat(b",").is_none() {
                let _ = self.eat(b"...");
                self.space()?;
                return self.eat(b")");
            }
        }
    }

    /// A number; one that may be too large for the parser is left to it.
    fn number(&mut self) -> Option<()> {
        self.digits(15)?;
        if let [b'.', b'0'..=b'9', ..] = self.rest() {
            self.at += 1;
            self.digits(15)?;
        }
        if let [b'e' | b'E', ..] = self.rest() {
            self.at += 1;
            let _ = self.eat(b"+").or_else(|| self.eat(b"-"));
            self.digits(2)?;
        }
        self.no_second_point()
    }

    /// A point and a digit after a number belong to it.
    fn no_second_point(&self) -> Option<()> {
        (!matches!(self.rest(), [b'.', b'0'..=b'9', ..])).then_some(())
    }

    fn digits(&mut self, most: usize) -> Option<()> {
        let start = self.at;
        self.eat_while(|byte| byte.is_ascii_digit());
        (1..=most).contains(&(self.at - start)).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        self.eat(b"\"")?;
        loop {
            self.eat_while(|byte| !matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'\n'));
            match self.rest() {
                [b'"', ..] => return self.eat(b"\""),
                [b'\\', b'n' | b'r' | b't' | b'\\' | b'"', ..] => self.at += 2,
                [b'$' | b'%', ..] => self.marker()?,
                _ => return None,
            }
        }
    }

    /// What begins with `$` or `%` in a template.
    fn marker(&mut self) -> Option<()> {
        match self.rest() {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => self.at += 3,
            [b'$', b'{', ..] => self.within(Self::interpolation)?,
            [b'%', b'{', ..] => return None,
            _ => self.at += 1,
        }
        Some(())
    }

    fn interpolation(&mut self) -> Option<()> {
        self.eat(b"${")?;
        let _ = self.eat(b"~");
        self.space()?;
        self.expression(true)?;
        self.space()?;
        let _ = self.eat(b"~");
        self.eat(b"}")
    }

    /// A heredoc ends where the parser sees its end.
    fn heredoc(&mut self) -> Option<()> {
        self.eat(b"<<")?;
        let _ = self.eat(b"-");
        let marker = self.identifier()?.as_bytes();
        self.eat(b"\n")?;
        loop {
            self.eat_while(|byte| byte == b' ' || byte == b'\t');
            if self.eat(marker).is_some() {
                return self
                    .next()
                    .is_none_or(|byte| byte.is_ascii() && !is_of_identifier(byte))
                    .then_some(());
            }
            self.heredoc_line()?;
        }
    }

    fn heredoc_line(&mut self) -> Option<()> {
        loop {
            self.eat_while(|byte| !matches!(byte, b'$' | b'%' | b'\n'));
            match self.next()? {
                b'\n' => return self.eat(b"\n"),
                _ => self.marker()?,
            }
        }
    }

    /// Whether a bracket is followed by `for`.
    fn is_for(&mut self) -> Option<bool> {
        let start = self.at;
        self.space()?;
        let is_for = matches!(self.rest(), [b'f', b'o', b'r', b' ' | b'\t' | b'#' | b'/' | b'\n', ..]);
        if !is_for {
            self.at = start;
        }
        Some(is_for)
    }

    /// `for k, v in of :`
    fn for_intro(&mut self) -> Option<()> {
        self.eat(b"for")?;
        self.space()?;
        self.identifier()?;
        self.space()?;
        if self.eat(b",").is_some() {
            self.space()?;
            self.identifier()?;
            self.space()?;
        }
        self.eat(b"in")?;
        self.space()?;
        self.expression(false)?;
        self.space()?;
        self.eat(b":")?;
        self.space()
    }

    /// `if condition` and the end.
    fn for_end(&mut self, bracket: &[u8]) -> Option<()> {
        self.space()?;
        if self.eat(b"if").is_some() {
            self.space()?;
            self.expression(true)?;
            self.space()?;
        }
        self.eat(bracket)
    }

    fn tuple(&mut self) -> Option<()> {
        self.eat(b"[")?;
        if self.is_for()? {
            self.for_intro()?;
            self.expression(true)?;
            return self.for_end(b"]");
        }
        loop {
            self.space()?;
            if self.eat(b"]").is_some() {
                return Some(());
            }
            self.expression(true)?;
            self.space()?;
            if self.eat(b",").is_none() {
                return self.eat(b"]");
            }
        }
    }

    fn object(&mut self) -> Option<()> {
        self.eat(b"{")?;
        if self.is_for()? {
            self.for_intro()?;
            self.expression(false)?;
            self.space()?;
            self.eat(b"=>")?;
            self.space()?;
            self.expression(false)?;
            self.space()?;
            let _ = self.eat(b"...");
            return self.for_end(b"}");
        }
        let outer = self.names.len();
        self.items(outer)?;
        self.names.truncate(outer);
        Some(())
    }

    fn items(&mut self, outer: usize) -> Option<()> {
        let mut computed = Vec::new();
        loop {
            self.space()?;
            if self.eat(b"}").is_some() {
                return Some(());
            }
            self.key(outer, &mut computed)?;
            self.blank()?;
            if self.eat(b"=").is_none() {
                self.eat(b":")?;
            }
            self.blank()?;
            self.expression(false)?;
            self.blank()?;
            if self.eat(b"}").is_some() {
                return Some(());
            }
            if self.eat(b",").is_none() {
                self.comment();
                self.eat(b"\n")?;
            }
        }
    }

    /// The key of an item. Of equal ones the parser tells which one holds.
    fn key(&mut self, outer: usize, computed: &mut Vec<String>) -> Option<()> {
        let start = self.at;
        match self.next()? {
            b'(' => {
                self.within(Self::parenthesis)?;
                add_computed(computed, self.since(start))
            }
            b'"' => match self.plain_string() {
                Some(name) => self.add_new(outer, name),
                None => {
                    self.at = start;
                    self.string()?;
                    add_computed(computed, self.since(start))
                }
            },
            _ => {
                self.identifier()?;
                while self.eat(b".").is_some() {
                    self.identifier()?;
                }
                self.add_new(outer, self.since(start))
            }
        }
    }
}

/// Adds a key that has to be evaluated, without the space in it, which makes no difference.
fn add_computed(keys: &mut Vec<String>, key: &str) -> Option<()> {
    let is_plain = !key.contains(['#', '\n']) && !key.contains("//") && !key.contains("/*");
    let key: String = key.split_whitespace().collect();
    let is_new = is_plain && keys.len() < ITEMS && !keys.contains(&key);
    is_new.then(|| keys.push(key))
}
