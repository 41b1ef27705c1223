//! Hashes of strings and files.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::encoding::to_base64;
use super::super::filesystem::read;
use super::super::text::string;
use crate::cty::{Fault, Value};
use crate::files::Files;

fn of_string<D: Digest>(args: &[Value], write: fn(&[u8]) -> String) -> Result<Value, Fault> {
    Ok(Value::from(write(&D::digest(string(args, 0).as_bytes()))))
}

fn of_file<D: Digest>(args: &[Value], files: &dyn Files, write: fn(&[u8]) -> String) -> Result<Value, Fault> {
    let content = read(string(args, 0), files)?;
    Ok(Value::from(write(&D::digest(&content))))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn base64sha256(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    of_string::<Sha256>(args, to_base64)
}

pub(super) fn base64sha512(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    of_string::<Sha512>(args, to_base64)
}

pub(super) fn filebase64sha256(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    of_file::<Sha256>(args, files, to_base64)
}

pub(super) fn filebase64sha512(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    of_file::<Sha512>(args, files, to_base64)
}

pub(super) fn filemd5(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    of_file::<Md5>(args, files, hex)
}

pub(super) fn filesha1(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    of_file::<Sha1>(args, files, hex)
}

pub(super) fn filesha256(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    of_file::<Sha256>(args, files, hex)
}

pub(super) fn filesha512(args: &[Value], files: &dyn Files) -> Result<Value, Fault> {
    of_file::<Sha512>(args, files, hex)
}

pub(super) fn md5(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    of_string::<Md5>(args, hex)
}

pub(super) fn sha1(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    of_string::<Sha1>(args, hex)
}

pub(super) fn sha256(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    of_string::<Sha256>(args, hex)
}

pub(super) fn sha512(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    of_string::<Sha512>(args, hex)
}
