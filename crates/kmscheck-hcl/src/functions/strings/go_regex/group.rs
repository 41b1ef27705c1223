//! Groups and flags.

use super::{Last, Translation};
use crate::cty::Fault;

impl Translation<'_> {
    pub(super) fn open_group(&mut self) -> Result<(), Fault> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.groups.push(None);
            self.out.push('(');
            self.enter();
            return Ok(());
        }
        let named = match (self.rest.peek().copied(), self.rest.clone().nth(1)) {
            (Some('P'), Some('<')) => 2,
            (Some('<'), _) => 1,
            _ => return self.flags(),
        };
        self.skip(named);
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('>') if !name.is_empty() => break,
                Some(char) if char.is_ascii_alphanumeric() || char == '_' => name.push(char),
                _ => return Err(Fault::error("invalid named capture")),
            }
        }
        self.groups.push(Some(name));
        self.out.push('(');
        self.enter();
        Ok(())
    }

    pub(super) fn enter(&mut self) {
        self.open.push(self.greatest);
        self.greatest = 1;
        self.last = Last::Nothing;
    }

    pub(super) fn close_group(&mut self) -> Result<(), Fault> {
        let Some(outside) = self.open.pop() else { return Err(Fault::error("unexpected )")) };
        self.out.push(')');
        self.last = Last::Item(self.greatest);
        self.greatest = self.greatest.max(outside);
        Ok(())
    }

    /// `(?i)` and `(?i-s:`. Of a flag that is there more than once the last one counts.
    pub(super) fn flags(&mut self) -> Result<(), Fault> {
        let (mut on, mut off) = (String::new(), None::<String>);
        loop {
            match (self.rest.next(), &mut off) {
                (Some(flag @ ('i' | 'm' | 's' | 'U')), off) => {
                    on.retain(|other| other != flag);
                    off.as_mut().unwrap_or(&mut on).push(flag);
                }
                (Some('-'), off @ None) => *off = Some(String::new()),
                (Some(end @ (':' | ')')), off) if off.as_ref().is_none_or(|off| !off.is_empty()) => {
                    self.push_flags(&on, off.take().as_deref(), end);
                    return Ok(());
                }
                _ => return Err(Fault::error("invalid or unsupported Perl syntax in a regular expression")),
            }
        }
    }

    fn push_flags(&mut self, on: &str, off: Option<&str>, end: char) {
        let mut off: Vec<char> = off.unwrap_or_default().chars().collect();
        off.sort_unstable();
        off.dedup();
        let minus = if off.is_empty() { "" } else { "-" };
        let flags = format!("{on}{minus}{}", off.into_iter().collect::<String>());
        if end == ':' {
            self.out.push_str(&format!("(?{flags}:"));
            self.enter();
            return;
        }
        if !flags.is_empty() {
            self.out.push_str(&format!("(?{flags})"));
        }
        self.last = Last::Flags;
    }
}
