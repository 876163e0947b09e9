//! The second parser, of libyaml's lineage like those of Helm and kubectl: where it finds the
//! Installation, and what the document means.

use serde_yaml::Value;

use calico_core::installation::{API_VERSION, KIND};
use calico_core::text::shown;

use crate::find::installation::LocatedInstallation;
use crate::find::objects::LIST_KIND;
use crate::read::stream::Stream;
use crate::refusal::Refusal;

/// Reads a document. Refuses one that the parser rejects, or in which it does not find the
/// Installation where the first parser does: no edit of it could be verified.
pub(crate) fn read(stream: &Stream, located: &LocatedInstallation) -> Result<Value, Refusal> {
    let document: Value = serde_yaml::from_str(&located.text).map_err(|error| {
        let what = "a second YAML parser rejects the document";
        let at = error.location().map_or(0, |location| location.index());
        refusal(
            stream,
            located,
            format!("{what}: {}", shown(error.to_string())),
            at,
        )
    })?;
    let mut found = installations(&document);
    found.retain(|found| found.name == Some(&located.name));
    if let [only] = found.as_slice()
        && only.items == located.items
    {
        return Ok(document);
    }
    let what = "YAML parsers disagree on where the Installation is";
    let start = located.tree.node(located.root).span.start;
    Err(refusal(stream, located, what.to_owned(), start))
}

fn refusal(stream: &Stream, located: &LocatedInstallation, what: String, at: usize) -> Refusal {
    Refusal::new(what)
        .at(stream, located.document, located.offset + at)
        .why("an edit could not be verified")
        .fix("simplify the YAML of the document")
}

/// An Installation that the second parser finds.
pub(crate) struct Sighting<'v> {
    pub(crate) name: Option<&'v str>,
    /// The path to it from the document's root: indexes into `items`, one per list.
    pub(crate) items: Vec<usize>,
}

/// The Installations that the second parser finds in a document.
pub(crate) fn installations(document: &Value) -> Vec<Sighting<'_>> {
    let mut found = Vec::new();
    collect(document, false, &mut Vec::new(), &mut found);
    found
}

fn collect<'v>(
    value: &'v Value,
    in_typed_list: bool,
    items: &mut Vec<usize>,
    found: &mut Vec<Sighting<'v>>,
) {
    if is_a(value, KIND, API_VERSION) || in_typed_list && is_a(value, "", "") {
        let metadata = value.get("metadata");
        let name = metadata.and_then(|metadata| metadata.get("name"));
        found.push(Sighting {
            name: name.and_then(Value::as_str),
            items: items.clone(),
        });
        return;
    }
    let in_typed_list = is_a(value, LIST_KIND, API_VERSION);
    let list = value.get("items").and_then(Value::as_sequence);
    for (index, item) in list.into_iter().flatten().enumerate() {
        items.push(index);
        collect(item, in_typed_list, items, found);
        items.pop();
    }
}

fn is_a(value: &Value, kind: &str, api_version: &str) -> bool {
    text(value, "kind") == kind && text(value, "apiVersion") == api_version
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The Installation in its document: the root, or an item of a list.
pub(crate) fn installation<'v>(document: &'v Value, located: &LocatedInstallation) -> &'v Value {
    located
        .items
        .iter()
        .try_fold(document, |value, index| value.get("items")?.get(*index))
        .unwrap_or(&Value::Null)
}
