//! Functions of numbers.
//!
//! Source: Terraform, `internal/lang/funcs/number.go`; `cty/function/stdlib/number.go`.

use std::cmp::Ordering;

use bigdecimal::num_bigint::BigInt;

use super::Want::{Any, Number as Num};
use super::{Function, Param};
use crate::cty::{Fault, Kind, Number, Value};
use crate::files::Files;

const NUMBER: Param = Param::of(Num);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abs", &[NUMBER], Num, abs),
    Function::new("ceil", &[NUMBER], Num, ceil),
    Function::new("floor", &[NUMBER], Num, floor),
    Function::new("log", &[NUMBER, NUMBER], Num, log),
    Function::new("max", &[], Num, max).rest(NUMBER),
    Function::new("min", &[], Num, min).rest(NUMBER),
    Function::new("parseint", &[Param::of(Any), NUMBER], Num, parseint),
    Function::new("pow", &[NUMBER, NUMBER], Num, pow),
    Function::new("signum", &[NUMBER], Num, signum),
];

fn number(args: &[Value], position: usize) -> Result<&Number, Fault> {
    args.get(position).and_then(Value::as_number).ok_or_else(|| Fault::error("a number is required"))
}

/// Functions that calculate with floats take no number that is not one of them.
fn float(args: &[Value], position: usize) -> Result<f64, Fault> {
    number(args, position)?.to_f64().ok_or_else(|| Fault::limit("a number is no usual float"))
}

fn of_float(float: f64) -> Result<Value, Fault> {
    if float.is_nan() {
        return Err(Fault::error("the result is no number"));
    }
    Number::from_f64(float).map(Value::from).ok_or_else(|| Fault::limit("a number is infinite"))
}

fn abs(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    number(args, 0)?.abs().map(Value::from)
}

fn ceil(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    number(args, 0)?.round(true).map(Value::from)
}

fn floor(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    number(args, 0)?.round(false).map(Value::from)
}

fn max(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    extreme(args, Ordering::Greater)
}

fn min(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    extreme(args, Ordering::Less)
}

/// The first number to which no other stands in the order.
fn extreme(args: &[Value], order: Ordering) -> Result<Value, Fault> {
    let numbers = args.iter().filter_map(Value::as_number);
    let extreme =
        numbers.reduce(|best, next| if next.partial_cmp(best) == Some(order) { next } else { best });
    extreme.cloned().map(Value::from).ok_or_else(|| Fault::error("at least one number is required"))
}

fn signum(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let number = number(args, 0)?;
    number.as_i64().ok_or_else(|| Fault::error("a whole number is required"))?;
    Ok(number.signum().into())
}

fn log(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    of_float(ln(float(args, 0)?) / ln(float(args, 1)?))
}

/// The natural logarithm, with the same last bit on every machine: by the series in `s = f / (2 + f)` for
/// `x = 2^k * (1 + f)`.
///
/// Source: the method of FDLIBM's `e_log.c`, which Go follows too.
fn ln(x: f64) -> f64 {
    /// The logarithm of two, in two parts.
    const LN2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    /// The coefficients of the series.
    const SERIES: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    if !x.is_normal() || x < 0.0 {
        return if x == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    }
    let bits = x.to_bits();
    let mut mantissa = f64::from_bits(bits & 0x000F_FFFF_FFFF_FFFF | 0x3FE0_0000_0000_0000);
    let mut exponent = f64::from(i32::try_from(bits >> 52).unwrap_or(0) - 1022);
    if mantissa < std::f64::consts::FRAC_1_SQRT_2 {
        mantissa *= 2.0;
        exponent -= 1.0;
    }
    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let (s2, s4) = (s * s, s * s * (s * s));
    let [a, b, c, d, e, g, h] = SERIES;
    let odd = s2 * (a + s4 * (c + s4 * (e + s4 * h)));
    let even = s4 * (b + s4 * (d + s4 * g));
    let half_square = 0.5 * f * f;
    let [high, low] = LN2;
    exponent * high - ((half_square - (s * (half_square + (odd + even)) + exponent * low)) - f)
}

/// Whole powers, and roots. Of other powers Terraform's last digits are not known here.
fn pow(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (base, exponent) = (float(args, 0)?, float(args, 1)?);
    #[expect(clippy::float_cmp, reason = "only these very numbers are special")]
    let power = match exponent {
        _ if exponent == 0.0 || base == 1.0 => 1.0,
        _ if exponent == 0.5 => base.sqrt(),
        _ if exponent == -0.5 => 1.0 / base.sqrt(),
        _ if exponent.trunc() == exponent => whole_power(base, exponent),
        _ if base < 0.0 => f64::NAN,
        _ if base == 0.0 => {
            if exponent > 0.0 {
                0.0
            } else {
                f64::INFINITY
            }
        }
        _ => return Err(Fault::limit("a power is neither whole nor a root")),
    };
    of_float(power)
}

