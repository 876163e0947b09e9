//! Finds, in a stream, the Installation to edit and the operator that will read it.

use std::rc::Rc;

use calico_core::installation::{API_VERSION, DEFAULT_NAME, KIND, OVERLAY_NAME};
use calico_core::text::printable;

use crate::error::Refusal;
use crate::form;
use crate::stream::{BYTE_ORDER_MARK, Stream};
use crate::tree::{NodeId, Tree, TreeError};

/// An Installation in a stream.
pub(crate) struct Located {
    /// Its document.
    pub(crate) document: usize,
    /// Byte of the document where `text` starts: behind a byte order mark.
    pub(crate) offset: usize,
    /// The document's text.
    pub(crate) text: Rc<str>,
    /// The document's nodes.
    pub(crate) tree: Rc<Tree>,
    /// Whether the document's root is JSON, whatever marker or comment stands around it.
    pub(crate) is_json: bool,
    /// The Installation's own mapping: the root, or an item of a List.
    pub(crate) root: NodeId,
    /// The path to it from the document's root: `items` indexes, one per List.
    pub(crate) items: Vec<usize>,
    /// Its name.
    pub(crate) name: String,
}

/// What a stream holds of what this program looks for.
#[derive(Default)]
pub(crate) struct Found {
    /// The Installation named `default`.
    pub(crate) default: Option<Located>,
    /// The one named `overlay`.
    pub(crate) overlay: Option<Located>,
    /// Installations of other names, which no operator reads.
    pub(crate) misnamed: Vec<Located>,
    /// Documents that mention an Installation but are not YAML.
    pub(crate) unreadable: Vec<Refusal>,
}

/// Finds every Installation. Refuses a stream in which it cannot be told which one counts.
pub(crate) fn installations(stream: &Stream) -> Result<Found, Refusal> {
    let mut found = Found::default();
    for document in stream.documents_with(API_VERSION) {
        for located in in_document(stream, document, &mut found)? {
            let place = |refusal: Refusal| {
                let at = located.offset + located.tree.node(located.root).span.start;
                refusal.at(stream, located.document, at)
            };
            if !stream.is_read(document) {
                let what = "an Installation stands behind a document end marker (...)";
                return Err(place(Refusal::new(what))
                    .why("Helm and kubectl drop what no --- line starts, without a word")
                    .fix("put a --- line before it"));
            }
            let slot = match located.name.as_str() {
                DEFAULT_NAME => &mut found.default,
                OVERLAY_NAME => &mut found.overlay,
                _ => {
                    found.misnamed.push(located);
                    continue;
                }
            };
            if let Some(first) = slot {
                let what = format!("two Installations are named {}", located.name);
                let first = stream.place(first.document, first.offset);
                return Err(place(Refusal::new(what))
                    .why(format!(
                        "the cluster holds one of that name, the one sent last; \
                         the other is document {}",
                        first.document
                    ))
                    .fix("remove one of the two from what the chart renders"));
            }
            *slot = Some(located);
        }
    }
    Ok(found)
}

fn in_document(
    stream: &Stream,
    document: usize,
    found: &mut Found,
) -> Result<Vec<Located>, Refusal> {
    let bytes = stream.document(document);
    if memchr::memmem::find(bytes, KIND.as_bytes()).is_none() {
        return Ok(Vec::new());
    }
    let (text, offset) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (text, BYTE_ORDER_MARK.len()),
        None => (bytes, 0),
    };
    let parsed = match std::str::from_utf8(text) {
        Ok(text) => Tree::parse(text)
            .map(|tree| (text, tree))
            .map_err(|error| unreadable(text, &error)),
        Err(error) => {
            let at = error.valid_up_to();
            Err((Refusal::new("the document is not UTF-8").fix(REPAIR), at))
        }
    };
    let (text, tree) = match parsed {
        Ok(parsed) => parsed,
        Err((refusal, at)) => {
            let refusal = refusal.at(stream, document, offset + at);
            if claims_to_be_one(text) {
                return Err(refusal);
            }
            found.unreadable.push(refusal);
            return Ok(Vec::new());
        }
    };
    let mut roots = Vec::new();
    if let Some(root) = tree.root() {
        collect(&tree, root, &mut Vec::new(), &mut roots);
    }
    if let Some(duplicate) = form::duplicate_key(&tree).filter(|_| !roots.is_empty()) {
        return Err(duplicate.refusal(stream, document, offset));
    }
    let is_json = is_json(text, &tree);
    let (text, tree): (Rc<str>, _) = (text.into(), Rc::new(tree));
    let located = |(root, items, name): Root| match name {
        Some(name) => Ok(Located {
            document,
            offset,
            text: text.clone(),
            tree: tree.clone(),
            is_json,
            root,
            items,
            name,
        }),
        None => {
            let at = offset + tree.node(root).span.start;
            Err(Refusal::new("an Installation has no metadata.name")
                .at(stream, document, at)
                .why("the operator reads the one named default only")
                .fix("write metadata: {name: default}"))
        }
    };
    roots.into_iter().map(located).collect()
}

