//! Numbers, which are decimal and exact where Terraform's are.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::Arc;

use bigdecimal::num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};
use bigdecimal::{BigDecimal, Context, RoundingMode};

/// A number. Terraform's have 512 bits: what fits into 154 decimal digits is exact.
#[derive(Clone, PartialEq)]
pub(crate) enum Number {
    /// A whole number of 64 bits.
    Integer(i64),
    /// Any other; none that could be an `Integer`.
    Decimal(Arc<BigDecimal>),
}

/// As many decimal digits as 512 bits hold.
const DIGITS: NonZeroU64 = match NonZeroU64::new(154) {
    Some(digits) => digits,
    None => NonZeroU64::MIN,
};

/// The greatest power of ten that is looked at. Terraform's numbers go further, nobody's do.
const EXPONENT: i64 = 5_000;

impl Number {
    /// The number, rounded as Terraform rounds; `None` if it is too great or too small to be written out.
    pub(crate) fn new(decimal: &BigDecimal) -> Option<Self> {
        let context = Context::new(DIGITS, RoundingMode::HalfEven);
        let rounded = if decimal.digits() > DIGITS.get() {
            decimal.with_precision_round(context.precision(), context.rounding_mode())
        } else {
            decimal.clone()
        };
        let (_, scale) = rounded.as_bigint_and_exponent();
        if scale.abs() > EXPONENT {
            return None;
        }
        if rounded.is_integer()
            && let Some(integer) = rounded.to_i64()
        {
            return Some(Self::Integer(integer));
        }
        Some(Self::Decimal(Arc::new(rounded.normalized())))
    }

    /// The nearest number; `None` for infinity and what is no number.
    pub(crate) fn from_f64(float: f64) -> Option<Self> {
        // The shortest text that means this float: Terraform's own conversion shows more digits than anybody wrote.
        Self::new(&BigDecimal::from_f64(float)?)
    }

    pub(crate) fn decimal(&self) -> BigDecimal {
        match self {
            Self::Integer(integer) => BigDecimal::from(*integer),
            Self::Decimal(decimal) => (**decimal).clone(),
        }
    }

    /// The whole number, if it is one of 64 bits.
    pub(crate) fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            Self::Decimal(_) => None,
        }
    }

    pub(crate) fn to_f64(&self) -> Option<f64> {
        match self {
            Self::Integer(integer) => integer.to_f64(),
            Self::Decimal(decimal) => decimal.to_string().parse().ok(),
        }
    }

    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Integer(_) => true,
            Self::Decimal(decimal) => decimal.is_integer(),
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Integer(integer) => *integer < 0,
            Self::Decimal(decimal) => decimal.is_negative(),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Self::Integer(0))
    }

    pub(crate) fn add(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) if let Some(sum) = a.checked_add(*b) => {
                Some(Self::Integer(sum))
            }
            _ => Self::new(&(self.decimal() + other.decimal())),
        }
    }

    pub(crate) fn sub(&self, other: &Self) -> Option<Self> {
        self.add(&other.neg()?)
    }

    pub(crate) fn mul(&self, other: &Self) -> Option<Self> {
        Self::new(&(self.decimal() * other.decimal()))
    }

    /// The quotient; `None` also for a division by zero.
    pub(crate) fn div(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        Self::new(&(self.decimal() / other.decimal()))
    }

    /// What remains of a division whose quotient is cut towards zero.
    pub(crate) fn rem(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        Self::new(&(self.decimal() % other.decimal()))
    }

    pub(crate) fn neg(&self) -> Option<Self> {
        Self::new(&-self.decimal())
    }

    pub(crate) fn abs(&self) -> Option<Self> {
        Self::new(&self.decimal().abs())
    }

    /// The whole number next to it: below, or above.
    pub(crate) fn round(&self, up: bool) -> Option<Self> {
        let mode = if up { RoundingMode::Ceiling } else { RoundingMode::Floor };
        Self::new(&self.decimal().with_scale_round(0, mode))
    }

    /// The sign: -1, 0 or 1.
    pub(crate) fn signum(&self) -> i64 {
        match self.decimal() {
            decimal if decimal.is_zero() => 0,
            decimal if decimal.is_negative() => -1,
            _ => 1,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            _ => self.decimal().cmp(&other.decimal()),
        })
    }
}

impl FromStr for Number {
    type Err = ();

    /// Reads what Terraform's `tonumber` reads: a decimal number, perhaps with an exponent.
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(integer) = text.parse()
            && !text.starts_with('+')
        {
            return Ok(Self::Integer(integer));
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let is_number = digits.starts_with(|char: char| char.is_ascii_digit() || char == '.')
            && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
        let (_, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let is_small = exponent.parse().is_ok_and(|exponent: i64| exponent.abs() <= EXPONENT);
        if !is_number || !is_small || text.len() > 10_000 {
            return Err(());
        }
        let decimal: BigDecimal = text.parse().map_err(drop)?;
        Self::new(&decimal).ok_or(())
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<usize> for Number {
    fn from(integer: usize) -> Self {
        i64::try_from(integer)
            .map_or_else(|_| Self::Decimal(Arc::new(BigDecimal::from(integer as u64))), Self::Integer)
    }
}

/// As Terraform makes a string of it: never with an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => integer.fmt(f),
            Self::Decimal(decimal) => f.write_str(&decimal.to_plain_string()),
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

    #[test]
    fn arithmetic_is_decimal() {
        assert_eq!(number("0.1").add(&number("0.2")), Some(number("0.3")));
        assert_eq!(number("7").div(&number("2")).unwrap().to_string(), "3.5");
        assert!(
            number("1")
                .div(&number("3"))
                .unwrap()
                .to_string()
                .starts_with("0.3333333333333333333333333333333333")
        );
        assert_eq!(number("-5").rem(&number("3")), Some(number("-2")));
        assert_eq!(number("5").rem(&number("0")), None);
        assert_eq!(
            number("9223372036854775807").add(&number("1")).unwrap().to_string(),
            "9223372036854775808"
        );
    }

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(number("1.0"), Number::Integer(1));
        assert_eq!(number("1e3"), Number::Integer(1000));
        assert_eq!(number("1.50").to_string(), "1.5");
        assert_eq!(number("1e30").to_string(), format!("1{}", "0".repeat(30)));
        for none in ["", "a", "0x1F", "1e", "1e999999999", "1_000", "--1"] {
            assert!(none.parse::<Number>().is_err(), "{none}");
        }
    }
}
