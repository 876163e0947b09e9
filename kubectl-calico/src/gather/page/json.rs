//! A page in JSON.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};

use super::item::Item;
use super::list_page::ListPage;
use crate::gather::budget::Limit;
use crate::gather::continue_token::PageMeta;

/// Parses a page in JSON, after pages with `listed` objects.
pub(super) fn parse<T: DeserializeOwned>(
    item: Item<T>,
    body: &[u8],
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    let seed = PageSeed { item, listed };
    let mut json = serde_json::Deserializer::from_slice(body);
    let page = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(page)
}

struct PageSeed<'a, T> {
    item: Item<'a, T>,
    /// How many objects of the list were on earlier pages.
    listed: usize,
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
                "metadata" => page.continue_token = map.next_value::<PageMeta>()?.token,
                "items" => {
                    (page.objects, page.limit) = map.next_value_seed(PageItems {
                        item: self.item,
                        listed: self.listed,
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
    item: Item<'a, T>,
    listed: usize,
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
        while let Some(object) = items.next_element_seed(self.item)? {
            let listed = self.listed + objects.len();
            if let Err(limit) = self.item.budget.spend_object(listed) {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok((objects, Some(limit)));
            }
            objects.push(object);
        }
        Ok((objects, None))
    }
}
