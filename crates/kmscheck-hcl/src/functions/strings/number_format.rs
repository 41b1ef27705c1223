//! Numbers by the verbs of a format string.
//!
//! Source: Go, `math/big`, `intconv.go` and `ftoa.go`.

use std::cmp::Ordering;

use bigdecimal::num_bigint::{BigInt, Sign};
use bigdecimal::num_traits::{Signed, Zero};

use super::verb::Verb;
use crate::cty::{Fault, Number};

/// As `%v` writes it: as many digits as it has, with an exponent from a million up.
pub(super) fn plain(number: &Number) -> String {
    let verb = Verb { letter: 'g', ..Verb::default() };
    float(&verb, number)
}

pub(super) fn integer(verb: &Verb, number: &Number) -> Result<String, Fault> {
    if !number.is_whole() {
        return Err(Fault::error("an integer is required"));
    }
    let (integer, _) = number.decimal().with_scale(0).into_bigint_and_exponent();
    let (radix, prefix) = match verb.letter {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let digits = integer.abs().to_str_radix(radix);
    let digits = if verb.letter == 'X' { digits.to_uppercase() } else { digits };
    if verb.precision == Some(0) && integer.is_zero() {
        return Ok(String::new());
    }
    let sign = sign(verb, integer.is_negative());
    let prefix = if verb.sharp { prefix } else { "" };
    let mut zeros = verb.precision.unwrap_or(0).saturating_sub(digits.len());
    let written = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(written);
    let (mut left, mut right) = (0, 0);
    match verb {
        Verb { minus: true, .. } => right = missing,
        Verb { zero: true, precision: None, .. } => zeros = missing,
        _ => left = missing,
    }
    let (left, zeros, right) = (" ".repeat(left), "0".repeat(zeros), " ".repeat(right));
    Ok(format!("{left}{sign}{prefix}{zeros}{digits}{right}"))
}

pub(super) fn float(verb: &Verb, number: &Number) -> String {
    let shortest = number.to_string();
    let sign = sign(verb, shortest.starts_with('-'));
    // Without a precision as many digits as tell the number from others, else all of them, to be rounded.
    let digits = match (verb.letter, verb.precision) {
        ('g' | 'G', None) => Digits::shown(&shortest),
        _ => Digits::of(number),
    };
    let digits = digits.written(verb.letter, verb.precision);
    let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    match verb {
        Verb { zero: true, .. } => format!("{sign}{}{digits}", "0".repeat(missing)),
        Verb { minus: true, .. } => format!("{sign}{digits}{}", " ".repeat(missing)),
        _ => format!("{}{sign}{digits}", " ".repeat(missing)),
    }
}

fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb) {
        (true, _) => "-",
        (_, Verb { plus: true, .. }) => "+",
        (_, Verb { space: true, .. }) => " ",
        _ => "",
    }
}

/// The digits of a number: 0.*digits* times a power of ten.
struct Digits {
    digits: String,
    exponent: i64,
    /// Where the binary number that Terraform has lies, from the decimal one.
    binary: Ordering,
}

