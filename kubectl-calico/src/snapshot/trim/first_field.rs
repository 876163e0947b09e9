//! An object whose first field was read to decide whether the object is kept.

use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess};
use serde_yaml::Value;

/// An object whose first field has been read.
pub(super) struct WithFirst<A> {
    pub(super) key: Option<&'static str>,
    pub(super) value: Option<String>,
    pub(super) rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithFirst<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        match self.value.take() {
            Some(value) => seed
                .deserialize(Value::from(value))
                .map_err(A::Error::custom),
            None => self.rest.next_value_seed(seed),
        }
    }
}
