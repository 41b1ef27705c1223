//! Making untrusted text harmless.
//!
//! Names, tags and policies in a plan are written by whoever opened the merge request. Shown raw, they could recolour or
//! rewrite the terminal, reorder the line, hide in it, or command the CI runner that reads the log.

use std::borrow::Cow;

/// One line of text for a terminal or a log: what is invisible, moves the cursor or reorders the line becomes visible
/// (`\u{1b}`), and no word of it is a command to a CI runner.
pub fn line(text: &str) -> Cow<'_, str> {
    if (is_plain(text) || !text.chars().any(is_deceptive)) && !may_command(text) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut previous = ' ';
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let begins_command = character == ':' && previous.is_whitespace() && rest.peek() == Some(&':');
        let marks_command = character == '#' && previous == '#';
        if begins_command || marks_command || is_deceptive(character) {
            escaped.extend(visible(character));
        } else {
            escaped.push(character);
        }
        previous = character;
    }
    Cow::Owned(escaped)
}

/// Whether a character is a control character, invisible, or changes the direction of the text around it.
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Whether all of it is visible ASCII: nearly every text is, and that is seen at once.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// GitHub acts on a line that begins with `::` after white space; GitHub, Azure and TeamCity act on `##[`, `##vso[` and
/// `##teamcity[`, the first two anywhere in a line. Where a line will begin is not known before it is wrapped, so every
/// word counts.
fn may_command(text: &str) -> bool {
    text.contains("##") || text.contains("::")
}

fn visible(character: char) -> Box<dyn Iterator<Item = char>> {
    match character {
        '\n' | '\r' | '\t' => Box::new(character.escape_default()),
        other => Box::new(other.escape_unicode()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_deceives_becomes_visible() {
        assert_eq!(line("\u{1b}[31mred\u{9b}0m"), "\\u{1b}[31mred\\u{9b}0m");
        assert_eq!(line("user\u{202e}nimda"), "user\\u{202e}nimda");
        assert_eq!(line("a\r\nb\tc"), "a\\r\\nb\\tc");
    }

    #[test]
    fn words_that_command_a_runner_are_broken() {
        assert_eq!(line("::error::x"), "\\u{3a}:error::x");
        assert_eq!(line("x ::set-output"), "x \\u{3a}:set-output");
        assert_eq!(line("a##vso[x] ##[error]"), "a#\\u{23}vso[x] #\\u{23}[error]");
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in ["arn:aws:iam::111122223333:root", "Schlüssel für 日本", "tags[\"a\"]", "# kmscheck"]
        {
            assert!(matches!(line(text), Cow::Borrowed(_)) || line(text) == text, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_deceptive_survives(text in "(?s).{0,40}|[ :#\\n\u{1b}\u{202e}\u{9b}\\[a]{0,20}") {
            let safe = line(&text);
            prop_assert!(!safe.chars().any(is_deceptive));
            prop_assert!(!safe.contains("##"));
            prop_assert!(safe.split_whitespace().all(|word| !word.starts_with("::")));
        }
    }
}