/// Whether the root of a document is JSON.
pub(crate) fn is_json(text: &str, tree: &Tree) -> bool {
    let root = tree.root().map(|root| tree.node(root).span.clone());
    root.and_then(|span| text.get(span))
        .is_some_and(|root| serde_json::from_str::<serde::de::IgnoredAny>(root).is_ok())
}

/// What to do about a document that nobody reads.
const REPAIR: &str = "repair the document; Helm and kubectl do not take it either";

/// An Installation's node, its place in Lists, and its name.
type Root = (NodeId, Vec<usize>, Option<String>);

fn collect(tree: &Tree, node: NodeId, items: &mut Vec<usize>, roots: &mut Vec<Root>) {
    // Of a key that is there twice, either may be the one that counts.
    let says = |key, is: fn(&str) -> bool| {
        let mut texts = tree.values(node, key).filter_map(|value| tree.text(value));
        texts.any(is)
    };
    if says("kind", |kind| kind == KIND) && says("apiVersion", |version| version == API_VERSION) {
        let name = tree.text_at(node, &["metadata", "name"]);
        roots.push((node, items.clone(), name.map(str::to_owned)));
    } else if says("kind", |kind| kind.ends_with("List")) {
        let lists = tree.values(node, "items");
        // An alias is not followed: nothing could be edited there, and lists that refer to each
        // other multiply.
        let lists = lists.filter(|list| tree.resolve(*list) == *list);
        for (index, item) in lists.flat_map(|list| tree.items(list).iter().enumerate()) {
            if tree.resolve(*item) != *item {
                continue;
            }
            // Lists in lists are not unwrapped without end by kubectl either; a few levels are.
            if items.len() < 8 {
                items.push(index);
                collect(tree, *item, items, roots);
                items.pop();
            }
        }
    }
}

fn unreadable(text: &str, error: &TreeError) -> (Refusal, usize) {
    if let Some(second) = concatenated_json(text) {
        let what = "JSON documents follow each other without a --- line between them";
        let why = "Helm 3 cannot read them, and Helm 4 loses all but the first";
        let fix = "put a --- line between them";
        return (Refusal::new(what).why(why).fix(fix), second);
    }
    match error {
        TreeError::Syntax(message, at) => {
            let what = format!("the document is not YAML: {}", printable(message));
            (Refusal::new(what).fix(REPAIR), *at)
        }
        TreeError::SecondDocument(at) => {
            let what = "a second document starts without a --- line of its own";
            (Refusal::new(what).fix(REPAIR), *at)
        }
    }
}

/// The byte where a second JSON document starts, if `text` is JSON documents in a row.
fn concatenated_json(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    values.next()?.ok()?;
    let end = values.byte_offset();
    let rest = text.get(end..)?;
    (!rest.trim_start().is_empty()).then(|| end + rest.len() - rest.trim_start().len())
}

/// Whether a document that cannot be parsed says at its top level that it is an Installation, or
/// is JSON, where that cannot be told. Others are none of ours.
fn claims_to_be_one(text: &[u8]) -> bool {
    let json = matches!(text.trim_ascii_start().first(), Some(b'{' | b'['));
    let is_kind = |line: &[u8]| {
        let value = line.strip_prefix(b"kind:").unwrap_or_default();
        let end = memchr::memchr(b'#', value).unwrap_or(value.len());
        let value = value.get(..end).unwrap_or_default().trim_ascii();
        [
            b"Installation".as_slice(),
            b"\"Installation\"",
            b"'Installation'",
        ]
        .contains(&value)
    };
    json || text.split(|b| *b == b'\n').any(is_kind)
}
