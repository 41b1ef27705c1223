//! Numbers, as exact as Terraform's are.

mod float;
mod text;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, BigUint, Sign};
use bigdecimal::num_traits::ToPrimitive;

use super::Fault;
use float::Float;

/// A number. Terraform's are binary and have 512 bits when they were written, but 64 where a function counts something
/// and 53 where it calculates with floats: this shows in quotients, and in the digits of great numbers.
#[derive(Clone)]
pub(crate) struct Number {
    repr: Repr,
    precision: u32,
}

#[derive(Clone)]
enum Repr {
    /// A whole number of 64 bits. The zero is the positive one.
    Integer(i64),
    /// Any other.
    Float(Arc<Float>),
}

/// The bits of a number that was written.
const WRITTEN: u32 = 512;
/// The bits of a number from a machine integer.
const COUNTED: u32 = 64;

impl Number {
    fn new(float: Float, precision: u32) -> Result<Self, Fault> {
        let float = float.bounded()?;
        let is_negative_zero = float.is_zero() && float.negative;
        let integer = if float.is_whole() && !is_negative_zero { float.trunc().to_i64() } else { None };
        let repr = integer.map_or_else(|| Repr::Float(Arc::new(float)), Repr::Integer);
        Ok(Self { repr, precision })
    }

    /// Reads what Terraform's `tonumber` reads: a decimal number, perhaps with an exponent.
    ///
    /// # Errors
    /// If it is none, or one that is not looked at: an infinite or a very great one.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        Self::new(text::parse(text, WRITTEN)?, WRITTEN)
    }

    /// The number that is nearest to the decimal one.
    pub(crate) fn from_decimal(decimal: &BigDecimal) -> Result<Self, Fault> {
        Self::parse(&decimal.to_string())
    }

    /// A whole number that was calculated.
    pub(crate) fn from_integer(integer: &BigInt) -> Result<Self, Fault> {
        let precision = u32::try_from(integer.bits()).unwrap_or(u32::MAX).max(COUNTED);
        Self::new(Float::from_integer(integer), precision)
    }

    /// A number that was calculated with floats; `None` for infinity and what is no number.
    pub(crate) fn from_f64(float: f64) -> Option<Self> {
        Self::new(Float::from_f64(float)?, f64::MANTISSA_DIGITS).ok()
    }

    fn float(&self) -> Float {
        match &self.repr {
            Repr::Integer(integer) => Float::exact(*integer < 0, BigUint::from(integer.unsigned_abs()), 0),
            Repr::Float(float) => (**float).clone(),
        }
    }

    /// All decimal digits that it has.
    pub(crate) fn decimal(&self) -> BigDecimal {
        let float = self.float();
        let sign = if float.negative { Sign::Minus } else { Sign::Plus };
        let mantissa = BigDecimal::from(BigInt::from_biguint(sign, float.mantissa));
        let power = u32::try_from(float.exponent.unsigned_abs()).unwrap_or(u32::MAX);
        if float.exponent >= 0 {
            mantissa * BigDecimal::from(BigInt::from(2).pow(power))
        } else {
            // As 10^-n is 2^-n times 5^-n.
            mantissa * BigDecimal::new(BigInt::from(5).pow(power), power.into())
        }
    }

    /// The whole number, if it is one of 64 bits.
    pub(crate) fn as_i64(&self) -> Option<i64> {
        match &self.repr {
            Repr::Integer(integer) => Some(*integer),
            Repr::Float(float) if float.is_zero() => Some(0),
            Repr::Float(_) => None,
        }
    }

    /// The whole number, if it is one.
    pub(crate) fn to_integer(&self) -> Option<BigInt> {
        self.is_whole().then(|| self.float().trunc())
    }

    /// The nearest float; `None` if it is too great or too small to be a usual one.
    pub(crate) fn to_f64(&self) -> Option<f64> {
        self.float().to_f64()
    }

    pub(crate) fn is_whole(&self) -> bool {
        match &self.repr {
            Repr::Integer(_) => true,
            Repr::Float(float) => float.is_whole(),
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match &self.repr {
            Repr::Integer(integer) => *integer < 0,
            Repr::Float(float) => float.negative && !float.is_zero(),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.as_i64() == Some(0)
    }

    /// # Errors
    /// If the sum is too great to be looked at; so below.
    pub(crate) fn add(&self, other: &Self) -> Result<Self, Fault> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Integer(a), Repr::Integer(b)) = (&self.repr, &other.repr)
            && precision >= COUNTED
            && let Some(sum) = a.checked_add(*b)
        {
            return Ok(Self { repr: Repr::Integer(sum), precision });
        }
        Self::new(self.float().add(&other.float(), precision), precision)
    }

    pub(crate) fn sub(&self, other: &Self) -> Result<Self, Fault> {
        self.add(&other.neg()?)
    }

    /// The product, of as many bits as it needs, up to 512. Source: `cty`, `Value.Multiply`.
    pub(crate) fn mul(&self, other: &Self) -> Result<Self, Fault> {
        let product = self.float().mul(&other.float()).round_to(WRITTEN);
        let needed = u32::try_from(product.mantissa.bits()).unwrap_or(u32::MAX);
        Self::new(product, self.precision.max(other.precision).max(needed))
    }

    /// # Errors
    /// For zero divided by zero Terraform reports one too; any other number divided by zero is infinite, and not looked
    /// at.
    pub(crate) fn div(&self, other: &Self) -> Result<Self, Fault> {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Err(Fault::error("zero can't be divided by zero")),
            (false, true) => Err(Fault::limit("a number divided by zero is infinite")),
            (_, false) => {
                let precision = self.precision.max(other.precision);
                Self::new(self.float().div(&other.float(), precision), precision)
            }
        }
    }

    /// What remains of a division whose quotient is cut towards zero; of one by zero, all. The quotient is rounded before
    /// it is cut. Source: `cty`, `Value.Modulo`.
    pub(crate) fn rem(&self, other: &Self) -> Result<Self, Fault> {
        if other.is_zero() {
            return Ok(self.clone());
        }
        let times = Float::from_integer(&self.div(other)?.float().trunc()).round_to(self.precision);
        let taken = other.float().mul(&times).round_to(self.precision);
        Self::new(self.float().add(&taken.negated(), self.precision), self.precision)
    }

    pub(crate) fn neg(&self) -> Result<Self, Fault> {
        Self::new(self.float().negated(), self.precision)
    }

    pub(crate) fn abs(&self) -> Result<Self, Fault> {
        Self::new(Float { negative: false, ..self.float() }, self.precision)
    }

    /// The whole number next to it: below, or above.
    pub(crate) fn round(&self, up: bool) -> Result<Self, Fault> {
        let mut integer = self.float().trunc();
        if !self.is_whole() && self.is_negative() != up {
            integer += if up { 1 } else { -1 };
        }
        Self::new(Float::from_integer(&integer).round_to(self.precision), self.precision)
    }

    /// Ten digits of it, as `cty` sorts the elements of sets by. Source: Go, `big.Float.String`.
    pub(crate) fn to_ten_digits(&self) -> String {
        let decimal = self.decimal().with_prec(10).normalized();
        let (digits, scale) = decimal.as_bigint_and_exponent();
        let digits = digits.magnitude().to_string();
        let sign = if self.is_negative() { "-" } else { "" };
        let exponent = i64::try_from(digits.len()).unwrap_or(0) - 1 - scale;
        if self.is_zero() || (-4..10).contains(&exponent) {
            return decimal.to_plain_string();
        }
        let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
        let point = if rest.is_empty() { "" } else { "." };
        let direction = if exponent < 0 { '-' } else { '+' };
        format!("{sign}{first}{point}{rest}e{direction}{:02}", exponent.unsigned_abs())
    }

    /// The sign: -1, 0 or 1.
    pub(crate) fn signum(&self) -> i64 {
        match (self.is_zero(), self.is_negative()) {
            (true, _) => 0,
            (_, true) => -1,
            _ => 1,
        }
    }
}

