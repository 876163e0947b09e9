//! Finds the Installation to edit in a stream.

pub(crate) mod go_yaml;
pub(crate) mod located;
pub(crate) mod no_installation;
mod objects;
pub(crate) mod obstacle;
pub(crate) mod operator;
mod other_readers;
pub(crate) mod pool_path;
pub(crate) mod second_parser;
mod unreadable;

use std::ops::Range;
use std::rc::Rc;

use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};

use crate::find::located::{Located, is_json};
use crate::find::objects::Object;
use crate::find::obstacle::Obstacle;
use crate::find::unreadable::Unreadable;
use crate::read::mentions;
use crate::read::stream::{self, BYTE_ORDER_MARK, LINE_ENDS, Stream};
use crate::read::tree::Tree;
use crate::refusal::Refusal;

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
    if let Some(document) = stream.document_in_utf16() {
        let what = "the document is UTF-16, in which no Installation can be found";
        return Err(Refusal::new(what)
            .at(stream, document, 0)
            .why("PowerShell writes it with > and Out-File")
            .fix("write UTF-8: Out-File -Encoding utf8"));
    }
    let mut found = Found::default();
    for document in &stream.mentions().installation {
        let mut parts = stream::parts(stream.document(*document)).into_iter();
        let read = parts.next().unwrap_or_default();
        match Part::parse(stream, *document, read) {
            Ok(part) => {
                let located = part.installations(stream)?;
                located
                    .into_iter()
                    .try_for_each(|one| found.add(stream, one))?;
            }
            Err(error) => found.unreadable.extend(error.refused_or_noted()?),
        }
        parts.try_for_each(|part| none_is_lost(stream, *document, part))?;
    }
    Ok(found)
}

impl Found {
    fn add(&mut self, stream: &Stream, located: Located) -> Result<(), Refusal> {
        let slot = match located.name.as_str() {
            DEFAULT_NAME => &mut self.default,
            OVERLAY_NAME => &mut self.overlay,
            _ => {
                self.misnamed.push(located);
                return Ok(());
            }
        };
        if let Some(first) = slot {
            let what = format!("two Installations are named {}", located.name);
            let first = stream.place(first.document, first.offset);
            return Err(Refusal::new(what)
                .at(stream, located.document, located.start())
                .why(format!(
                    "the cluster holds one of that name, the one sent last; \
                     the other is document {}",
                    first.document
                ))
                .fix("remove one of the two from what the chart renders"));
        }
        *slot = Some(located);
        Ok(())
    }
}

/// Refuses a part of a document that Helm and kubectl drop, if it holds an Installation.
fn none_is_lost(stream: &Stream, document: usize, part: Range<usize>) -> Result<(), Refusal> {
    let Ok(part) = Part::parse(stream, document, part) else {
        return Ok(());
    };
    let located = part.installations(stream)?;
    located.first().map_or(Ok(()), |lost| {
        let what = "an Installation stands behind a document end marker (...)";
        Err(Refusal::new(what)
            .at(stream, document, lost.start())
            .why("Helm and kubectl drop what no --- line starts, without a word")
            .fix("put a --- line before it"))
    })
}

/// A part of a document that is YAML.
struct Part<'a> {
    document: usize,
    /// Where `text` starts in the document.
    offset: usize,
    text: &'a str,
    tree: Tree,
}

impl<'a> Part<'a> {
    fn parse(
        stream: &'a Stream,
        document: usize,
        part: Range<usize>,
    ) -> Result<Self, Unreadable<'a>> {
        let bytes = stream.document(document).get(part.clone());
        let bytes = bytes.unwrap_or_default();
        let (bytes, offset) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
            Some(bytes) => (bytes, part.start + BYTE_ORDER_MARK.len()),
            None => (bytes, part.start),
        };
        match unreadable::parse(bytes) {
            Ok((text, tree)) => Ok(Self {
                document,
                offset,
                text,
                tree,
            }),
            Err((refusal, at)) => Err(Unreadable {
                refusal: refusal.at(stream, document, offset + at),
                bytes,
            }),
        }
    }

    fn installations(self, stream: &Stream) -> Result<Vec<Located>, Refusal> {
        let Self {
            document,
            offset,
            text,
            tree,
        } = self;
        let refuse = |obstacle: Obstacle| obstacle.refusal(stream, document, offset);
        let objects = objects::installations(&tree).map_err(refuse)?;
        let may_be_one = mentions::installation(text.as_bytes()) || text.contains(LINE_ENDS);
        if objects.is_empty() && may_be_one && other_readers::see_one(text) {
            let what = "two readers of YAML differ on whether this is an Installation";
            return Err(Refusal::new(what)
                .at(stream, document, offset)
                .why("Helm and kubectl may take it for one")
                .fix("write the document in plainer YAML"));
        }
        if let Some(duplicate) = obstacle::duplicate_key(&tree).filter(|_| !objects.is_empty()) {
            return Err(refuse(duplicate));
        }
        let is_json = is_json(text, &tree);
        let (text, tree): (Rc<str>, _) = (text.into(), Rc::new(tree));
        let located = |object: Object| {
            obstacle::identity(&tree, object.node).map_err(refuse)?;
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
}
