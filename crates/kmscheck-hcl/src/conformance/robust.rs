//! Whatever the expression: no panic, and an end.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::answers;
use super::evaluate;
use super::place::Place;
use crate::cty::Fault;
use crate::functions;

static CASES: LazyLock<Vec<answers::Case>> = LazyLock::new(answers::all);

thread_local! {
    static HERE: Place = Place::of(&CASES);
}

fn eval(expression: &str) -> Result<crate::eval::Outcome, String> {
    HERE.with(|place| evaluate(expression, place))
}

/// An expression of the language, seldom one that makes sense.
fn expression() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(vec![
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e30",
        "\"\"",
        "\"a\"",
        "\"1\"",
        "\"é\\n\"",
        "[]",
        "{}",
        "x",
        "<<-E\n  a\n   ${1}\nE\n",
        "\"%{ if true ~} a %{ else }b%{ endif }\"",
    ]);
    let local = prop::sample::select(vec![
        "unknown",
        "unknown_string",
        "unknown_any",
        "unknown_list",
        "unknown_object",
        "unknown_tuple",
        "unknown_bool",
        "partial_list",
        "partial_map",
        "partial_set",
        "hidden",
        "null_list",
        "map",
        "set",
        "people",
        "tuple",
    ]);
    let leaf = prop_oneof![literal.prop_map(str::to_owned), local.prop_map(|name| format!("local.{name}")),];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||"]);
        let names: Vec<_> = functions::names().chain(["try", "can", "templatestring"]).collect();
        let function = prop::sample::select(names);
        let several = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, by, b)| format!("({a} {by} {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (function.clone(), several()).prop_map(|(name, args)| format!("{name}({})", args.join(", "))),
            (function, inner.clone()).prop_map(|(name, args)| format!("{name}({args}...)")),
            several().prop_map(|items| format!("[{}]", items.join(", "))),
            several().prop_map(|items| {
                let items: Vec<_> = items.iter().map(|item| format!("({item}) = {item}")).collect();
                format!("{{ {} }}", items.join(", "))
            }),
            (inner.clone(), inner.clone()).prop_map(|(of, item)| format!("[for x in {of} : {item}]")),
            (inner.clone(), inner.clone())
                .prop_map(|(of, item)| format!("{{ for k, x in {of} : k => {item}... }}")),
            (inner.clone(), inner.clone()).prop_map(|(of, at)| format!("({of})[{at}]")),
            inner.clone().prop_map(|of| format!("({of})[*].name")),
            inner.clone().prop_map(|of| format!("({of}).*.age[0]")),
            inner.clone().prop_map(|of| format!("\"a${{{of}}}b%{{ for x in {of} }}${{x}}%{{ endfor }}\"")),
            inner.prop_map(|of| format!("!{of}")),
        ]
    })
}

proptest! {
    #[test]
    fn no_expression_makes_it_panic(expression in expression()) {
        drop(eval(&expression));
    }
}

#[test]
fn what_has_no_end_is_bounded() {
    for expression in [
        "templatefile(\"files/recursive.tftpl\", {})",
        "[for x in [join(\"\", [for a in range(1000) : local.long_string])] : join(\"\", [for b in range(1000) : x])]",
        "[for x in [range(1000)] : [for y in [[for i in range(1000) : x]] : length([for i in range(1000) : y])]]",
        "format(\"%1000000000s\", \"a\")",
        "setproduct(range(1000), range(1000), range(1000))",
        "pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300) * 1e5000 * 1e5000",
    ] {
        let outcome = eval(expression);
        assert!(!matches!(outcome, Ok(Ok(_))), "{expression}: {outcome:?}");
    }
    let many = eval("range(10000000)");
    assert!(matches!(many, Ok(Err(Fault::Error(_)))), "Terraform has no more than 1024 either: {many:?}");
}

#[test]
fn deep_expressions_are_a_limit_and_no_overflow() {
    for (open, close) in [("(", ")"), ("[", "]"), ("!", ""), ("upper(", ")"), ("true ? 1 : ", "")] {
        let deep = format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
        assert!(!matches!(eval(&deep), Ok(Ok(_))), "{open}");
    }
}
