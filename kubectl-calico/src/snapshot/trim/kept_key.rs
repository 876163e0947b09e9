//! The keys of an object.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::keep::{Fields, Keep};

/// A key, looked up among the fields that are kept.
pub(super) struct KeptKey(pub(super) Fields);

impl<'de> DeserializeSeed<'de> for KeptKey {
    type Value = Option<&'static (&'static str, Keep)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeptKey {
    type Value = Option<&'static (&'static str, Keep)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|(name, _)| *name == key))
    }
}
