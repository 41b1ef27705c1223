//! Binary numbers of many bits, as Go's `math/big` has them.

use std::cmp::Ordering;

use bigdecimal::num_bigint::{BigInt, BigUint, Sign};
use bigdecimal::num_traits::{ToPrimitive, Zero};

use crate::cty::Fault;

/// As many bits before or after the point as are looked at: some 6,000 decimal digits. Terraform's numbers go
/// further, nobody's do.
const MOST_BITS: u64 = 20_000;

/// `mantissa * 2^exponent`, with a sign that zero may have as well. The mantissa is odd, or zero.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Float {
    pub(super) negative: bool,
    pub(super) mantissa: BigUint,
    pub(super) exponent: i64,
}

impl Float {
    /// A number that is exact, however many bits that takes.
    pub(super) fn exact(negative: bool, mantissa: BigUint, exponent: i64) -> Self {
        let zeros = mantissa.trailing_zeros().unwrap_or(0);
        let exponent = if mantissa.is_zero() { 0 } else { exponent.saturating_add(to_i64(zeros)) };
        Self { negative, mantissa: mantissa >> zeros, exponent }
    }

    /// The nearest number of `precision` bits; of two, the even one. `more` says that the true number goes on behind
    /// the mantissa, which then has more than enough bits.
    pub(super) fn rounded(
        negative: bool,
        mantissa: BigUint,
        exponent: i64,
        more: bool,
        precision: u32,
    ) -> Self {
        let Some(excess) = mantissa.bits().checked_sub(u64::from(precision)).filter(|excess| *excess > 0)
        else {
            return Self::exact(negative, mantissa, exponent);
        };
        let mut kept = &mantissa >> excess;
        let is_half = mantissa.bit(excess - 1);
        let is_more = more || mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
        if is_half && (is_more || kept.bit(0)) {
            kept += 1_u32;
        }
        Self::exact(negative, kept, exponent.saturating_add(to_i64(excess)))
    }

    pub(super) fn from_integer(integer: &BigInt) -> Self {
        Self::exact(integer.sign() == Sign::Minus, integer.magnitude().clone(), 0)
    }

    pub(super) fn round_to(self, precision: u32) -> Self {
        Self::rounded(self.negative, self.mantissa, self.exponent, false, precision)
    }

    /// # Errors
    /// If it is too great or too small to be looked at.
    pub(super) fn bounded(self) -> Result<Self, Fault> {
        let most = to_i64(MOST_BITS);
        let is_within =
            self.exponent.saturating_add(to_i64(self.mantissa.bits())) < most && self.exponent > -most;
        if is_within { Ok(self) } else { Err(Fault::limit("a number is very great or very small")) }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    pub(super) fn negated(self) -> Self {
        Self { negative: !self.negative, ..self }
    }

    pub(super) fn add(&self, other: &Self, precision: u32) -> Self {
        if self.is_zero() && other.is_zero() {
            return Self::exact(self.negative && other.negative, BigUint::ZERO, 0);
        }
        let exponent = self.exponent.min(other.exponent);
        let sum = self.units(exponent) + other.units(exponent);
        Self::rounded(sum.sign() == Sign::Minus, sum.into_parts().1, exponent, false, precision)
    }

    /// How many times `2^exponent` it is; its own exponent is not smaller.
    fn units(&self, exponent: i64) -> BigInt {
        let shift = u64::try_from(self.exponent.saturating_sub(exponent)).unwrap_or(0);
        BigInt::from_biguint(self.sign(), &self.mantissa << shift)
    }

    fn sign(&self) -> Sign {
        if self.negative { Sign::Minus } else { Sign::Plus }
    }

    /// The product, exact.
    pub(super) fn mul(&self, other: &Self) -> Self {
        let exponent = self.exponent.saturating_add(other.exponent);
        Self::exact(self.negative != other.negative, &self.mantissa * &other.mantissa, exponent)
    }

    /// The quotient; the divisor is not zero.
    pub(super) fn div(&self, other: &Self, precision: u32) -> Self {
        let needed = u64::from(precision) + 2 + other.mantissa.bits();
        let shift = needed.saturating_sub(self.mantissa.bits());
        let dividend = &self.mantissa << shift;
        let quotient = &dividend / &other.mantissa;
        let more = &quotient * &other.mantissa != dividend;
        let exponent = self.exponent.saturating_sub(other.exponent).saturating_sub(to_i64(shift));
        Self::rounded(self.negative != other.negative, quotient, exponent, more, precision)
    }

    /// Without what is behind the point.
    pub(super) fn trunc(&self) -> BigInt {
        let magnitude = match u64::try_from(self.exponent) {
            Ok(exponent) => &self.mantissa << exponent,
            Err(_) => &self.mantissa >> self.exponent.unsigned_abs(),
        };
        BigInt::from_biguint(self.sign(), magnitude)
    }

    /// The nearest float; `None` if it is too great or too small to be a usual one.
    pub(super) fn to_f64(&self) -> Option<f64> {
        let rounded = self.clone().round_to(f64::MANTISSA_DIGITS);
        let sign = u64::from(self.negative) << 63;
        if rounded.is_zero() {
            return Some(f64::from_bits(sign));
        }
        let lead = to_i64(rounded.mantissa.bits()) - 1;
        let exponent =
            u64::try_from(rounded.exponent + lead + 1023).ok().filter(|e| (1..=2046).contains(e))?;
        let mantissa = (rounded.mantissa << u64::try_from(52 - lead).ok()?).to_u64()?;
        Some(f64::from_bits(sign | exponent << 52 | mantissa & ((1 << 52) - 1)))
    }

    /// The float, exactly; `None` for infinity and what is no number.
    pub(super) fn from_f64(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        let bits = float.to_bits();
        let (exponent, fraction) = ((bits >> 52) & 0x7FF, bits & ((1 << 52) - 1));
        let (mantissa, exponent) = if exponent == 0 { (fraction, 1) } else { (fraction | 1 << 52, exponent) };
        Some(Self::exact(float.is_sign_negative(), mantissa.into(), to_i64(exponent) - 1075))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        self.units(exponent).cmp(&other.units(exponent))
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Bits and exponents are far below the bounds of either type.
fn to_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
