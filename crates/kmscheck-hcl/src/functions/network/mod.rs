//! Functions of address ranges.
//!
//! Source: Terraform, `internal/lang/funcs/cidr.go`; the oddities of `go-cidr` with numbers below zero or beyond 64 bits
//! are kept.

mod prefix;

use bigdecimal::num_bigint::{BigInt, Sign};

use super::Want::{List, Number as Num, String};
use super::{Function, Param};
use crate::cty::{Fault, Number, Value};
use crate::files::Files;
use prefix::{Prefix, address_text};

const PREFIX: Param = Param::of(String);
const NUMBER: Param = Param::of(Num);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("cidrhost", &[PREFIX, NUMBER], String, cidrhost),
    Function::new("cidrnetmask", &[PREFIX], String, cidrnetmask),
    Function::new("cidrsubnet", &[PREFIX, NUMBER, NUMBER], String, cidrsubnet),
    Function::new("cidrsubnets", &[PREFIX], List(&String), cidrsubnets).rest(NUMBER),
];

fn prefix(args: &[Value]) -> Result<Prefix, Fault> {
    let text = args.first().and_then(Value::as_str);
    text.and_then(Prefix::parse).ok_or_else(|| Fault::error("that is no range of addresses"))
}

fn integer(args: &[Value], position: usize) -> Result<BigInt, Fault> {
    let number = args.get(position).and_then(Value::as_number).and_then(Number::to_integer);
    number.ok_or_else(|| Fault::error("a whole number is required"))
}

fn small(args: &[Value], position: usize) -> Result<i64, Fault> {
    i64::try_from(&integer(args, position)?).map_err(|_| Fault::error("a number of 64 bits is required"))
}

/// The lowest 64 bits of the magnitude.
fn low_bits(number: &BigInt) -> u64 {
    number.magnitude().iter_u64_digits().next().unwrap_or(0)
}

fn cidrhost(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (prefix, mut host) = (prefix(args)?, integer(args, 1)?);
    let most = (BigInt::from(1) << (prefix.width - prefix.length)) - 1;
    // Of a host number only 64 bits are checked, as if they had a sign.
    let mut checked = BigInt::from(low_bits(&host).cast_signed());
    if host.sign() == Sign::Minus {
        checked = -&host - 1;
        host = &most - &checked;
    }
    if checked > most {
        return Err(Fault::error("the range has no host of this number"));
    }
    let end = if prefix.is_mapped() { 32 } else { prefix.width };
    let bits = prefix.with(&host, end).ok_or_else(|| Fault::error("the range has no host of this number"))?;
    Ok(address_text(bits, prefix.width).into())
}

fn cidrnetmask(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let prefix = prefix(args)?;
    if prefix.width != 32 && !prefix.is_mapped() {
        return Err(Fault::error("IPv6 addresses have no netmask"));
    }
    Ok(address_text(prefix.mask(), prefix.width).into())
}

fn cidrsubnet(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (prefix, new_bits, number) = (prefix(args)?, small(args, 1)?, integer(args, 2)?);
    let length = i64::from(prefix.length).saturating_add(new_bits);
    if length > i64::from(prefix.width) {
        return Err(Fault::error("the range is too small for this many bits more"));
    }
    let length = u32::try_from(length).map_err(|_| Fault::limit("the range is made greater than all"))?;
    // A shift by 64 bits or more, or by less than none, leaves nothing, and nothing less one is everything.
    let most = u32::try_from(new_bits)
        .ok()
        .and_then(|bits| 1_u64.checked_shl(bits))
        .map_or(u64::MAX, |count| count - 1);
    if low_bits(&number) > most {
        return Err(Fault::error("the range has no part of this number"));
    }
    let bits =
        prefix.with(&number, length).ok_or_else(|| Fault::error("the range has no part of this number"))?;
    Ok(Prefix { bits, length, ..prefix }.to_string().into())
}

/// Parts one behind the other, each at a multiple of its size.
fn cidrsubnets(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let prefix = prefix(args)?;
    let mut parts = Vec::new();
    // The first free address; none behind the last of all addresses. From there Terraform comes to the first of all,
    // which it therefore never gives out.
    let mut free = Some(prefix.bits).filter(|bits| *bits != 0);
    for position in 1..args.len() {
        let new_bits = small(args, position)?;
        let new_bits = u32::try_from(new_bits).ok().filter(|bits| (1..=32).contains(bits));
        let new_bits = new_bits.ok_or_else(|| Fault::error("a part takes 1 to 32 bits more"))?;
        let length = prefix.length + new_bits;
        if length > prefix.width {
            return Err(Fault::error("the addresses have not that many bits"));
        }
        let size = 1_u128.checked_shl(prefix.width - length).unwrap_or(0);
        let start = free.and_then(|free| free.checked_next_multiple_of(size));
        let part =
            start.map(|bits| Prefix { bits, length, ..prefix }).filter(|part| prefix.contains(part.bits));
        let part = part.ok_or_else(|| Fault::error("the range has no room for this part"))?;
        free = part.bits.checked_add(size);
        parts.push(Value::from(part.to_string()));
    }
    Ok(Value::list(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    fn answer(name: &str, prefix: &str, numbers: &[&str]) -> Option<std::string::String> {
        let args = [prefix].iter().chain(numbers).map(|text| Value::from(*text)).collect::<Vec<_>>();
        let value = crate::functions::calling::call(name, args).ok()?;
        match value.items() {
            Some(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
            None => value.as_str().map(str::to_owned),
        }
    }

    /// Each as Terraform 1.11.4 answers it.
    #[test]
    fn ranges_are_divided() {
        for (name, prefix, numbers, expected) in [
            ("cidrhost", "10.12.112.0/20", &["268"][..], Some("10.12.113.12")),
            ("cidrhost", "10.0.0.0/24", &["-1"], Some("10.0.0.255")),
            ("cidrhost", "10.0.0.0/24", &["256"], None),
            ("cidrhost", "10.0.0.0/24", &["-257"], None),
            ("cidrhost", "2001:db8::/64", &["18446744073709551616"], Some("2001:db8:0:1::")),
            ("cidrnetmask", "172.16.0.0/12", &[], Some("255.240.0.0")),
            ("cidrnetmask", "fd00::/8", &[], None),
            ("cidrsubnet", "10.1.2.0/24", &["4", "15"], Some("10.1.2.240/28")),
            ("cidrsubnet", "10.1.2.0/24", &["4", "16"], None),
            ("cidrsubnet", "10.0.0.0/8", &["8", "-1"], Some("0.1.0.0/16")),
            (
                "cidrsubnet",
                "2001:db8::/16",
                &["64", "18446744073709551615"],
                Some("2001:ffff:ffff:ffff:ffff::/80"),
            ),
            ("cidrsubnets", "10.1.0.0/16", &["4", "8", "4"], Some("10.1.0.0/20 10.1.16.0/24 10.1.32.0/20")),
            ("cidrsubnets", "10.1.0.0/16", &["1", "1", "1"], None),
            ("cidrsubnets", "0.0.0.0/0", &["8"], None),
            ("cidrsubnets", "10.1.0.0/16", &[], Some("")),
        ] {
            assert_eq!(answer(name, prefix, numbers).as_deref(), expected, "{name} {prefix} {numbers:?}");
        }
    }
}
