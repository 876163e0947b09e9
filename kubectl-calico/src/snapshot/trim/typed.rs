//! Parses an object to its type, and keeps only its [`Fields`](super::keep::Fields) on the way: what
//! [`Pruned`](super::Pruned) keeps, without a value between the text and the object. A large cluster sends
//! hundreds of megabytes.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::absence::Absent;
use super::first_field::WithFirst;
use super::keep::{Fields, Keep};
use super::kept_key::KeptKey;
use super::meter::Meter;
use super::prune::{Pruned, Seed, custom};

/// Parses an object, and keeps some of its fields. An object that [`Pruned`](super::Pruned) accepts may be an
/// error, such as one with a field twice; one that both accept is the same.
pub struct Typed<'m, T> {
    fields: Fields,
    meter: &'m Meter,
    object: PhantomData<T>,
}

impl<'m, T> Typed<'m, T> {
    pub fn new(fields: Fields, meter: &'m Meter) -> Self {
        Self {
            fields,
            meter,
            object: PhantomData,
        }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Typed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let pruned = Pruned {
            fields: self.fields,
            meter: self.meter,
        };
        let seed = pruned.seed(false).map_err(custom)?;
        T::deserialize(seed.of_format(deserializer))
    }
}

impl<'m> Seed<'m> {
    fn of_format<X>(self, inner: X) -> Filter<'m, X> {
        Filter { seed: self, inner }
    }
}

/// Something of a format, of which `seed` says what is kept.
struct Filter<'m, X> {
    seed: Seed<'m>,
    inner: X,
}

impl<'de, D: Deserializer<'de>> Filter<'_, D> {
    fn visit<V: Visitor<'de>>(self, visitor: V, is_struct: bool) -> Result<V::Value, D::Error> {
        match self.seed.keep {
            Keep::Fields(_) | Keep::Entries { .. } | Keep::Value => {
                self.inner.deserialize_any(FilterVisitor {
                    seed: self.seed,
                    visitor,
                    is_struct,
                })
            }
            // What depends on a whole value, or changes it.
            _ => {
                let value = self.seed.deserialize(self.inner)?;
                value.deserialize_any(visitor).map_err(D::Error::custom)
            }
        }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Filter<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.visit(visitor, false)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.visit(visitor, true)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let seed = self.seed;
        self.inner
            .deserialize_option(OptionVisitor { seed, visitor })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let value = self.seed.deserialize(self.inner)?;
        value
            .deserialize_enum(name, variants, visitor)
            .map_err(D::Error::custom)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct OptionVisitor<'m, V> {
    seed: Seed<'m>,
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for OptionVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(self.seed.of_format(deserializer))
    }
}

/// Passes on what is kept.
struct FilterVisitor<'m, V> {
    seed: Seed<'m>,
    visitor: V,
    /// Whether an object has fields of its own type, rather than any keys.
    is_struct: bool,
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
            is_struct: self.is_struct,
        })
    }
}

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
struct SomeEntries<'m, A>(Filter<'m, A>);

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
            is_struct: true,
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

/// An object with those of its fields that are kept.
struct FilterMap<'m, A> {
    /// With what is kept of the current field.
    seed: Seed<'m>,
    fields: Fields,
    map: A,
    is_struct: bool,
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
            is_struct: self.is_struct,
        })
    }
}

/// A part of a value: an entry of a list.
struct Part<'m, S> {
    seed: Seed<'m>,
    of: S,
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
    is_struct: bool,
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
        if self.is_struct {
            self.part.of.deserialize(Absent::new())
        } else {
            // The key would be kept.
            Err(E::custom("null"))
        }
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.part.deserialize(deserializer)
    }
}
