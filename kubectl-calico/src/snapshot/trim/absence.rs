//! A field that is not set, where a value is expected: the default of its type.

use std::marker::PhantomData;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

pub(super) struct Absent<E>(PhantomData<E>);

impl<E> Absent<E> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E: Error> Absent<E> {
    fn zero<'de, V: Visitor<'de>>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_u64(0)
    }

    fn text<'de, V: Visitor<'de>>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_str("")
    }

    fn list<'de, V: Visitor<'de>>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<u8>()))
    }

    fn object<'de, V: Visitor<'de>>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_map(MapDeserializer::new(std::iter::empty::<(&str, u8)>()))
    }
}

macro_rules! defaults {
    ($($method:ident => $default:ident,)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            Self::$default(visitor)
        }
    )+};
}

impl<'de, E: Error> Deserializer<'de> for Absent<E> {
    type Error = E;

    defaults! {
        deserialize_i8 => zero,
        deserialize_i16 => zero,
        deserialize_i32 => zero,
        deserialize_i64 => zero,
        deserialize_u8 => zero,
        deserialize_u16 => zero,
        deserialize_u32 => zero,
        deserialize_u64 => zero,
        deserialize_f32 => zero,
        deserialize_f64 => zero,
        deserialize_str => text,
        deserialize_string => text,
        deserialize_seq => list,
        deserialize_map => object,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_bool(false)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        Self::object(visitor)
    }

    forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct enum identifier ignored_any
    }
}
