//! One page of a list. Each object is reduced while it is parsed.

mod item;
mod json;
mod list_page;
mod message;
#[cfg(test)]
mod two_formats;

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

pub(super) use item::object;
pub(super) use list_page::ListPage;

use super::budget::Budget;
use crate::protobuf;
use crate::snapshot::resource::Resource;
use item::{Item, Way};

/// Parses a page of objects of a row, after pages with `listed` objects.
pub(super) fn parse<T: DeserializeOwned>(
    body: &[u8],
    resource: &Resource,
    budget: &Budget,
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    let item = |way| Item {
        resource,
        budget,
        way,
        objects: PhantomData,
    };
    let before = budget.mark();
    parse_with(item(Way::Typed), body, listed).or_else(|error| {
        if budget.memory().is_exhausted() {
            return Err(error);
        }
        budget.restore(before);
        parse_with(item(Way::ByValue), body, listed)
    })
}

fn parse_with<T: DeserializeOwned>(
    item: Item<T>,
    body: &[u8],
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    if body.starts_with(protobuf::MAGIC) {
        message::parse(item, body, listed)
    } else {
        json::parse(item, body, listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gather::budget::Limit;
    use crate::protobuf::tests::enveloped;
    use crate::snapshot::Node;
    use crate::snapshot::resources::NODES;

    #[test]
    fn a_page_that_is_parsed_twice_counts_once() {
        let left = |items: &str| {
            let budget = Budget::new(None);
            let body = format!("{{\"items\":[{items}],\"metadata\":{{}}}}");
            let page = parse::<Node>(body.as_bytes(), &NODES, &budget, 0).unwrap();
            assert_eq!(page.objects.len(), 2);
            format!("{:?}", budget.mark())
        };
        let node = r#"{"metadata":{"name":"a"}}"#;
        let with_a_field_twice = r#"{"metadata":{"name":"b","name":"b"}}"#;
        let counted = left(&format!("{node},{node}"));
        assert!(!counted.is_empty());
        let twice = left(&format!("{node},{with_a_field_twice}"));
        let objects = |text: &str| text.split(',').next().unwrap().to_owned();
        assert_eq!(objects(&twice), objects(&counted));
    }

    #[test]
    fn a_page_of_millions_of_empty_objects_ends() {
        let body = enveloped("NodeList", [0x12, 0].repeat(1 << 20));
        let page = parse::<Node>(&body, &NODES, &Budget::new(None), 0).unwrap();
        assert_eq!(page.limit, Some(Limit::ObjectsOfAList));
        assert!(page.objects.len() <= 200_000);
    }
}
