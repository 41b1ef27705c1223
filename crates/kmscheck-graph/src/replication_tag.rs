//! What the tag of a key says about its replicas.

use std::sync::Arc;

use crate::region_rule::is_region;

/// What the value of a replication tag says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplicationTag {
    /// No replicas are asked for.
    Off,
    /// Replicas are asked for; where is said elsewhere.
    On,
    /// Replicas are asked for in these Regions, in the order of the tag.
    Regions(Vec<Arc<str>>),
}

impl ReplicationTag {
    /// Reads the value of the tag; `None` for one that says nothing certain.
    pub fn parse(value: &str) -> Option<Self> {
        match &*value.trim().to_ascii_lowercase() {
            "" | "false" | "no" | "off" | "disabled" | "none" => Some(Self::Off),
            "true" | "yes" | "on" | "enabled" => Some(Self::On),
            list => listed_regions(list).map(Self::Regions),
        }
    }
}

/// The Regions of a list, each once; `None` if anything else is in it, or nothing.
///
/// Commas are not allowed in a tag's value, so people use what is: space, `+`, `/` and `:`. Source: AWS General
/// Reference, "Tag naming limits and requirements". Commas separate all the same: a plan can hold them.
pub fn listed_regions(list: &str) -> Option<Vec<Arc<str>>> {
    let is_separator = |character: char| character.is_whitespace() || ",+/:".contains(character);
    let mut regions: Vec<Arc<str>> = Vec::new();
    for word in list.split(is_separator).filter(|word| !word.is_empty()) {
        let region = word.to_ascii_lowercase();
        if !is_region(&region) {
            return None;
        }
        if !regions.iter().any(|known| **known == *region) {
            regions.push(region.into());
        }
    }
    Some(regions).filter(|regions| !regions.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(names: &[&str]) -> Option<ReplicationTag> {
        Some(ReplicationTag::Regions(names.iter().map(|name| Arc::from(*name)).collect()))
    }

    #[test]
    fn words_switch_the_tag_in_any_case() {
        for on in ["enabled", "true", "yes", "on", "Enabled", "TRUE", " yes "] {
            assert_eq!(ReplicationTag::parse(on), Some(ReplicationTag::On), "{on}");
        }
        for off in ["false", "no", "off", "disabled", "none", "", " ", "None", "OFF"] {
            assert_eq!(ReplicationTag::parse(off), Some(ReplicationTag::Off), "{off}");
        }
    }

    #[test]
    fn regions_are_separated_by_what_people_use() {
        for separator in [" ", ",", "+", "/", ":", ", ", "  "] {
            let list = ["us-east-1", "eu-central-1"].join(separator);
            assert_eq!(ReplicationTag::parse(&list), regions(&["us-east-1", "eu-central-1"]), "{list}");
        }
        assert_eq!(ReplicationTag::parse("EU-West-1"), regions(&["eu-west-1"]));
        assert_eq!(
            ReplicationTag::parse("us-east-1 us-gov-west-1 us-east-1"),
            regions(&["us-east-1", "us-gov-west-1"])
        );
    }

    #[test]
    fn other_values_say_nothing_certain() {
        for value in [
            "tier-1",
            "prod-tier-1",
            "enabled eu-west-1",
            "eu-west-1 and us-east-1",
            "eu-west-1;us-east-1",
            "1",
            ",",
            "eu",
        ] {
            assert_eq!(ReplicationTag::parse(value), None, "{value}");
        }
        assert_eq!(listed_regions(""), None);
        assert_eq!(listed_regions("enabled"), None);
    }
}