/// By repeated squaring of the mantissa, each product rounded. Source: Go, `math.Pow`.
fn whole_power(base: f64, exponent: f64) -> f64 {
    const MOST: f64 = 1e9;
    if exponent == 1.0 {
        return base;
    }
    if exponent == -1.0 {
        return 1.0 / base;
    }
    if base == 0.0 || exponent.abs() > MOST {
        return base.powf(exponent);
    }
    let (mut square, mut square_exponent) = split(base);
    let (mut power, mut power_exponent) = (1.0, 0_i64);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and not greater than MOST")]
    let mut left = exponent.abs() as i64;
    while left != 0 {
        if !(-(1 << 12)..=1 << 12).contains(&square_exponent) {
            // It overflows, or underflows.
            return if (square_exponent > 0) == (exponent > 0.0) { f64::INFINITY } else { 0.0 };
        }
        if left & 1 == 1 {
            power *= square;
            power_exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        left >>= 1;
    }
    if exponent < 0.0 {
        power = 1.0 / power;
        power_exponent = -power_exponent;
    }
    scale(power, power_exponent)
}

/// A mantissa from a half to one, and the exponent of two.
fn split(float: f64) -> (f64, i64) {
    if !float.is_normal() {
        return (float, 0);
    }
    let bits = float.to_bits();
    let exponent = i64::try_from((bits >> 52) & 0x7FF).unwrap_or(0) - 1022;
    (f64::from_bits(bits & 0x800F_FFFF_FFFF_FFFF | 0x3FE0_0000_0000_0000), exponent)
}

/// `float * 2^exponent`.
fn scale(float: f64, exponent: i64) -> f64 {
    /// From the smallest numbers to usual ones.
    const STEP: i64 = 60;
    let (mantissa, own) = split(float);
    match u64::try_from(own + exponent + 1022) {
        Ok(biased @ 1..=2046) => f64::from_bits(mantissa.to_bits() & 0x800F_FFFF_FFFF_FFFF | biased << 52),
        Ok(2047..) => f64::INFINITY.copysign(float),
        _ if own + exponent + 1022 + STEP > 0 => {
            scale(float, exponent + STEP) * f64::from_bits(u64::try_from(1023 - STEP).unwrap_or(0) << 52)
        }
        _ => 0.0,
    }
}

/// A whole number written with the digits of a base: 0-9, a-z, A-Z. Up to 36 upper case means the same as lower.
fn parseint(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let [text, base] = args else { return Err(Fault::error("parseint takes two arguments")) };
    let Kind::String(text) = &text.kind else { return Err(Fault::error("parseint takes a string")) };
    let base = base.as_number().and_then(Number::as_i64).and_then(|base| u32::try_from(base).ok());
    let base =
        base.filter(|base| (2..=62).contains(base)).ok_or_else(|| Fault::error("the base is 2 to 62"))?;
    let text = text.as_str().unwrap_or_default();
    if text.len() > 10_000 {
        return Err(Fault::limit("a number has very many digits"));
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits: Option<Vec<u32>> = unsigned.bytes().map(|byte| digit(byte, base)).collect();
    let digits =
        digits.filter(|digits| !digits.is_empty()).ok_or_else(|| Fault::error("that is no whole number"))?;
    let magnitude = digits.into_iter().fold(BigInt::ZERO, |all, digit| all * base + digit);
    Number::from_integer(&if text.starts_with('-') { -magnitude } else { magnitude }).map(Value::from)
}

fn digit(byte: u8, base: u32) -> Option<u32> {
    let value = match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'z' => byte - b'a' + 10,
        b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
        b'A'..=b'Z' => byte - b'A' + 36,
        _ => return None,
    };
    Some(u32::from(value)).filter(|value| *value < base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "the last bit counts")]
    fn logarithms_to_the_last_bit() {
        for (number, base, logarithm) in [
            (50.0, 10.0, 1.698_970_004_336_018_5),
            (1000.0, 10.0, 2.999_999_999_999_999_6),
            (8.0, 2.0, 3.0),
            (125.0, 5.0, 3.000_000_000_000_000_4),
            (243.0, 3.0, 5.0),
        ] {
            assert_eq!(ln(number) / ln(base), logarithm, "{number} {base}");
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the last bit counts")]
    fn powers_to_the_last_bit() {
        assert_eq!(whole_power(1.1, 10.0), 2.593_742_460_100_002);
        assert_eq!(whole_power(3.0, 40.0), 12_157_665_459_056_929_000.0);
        assert_eq!(whole_power(10.0, 400.0), f64::INFINITY);
        assert_eq!(whole_power(10.0, -400.0), 0.0);
        assert_eq!(whole_power(2.0, -1074.0), f64::from_bits(1));
        assert_eq!(whole_power(-2.0, 3.0), -8.0);
    }

    #[test]
    fn digits_of_a_base() {
        let digits = |text: &str| text.bytes().map(|byte| digit(byte, 62)).collect::<Option<Vec<_>>>();
        assert_eq!(digits("aA"), Some(vec![10, 36]));
        assert_eq!(digit(b'Z', 36), Some(35));
        assert_eq!(digit(b'9', 8), None);
        assert_eq!(digit(b'_', 62), None);
    }
}
