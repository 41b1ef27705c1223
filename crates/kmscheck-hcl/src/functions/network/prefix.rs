//! Ranges of addresses as text.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use bigdecimal::num_bigint::BigInt;

/// A range of addresses.
#[derive(Clone, Copy)]
pub(super) struct Prefix {
    /// Of the first address, in the lowest bits.
    pub(super) bits: u128,
    pub(super) length: u32,
    /// The bits of an address: 32 or 128.
    pub(super) width: u32,
}

impl Prefix {
    /// Reads `10.0.0.0/8` or `fd00::/8`. Bits behind the length are dropped.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (bits, width) = match ipv4(address) {
            Some(bits) => (bits.into(), 32),
            None => (ipv6(address)?, 128),
        };
        let length = decimal(length).filter(|length| *length <= width)?;
        let whole = Self { bits, length, width };
        Some(Self { bits: bits & whole.mask(), ..whole })
    }

    pub(super) fn mask(self) -> u128 {
        let all = if self.width == 32 { u128::from(u32::MAX) } else { u128::MAX };
        all & !1_u128.checked_shl(self.width - self.length).map_or(u128::MAX, |size| size - 1)
    }

    pub(super) fn contains(self, bits: u128) -> bool {
        bits & self.mask() == self.bits && (self.width == 128 || bits <= u32::MAX.into())
    }

    /// Whether it is an IPv4 address written as one of IPv6.
    pub(super) fn is_mapped(self) -> bool {
        self.width == 128 && self.bits >> 32 == 0xFFFF
    }

    /// The first address, and a number that ends at bit `end`. Of a negative result the magnitude counts; `None` if it
    /// has too many bits.
    pub(super) fn with(self, number: &BigInt, end: u32) -> Option<u128> {
        let combined = BigInt::from(self.bits) | (number << (self.width - end));
        u128::try_from(combined.magnitude()).ok().filter(|bits| self.width == 128 || *bits <= u32::MAX.into())
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Go writes a mapped address as what it stands for, with the length that is left of it.
        let length = if self.is_mapped() { self.length.saturating_sub(96) } else { self.length };
        write!(f, "{}/{length}", address_text(self.bits, self.width))
    }
}

pub(super) fn address_text(bits: u128, width: u32) -> String {
    match u32::try_from(bits) {
        Ok(bits) if width == 32 => Ipv4Addr::from_bits(bits).to_string(),
        _ => {
            let address = Ipv6Addr::from_bits(bits);
            // Go writes these as what they stand for.
            address.to_ipv4_mapped().map_or_else(|| address.to_string(), |mapped| mapped.to_string())
        }
    }
}

/// Decimal digits, also with zeros in front.
fn decimal(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn ipv4(text: &str) -> Option<u32> {
    let parts: Option<Vec<u8>> = text.split('.').map(|part| u8::try_from(decimal(part)?).ok()).collect();
    let parts: [u8; 4] = parts?.try_into().ok()?;
    Some(u32::from_be_bytes(parts))
}

fn ipv6(text: &str) -> Option<u128> {
    let Some((before, behind)) = text.split_once("::") else {
        let groups = groups(text, true)?;
        return (groups.len() == 8).then(|| joined(&groups));
    };
    let (before, behind) = (groups(before, false)?, groups(behind, true)?);
    // `::` stands for one group at least.
    let zeros = 8_usize.checked_sub(before.len() + behind.len()).filter(|zeros| *zeros > 0)?;
    Some(joined(&[before, vec![0; zeros], behind].concat()))
}

fn joined(groups: &[u16]) -> u128 {
    groups.iter().fold(0, |bits, group| bits << 16 | u128::from(*group))
}

/// Groups of hexadecimal digits; the last two may be written as an IPv4 address.
fn groups(text: &str, is_end: bool) -> Option<Vec<u16>> {
    let mut groups = Vec::new();
    if text.is_empty() {
        return Some(groups);
    }
    let mut parts = text.split(':').peekable();
    while let Some(part) = parts.next() {
        if is_end && parts.peek().is_none() && part.contains('.') {
            let bits = ipv4(part)?;
            groups.extend([u16::try_from(bits >> 16).ok()?, u16::try_from(bits & 0xFFFF).ok()?]);
            continue;
        }
        let is_group = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        groups.push(is_group.then(|| u16::from_str_radix(part, 16).ok())??);
    }
    Some(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each as Terraform 1.11.4 reads it.
    #[test]
    fn ranges_are_read() {
        for (text, shown) in [
            ("10.12.112.5/20", "10.12.112.0/20"),
            ("010.001.0.0/016", "10.1.0.0/16"),
            ("fd00:fd12:3456:7890:00a2::/72", "fd00:fd12:3456:7890::/72"),
            ("1:0:0:2:0:0:0:3/128", "1:0:0:2::3/128"),
            ("0:0:1:2:3:4:5:6/128", "::1:2:3:4:5:6/128"),
            ("::1.2.3.4/128", "::102:304/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(Prefix::parse(text).unwrap().to_string(), shown, "{text}");
        }
        for none in
            ["10.0.0.0", "10.0.0/24", "10.0.0.256/24", "10.0.0.0/33", "10.0.0.0/8 ", "1::8::/64", "::1%a/64"]
        {
            assert!(Prefix::parse(none).is_none(), "{none}");
        }
    }
}
