//! Fitting text to a width.

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::escape;

/// Wraps untrusted text into lines of at most `width` columns: `first` begins the first line, `rest` the others. Words
/// (addresses, ARNs) stay whole, however long they are.
pub fn wrap(text: &str, width: usize, first: &str, rest: &str) -> String {
    let mut wrapped = String::new();
    wrap_onto(&mut wrapped, text, width, first, rest);
    wrapped
}

/// The same, added to `page`.
pub(crate) fn wrap_onto(page: &mut String, text: &str, width: usize, first: &str, rest: &str) {
    let text = escape::line(text);
    if escape::is_plain(&text) && !text.is_empty() {
        fill_plain(page, &text, width, first, rest);
    } else {
        page.push_str(&fill(&text, width, first, rest));
    }
    page.push('\n');
}

fn fill(text: &str, width: usize, first: &str, rest: &str) -> String {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::fill(text, options)
}

/// What [`fill`] does, for text of which every byte is one column.
fn fill_plain(page: &mut String, text: &str, width: usize, first: &str, rest: &str) {
    let mut room = width.saturating_sub(display_width(first));
    let (mut begin, mut end, mut at) = (0, 0, 0);
    page.push_str(first);
    while let Some(left) = text.get(at..).filter(|left| !left.is_empty()) {
        let word = left.find(' ').unwrap_or(left.len());
        if at > begin && at + word - begin > room {
            page.push_str(text.get(begin..end).unwrap_or_default());
            page.push('\n');
            page.push_str(rest);
            room = width.saturating_sub(display_width(rest));
            begin = at;
        }
        end = at + word;
        at = end + left.bytes().skip(word).take_while(|byte| *byte == b' ').count();
    }
    page.push_str(text.get(begin..end).unwrap_or_default());
}

/// Wraps text of several lines, such as a policy statement, onto `page`; each keeps its indentation.
pub(crate) fn wrap_lines(page: &mut String, text: &str, width: usize, first: &str, rest: &str) {
    for (position, line) in text.lines().enumerate() {
        let body = line.trim_start_matches(' ');
        let indent = line.get(..line.len() - body.len()).unwrap_or_default();
        let begin = if position == 0 { first } else { rest };
        wrap_onto(page, body, width, &[begin, indent].concat(), &[rest, indent, "  "].concat());
    }
}

/// Splits text after its first sentence.
pub(crate) fn first_sentence(text: &str) -> (&str, &str) {
    let ends = text.match_indices(". ").find(|(position, _)| begins_sentence(text, position + 2));
    match ends.and_then(|(position, _)| text.split_at_checked(position + 1)) {
        Some((first, rest)) => (first, rest.trim_start()),
        None => (text, ""),
    }
}

fn begins_sentence(text: &str, position: usize) -> bool {
    let next = text.get(position..).and_then(|rest| rest.chars().next());
    next.is_some_and(|character| character.is_uppercase() || character == '`')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_words_stay_whole() {
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        let wrapped = wrap(&format!("It names {arn} and more."), 40, "- ", "  ");
        assert_eq!(wrapped, format!("- It names\n  {arn}\n  and more.\n"));
    }

    #[test]
    fn lines_of_a_statement_keep_their_indentation() {
        let mut wrapped = String::new();
        wrap_lines(&mut wrapped, "{\n  \"a\": 1\n}", 40, "= ", "| ");
        assert_eq!(wrapped, "= {\n|   \"a\": 1\n| }\n");
    }

    #[test]
    fn the_first_sentence_ends_at_a_full_stop_before_a_capital() {
        assert_eq!(first_sentence("One, e.g. this one. Two."), ("One, e.g. this one.", "Two."));
        assert_eq!(first_sentence("Only one."), ("Only one.", ""));
        assert_eq!(first_sentence("No key. `x` stays."), ("No key.", "`x` stays."));
    }

    proptest! {
        #[test]
        fn plain_text_is_filled_as_any_other(text in "[ -~]{1,40}|( {0,2}[a-z]{0,9}){1,30}", width in 0..50_usize, first in "[ -~]{0,9}", rest in " {0,9}") {
            let mut plain = String::new();
            fill_plain(&mut plain, &text, width, &first, &rest);
            prop_assume!(!text.is_empty());
            prop_assert_eq!(plain, fill(&text, width, &first, &rest));
        }
    }
}
