//! In which Region a key must be for a consumer to use it.
//!
//! Sources: the API references and guides of the services, row by row in `data/consumers.tsv`: an S3 replica is
//! encrypted with a key of the destination bucket's Region, a DynamoDB or Secrets Manager replica with one of its own
//! Region, a trail with one of its bucket's Region, DNSSEC with one in us-east-1; everything else with a key of the
//! Region that the resource is in.

use std::sync::Arc;

use kmscheck_value::{Because, Knowledge, Value};

use crate::place::Place;
use crate::s3::Buckets;
use crate::{Node, RegionRule};

/// Where the key of an attribute of `node` must be.
pub(crate) fn required_place<'p>(
    node: Node<'p>,
    rule: RegionRule,
    blocks: &[&'p Value],
    buckets: &Buckets<'p>,
) -> Place<'p> {
    match rule {
        RegionRule::Resource => Place::of(node),
        RegionRule::Fixed(region) => Place::in_region(Knowledge::Known(region.into())),
        RegionRule::BlockOrResource(attributes) if enclosing(blocks, attributes).is_none() => Place::of(node),
        RegionRule::Block(attributes) | RegionRule::BlockOrResource(attributes) => {
            Place::in_region(named_region(node, attributes, blocks))
        }
        RegionRule::Bucket(attribute) => {
            let own = || node.attribute(attribute).filter(is_given);
            buckets.place_of(node, enclosing(blocks, attribute).or_else(own))
        }
        RegionRule::Any | RegionRule::None => {
            Place::in_region(Knowledge::undetermined(format!("{node} does not say where its key must be")))
        }
    }
}

/// The first of these attributes that the nearest enclosing block with one of them gives. The resource itself does not
/// count: its `region` says where it is, not where its replicas are.
fn enclosing<'p>(blocks: &[&'p Value], attributes: &str) -> Option<&'p Value> {
    let given = |block: &&'p Value| attributes.split(',').find_map(|name| block.get(name).filter(is_given));
    blocks.iter().rev().find_map(given)
}

fn is_given(value: &&Value) -> bool {
    !value.is_absent() && value.as_str() != Some("")
}

fn named_region(node: Node<'_>, attributes: &str, blocks: &[&Value]) -> Knowledge<Arc<str>> {
    let named = enclosing(blocks, attributes).and_then(Value::as_str).and_then(region_in);
    let attribute = attributes.split(',').next().unwrap_or_default();
    let unknown = || Because::new(format!("`{attribute}` of {node} does not name a Region"));
    named.map_or_else(|| Knowledge::Undetermined(unknown()), |region| Knowledge::Known(region.into()))
}

/// The Region that a text names, by itself or by one of its Availability Zones: `eu-west-1a`.
fn region_in(text: &str) -> Option<&str> {
    let zone = || text.strip_suffix(|letter: char| letter.is_ascii_lowercase());
    Some(text).filter(|text| is_region(text)).or_else(|| zone().filter(|text| is_region(text)))
}

/// Whether a text has the form of a Region's name: `eu-west-1`, `us-gov-east-1`, `us-iso-east-1`.
///
/// Every name has a direction before its number, which tells it from other words with numbers, such as `app-tier-1`.
/// Source: AWS General Reference, "Regions and endpoints".
pub(crate) fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let number = parts
        .next_back()
        .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let direction = parts.next_back().is_some_and(|part| DIRECTIONS.contains(&part));
    let words: Vec<_> = parts.collect();
    number
        && direction
        && (1..=2).contains(&words.len())
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && words.first().is_some_and(|word| (2..=4).contains(&word.len()))
}

const DIRECTIONS: [&str; 9] =
    ["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_told_from_other_words() {
        for region in [
            "eu-west-1",
            "us-gov-east-1",
            "us-iso-east-1",
            "cn-northwest-1",
            "ap-southeast-5",
            "eusc-de-east-1",
        ] {
            assert!(is_region(region), "{region}");
        }
        for other in [
            "",
            "eu",
            "eu-west",
            "true",
            "eu-west-1a",
            "EU-WEST-1",
            "arn:aws:s3",
            "1-2-3",
            "logs-eu-west-1-x-2",
            "app-tier-1",
            "central-1",
            "east",
        ] {
            assert!(!is_region(other), "{other}");
        }
    }
}
