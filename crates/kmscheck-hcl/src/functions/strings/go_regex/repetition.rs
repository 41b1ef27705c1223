//! Repetitions.

use super::{Last, Translation};
use crate::cty::Fault;

/// The most that a repetition may say, and all repetitions that lie within each other together.
const MOST: usize = 1000;

impl Translation<'_> {
    pub(super) fn check_repetition(&self, times: usize) -> Result<usize, Fault> {
        match self.last {
            Last::Nothing => Err(Fault::error("missing argument to repetition operator")),
            Last::Flags => Err(Fault::limit("a repetition after flags in a regular expression")),
            Last::Repetition => Err(Fault::error("invalid nested repetition operator")),
            Last::Item(inside) if inside.saturating_mul(times.max(1)) > MOST => {
                Err(Fault::error("invalid repeat count"))
            }
            Last::Item(inside) => Ok(inside.saturating_mul(times.max(1))),
        }
    }

    pub(super) fn finish_repetition(&mut self, greatest: usize) {
        if self.rest.next_if_eq(&'?').is_some() {
            self.out.push('?');
        }
        self.greatest = self.greatest.max(greatest);
        self.last = Last::Repetition;
    }

    pub(super) fn braces(&mut self) -> Result<(), Fault> {
        let ahead: String = self.rest.clone().take_while(|char| *char != '}').take(40).collect();
        let closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let Some((least, most)) = closed.then(|| counts(&ahead)).flatten() else {
            self.character('{');
            return Ok(());
        };
        if least > MOST || most.is_some_and(|most| most > MOST || least > most) {
            return Err(Fault::error("invalid repeat count"));
        }
        let greatest = self.check_repetition(most.unwrap_or(least))?;
        self.skip(ahead.len() + 1);
        self.out.push('{');
        self.out.push_str(&ahead);
        self.out.push('}');
        self.finish_repetition(greatest);
        Ok(())
    }
}

/// `3`, `3,` or `3,5`.
fn counts(text: &str) -> Option<(usize, Option<usize>)> {
    let (least, most) = text.split_once(',').unwrap_or((text, text));
    let least = count(least)?;
    if most.is_empty() { Some((least, None)) } else { Some((least, Some(count(most)?))) }
}

fn count(digits: &str) -> Option<usize> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_short = digits.len() == 1 || !digits.starts_with('0');
    (is_number && is_short).then(|| digits.parse().unwrap_or(usize::MAX))
}
