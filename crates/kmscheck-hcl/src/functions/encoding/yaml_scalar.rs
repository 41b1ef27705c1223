//! What scalars of YAML are.
//!
//! Source: `go-cty-yaml`, `resolve.go`: mostly YAML 1.2, but with the booleans and dates of YAML 1.1.

use saphyr_parser::Tag;

use crate::cty::{Fault, Number, Value};

/// The name of a tag of YAML's own: `str` of `!!str`.
pub(super) fn core_tag(tag: &Tag) -> Option<&str> {
    if tag.is_yaml_core_schema() { Some(&tag.suffix) } else { None }
}

/// The value of a scalar. In quotation marks or a block it is a string, without it is what it looks like.
pub(super) fn resolve(text: &str, is_plain: bool, tag: Option<&Tag>) -> Result<Value, Fault> {
    let Some(tag) = tag else {
        return if is_plain { plain(text) } else { Ok(Value::from(text)) };
    };
    match core_tag(tag) {
        Some("str") => Ok(Value::from(text)),
        Some("null") if is_plain => Ok(Value::NULL),
        Some("bool") if is_plain && boolean(text).is_some() => plain(text),
        Some("int") if is_plain && is_integer(text) => plain(text),
        Some("float") if is_plain && is_float(text) => plain(text),
        Some("null" | "bool" | "int" | "float" | "binary" | "timestamp" | "merge") => {
            Err(Fault::limit("a tag in YAML"))
        }
        _ => Err(Fault::error("unsupported tag in YAML")),
    }
}

fn plain(text: &str) -> Result<Value, Fault> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Value::NULL);
    }
    if let Some(flag) = boolean(text) {
        return Ok(Value::from(flag));
    }
    if is_infinite(text) {
        return Err(Fault::limit("an infinite number"));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(Fault::error("floating point NaN is not supported"));
    }
    if let Some(number) = with_radix(text) {
        return number;
    }
    if is_float(text) {
        return number(text);
    }
    timestamp(text)
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn is_infinite(text: &str) -> bool {
    matches!(text.strip_prefix(['+', '-']).unwrap_or(text), ".inf" | ".Inf" | ".INF")
}

/// `0x1F` and `0o17`, of at most 64 bits.
fn with_radix(text: &str) -> Option<Result<Value, Fault>> {
    let (digits, radix) = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => (digits, 16),
        (_, Some(digits)) => (digits, 8),
        _ => return None,
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let integer = i64::from_str_radix(digits, radix);
    Some(integer.map(Value::from).map_err(|_| Fault::limit("a great number")))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_integer(text: &str) -> bool {
    is_digits(unsigned(text))
}

/// `1`, `1.`, `.5`, `1.5e3`.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match unsigned(text).split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned(text), None),
    };
    let is_mantissa = match mantissa.split_once('.') {
        Some(("", part)) => is_digits(part),
        Some((whole, part)) => is_digits(whole) && (part.is_empty() || is_digits(part)),
        None => is_digits(mantissa),
    };
    is_mantissa && exponent.is_none_or(is_integer)
}

fn number(text: &str) -> Result<Value, Fault> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", unsigned(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, format!("e{exponent}")),
        None => (rest, String::new()),
    };
    let zero = if mantissa.starts_with('.') { "0" } else { "" };
    let mantissa = mantissa.strip_suffix('.').unwrap_or(mantissa);
    match format!("{sign}{zero}{mantissa}{exponent}").parse::<Number>() {
        Ok(number) if number.is_zero() && sign == "-" => Err(Fault::limit("zero with a sign")),
        Ok(number) => Ok(Value::from(number)),
        Err(_) => Err(Fault::limit("a great number")),
    }
}

/// A date becomes one with a time, and a policy's `Version: 2012-10-17` so no version.
fn timestamp(text: &str) -> Result<Value, Fault> {
    let year = text.get(..4).filter(|year| is_digits(year));
    let Some((year, rest)) = year.zip(text.get(4..).and_then(|rest| rest.strip_prefix('-'))) else {
        return Ok(Value::from(text));
    };
    if text.contains(':') {
        return Err(Fault::limit("a date with a time in YAML"));
    }
    let date = rest.split_once('-').and_then(|(month, day)| date(year, month, day));
    Ok(date.map_or_else(|| Value::from(text), Value::from))
}

fn date(year: &str, month: &str, day: &str) -> Option<String> {
    let part = |text: &str| if is_digits(text) && text.len() <= 2 { text.parse::<u32>().ok() } else { None };
    let (month, day) = (part(month)?, part(day)?);
    let number: u32 = year.parse().ok()?;
    let leap = number.is_multiple_of(4) && (!number.is_multiple_of(100) || number.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return None,
    };
    (1..=days).contains(&day).then(|| format!("{year}-{month:02}-{day:02}T00:00:00Z"))
}
