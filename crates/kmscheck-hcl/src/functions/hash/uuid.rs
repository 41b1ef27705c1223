//! `uuidv5`. Source: RFC 9562, sections 5.5 and 6.6.

use sha1::{Digest, Sha1};

use super::super::text::string;
use crate::cty::{Fault, Value};
use crate::files::Files;

/// What the known namespaces have in common, but for the byte that tells them apart.
const NAMESPACE: u128 = 0x6ba7_b800_9dad_11d1_80b4_00c0_4fd4_30c8;

pub(super) fn uuidv5(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let known = |number: u128| Ok(NAMESPACE | number << 96);
    let namespace = match string(args, 0) {
        "dns" => known(0x10),
        "url" => known(0x11),
        "oid" => known(0x12),
        "x500" => known(0x14),
        uuid => parse(uuid).ok_or_else(|| Fault::error("the namespace is no UUID")),
    };
    let hash = Sha1::new().chain_update(namespace?.to_be_bytes()).chain_update(string(args, 1)).finalize();
    let bits = hash.iter().take(16).fold(0, |bits: u128, byte| bits << 8 | u128::from(*byte));
    let bits = bits & !(0xf << 76) | 5 << 76;
    let bits = bits & !(0x3 << 62) | 2 << 62;
    Ok(Value::from(hyphenated(&format!("{bits:032x}"))))
}

/// A UUID with hyphens or without, in braces, or as a URN.
fn parse(text: &str) -> Option<u128> {
    let uuid = match text.len() {
        32 => hyphenated(text),
        36 => text.to_owned(),
        38 => text.get(1..37)?.to_owned(),
        45 if text.get(..9)?.eq_ignore_ascii_case("urn:uuid:") => text.get(9..)?.to_owned(),
        _ => return None,
    };
    let digits = uuid.replace('-', "");
    let is_uuid = digits.len() == 32 && hyphenated(&digits) == uuid;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_uuid && is_hexadecimal).then(|| u128::from_str_radix(&digits, 16).ok()).flatten()
}

fn hyphenated(digits: &str) -> String {
    let mut uuid = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        uuid.push(digit);
    }
    uuid
}
