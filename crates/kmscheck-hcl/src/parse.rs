//! From bytes to a syntax tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hcl_edit::parser::parse_body;
use hcl_edit::structure::Body;

use crate::numerals::with_two_points;
use crate::repair::Repaired;
use crate::scan::scan;

/// The syntax tree of a file. Every span in it is a range of the file's bytes.
pub(crate) struct Parsed<'t> {
    pub(crate) tree: Body,
    /// What was parsed: the file, repaired.
    pub(crate) text: Cow<'t, str>,
    /// The keys of objects that the tree calls by another name, by offset.
    pub(crate) renamed: BTreeMap<usize, String>,
}

/// Why a file can't be parsed, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) offset: usize,
    pub(crate) message: String,
}

/// How many keys of one file may be given twice.
const RENAMED: usize = 100;

/// How many items an object may have: the time that the parser takes grows with the square of them.
const ITEMS: usize = 10_000;

/// A shorter file has no room for so many.
pub(crate) const LONG: usize = 4 * ITEMS;

/// Parses a file in Terraform's own syntax.
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed<'_>, ParseError> {
    if bytes.len() > LONG && scan(bytes).most_items > ITEMS {
        let message = format!("an object with more than {ITEMS} items is not read");
        return Err(ParseError { offset: 0, message });
    }
    let mut file = Repaired::of(bytes);
    let mut eased = false;
    loop {
        let error = match parse_body(&file.text) {
            Ok(tree) => return with_numbers(Parsed { tree, text: file.text, renamed: file.renamed }),
            Err(error) => error,
        };
        let offset = error.location().offset();
        let is_duplicate = error.message().contains("unique object key");
        let repaired = match is_duplicate {
            true => file.renamed.len() < RENAMED && file.rename_key(offset),
            false => !std::mem::replace(&mut eased, true) && file.ease(),
        };
        if !repaired {
            let message = if is_no_text(bytes, offset) { "this is not UTF-8" } else { error.message() };
            return Err(ParseError { offset, message: message.to_owned() });
        }
    }
}

/// The tree, if every number in it is one to Terraform.
fn with_numbers(parsed: Parsed<'_>) -> Result<Parsed<'_>, ParseError> {
    match with_two_points(&parsed.tree, &parsed.text) {
        Some(offset) => Err(ParseError { offset, message: "a number has one point at most".to_owned() }),
        None => Ok(parsed),
    }
}

/// Whether the parser stumbled over bytes that are no characters: a file in UTF-16.
fn is_no_text(bytes: &[u8], offset: usize) -> bool {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    valid < bytes.len() && offset.abs_diff(valid) <= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: impl AsRef<[u8]>) -> bool {
        parse(text.as_ref()).is_ok()
    }

    #[test]
    fn what_terraform_accepts_is_accepted() {
        for text in [
            "a = { x = 1, x = 2 }\n",
            "a = { \"x\" = 1, \"x\" = 2, \"x\" = 3 }\n",
            "a = { for k in x : k => k == 1 ? 1 :\n 2 }\n",
            "a = { for k in x : k => k &&\n k if k\n || k }\n",
            "a = { for k in x : # why\n k => k\n ? 1\n : 2 }\n",
            "\u{feff}a = 1\n",
            "a = <<EOF\nEOF\"\nEOF\n",
            "a = <<-EOF\n  EOF,\n  EOF\nb = 1\n",
            "a = 1\r\nb = 2\r\n",
            "a = 1",
        ] {
            assert!(accepts(text), "{text:?}");
        }
        assert!(accepts(b"# \xff\na = 1\n"));
    }

    #[test]
    fn an_error_has_its_place() {
        let error = parse(b"a = 1\nb = \n").err().unwrap();
        assert_eq!(error.offset, 10);
        assert!(error.message.contains("invalid expression"), "{}", error.message);
        assert!(!accepts("a = {\n"));
    }

    #[test]
    fn a_number_with_two_points_is_refused() {
        let refused =
            ["1.2.3", "10.0.0.0/8", "1e5.2", "-1.2.3", "a.0.1", "a.b.0.1.c", "[f(1.2.3)]", "\"${a[1.2.3]}\""];
        for text in refused {
            assert!(!accepts(format!("a = {text}\n")), "{text}");
        }
        for text in ["1.2", "a.0.b.1", "a.0[1]", "a.0 .1", "1 .2", "\"10.0.0.0/8\"", "a[1.2]"] {
            assert!(accepts(format!("a = {text}\n")), "{text}");
        }
        let error = parse(b"b = 1\na = [10.1.2]\n").err().unwrap();
        assert_eq!(error.offset, 11);
    }

    #[test]
    fn the_last_of_equal_keys_keeps_its_name_on_record() {
        let parsed = parse(b"a = { x = 1, x = 2, \"y\" = 3, \"y\" = 4 }\n").ok().unwrap();
        let renamed: Vec<_> = parsed.renamed.into_iter().collect();
        assert_eq!(renamed, [(13, "x".to_owned()), (29, "y".to_owned())]);
    }

    #[test]
    fn repairs_do_not_move_anything() {
        let text = "a = { for k in x : k =>\n 1 }\nb = 2\n";
        let parsed = parse(text.as_bytes()).ok().unwrap();
        let span = hcl_edit::Span::span(parsed.tree.get_attribute("b").unwrap()).unwrap();
        assert_eq!(&text[span], "b = 2");
    }

    #[test]
    fn an_object_of_a_hundred_thousand_keys_is_an_error_and_no_wait() {
        let object = |keys: usize| {
            let items: String = (0..keys).map(|key| format!("k{key}=1\n")).collect();
            format!("a = {{\n{items}}}\n")
        };
        assert!(accepts(object(5_000)));
        assert!(!accepts(object(100_000)));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        let deep = format!("a = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
        assert!(!accepts(deep));
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(0_u8.., 0..80)) {
            drop(parse(&bytes));
        }

        #[test]
        fn neither_does_half_a_language(text in "([{}\\[\\]\"$%<=:?]|for |in |EOF|\n|=> |a|x|#|, |<<EOF\n){0,40}") {
            drop(parse(text.as_bytes()));
        }
    }
}