/// Numbers are equal whatever their precision, and zero whatever its sign.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(match (&self.repr, &other.repr) {
            (Repr::Integer(a), Repr::Integer(b)) => a.cmp(b),
            _ => self.float().cmp(&other.float()),
        })
    }
}

/// Where it does not matter why a text is no number; see [`Number::parse`].
impl FromStr for Number {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::parse(text).map_err(drop)
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self { repr: Repr::Integer(integer), precision: COUNTED }
    }
}

impl From<usize> for Number {
    fn from(integer: usize) -> Self {
        // No collection has as many elements.
        Self::from(i64::try_from(integer).unwrap_or(i64::MAX))
    }
}

/// As Terraform makes a string of it: never with an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Integer(integer) if self.precision >= COUNTED => integer.fmt(f),
            _ => f.write_str(&text::shortest(&self.float(), self.precision)),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    /// One third in as many bits.
    const THIRD: &str = "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333\
                         333333333333333333333333333333333333333333333333333333333333335";

    /// Each as Terraform 1.11.4 has it.
    #[test]
    fn arithmetic_is_binary_of_512_bits() {
        let shown = |result: Result<Number, Fault>| result.unwrap().to_string();
        assert_eq!(shown(number("0.1").add(&number("0.2"))), "0.3");
        assert_eq!(shown(number("0.1").mul(&number("3"))), "0.3");
        assert_eq!(shown(number("1.7").mul(&number("1.3"))), "2.21");
        assert_eq!(shown(number("7").div(&number("2"))), "3.5");
        assert_eq!(shown(number("1").div(&number("3"))), THIRD);
        assert_eq!(number("1").div(&number("3")).unwrap().mul(&number("3")), Ok(number("1")));
        assert_eq!(shown(number("100").div(&number("7"))).len(), 156);
        assert_eq!(shown(number("9223372036854775807").add(&number("1"))), "9223372036854775808");
        let squared = number("18446744073709551616").mul(&number("18446744073709551616"));
        assert_eq!(shown(squared), "340282366920938463463374607431768211456");
    }

    #[test]
    fn the_rest_of_a_division() {
        let rest = |a, b| number(a).rem(&number(b)).unwrap();
        assert_eq!(rest("-5", "3"), number("-2"));
        assert_eq!(rest("5", "-3"), number("2"));
        assert_eq!(rest("-5.5", "2"), number("-1.5"));
        assert_eq!(rest("5", "0"), number("5"));
        assert_eq!(rest("0.3", "0.1"), number("0"));
        assert_eq!(rest("1e30", "7"), number("1"));
        assert!(rest("5", "0.3").to_string().starts_with("0.1999999999"));
        assert!(matches!(number("0").div(&number("0")), Err(Fault::Error(_))));
        assert!(matches!(number("1").div(&number("0")), Err(Fault::Limit(_))));
    }

    #[test]
    fn functions_have_fewer_bits() {
        let third = Number::from(1_i64).div(&Number::from(3_i64)).unwrap();
        assert_eq!(third.to_string(), "0.33333333333333333334");
        let power = Number::from_f64(2_f64.powi(70)).unwrap();
        assert_eq!(power.to_string(), "1180591620717411300000");
        assert_eq!(power.add(&number("0")).unwrap().to_string(), "1180591620717411303424");
        assert_eq!(power, number("1180591620717411303424"));
        assert_eq!(Number::from_f64(0.1).unwrap().to_string(), "0.1");
        assert_ne!(Number::from_f64(0.1).unwrap(), number("0.1"));
        assert_eq!(number("0.1").to_f64(), Some(0.1));
        assert_eq!(number("-1e-300").to_f64(), Some(-1e-300));
        assert_eq!(number("1e400").to_f64(), None);
    }

    #[test]
    fn texts_of_numbers() {
        for (text, shown) in [
            ("1.0", "1"),
            ("1e3", "1000"),
            ("1.50", "1.5"),
            ("+1", "1"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1E5", "100000"),
            ("1e+5", "100000"),
            ("1p4", "16"),
            ("017", "17"),
            ("-0", "-0"),
            ("-0.0", "-0"),
            ("1e-10", "0.0000000001"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("100000000000000000000000000000.5", "100000000000000000000000000000.5"),
            ("123456789.123456789", "123456789.123456789"),
        ] {
            assert_eq!(number(text).to_string(), shown, "{text}");
        }
        assert_eq!(number("1e400").to_string(), format!("1{}", "0".repeat(400)));
        assert_eq!(number("1e-1000").to_string(), format!("0.{}1", "0".repeat(999)));
        assert_eq!(number("-0"), number("0"));
    }

    #[test]
    fn texts_of_none() {
        for none in
            ["", "a", ".", "0x1F", "0b11", "1e", "1_000", "--1", "-", " 1", "1 ", "1.2.3", "NaN", "1e1.5"]
        {
            assert!(matches!(Number::parse(none), Err(Fault::Error(_))), "{none}");
        }
        for great in ["Inf", "-inf", "1e6000", "1e999999999999"] {
            assert!(matches!(Number::parse(great), Err(Fault::Limit(_))), "{great}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(number("2.5").decimal().to_string(), "2.5");
        assert_eq!(number("-1e3").decimal().to_string(), "-1000");
        assert_eq!(number("-2.5").round(true), Ok(number("-2")));
        assert_eq!(number("-2.5").round(false), Ok(number("-3")));
        assert_eq!(number("2.5").round(true), Ok(number("3")));
        assert_eq!(number("-0.5").round(true).unwrap().to_string(), "0");
    }
}
