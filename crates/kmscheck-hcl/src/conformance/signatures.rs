//! The functions that there are, and how many arguments they take.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::testdata;
use crate::functions;

#[derive(Deserialize)]
struct Functions {
    function_signatures: BTreeMap<String, Signature>,
}

#[derive(Deserialize)]
struct Signature {
    #[serde(default)]
    parameters: Vec<IgnoredAny>,
    variadic_parameter: Option<IgnoredAny>,
}

/// Those that evaluate their arguments themselves. `type` is for `terraform console` only.
const EVALUATED: [&str; 4] = ["can", "templatefile", "templatestring", "try"];

#[test]
fn all_functions_are_there_with_as_many_parameters() {
    let text = fs::read_to_string(testdata().join("functions.json")).unwrap();
    let Functions { function_signatures } = serde_json::from_str(&text).unwrap();
    for (name, Signature { parameters, variadic_parameter }) in &function_signatures {
        if EVALUATED.contains(&name.as_str()) {
            continue;
        }
        let function = functions::find(name).unwrap_or_else(|| panic!("{name} is missing"));
        let own = (function.params.len(), function.rest.is_some());
        assert_eq!(own, (parameters.len(), variadic_parameter.is_some()), "{name}");
    }
    let unknown: Vec<_> =
        functions::names().filter(|name| !function_signatures.contains_key(*name)).collect();
    assert_eq!(unknown, Vec::<&str>::new());
}
