//! Functions of strings.
//!
//! Source: Terraform, "String Functions"; `cty/function/stdlib`, `string.go`; `internal/lang/funcs/string.go`.

mod affix;
mod case;
mod format;
mod go_regex;
mod graphemes;
mod joining;
mod number_format;
mod regex;
mod replace;
#[cfg(test)]
mod tests;
mod verb;

use super::{Function, Marks, Param, Want};

const STRING: Param = Param::of(Want::String);
const NUMBER: Param = Param::of(Want::Number);
const ANY: Param = Param::nullable(Want::Any);
const STRINGS: Want = Want::List(&Want::String);

const ONE: &[Param] = &[STRING];
const TWO: &[Param] = &[STRING, STRING];
const THREE: &[Param] = &[STRING, STRING, STRING];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::structural("chomp", ONE, Want::String, affix::chomp).marks(Marks::Deep),
    Function::structural("endswith", TWO, Want::Bool, affix::endswith).marks(Marks::Deep),
    Function::structural("format", ONE, Want::String, format::format).rest(ANY).marks(Marks::Deep),
    Function::structural("formatlist", ONE, STRINGS, format::formatlist).rest(ANY).marks(Marks::Deep),
    Function::new("indent", &[NUMBER, STRING], Want::String, joining::indent),
    Function::structural("join", ONE, Want::String, joining::join)
        .rest(Param::of(STRINGS))
        .marks(Marks::Deep),
    Function::new("lower", ONE, Want::String, case::lower),
    Function::new("regex", TWO, Want::Any, regex::regex),
    Function::new("regexall", TWO, Want::List(&Want::Any), regex::regexall),
    Function::structural("replace", THREE, Want::String, replace::replace).marks(Marks::Deep),
    Function::new("split", TWO, STRINGS, joining::split),
    Function::structural("startswith", TWO, Want::Bool, affix::startswith).marks(Marks::Deep),
    Function::structural("strcontains", TWO, Want::Bool, affix::strcontains).marks(Marks::Deep),
    Function::new("strrev", ONE, Want::String, graphemes::strrev),
    Function::new("substr", &[STRING, NUMBER, NUMBER], Want::String, graphemes::substr),
    Function::new("title", ONE, Want::String, case::title),
    Function::structural("trim", TWO, Want::String, affix::trim).marks(Marks::Deep),
    Function::structural("trimprefix", TWO, Want::String, affix::trimprefix).marks(Marks::Deep),
    Function::structural("trimspace", ONE, Want::String, affix::trimspace).marks(Marks::Deep),
    Function::structural("trimsuffix", TWO, Want::String, affix::trimsuffix).marks(Marks::Deep),
    Function::new("upper", ONE, Want::String, case::upper),
];
