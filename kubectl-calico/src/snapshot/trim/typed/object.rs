//! Objects, field by field.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor,
};

use crate::snapshot::trim::absence::Absent;
use crate::snapshot::trim::keep::Fields;
use crate::snapshot::trim::kept_key::KeptKey;
use crate::snapshot::trim::prune::Seed;

/// Which keys an object has, which decides what null means there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// The fields of its type: null is for one that is not set.
    OfType,
    /// Any: null is an error, because the key would be kept.
    Any,
}

/// An object with those of its fields that are kept.
pub(super) struct FilterMap<'m, A> {
    /// With what is kept of the current field.
    pub(super) seed: Seed<'m>,
    pub(super) fields: Fields,
    pub(super) map: A,
    pub(super) keys: Keys,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for FilterMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        while let Some(field) = self.map.next_key_seed(KeptKey(self.fields))? {
            if let Some((name, keep)) = field {
                self.seed.keep = *keep;
                let name: &str = name;
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            self.map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(Field {
            part: Part {
                seed: self.seed,
                of: seed,
            },
            keys: self.keys,
        })
    }
}

/// A part of a value: an entry of a list.
pub(super) struct Part<'m, S> {
    pub(super) seed: Seed<'m>,
    pub(super) of: S,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Part<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.of.deserialize(self.seed.of_format(deserializer))
    }
}

/// A field of an object. Some writers use null for one that is not set.
struct Field<'m, S> {
    part: Part<'m, S>,
    keys: Keys,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Field<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Field<'_, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field of a Kubernetes object")
    }

    fn visit_none<E: Error>(self) -> Result<S::Value, E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<S::Value, E> {
        if self.keys == Keys::OfType {
            self.part.of.deserialize(Absent::new())
        } else {
            Err(E::custom("null"))
        }
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.part.deserialize(deserializer)
    }
}
