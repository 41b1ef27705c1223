//! `urlencode`.

use super::super::text::{check_size, string};
use crate::cty::{Fault, Value};
use crate::files::Files;

/// As a part of a query: a space becomes a plus. Source: Go, `net/url`, `QueryEscape`.
pub(super) fn urlencode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = string(args, 0);
    check_size(text.len().saturating_mul(3))?;
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(Value::from(out))
}
