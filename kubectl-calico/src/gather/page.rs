//! One page of a list. Each object is reduced while it is parsed.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_yaml::Value;

use super::budget::{Budget, Limit};
use crate::snapshot::Pruned;
use crate::snapshot::resource::Resource;

/// A page of a list.
pub(super) struct ListPage<T> {
    pub(super) objects: Vec<T>,
    /// Where the next page begins; empty at the end of the list.
    pub(super) continue_token: String,
    /// Why not all of its objects were kept, if that is the case.
    pub(super) limit: Option<Limit>,
}

/// Parses a page of objects of a row, after pages with `listed` objects.
pub(super) fn parse<T: DeserializeOwned>(
    body: &[u8],
    resource: &Resource,
    budget: &Budget,
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    let seed = PageSeed {
        resource,
        budget,
        listed,
        objects: PhantomData,
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let page = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(page)
}

/// One object of a row, from a reduced value.
pub(super) fn object<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    let name = value
        .get("metadata")
        .and_then(|metadata| metadata.get("name"));
    let name = name.and_then(Value::as_str).unwrap_or_default().to_owned();
    serde_yaml::from_value(value).map_err(|why| format!("{name}: {why}"))
}

struct PageSeed<'a, T> {
    resource: &'a Resource,
    budget: &'a Budget,
    listed: usize,
    objects: PhantomData<T>,
}

#[derive(Default, Deserialize)]
struct PageMeta {
    #[serde(default, rename = "continue")]
    continue_token: String,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for PageSeed<'_, T> {
    type Value = ListPage<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ListPage<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for PageSeed<'_, T> {
    type Value = ListPage<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ListPage<T>, A::Error> {
        let mut page = ListPage {
            objects: Vec::new(),
            continue_token: String::new(),
            limit: None,
        };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "metadata" => page.continue_token = map.next_value::<PageMeta>()?.continue_token,
                "items" => {
                    (page.objects, page.limit) = map.next_value_seed(PageItems {
                        resource: self.resource,
                        budget: self.budget,
                        listed: self.listed,
                        objects: PhantomData,
                    })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(page)
    }
}

struct PageItems<'a, T> {
    resource: &'a Resource,
    budget: &'a Budget,
    /// How many objects of the list were on earlier pages.
    listed: usize,
    objects: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for PageItems<'_, T> {
    type Value = (Vec<T>, Option<Limit>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for PageItems<'_, T> {
    type Value = (Vec<T>, Option<Limit>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the items of a list")
    }

    /// Go writes an empty list as null.
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok((Vec::new(), None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        let pruned = Pruned {
            fields: self.resource.fields,
            meter: self.budget.memory(),
        };
        while let Some(item) = items.next_element_seed(pruned)? {
            if let Err(limit) = self.budget.spend_object(self.listed + objects.len()) {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok((objects, Some(limit)));
            }
            objects.push(object(item).map_err(A::Error::custom)?);
        }
        Ok((objects, None))
    }
}
