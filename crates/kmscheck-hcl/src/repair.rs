//! What Terraform accepts and the parser does not, made acceptable without moving a byte.
//!
//! Terraform's own parser accepts a byte order mark, bytes that are no UTF-8 in comments, line ends inside `{ for … }`, a line
//! of a heredoc that begins with its marker, and an object with two equal keys, of which the last one counts. `hcl-edit`
//! refuses each. All edits keep the length, so that every place in the tree is a place in the file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::scan::{Heredoc, scan};

/// A file that can be parsed, or is as close to it as can be.
pub(crate) struct Repaired<'t> {
    /// The file's own bytes, unless something in it had to be edited.
    pub(crate) text: Cow<'t, str>,
    /// The keys that had to be renamed, by their offsets: what they are in the file.
    pub(crate) renamed: BTreeMap<usize, String>,
}

/// A file in JSON as text, of which every byte stands where it stood.
pub(crate) fn json_text(bytes: &[u8]) -> Cow<'_, str> {
    Repaired::of(bytes).text
}

impl<'t> Repaired<'t> {
    /// The file as text. Nothing else is edited before the parser asks for it.
    pub(crate) fn of(bytes: &'t [u8]) -> Self {
        let text = match (bytes.strip_prefix(b"\xEF\xBB\xBF"), std::str::from_utf8(bytes)) {
            (Some(rest), _) => format!("   {}", with_every_byte(rest)).into(),
            (None, Ok(text)) => text.into(),
            (None, Err(_)) => with_every_byte(bytes).into(),
        };
        Self { text, renamed: BTreeMap::new() }
    }

    /// Removes what the parser trips over wherever it is; whether there was anything.
    pub(crate) fn ease(&mut self) -> bool {
        let found = scan(self.text.as_bytes());
        let mut bytes = std::mem::take(&mut self.text).into_owned().into_bytes();
        let before = bytes.clone();
        for range in found.breaks_in_for {
            bytes.get_mut(range).unwrap_or_default().fill(b' ');
        }
        for heredoc in &found.heredocs {
            rename_marker(&mut bytes, heredoc);
        }
        let changed = bytes != before;
        self.text = with_every_byte(&bytes).into();
        changed
    }

    /// Gives the key of an object at `offset` another name; whether that was possible.
    pub(crate) fn rename_key(&mut self, offset: usize) -> bool {
        let rest = self.text.get(offset..).unwrap_or_default();
        let quotes = usize::from(rest.starts_with('"'));
        let name: String =
            rest.chars().skip(quotes).take_while(|letter| is_of_name(*letter, quotes == 1)).collect();
        let free = |letter: &char| !name.starts_with(*letter) && !self.is_taken(*letter, &name);
        let Some(letter) = name.is_ascii().then(|| ('A'..='Z').chain('a'..='z').find(free)).flatten() else {
            return false;
        };
        if name.is_empty() {
            return false;
        }
        let first = offset + quotes;
        self.text.to_mut().replace_range(first..=first, letter.encode_utf8(&mut [0; 1]));
        self.renamed.entry(offset).or_insert(name);
        true
    }

    /// Whether the name with this first letter is in the file already.
    fn is_taken(&self, letter: char, name: &str) -> bool {
        self.text.contains(&format!("{letter}{}", name.get(1..).unwrap_or_default()))
    }
}

fn is_of_name(letter: char, quoted: bool) -> bool {
    if quoted { letter != '"' && letter != '\n' } else { letter.is_alphanumeric() || "_-".contains(letter) }
}

/// The text, with a question mark for each byte that is no UTF-8.
fn with_every_byte(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Renames the marker of a heredoc, at both ends, if a line of it begins with the marker.
fn rename_marker(bytes: &mut [u8], heredoc: &Heredoc) {
    let marker = bytes.get(heredoc.opening.clone()).unwrap_or_default();
    let body = bytes.get(heredoc.body.clone()).unwrap_or_default();
    let mut lines = body.split(|byte| *byte == b'\n');
    if !lines.any(|line| line.trim_ascii_start().starts_with(marker)) {
        return;
    }
    let is_free = |name: &Vec<u8>| !body.windows(name.len()).any(|window| window == name.as_slice());
    let Some(name) = (b'A'..=b'Z').map(|letter| vec![letter; marker.len()]).find(is_free) else { return };
    for end in [heredoc.opening.clone(), heredoc.closing.clone()] {
        bytes.get_mut(end).unwrap_or_default().copy_from_slice(&name);
    }
}
