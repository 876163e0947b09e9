//! Lists, entry by entry.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::filter::Filter;
use super::object::{FilterMap, Keys, Part};
use crate::snapshot::trim::first_field::WithFirst;
use crate::snapshot::trim::keep::Keep;
use crate::snapshot::trim::kept_key::KeptKey;
use crate::snapshot::trim::prune::{Seed, custom};

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Filter<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Part {
            seed: self.seed,
            of: seed,
        })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// A list of objects, less those that are not kept.
pub(super) struct SomeEntries<'m, A>(pub(super) Filter<'m, A>);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for SomeEntries<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let mut unused = Some(seed);
        loop {
            let entry = Entry {
                seed: self.0.seed,
                of: &mut unused,
            };
            match self.0.inner.next_element_seed(entry)? {
                Some(None) => {}
                Some(kept) => return Ok(kept),
                None => return Ok(None),
            }
        }
    }

    /// Each kind of entry is there once, as a rule.
    fn size_hint(&self) -> Option<usize> {
        let Keep::Entries { of, .. } = self.0.seed.keep else {
            return None;
        };
        self.0.inner.size_hint().map(|all| all.min(of.len()))
    }
}

/// An entry of such a list. It must begin with the field that shows whether it is kept, which Kubernetes' own kinds do.
struct Entry<'m, 's, S> {
    seed: Seed<'m>,
    /// Taken for an entry that is kept.
    of: &'s mut Option<S>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Entry<'_, '_, S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Entry<'_, '_, S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let meter = self.seed.meter;
        meter.value(0).map_err(custom)?;
        let Keep::Entries { by, of, fields } = self.seed.keep else {
            return Err(A::Error::custom("a list of other entries"));
        };
        let key = map.next_key_seed(KeptKey(fields))?.flatten();
        if key.is_none_or(|(key, _)| *key != by) {
            return Err(A::Error::custom(format!(
                "an entry that does not begin with {by}"
            )));
        }
        let value: String = map.next_value()?;
        let seed = self.of.take_if(|_| of.contains(&value.as_str()));
        let Some(seed) = seed else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(None);
        };
        meter.value(value.len()).map_err(custom)?;
        let rest = FilterMap {
            seed: self.seed,
            fields,
            map,
            keys: Keys::OfType,
        };
        let whole = WithFirst {
            key: Some(by),
            value: Some(value),
            rest,
        };
        seed.deserialize(MapAccessDeserializer::new(whole))
            .map(Some)
    }
}
