//! The second parser, of libyaml's lineage like the readers of Helm and kubectl: where it sees the
//! Installation, and what the document means.

use serde_yaml::Value;

use calico_core::installation::{API_VERSION, KIND};
use calico_core::text::shown;

use crate::find::located::Located;
use crate::find::objects::LIST_KIND;
use crate::read::stream::Stream;
use crate::refusal::Refusal;

/// Reads a document with the second parser (libyaml's lineage, like the readers of Helm and
/// kubectl). A document that it cannot read, or in which it does not see the Installation, is
/// refused: nothing could be confirmed of it.
pub(crate) fn read(stream: &Stream, located: &Located) -> Result<Value, Refusal> {
    let refuse = |what: String, at: usize| {
        Refusal::new(what)
            .at(stream, located.document, located.offset + at)
            .why("an edit could not be confirmed")
            .fix("write the document in plainer YAML")
    };
    let document: Value = serde_yaml::from_str(&located.text).map_err(|error| {
        let what = "a second reader of YAML does not take the document";
        let at = error.location().map_or(0, |location| location.index());
        refuse(format!("{what}: {}", shown(error.to_string())), at)
    })?;
    let mut seen = Vec::new();
    collect(&document, false, &mut Vec::new(), &mut seen);
    seen.retain(|(name, _)| *name == Some(&located.name));
    if let [(_, items)] = seen.as_slice()
        && *items == located.items
    {
        return Ok(document);
    }
    let start = located.tree.node(located.root).span.start;
    let what = "two readers of YAML differ on where the Installation is";
    Err(refuse(what.to_owned(), start))
}

/// The names and places of the Installations that the second reader sees.
pub(crate) fn collect<'v>(
    value: &'v Value,
    in_typed_list: bool,
    items: &mut Vec<usize>,
    seen: &mut Vec<(Option<&'v str>, Vec<usize>)>,
) {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let says = |kind: &str, version: &str| text("kind") == kind && text("apiVersion") == version;
    if says(KIND, API_VERSION) || in_typed_list && says("", "") {
        let metadata = value.get("metadata");
        let name = metadata.and_then(|metadata| metadata.get("name"));
        seen.push((name.and_then(Value::as_str), items.clone()));
        return;
    }
    let in_typed_list = says(LIST_KIND, API_VERSION);
    let list = value.get("items").and_then(Value::as_sequence);
    for (index, item) in list.into_iter().flatten().enumerate() {
        items.push(index);
        collect(item, in_typed_list, items, seen);
        items.pop();
    }
}

/// The Installation itself in its document: the root, or an item of a List.
pub(crate) fn installation<'v>(document: &'v Value, located: &Located) -> &'v Value {
    let item = |value: &'v Value, index: &usize| value.get("items")?.get(*index);
    let found = located.items.iter().try_fold(document, item);
    found.unwrap_or(&Value::Null)
}