impl Digits {
    /// Those of a number as it is written without an exponent.
    fn shown(number: &str) -> Self {
        let (whole, part) = number.trim_start_matches('-').split_once('.').unwrap_or((number, ""));
        let whole = whole.trim_start_matches(['-', '0']);
        let all = format!("{whole}{part}");
        let digits = all.trim_start_matches('0');
        let exponent = signed(whole.len()) - signed(all.len() - digits.len());
        let digits = digits.trim_end_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent };
        Self { digits, exponent, binary: Ordering::Equal }
    }

    fn of(number: &Number) -> Self {
        if number.is_zero() {
            return Self { digits: String::new(), exponent: 0, binary: Ordering::Equal };
        }
        let (integer, scale) = number.decimal().normalized().into_bigint_and_exponent();
        let integer = integer.abs();
        let digits = integer.to_string();
        let exponent = i64::try_from(digits.len()).unwrap_or(i64::MAX) - scale;
        Self { digits, exponent, binary: binary_side(&integer, scale) }
    }

    fn written(mut self, letter: char, precision: Option<usize>) -> String {
        match letter {
            'e' | 'E' => {
                let precision = precision.unwrap_or(6);
                self.round(signed(precision) + 1);
                self.with_exponent(letter, precision)
            }
            'f' => {
                let precision = precision.unwrap_or(6);
                self.round(self.exponent + signed(precision));
                self.without_exponent(precision)
            }
            _ => self.shortest(letter, precision),
        }
    }

    fn shortest(mut self, letter: char, precision: Option<usize>) -> String {
        let precision = precision.map(|precision| precision.max(1));
        if let Some(precision) = precision {
            self.round(signed(precision));
        }
        let count = signed(self.digits.len());
        let wanted = precision.map_or(count, signed);
        let great = match precision {
            None => 6,
            Some(_) if wanted > count && count >= self.exponent => count,
            Some(_) => wanted,
        };
        let exponent = self.exponent - 1;
        if exponent < -4 || exponent >= great {
            let after = usize::try_from(wanted.min(count) - 1).unwrap_or(0);
            return self.with_exponent(if letter == 'G' { 'E' } else { 'e' }, after);
        }
        let wanted = if wanted > self.exponent { count } else { wanted };
        let after = usize::try_from(wanted - self.exponent).unwrap_or(0);
        self.without_exponent(after)
    }

    /// Cuts the digits to `count`, rounded to the nearest, and half to even.
    fn round(&mut self, count: i64) {
        let Some((keep, rest)) = usize::try_from(count).ok().and_then(|at| self.digits.split_at_checked(at))
        else {
            return;
        };
        if rest.is_empty() {
            return;
        }
        let last_is_odd = keep.bytes().last().is_some_and(|digit| digit % 2 == 1);
        let up = match (rest, self.binary) {
            ("5", Ordering::Less) => false,
            ("5", Ordering::Equal) => last_is_odd,
            _ => rest.as_bytes().first().is_some_and(|digit| *digit >= b'5'),
        };
        let mut kept = keep.to_owned();
        if up {
            kept.truncate(keep.trim_end_matches('9').len());
            match kept.pop().and_then(|last| char::from_u32(u32::from(last) + 1)) {
                Some(last) => kept.push(last),
                None => {
                    kept.push('1');
                    self.exponent += 1;
                }
            }
        }
        kept.truncate(kept.trim_end_matches('0').len());
        if kept.is_empty() {
            self.exponent = 0;
        }
        self.digits = kept;
    }

    fn with_exponent(&self, letter: char, after: usize) -> String {
        let mut digits = self.digits.chars().chain(std::iter::repeat('0'));
        let first = digits.next().unwrap_or('0');
        let rest: String = digits.take(after).collect();
        let point = if after > 0 { "." } else { "" };
        let exponent = if self.digits.is_empty() { 0 } else { self.exponent - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{first}{point}{rest}{letter}{sign}{:02}", exponent.abs())
    }

    fn without_exponent(&self, after: usize) -> String {
        let digit = |place: i64| {
            let digit = usize::try_from(place).ok().and_then(|place| self.digits.as_bytes().get(place));
            digit.map_or('0', |digit| char::from(*digit))
        };
        let whole: String = (0..self.exponent).map(digit).collect();
        let whole = if whole.is_empty() { "0".to_owned() } else { whole };
        if after == 0 {
            return whole;
        }
        let part: String = (0..signed(after)).map(|place| digit(self.exponent + place)).collect();
        format!("{whole}.{part}")
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Where the nearest number of 512 bits lies from `integer` / 10^`scale`: half of a digit is seldom exactly half.
fn binary_side(integer: &BigInt, scale: i64) -> Ordering {
    const BITS: u64 = 512;
    let Some(scale) = u32::try_from(scale).ok().filter(|scale| *scale > 0) else { return Ordering::Equal };
    let power = BigInt::from(10).pow(scale);
    let mut shift = (BITS + power.bits()).saturating_sub(integer.bits());
    if ((integer << shift) / &power).bits() > BITS {
        shift = shift.saturating_sub(1);
    }
    let shifted = integer << shift;
    let quotient: BigInt = &shifted / &power;
    let remainder: BigInt = &shifted - &quotient * &power;
    if remainder.sign() == Sign::NoSign {
        return Ordering::Equal;
    }
    let doubled: BigInt = remainder * 2;
    match doubled.cmp(&power) {
        Ordering::Equal if quotient.bit(0) => Ordering::Greater,
        Ordering::Greater => Ordering::Greater,
        _ => Ordering::Less,
    }
}
