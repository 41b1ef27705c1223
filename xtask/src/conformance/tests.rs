use std::fs;
use std::path::Path;

use serde_json::json;

use super::expressions::Case;
use super::functions::Functions;
use super::recorded::{self, Recorded};
use super::{Data, expressions, types};

/// What is recorded, without Terraform.
fn data() -> (Data, Functions) {
    let data = Data::new(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    let functions = Functions::read(&fs::read(data.functions()).unwrap()).unwrap();
    (data, functions)
}

#[test]
fn every_expression_has_an_answer_and_every_answer_an_expression() {
    let (data, functions) = data();
    for area in data.areas(&functions).unwrap() {
        let file = recorded::file(&data.directory, &area.name);
        let recorded = Recorded::read(&file).unwrap();
        assert_eq!(recorded.text(&area.cases).unwrap(), fs::read_to_string(file).unwrap(), "{}", area.name);
    }
}

#[test]
fn every_function_has_arguments_to_try() {
    let (data, functions) = data();
    let mut cases = data.areas(&functions).unwrap().into_iter().flat_map(|area| area.cases);
    let mut missing: Vec<_> = functions.names().collect();
    cases
        .by_ref()
        .for_each(|case| missing.retain(|name| !case.expression.starts_with(&format!("{name}(null..."))));
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn several_answers_stay_if_one_of_them_is_given_again() {
    let case = |expression: &str| Case { group: "g".to_owned(), expression: expression.to_owned() };
    let mut before = Recorded::default();
    before.add(&case("1"), "1".to_owned());
    before.add(&case("1"), "2".to_owned());
    let mut now = Recorded::default();
    now.add(&case("1"), "2".to_owned());
    assert!(now.agrees(&case("1"), &before));
    now.keep_several(&before);
    assert_eq!(now.told(&case("1")), "1 or 2");
    let line = "{\"group\":\"g\",\"expression\":\"1\",\"answer\":{\"either\":[1,2]}}\n";
    assert_eq!(now.text(&[case("1")]).unwrap(), line);
    let mut other = Recorded::default();
    other.add(&case("1"), "3".to_owned());
    assert!(!other.agrees(&case("1"), &before));
}

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
