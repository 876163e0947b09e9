//! Labels and annotations.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Labels or annotations, sorted by key. Few of an object are kept, and thousands of objects: a `BTreeMap` has room
/// for eleven at least.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Vec<(Box<str>, Box<str>)>);

impl Labels {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self.0.get(self.position(key).ok()?)?;
        Some(value)
    }

    /// Adds a label, or replaces its value.
    pub fn insert(&mut self, key: Box<str>, value: Box<str>) {
        match self.position(&key) {
            Ok(at) => {
                if let Some((_, old)) = self.0.get_mut(at) {
                    *old = value;
                }
            }
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Removes a label.
    pub fn remove(&mut self, key: &str) {
        if let Ok(at) = self.position(key) {
            self.0.remove(at);
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| (**other).cmp(key))
    }
}

impl Extend<(Box<str>, Box<str>)> for Labels {
    fn extend<I: IntoIterator<Item = (Box<str>, Box<str>)>>(&mut self, labels: I) {
        for (key, value) in labels {
            self.insert(key, value);
        }
    }
}

impl<K: Into<Box<str>>, V: Into<Box<str>>> FromIterator<(K, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(labels: I) -> Self {
        let mut all = Self::default();
        let labels = labels.into_iter();
        all.extend(labels.map(|(key, value)| (key.into(), value.into())));
        all
    }
}

impl IntoIterator for Labels {
    type Item = (Box<str>, Box<str>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LabelsVisitor)
    }
}

struct LabelsVisitor;

impl<'de> Visitor<'de> for LabelsVisitor {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
        let mut labels = Labels::default();
        while let Some((key, value)) = map.next_entry()? {
            labels.insert(key, value);
        }
        labels.0.shrink_to_fit();
        Ok(labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sorted_and_the_last_value_of_a_key_counts() {
        let mut labels: Labels = serde_json::from_str(r#"{"b": "1", "a": "2", "b": "3"}"#).unwrap();
        assert_eq!((labels.get("a"), labels.get("c")), (Some("2"), None));
        assert_eq!(
            serde_json::to_string(&labels).unwrap(),
            r#"{"a":"2","b":"3"}"#
        );
        labels.extend([("c", "4"), ("a", "5")].into_iter().collect::<Labels>());
        labels.remove("b");
        labels.remove("d");
        assert_eq!(
            serde_json::to_string(&labels).unwrap(),
            r#"{"a":"5","c":"4"}"#
        );
        assert!(!labels.is_empty() && Labels::default().is_empty());
    }
}
