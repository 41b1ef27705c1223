//! Numbers as text.

use bigdecimal::num_bigint::BigUint;
use bigdecimal::num_traits::Zero;

use super::float::Float;
use crate::cty::Fault;

/// The greatest power of ten, and the longest text, that is read.
const EXPONENT: i64 = 5_000;
const LONGEST: usize = 10_000;

/// Reads what Terraform's `tonumber` reads. Source: Go, `big.ParseFloat` with base 10, which also has exponents of two
/// (`1p4`) and infinities.
pub(super) fn parse(text: &str, precision: u32) -> Result<Float, Fault> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let no_number = || Fault::error("a number is required");
    if matches!(unsigned, "Inf" | "inf") || text.len() > LONGEST {
        return Err(Fault::limit("a number is infinite, or has very many digits"));
    }
    let (digits, exponent) =
        match unsigned.find(['e', 'E', 'p', 'P']).and_then(|at| unsigned.split_at_checked(at)) {
            Some((digits, exponent)) => (digits, Some(exponent)),
            None => (unsigned, None),
        };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [whole, fraction].concat();
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(no_number());
    }
    let mantissa = BigUint::parse_bytes(all.as_bytes(), 10).ok_or_else(no_number)?;
    let (two, ten) = exponent.map_or(Ok((0, 0)), read_exponent)?;
    let negative = text.starts_with('-');
    if mantissa.is_zero() {
        return Ok(Float::exact(negative, mantissa, 0));
    }
    let ten = ten - i64::try_from(fraction.len()).unwrap_or(0);
    scaled(negative, mantissa, two, ten, precision)
}

/// The exponents of two and of ten.
fn read_exponent(text: &str) -> Result<(i64, i64), Fault> {
    let (kind, digits) = text.split_at_checked(1).unwrap_or((text, ""));
    let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::error("a number is required"));
    }
    let exponent: Option<i64> = digits.parse().ok().filter(|exponent: &i64| exponent.abs() <= EXPONENT);
    let exponent = exponent.ok_or_else(|| Fault::limit("a number is very great or very small"))?;
    Ok(if kind.eq_ignore_ascii_case("p") { (exponent, 0) } else { (0, exponent) })
}

/// `mantissa * 2^two * 10^ten`.
fn scaled(negative: bool, mantissa: BigUint, two: i64, ten: i64, precision: u32) -> Result<Float, Fault> {
    let five = BigUint::from(5_u32).pow(u32::try_from(ten.unsigned_abs()).unwrap_or(u32::MAX));
    let exponent = two.saturating_add(ten);
    let float = if ten >= 0 {
        Float::rounded(negative, mantissa * five, exponent, false, precision)
    } else {
        Float::exact(negative, mantissa, exponent).div(&Float::exact(false, five, 0), precision)
    };
    float.bounded()
}

/// The shortest decimal number that means this one where numbers have `precision` bits, without an exponent.
///
/// Source: Go, `big.Float.Text('f', -1)`: the first place at which a cut, or a cut rounded up, lies between the middles to
/// both neighbours; these count as well if the mantissa is even.
pub(super) fn shortest(float: &Float, precision: u32) -> String {
    let sign = if float.negative { "-" } else { "" };
    if float.is_zero() {
        return format!("{sign}0");
    }
    // Of one bit more than the precision: its last bit is half the distance to the neighbours.
    let shift = (u64::from(precision) + 1).saturating_sub(float.mantissa.bits());
    let mantissa = &float.mantissa << shift;
    let exponent = float.exponent.saturating_sub(i64::try_from(shift).unwrap_or(i64::MAX));
    let inclusive = !mantissa.bit(1);
    let upper = digits(&(&mantissa + 1_u32), exponent);
    let wide = |digits: String| format!("{digits:0>width$}", width = upper.len());
    let lower = wide(digits(&(&mantissa - 1_u32), exponent));
    let number = wide(digits(&mantissa, exponent));
    let short = cut(number.as_bytes(), lower.as_bytes(), upper.as_bytes(), inclusive);
    sign.to_owned() + &with_point(&short, exponent)
}

/// The decimal digits of `mantissa * 2^exponent`, of which as many stand behind the point as `exponent` is below zero.
fn digits(mantissa: &BigUint, exponent: i64) -> String {
    match u64::try_from(exponent) {
        Ok(exponent) => (mantissa << exponent).to_string(),
        Err(_) => {
            let places = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
            (mantissa * BigUint::from(5_u32).pow(places)).to_string()
        }
    }
}

/// The digits up to where they are told from those of the neighbours; zeros behind.
fn cut(number: &[u8], lower: &[u8], upper: &[u8], inclusive: bool) -> Vec<u8> {
    let end = |digits: &[u8]| digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    let (lower_end, upper_end) = (end(lower), end(upper));
    for (at, ((own, low), high)) in number.iter().zip(lower).zip(upper).enumerate() {
        let down = low != own || inclusive && at + 1 == lower_end;
        let up = own != high && (inclusive || own + 1 < *high || at + 1 < upper_end);
        if !down && !up {
            continue;
        }
        let (kept, rest) = number.split_at(at + 1);
        return rounded(kept, number.len(), if down && up { is_nearer_up(kept, rest) } else { up });
    }
    number.to_vec()
}

/// Whether the rest is more than half of the last place kept, or half of it and that is odd.
fn is_nearer_up(kept: &[u8], rest: &[u8]) -> bool {
    let is_odd = kept.last().is_some_and(|digit| digit % 2 == 1);
    match rest.split_first() {
        Some((b'5', behind)) if behind.iter().all(|digit| *digit == b'0') => is_odd,
        Some((digit, _)) => *digit >= b'5',
        None => false,
    }
}

fn rounded(kept: &[u8], len: usize, up: bool) -> Vec<u8> {
    let mut kept = kept.to_vec();
    if up {
        let mut zeros = 0;
        while kept.last() == Some(&b'9') {
            kept.pop();
            zeros += 1;
        }
        match kept.last_mut() {
            Some(digit) => *digit += 1,
            None => kept.push(b'1'),
        }
        kept.extend(std::iter::repeat_n(b'0', zeros));
    }
    kept.resize(len.max(kept.len()), b'0');
    kept
}

fn with_point(digits: &[u8], exponent: i64) -> String {
    let text = String::from_utf8_lossy(digits);
    let places = usize::try_from(exponent.min(0).unsigned_abs()).unwrap_or(0);
    let padded = format!("{text:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at_checked(padded.len() - places).unwrap_or((&padded, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}
