//! Functions of encodings.

mod base64;
mod json_decode;
mod json_encode;

use super::{Function, Marks, Param, Want};

pub(super) use json_encode::json_text;

const STRING: Param = Param::of(Want::String);
const ANY: Param = Param::nullable(Want::Any);
const ONE: &[Param] = &[STRING];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64decode", ONE, Want::String, base64::decode),
    Function::new("base64encode", ONE, Want::String, base64::encode),
    Function::structural("jsondecode", ONE, Want::Any, json_decode::jsondecode).marks(Marks::Deep),
    Function::structural("jsonencode", &[ANY], Want::String, json_encode::jsonencode).marks(Marks::Deep),
];
