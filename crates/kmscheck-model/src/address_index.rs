//! Resources by their addresses.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use crate::{Address, Resource};

/// Where resources with an address stand in a slice of them. It holds positions only: a large plan has as many megabytes
/// of addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressIndex {
    /// At most half are taken, each as near after the place that the hash gives as possible.
    slots: Box<[Option<Position>]>,
}

/// A position and one more, which leaves zero to an empty slot.
type Position = std::num::NonZeroU32;

impl AddressIndex {
    /// Of several resources with one address the first is found.
    pub(crate) fn of(resources: &[Resource]) -> Self {
        let mut index =
            Self { slots: vec![None; resources.len().saturating_mul(2).next_power_of_two()].into() };
        for (resource, number) in resources.iter().zip(1..) {
            let slot = index.slot(&resource.address, resources);
            if let Some(slot) = slot.and_then(|slot| index.slots.get_mut(slot)) {
                *slot = slot.or(Position::new(number));
            }
        }
        index
    }

    /// The position of the resource in the slice that the index is of.
    pub(crate) fn find(&self, address: &Address, resources: &[Resource]) -> Option<usize> {
        let slot = *self.slots.get(self.slot(address, resources)?)?;
        position(slot?)
    }

    /// The slot that the address is in, or that it would take.
    fn slot(&self, address: &Address, resources: &[Resource]) -> Option<usize> {
        let is_its_own = |slot: &usize| match self.slots.get(*slot).copied().flatten() {
            None => true,
            Some(taken) => {
                let resource = position(taken).and_then(|position| resources.get(position));
                resource.is_some_and(|resource| resource.address == *address)
            }
        };
        let last = self.slots.len().checked_sub(1)?;
        let hash = usize::try_from(FxBuildHasher.hash_one(address) & u64::from(u32::MAX)).ok()?;
        (0..=last).map(|step| hash.wrapping_add(step) & last).find(is_its_own)
    }
}

fn position(slot: Position) -> Option<usize> {
    usize::try_from(slot.get() - 1).ok()
}

#[cfg(test)]
mod tests {
    use kmscheck_value::{Existence, Map};

    use super::*;
    use crate::{Account, Change, Configured, Deployment, Region};

    fn resource(address: &str) -> Resource {
        Resource {
            address: address.parse().unwrap(),
            previous_address: None,
            change: Change::default(),
            before: None,
            after: Some(Map::default()),
            deployment: Deployment {
                provider: "aws".into(),
                region: Region::Global,
                account: Account::Known("111122223333".into()),
            },
            existence: Existence::Certain,
            configured: Configured::unknown(),
            source: None,
        }
    }

    #[test]
    fn every_address_is_found_and_no_other() {
        let name = |number: usize| format!("module.m[{}].aws_kms_key.k[{}]", number % 7, number / 7);
        for count in [0, 1, 2, 3, 500] {
            let resources: Vec<_> = (0..count).map(|number| resource(&name(number))).collect();
            let index = AddressIndex::of(&resources);
            for number in 0..count + 50 {
                let found = index.find(&name(number).parse().unwrap(), &resources);
                assert_eq!(found, Some(number).filter(|number| *number < count));
            }
        }
    }

    #[test]
    fn of_two_resources_with_one_address_the_first_is_found() {
        let resources = ["aws_kms_key.a", "aws_kms_key.b", "aws_kms_key.b"].map(resource);
        let index = AddressIndex::of(&resources);
        assert_eq!(index.find(&resources[2].address, &resources), Some(1));
    }
}
