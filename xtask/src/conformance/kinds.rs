//! Calls that are made from a function's signature: each argument in turn is replaced by others of many kinds.

use serde_json::Value;

use super::expressions::Section;
use super::functions::{Functions, Parameter, Signature};

/// For a string: empty, another type that converts, types that do not, large.
const STRINGS: &[&str] = &[r#""""#, "null", "12.50", "true", "[]", "local.long_string", r#"sensitive("x")"#];

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "2.5",
    "null",
    r#""12""#,
    r#""x""#,
    "true",
    "[1]",
    "pow(2, 70)",
    "1e30",
    "sensitive(1)",
    "local.unknown_number",
];

const LISTS: &[&str] = &[
    "[]",
    "null",
    "[null]",
    r#"["b", 1, true]"#,
    "{}",
    r#""x""#,
    r#"[sensitive("x"), "y"]"#,
    "local.unknown_list",
    "local.partial_list",
    "local.long_list",
];

const SETS: &[&str] = &[
    "[]",
    "toset([])",
    "null",
    "[null]",
    r#"toset(["b", "a", "b"])"#,
    "[1, 2, 1]",
    r#""x""#,
    "local.unknown_set",
    "local.partial_set",
    "local.long_list",
];

const MAPS: &[&str] = &[
    "{}",
    "null",
    "[]",
    r#"{ a = null }"#,
    r#"{ a = sensitive("x") }"#,
    r#"{ a = "x", b = [1] }"#,
    "local.unknown_map",
    "local.partial_map",
];

const ANYTHING: &[&str] = &[
    "null",
    r#""""#,
    r#""x""#,
    "1.5",
    "true",
    "[]",
    "{}",
    r#"["a", null]"#,
    r#"{ a = 1, b = null }"#,
    r#"tolist(["a", "b"])"#,
    r#"toset(["b", "a"])"#,
    r#"tomap({ b = "2", a = "1" })"#,
    r#"sensitive(["x"])"#,
    r#"{ a = sensitive("x"), b = "y" }"#,
    "local.unknown_list",
    "local.unknown_set",
    "local.unknown_map",
    "local.partial_list",
    "local.partial_map",
];

/// In the place of anything, since an unknown value may become anything.
const UNKNOWNS: &[&str] = &["local.unknown", "local.unknown_any"];

/// The calls of a section that is about a function.
///
/// # Errors
/// When there is no such function.
pub(super) fn of(section: &Section, functions: &Functions) -> Result<Vec<String>, String> {
    let Some(arguments) = &section.arguments else { return Ok(Vec::new()) };
    let Some(signature) = functions.get(&section.name) else {
        return Err(format!("there is no function {}", section.name));
    };
    let name = &section.name;
    let mut calls = vec![call(name, arguments)];
    for (place, argument) in arguments.iter().enumerate() {
        let Some(parameter) = parameter(signature, place) else { continue };
        for other in UNKNOWNS.iter().chain(others(parameter)) {
            calls.push(replaced(name, arguments, place, other));
        }
        calls.push(replaced(name, arguments, place, &format!("sensitive({argument})")));
    }
    calls.extend(counts(name, arguments));
    Ok(calls)
}

/// The calls with more and fewer arguments, and those that spread a list over them.
fn counts(name: &str, arguments: &[String]) -> Vec<String> {
    let but_last = arguments.get(..arguments.len().saturating_sub(1)).unwrap_or_default();
    let one_more = [arguments, &[r#""more""#.to_owned()]].concat();
    let all = arguments.join(", ");
    let spread = match arguments.split_first() {
        Some((first, rest)) if !rest.is_empty() => format!("{name}({first}, [{}]...)", rest.join(", ")),
        _ => format!("{name}([]...)"),
    };
    vec![
        call(name, but_last),
        call(name, &one_more),
        format!("{name}([{all}]...)"),
        spread,
        format!("{name}(local.unknown_list...)"),
        format!("{name}(null...)"),
        format!("{name}(sensitive([{all}])...)"),
    ]
}

fn parameter(signature: &Signature, place: usize) -> Option<&Parameter> {
    signature.parameters.get(place).or(signature.variadic_parameter.as_ref())
}

/// What to try in the place of an argument.
fn others(parameter: &Parameter) -> &'static [&'static str] {
    let outer = match &parameter.kind {
        Value::Array(parts) => parts.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match outer {
        Some("string") => STRINGS,
        Some("number") => NUMBERS,
        Some("list") => LISTS,
        Some("set") => SETS,
        Some("map") => MAPS,
        _ => ANYTHING,
    }
}

fn replaced(name: &str, arguments: &[String], place: usize, other: &str) -> String {
    let mut arguments = arguments.to_vec();
    if let Some(argument) = arguments.get_mut(place) {
        other.clone_into(argument);
    }
    call(name, &arguments)
}

fn call(name: &str, arguments: &[String]) -> String {
    format!("{name}({})", arguments.join(", "))
}
