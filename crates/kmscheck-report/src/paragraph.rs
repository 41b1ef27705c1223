//! Fitting text to a width.

use textwrap::{Options, WordSeparator, WordSplitter};

use crate::escape;

/// Wraps untrusted text into lines of at most `width` columns: `first` begins the first line, `rest` the others. Words
/// (addresses, ARNs) stay whole, however long they are.
pub fn wrap(text: &str, width: usize, first: &str, rest: &str) -> String {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let mut wrapped = textwrap::fill(&escape::line(text), options);
    wrapped.push('\n');
    wrapped
}

/// Wraps text of several lines, such as a policy statement; each keeps its indentation.
pub(crate) fn wrap_lines(text: &str, width: usize, first: &str, rest: &str) -> String {
    let mut wrapped = String::new();
    for (position, line) in text.lines().enumerate() {
        let body = line.trim_start_matches(' ');
        let indent = &" ".repeat(line.len() - body.len());
        let begin = if position == 0 { first } else { rest };
        wrapped += &wrap(body, width, &format!("{begin}{indent}"), &format!("{rest}{indent}  "));
    }
    wrapped
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
    use super::*;

    #[test]
    fn long_words_stay_whole() {
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
        let wrapped = wrap(&format!("It names {arn} and more."), 40, "- ", "  ");
        assert_eq!(wrapped, format!("- It names\n  {arn}\n  and more.\n"));
    }

    #[test]
    fn lines_of_a_statement_keep_their_indentation() {
        let wrapped = wrap_lines("{\n  \"a\": 1\n}", 40, "= ", "| ");
        assert_eq!(wrapped, "= {\n|   \"a\": 1\n| }\n");
    }

    #[test]
    fn the_first_sentence_ends_at_a_full_stop_before_a_capital() {
        assert_eq!(first_sentence("One, e.g. this one. Two."), ("One, e.g. this one.", "Two."));
        assert_eq!(first_sentence("Only one."), ("Only one.", ""));
        assert_eq!(first_sentence("No key. `x` stays."), ("No key.", "`x` stays."));
    }
}
