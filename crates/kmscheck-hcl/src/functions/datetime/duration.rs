//! Durations as Go reads them: `1h30m`, `-1.5h`.

use crate::cty::Fault;

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// In nanoseconds.
pub(super) fn parse(text: &str) -> Result<i64, Fault> {
    read(text).ok_or_else(|| Fault::error("that is no duration"))
}

fn read(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        total = total.checked_add(part(&mut rest)?).filter(|total| *total <= 1 << 63)?;
    }
    if text.starts_with('-') { 0_i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() }
}

/// One number with its unit.
fn part(rest: &mut &str) -> Option<u64> {
    let whole = digits(rest);
    let fraction = match rest.strip_prefix('.') {
        Some(behind) => {
            *rest = behind;
            digits(rest)
        }
        None => "",
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = rest.find(|char: char| char == '.' || char.is_ascii_digit()).unwrap_or(rest.len());
    let (name, behind) = rest.split_at_checked(end)?;
    *rest = behind;
    let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == name)?;
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    whole.checked_mul(*unit)?.checked_add(of_fraction(fraction, *unit))
}

fn digits<'t>(rest: &mut &'t str) -> &'t str {
    let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
    *rest = behind;
    digits
}

/// The nanoseconds of a fraction of a unit: calculated with floats, of as many digits as fit into a machine integer.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is less than one unit")]
#[expect(clippy::cast_precision_loss, reason = "so does Go")]
fn of_fraction(digits: &str, unit: u64) -> u64 {
    const MOST: u64 = i64::MAX as u64;
    let mut number = 0_u64;
    let mut scale = 1.0_f64;
    for digit in digits.bytes() {
        let longer = number.checked_mul(10).and_then(|number| number.checked_add((digit - b'0').into()));
        match longer.filter(|longer| number <= MOST / 10 && *longer <= 1 << 63) {
            Some(longer) => number = longer,
            None => break,
        }
        scale *= 10.0;
    }
    (number as f64 * (unit as f64 / scale)) as u64
}
