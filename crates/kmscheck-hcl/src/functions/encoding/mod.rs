//! Functions of encodings.

mod base64;
mod charset;
mod csv;
mod json_decode;
mod json_encode;
mod json_string;
#[cfg(test)]
mod tests;
mod url;
mod yaml_decode;
mod yaml_encode;
mod yaml_guard;
mod yaml_scalar;
mod yaml_text;

use super::text::unknown_string;
use super::{Function, Marks, Param, Want};
use crate::cty::{Fault, Value};
use crate::files::Files;

pub(super) use base64::to_base64;
pub(super) use json_encode::json_text;

const STRING: Param = Param::of(Want::String);
const ANY: Param = Param::nullable(Want::Any);
const ONE: &[Param] = &[STRING];
const TWO: &[Param] = &[STRING, STRING];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64decode", ONE, Want::String, base64::decode),
    Function::new("base64encode", ONE, Want::String, base64::encode),
    Function::new("base64gzip", ONE, Want::String, base64gzip),
    Function::new("csvdecode", ONE, Want::Any, csv::csvdecode),
    Function::structural("jsondecode", ONE, Want::Any, json_decode::jsondecode).marks(Marks::Deep),
    Function::structural("jsonencode", &[ANY], Want::String, json_encode::jsonencode).marks(Marks::Deep),
    Function::new("textdecodebase64", TWO, Want::String, charset::decode),
    Function::new("textencodebase64", TWO, Want::String, charset::encode),
    Function::new("urlencode", ONE, Want::String, url::urlencode),
    Function::new("yamldecode", ONE, Want::Any, yaml_decode::yamldecode),
    Function::new("yamlencode", &[ANY], Want::String, yaml_encode::yamlencode),
];

/// The result depends on how Go compresses, which no other program does in the same way.
fn base64gzip(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(unknown_string(args))
}
