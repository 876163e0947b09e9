//! Parses an object to its type, and keeps only its [`Fields`](super::keep::Fields) on the way: what
//! [`Pruned`](super::Pruned) keeps, without a value between the text and the object. A large cluster sends
//! hundreds of megabytes.

mod filter;
mod list;
mod object;
mod value;

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

use super::keep::{Fields, Keep};
use super::meter::Meter;
use super::prune::{Pruned, Seed, custom};
use filter::Filter;
use object::Keys;
use value::FilterVisitor;

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

impl<'de, D: Deserializer<'de>> Filter<'_, D> {
    fn visit<V: Visitor<'de>>(self, visitor: V, keys: Keys) -> Result<V::Value, D::Error> {
        match self.seed.keep {
            Keep::Fields(_) | Keep::Entries { .. } | Keep::Value => {
                self.inner.deserialize_any(FilterVisitor {
                    seed: self.seed,
                    visitor,
                    keys,
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
        self.visit(visitor, Keys::Any)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.visit(visitor, Keys::OfType)
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
