//! An object of a page, reduced while it is parsed.

use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error};
use serde_yaml::Value;

use crate::gather::budget::Budget;
use crate::parse_error::in_words;
use crate::snapshot::resource::Resource;
use crate::snapshot::{Pruned, Typed};

/// How an object is parsed.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// To its type.
    Typed,
    /// To a value first. This takes several times as long, accepts what some servers send and the type does not,
    /// such as a field twice, and names the object in an error.
    ByValue,
}

/// An object of a page.
pub(super) struct Item<'a, T> {
    pub(super) resource: &'a Resource,
    pub(super) budget: &'a Budget,
    pub(super) way: Way,
    pub(super) objects: PhantomData<T>,
}

impl<T> Clone for Item<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Item<'_, T> {}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Item<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let fields = self.resource.fields;
        let meter = self.budget.memory();
        match self.way {
            Way::Typed => Typed::new(fields, meter).deserialize(deserializer),
            Way::ByValue => {
                let value = Pruned { fields, meter }.deserialize(deserializer)?;
                object(value).map_err(D::Error::custom)
            }
        }
    }
}

/// One object of a row, from a reduced value.
pub(in crate::gather) fn object<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    let name = value
        .get("metadata")
        .and_then(|metadata| metadata.get("name"));
    let name = name.and_then(Value::as_str).unwrap_or_default().to_owned();
    serde_yaml::from_value(value).map_err(|why| format!("{name}: {}", in_words(why)))
}
