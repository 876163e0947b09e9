//! Finds, in a stream, the Installation to edit and the operator that will read it.

use std::rc::Rc;

use calico_core::installation::{API_VERSION, DEFAULT_NAME, KIND, OVERLAY_NAME};
use calico_core::text::shown;

use crate::error::Refusal;
use crate::form::{self, Obstacle};
use crate::objects::{self, Object};
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
    if stream.is_utf16() {
        return Err(
            Refusal::new("the stream is UTF-16, in which no Installation can be found")
                .why("PowerShell writes it with > and Out-File")
                .fix("write UTF-8: Out-File -Encoding utf8"),
        );
    }
    for document in candidates(stream) {
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

/// The documents that may hold an Installation: those that show both its words, and those that
/// can hide one.
fn candidates(stream: &Stream) -> Vec<usize> {
    let mut documents = stream.documents_with(API_VERSION);
    documents.retain(|document| mentions(stream.document(*document)));
    documents.extend(stream.documents_with_hidden_text());
    documents.sort_unstable();
    documents.dedup();
    documents
}

fn mentions(document: &[u8]) -> bool {
    let shows = |word: &str| memchr::memmem::find(document, word.as_bytes()).is_some();
    shows(API_VERSION) && shows(KIND)
}

fn in_document(
    stream: &Stream,
    document: usize,
    found: &mut Found,
) -> Result<Vec<Located>, Refusal> {
    let bytes = stream.document(document);
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
            if mentions(text) {
                found.unreadable.push(refusal);
            }
            return Ok(Vec::new());
        }
    };
    let refuse = |obstacle: Obstacle| obstacle.refusal(stream, document, offset);
    let objects = objects::installations(&tree).map_err(refuse)?;
    if let Some(duplicate) = form::duplicate_key(&tree).filter(|_| !objects.is_empty()) {
        return Err(refuse(duplicate));
    }
    let is_json = is_json(text, &tree);
    let (text, tree): (Rc<str>, _) = (text.into(), Rc::new(tree));
    let located = |object: Object| {
        form::identity(&tree, object.node).map_err(refuse)?;
        let name = object.name.ok_or_else(|| {
            let at = offset + tree.node(object.node).span.start;
            Refusal::new("an Installation has no metadata.name")
                .at(stream, document, at)
                .why("the operator reads the one named default only")
                .fix("write metadata: {name: default}")
        })?;
        Ok(Located {
            document,
            offset,
            text: text.clone(),
            tree: tree.clone(),
            is_json,
            root: object.node,
            items: object.items,
            name,
        })
    };
    objects.into_iter().map(located).collect()
}

/// Whether the root of a document is JSON.
pub(crate) fn is_json(text: &str, tree: &Tree) -> bool {
    let root = tree.root().map(|root| tree.node(root).span.clone());
    root.and_then(|span| text.get(span))
        .is_some_and(|root| serde_json::from_str::<serde::de::IgnoredAny>(root).is_ok())
}

/// What to do about a document that nobody reads.
const REPAIR: &str = "repair the document; Helm and kubectl do not take it either";

fn unreadable(text: &str, error: &TreeError) -> (Refusal, usize) {
    if let Some(second) = concatenated_json(text) {
        let what = "JSON documents follow each other without a --- line between them";
        let why = "Helm 3 cannot read them, and Helm 4 loses all but the first";
        let fix = "put a --- line between them";
        return (Refusal::new(what).why(why).fix(fix), second);
    }
    match error {
        TreeError::Syntax(message, at) => {
            let what = format!("the document is not YAML: {}", shown(message));
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
/// mentions one in JSON, where that cannot be told. Others are none of ours.
fn claims_to_be_one(text: &[u8]) -> bool {
    let json = matches!(text.trim_ascii_start().first(), Some(b'{' | b'['));
    let is_kind = |line: &[u8]| {
        let value = line.strip_prefix(b"kind:").unwrap_or_default();
        let end = memchr::memchr(b'#', value).unwrap_or(value.len());
        let value = value.get(..end).unwrap_or_default().trim_ascii();
        let shows = |quote: &[u8]| {
            let word = value
                .strip_prefix(quote)
                .and_then(|v| v.strip_suffix(quote));
            word == Some(KIND.as_bytes())
        };
        shows(b"") || shows(b"\"") || shows(b"'") || value.contains(&b'\\')
    };
    json && mentions(text) || text.split(|b| *b == b'\n').any(is_kind)
}
