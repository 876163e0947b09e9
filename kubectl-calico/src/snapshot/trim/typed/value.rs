//! Values of any kind, as far as they are kept.

use std::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::list::SomeEntries;
use super::object::{FilterMap, Keys};
use crate::snapshot::trim::keep::Keep;
use crate::snapshot::trim::prune::{Seed, custom};

/// Passes on what is kept.
pub(super) struct FilterVisitor<'m, V> {
    pub(super) seed: Seed<'m>,
    pub(super) visitor: V,
    /// Of an object.
    pub(super) keys: Keys,
}

impl<V> FilterVisitor<'_, V> {
    fn count<E: Error>(&self, text: usize) -> Result<(), E> {
        self.seed.meter.value(text).map_err(custom)
    }

    fn keeps_text(&self) -> bool {
        matches!(self.seed.keep, Keep::Value)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for FilterVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_f64(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        let text = if self.keeps_text() { text } else { "" };
        self.count(text.len())?;
        self.visitor.visit_str(text)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<V::Value, E> {
        if !self.keeps_text() {
            return self.visit_str(&text);
        }
        self.count(text.len())?;
        self.visitor.visit_string(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.count(0)?;
        let seq = self.seed.of_format(seq);
        if matches!(self.seed.keep, Keep::Entries { .. }) {
            self.visitor.visit_seq(SomeEntries(seq))
        } else {
            self.visitor.visit_seq(seq)
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<V::Value, A::Error> {
        self.count(0)?;
        let (Keep::Fields(fields) | Keep::Entries { fields, .. }) = self.seed.keep else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            let empty = std::iter::empty::<(&str, &str)>();
            return self.visitor.visit_map(MapDeserializer::new(empty));
        };
        self.visitor.visit_map(FilterMap {
            seed: self.seed,
            fields,
            map,
            keys: self.keys,
        })
    }
}
