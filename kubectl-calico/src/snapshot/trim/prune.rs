//! Parses an object and keeps only its [`Fields`]. Everything else is skipped, and takes no memory.

use std::fmt;

use calico_core::text::cut;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Mapping, Value};

use super::keep::{APP, Fields, Keep, LONGEST_MESSAGE};
use super::meter::{Exhausted, Meter};
use super::{command_line, document, kubeadm};
use crate::credential;

/// Parses an object and keeps some of its fields.
#[derive(Clone, Copy)]
pub struct Pruned<'m> {
    pub fields: Fields,
    pub meter: &'m Meter,
}

/// The same of a manifest that is applied to an object, in which null removes a field.
#[derive(Clone, Copy)]
pub struct PrunedWithNull<'m>(pub Pruned<'m>);

impl<'m> Pruned<'m> {
    pub(super) fn seed(self, keeps_null: bool) -> Result<Seed<'m>, Exhausted> {
        self.meter.object()?;
        Ok(Seed {
            keep: Keep::Fields(self.fields),
            object: self.fields,
            keeps_null,
            meter: self.meter,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Pruned<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self.seed(false).map_err(custom)?)
    }
}

impl<'de> DeserializeSeed<'de> for PrunedWithNull<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self.0.seed(true).map_err(custom)?)
    }
}

/// Parses a value, and keeps a part of it.
#[derive(Clone, Copy)]
pub(super) struct Seed<'m> {
    pub(super) keep: Keep,
    /// What is kept of the whole object.
    pub(super) object: Fields,
    pub(super) keeps_null: bool,
    pub(super) meter: &'m Meter,
}

impl Seed<'_> {
    fn of(self, keep: Keep) -> Self {
        Self { keep, ..self }
    }

    fn scalar<E: Error>(self, value: Value) -> Result<Value, E> {
        self.meter.value(0).map_err(custom)?;
        Ok(value)
    }

    fn string<E: Error>(self, text: &str) -> Result<Value, E> {
        self.meter.value(text.len()).map_err(custom)?;
        Ok(text.into())
    }

    /// The fields of an object that are kept.
    fn fields<'de, A: MapAccess<'de>>(self, mut map: A, fields: Fields) -> Result<Value, A::Error> {
        let mut kept = Mapping::new();
        while let Some(key) = map.next_key_seed(Key)? {
            let field = fields.iter().find(|(name, _)| *name == key);
            let Some((_, keep)) = field else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = map.next_value_seed(self.of(*keep))?;
            // Some writers use null for a field that is not set.
            if self.keeps_null || !value.is_null() {
                kept.insert(key.into(), value);
            }
        }
        Ok(kept.into())
    }

    fn whole<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut kept = Mapping::new();
        while let Some(key) = map.next_key_seed(Key)? {
            self.meter.value(key.len()).map_err(custom)?;
            kept.insert(key.into(), map.next_value_seed(self)?);
        }
        Ok(kept.into())
    }

    /// The labels of a selector; none if it has another one.
    fn selector<'de, A: MapAccess<'de>>(
        self,
        mut map: A,
        labels: &[&str],
    ) -> Result<Value, A::Error> {
        let mut kept = Mapping::new();
        let mut has_others = false;
        let mut names_app = false;
        while let Some(key) = map.next_key_seed(Key)? {
            if labels.contains(&key.as_str()) {
                names_app |= key == APP;
                kept.insert(key.into(), map.next_value_seed(self.of(Keep::Value))?);
            } else {
                map.next_value::<IgnoredAny>()?;
                has_others = true;
            }
        }
        if has_others && !names_app {
            kept.clear();
        }
        Ok(kept.into())
    }

    fn texts_of_kubeadm<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut kept = Mapping::new();
        while let Some(key) = map.next_key_seed(Key)? {
            let text = map.next_value::<String>()?;
            if let Some(text) = kubeadm::reduced(&key, &text) {
                kept.insert(key.into(), self.string(&text)?);
            }
        }
        Ok(kept.into())
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field of a Kubernetes object")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.scalar(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.scalar(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.scalar(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        match self.keep {
            Keep::Value | Keep::Whole => self.string(text),
            Keep::Message => {
                self.string(&credential::removed(&cut(text.to_owned(), LONGEST_MESSAGE)))
            }
            Keep::CommandLine(flags) => self.string(&command_line::reduced(text, flags)),
            Keep::Document(fields) => {
                self.string(&document::reduced(text, self.of(Keep::Fields(fields))))
            }
            Keep::SameObject => {
                let seed = self.of(Keep::Fields(self.object));
                self.string(&document::reduced(text, seed))
            }
            Keep::Fields(_)
            | Keep::Entries { .. }
            | Keep::Selector(_)
            | Keep::Flags(_)
            | Keep::Kubeadm => self.string(""),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        self.meter.value(0).map_err(custom)?;
        if let Keep::Flags(flags) = self.keep {
            let mut words = Vec::new();
            while let Some(word) = seq.next_element::<String>()? {
                command_line::keep(&mut words, word, flags);
            }
            return Ok(words.into());
        }
        let mut kept = Vec::new();
        while let Some(entry) = seq.next_element_seed(self)? {
            if let Keep::Entries { by, of, .. } = self.keep
                && !entry
                    .get(by)
                    .and_then(Value::as_str)
                    .is_some_and(|value| of.contains(&value))
            {
                continue;
            }
            kept.push(entry);
        }
        Ok(kept.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.meter.value(0).map_err(custom)?;
        match self.keep {
            Keep::Fields(fields) | Keep::Entries { fields, .. } => self.fields(map, fields),
            Keep::Whole => self.whole(map),
            Keep::Selector(labels) => self.selector(map, labels),
            Keep::Kubeadm => self.texts_of_kubeadm(map),
            Keep::Value
            | Keep::Message
            | Keep::Flags(_)
            | Keep::CommandLine(_)
            | Keep::SameObject
            | Keep::Document(_) => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Mapping::new().into())
            }
        }
    }
}

pub(super) fn custom<E: Error>(_: Exhausted) -> E {
    E::custom("there is more than is kept in memory")
}

/// A key, which YAML allows to be a number or a boolean.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }

    fn visit_bool<E: Error>(self, key: bool) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_i64<E: Error>(self, key: i64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_u64<E: Error>(self, key: u64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_f64<E: Error>(self, key: f64) -> Result<String, E> {
        Ok(key.to_string())
    }
}
