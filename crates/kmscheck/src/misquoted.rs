//! Ids of other tools that are often quoted for KMS keys but mean something else.

use std::fmt;

use kmscheck_checks::registry;

const TABLE: &str = include_str!("../data/misquoted-ids.tsv");

/// What such an id really is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misquoted {
    id: &'static str,
    tool: &'static str,
    is: &'static str,
    meant: &'static str,
}

/// The entry for an id, in any case.
pub(crate) fn entry(id: &str) -> Option<Misquoted> {
    entries().find(|entry| entry.id.eq_ignore_ascii_case(id))
}

fn entries() -> impl Iterator<Item = Misquoted> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| {
        let mut fields = row.split('\t');
        let [id, tool, is, meant] = [fields.next()?, fields.next()?, fields.next()?, fields.next()?];
        Some(Misquoted { id, tool, is, meant })
    })
}

impl Misquoted {
    /// The ids of the checks that may have been meant.
    pub(crate) fn meant(self) -> Vec<&'static str> {
        let known = |id: &&str| registry::called(id).next().is_some();
        self.meant.split(',').filter(known).collect()
    }
}

impl fmt::Display for Misquoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} {}", self.id, self.tool, self.is)?;
        match self.meant().as_slice() {
            [] => Ok(()),
            [one] => write!(f, ". You may have meant {one}"),
            [first @ .., last] => write!(f, ". You may have meant {} or {last}", first.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_is_both_misquoted_and_an_alias() {
        for entry in entries() {
            assert_eq!(registry::called(entry.id).count(), 0, "{}", entry.id);
        }
    }

    #[test]
    fn every_row_is_whole_and_has_a_source() {
        for row in TABLE.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(
                row.split('\t').filter(|field| !field.is_empty()).count(),
                5 - usize::from(row.contains("\t\t"))
            );
        }
        assert!(entry("ckv_aws_219").is_some_and(|entry| entry.to_string().contains("CodePipeline")));
    }
}
