//! Maps and objects.

use std::sync::Arc;

use crate::Value;

/// A map or object, in the order in which Terraform iterates over it: bytewise by key.
///
/// A sorted vector, not a tree: a large plan holds a million objects of five attributes each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map(Box<[(Arc<str>, Value)]>);

impl Map {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let position = self.0.binary_search_by(|(name, _)| (**name).cmp(key)).ok()?;
        self.0.get(position).map(|(_, value)| value)
    }

    /// The entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Of two entries with one key the later one stays, as in JSON readers and in Terraform's `merge`.
impl FromIterator<(Arc<str>, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        // Terraform writes objects in this order already.
        if !entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            entries.reverse();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.dedup_by(|(later, _), (first, _)| later == first);
        }
        Self(entries.into())
    }
}

impl IntoIterator for Map {
    type Item = (Arc<str>, Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_vec().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order_and_the_last_of_two_stays() {
        let map: Map = [("b", "1"), ("a", "2"), ("b", "3")]
            .into_iter()
            .map(|(key, value)| (Arc::from(key), Value::text(value)))
            .collect();
        let entries: Vec<_> = map.iter().map(|(key, value)| (key, value.as_str())).collect();
        assert_eq!(entries, [("a", Some("2")), ("b", Some("3"))]);
        assert_eq!(map.get("b").and_then(Value::as_str), Some("3"));
        assert!(map.get("c").is_none());
    }
}
