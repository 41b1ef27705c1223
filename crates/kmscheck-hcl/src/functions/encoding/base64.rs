//! Base64.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::super::text::{check_size, string};
use crate::cty::{Fault, Value};
use crate::files::Files;

/// Go minds padding, but not what the last bits are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The bytes as Base64.
pub(in super::super) fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes that a string means; line breaks in it mean nothing.
pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, Fault> {
    let text = text.replace(['\r', '\n'], "");
    BASE64.decode(text).map_err(|_| Fault::error("failed to decode base64 data"))
}

pub(super) fn encode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = string(args, 0);
    check_size(text.len())?;
    Ok(Value::from(to_base64(text.as_bytes())))
}

pub(super) fn decode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = String::from_utf8(from_base64(string(args, 0))?);
    text.map(Value::from).map_err(|_| Fault::error("the decoded string is not valid UTF-8"))
}
