use serde_json::json;

use super::{expressions, types};

#[test]
fn expressions_stand_under_headings_and_may_have_several_lines() {
    let sections = expressions::read("# a\n// no\nargs: 1 | [2, 3]\n1 + 1\n\n# b\n```\n[\n]\n```\n").unwrap();
    assert_eq!(sections.len(), 2);
    assert_eq!(sections[0].arguments, Some(vec!["1".to_owned(), "[2, 3]".to_owned()]));
    assert_eq!(sections[0].expressions, ["1 + 1"]);
    assert_eq!(sections[1].expressions, ["[\n]"]);
    assert!(expressions::read("1\n").is_err());
    assert!(expressions::read("# a\n```\n").is_err());
}

#[test]
fn types_are_those_of_the_console() {
    let text = "tuple([\n    number,\n    object({}),\n    list(\n        object({\n            a: map(\n                tuple([]),\n            ),\n        }),\n    ),\n    set(string),\n])";
    let expected = json!([
        "tuple",
        ["number", ["object", {}], ["list", ["object", { "a": ["map", ["tuple", []]] }]], ["set", "string"]]
    ]);
    assert_eq!(types::read(text).unwrap(), expected);
}
