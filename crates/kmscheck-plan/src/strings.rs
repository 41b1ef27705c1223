//! Strings: borrowed from the input while it is read, shared in the project.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A string of the input, borrowed unless it holds an escape. (Serde borrows a `Cow` only where it is a field by
/// itself, not inside an `Option` or a `Vec`; hence this type.)
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub(crate) struct Str<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for Str<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Str<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

/// Keeps one copy of each string: a plan repeats the same few hundred names and most of its values.
#[derive(Debug, Default)]
pub(crate) struct Interner(RefCell<FxHashSet<Arc<str>>>);

impl Interner {
    pub(crate) fn get(&self, text: &str) -> Arc<str> {
        let mut known = self.0.borrow_mut();
        if let Some(found) = known.get(text) {
            return Arc::clone(found);
        }
        let fresh: Arc<str> = text.into();
        known.insert(Arc::clone(&fresh));
        fresh
    }
}

/// A JSON object of the input, sorted by key. Of two entries with one key the later one stays.
#[derive(Debug)]
pub(crate) struct Entries<'a, V>(Vec<(Str<'a>, V)>);

impl<V> Default for Entries<'_, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, V> Entries<'a, V> {
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        let position = self.0.binary_search_by(|(name, _)| (**name).cmp(key)).ok()?;
        self.0.get(position).map(|(_, value)| value)
    }

    pub(crate) fn get_entry(&self, key: &str) -> Option<(&str, &V)> {
        let position = self.0.binary_search_by(|(name, _)| (**name).cmp(key)).ok()?;
        self.0.get(position).map(|(name, value)| (&**name, value))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Str<'a>, &V)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl<'a, V> FromIterator<(Str<'a>, V)> for Entries<'a, V> {
    fn from_iter<I: IntoIterator<Item = (Str<'a>, V)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        if !entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            entries.reverse();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.dedup_by(|(later, _), (first, _)| later == first);
        }
        Self(entries)
    }
}

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for Entries<'a, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
            type Value = Entries<'de, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries.into_iter().collect())
            }
        }

        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}
