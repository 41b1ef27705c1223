//! Functions of hashes.
//!
//! What depends on chance or a secret is not known.

mod digest;
#[cfg(test)]
mod tests;
mod uuid;

use super::text::unknown_string;
use super::{Function, Param, Unknowns, Want};
use crate::cty::{Fault, Value};
use crate::files::Files;

const STRING: Param = Param::of(Want::String);
const ONE: &[Param] = &[STRING];
const TWO: &[Param] = &[STRING, STRING];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64sha256", ONE, Want::String, digest::base64sha256),
    Function::new("base64sha512", ONE, Want::String, digest::base64sha512),
    Function::new("bcrypt", ONE, Want::String, not_known)
        .rest(Param::of(Want::Number))
        .unknowns(Unknowns::Handled),
    Function::new("filebase64sha256", ONE, Want::String, digest::filebase64sha256),
    Function::new("filebase64sha512", ONE, Want::String, digest::filebase64sha512),
    Function::new("filemd5", ONE, Want::String, digest::filemd5),
    Function::new("filesha1", ONE, Want::String, digest::filesha1),
    Function::new("filesha256", ONE, Want::String, digest::filesha256),
    Function::new("filesha512", ONE, Want::String, digest::filesha512),
    Function::new("md5", ONE, Want::String, digest::md5),
    Function::new("rsadecrypt", TWO, Want::String, rsadecrypt).unknowns(Unknowns::Handled),
    Function::new("sha1", ONE, Want::String, digest::sha1),
    Function::new("sha256", ONE, Want::String, digest::sha256),
    Function::new("sha512", ONE, Want::String, digest::sha512),
    Function::new("uuid", &[], Want::String, not_known).unknowns(Unknowns::Handled),
    Function::new("uuidv5", TWO, Want::String, uuid::uuidv5),
];

/// A key that is none is an error. Source: `ssh.ParseRawPrivateKey`, which reads PEM.
fn rsadecrypt(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    match args.get(1).and_then(Value::as_str) {
        Some(key) if !key.contains("-----BEGIN") => Err(Fault::error("the private key is none")),
        _ => not_known(args, files),
    }
}

fn not_known(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(unknown_string(args))
}
