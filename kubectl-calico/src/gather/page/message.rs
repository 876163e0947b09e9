//! A page in protobuf.

use serde::de::{DeserializeOwned, DeserializeSeed as _};

use super::item::Item;
use super::list_page::ListPage;
use crate::protobuf::{self, Part};

/// Parses a page in protobuf, after pages with `listed` objects.
pub(super) fn parse<T: DeserializeOwned>(
    item: Item<T>,
    body: &[u8],
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    let mut page = ListPage {
        objects: Vec::new(),
        continue_token: String::new(),
        limit: None,
    };
    let kind = item.resource.kind;
    for part in protobuf::parts(body, kind)? {
        match part? {
            Part::Continue(token) => page.continue_token = token,
            Part::Object(bytes) => {
                if let Err(limit) = item.budget.spend_object(listed + page.objects.len()) {
                    page.limit = Some(limit);
                    return Ok(page);
                }
                let value = protobuf::object(kind, bytes)?;
                page.objects.push(item.deserialize(value)?);
            }
        }
    }
    Ok(page)
}
