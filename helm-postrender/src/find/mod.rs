//! Finds the Installation to edit in a stream.

pub(crate) mod go_yaml;
pub(crate) mod installation;
pub(crate) mod no_installation;
mod objects;
pub(crate) mod obstacle;
pub(crate) mod operator;
pub(crate) mod other_documents;
pub(crate) mod pool_path;
mod reader_agreement;
pub(crate) mod second_parser;
mod unreadable;

use std::ops::Range;
use std::rc::Rc;

use calico_core::installation::{DEFAULT_NAME, OVERLAY_NAME};

use crate::find::installation::{LocatedInstallation, is_json};
use crate::find::obstacle::Obstacle;
use crate::find::unreadable::Unreadable;
use crate::read::markers;
use crate::read::mentions::may_mean_installation;
use crate::read::stream::Stream;
use crate::read::text_outside_scalars;
use crate::read::tree::{NodeId, Tree};
use crate::refusal::Refusal;

/// The Installations in a stream.
#[derive(Default)]
pub(crate) struct Installations {
    /// The one named `default`.
    pub(crate) default: Option<LocatedInstallation>,
    /// The one named `overlay`.
    pub(crate) overlay: Option<LocatedInstallation>,
    /// Those with other names, which no operator reads.
    pub(crate) misnamed: Vec<LocatedInstallation>,
    /// Why documents that mention an Installation could not be parsed as YAML.
    pub(crate) unreadable: Vec<Refusal>,
}

/// Finds every Installation. Refuses a stream if it is not certain which one the operator will read.
pub(crate) fn installations(stream: &Stream) -> Result<Installations, Refusal> {
    if let Some(document) = stream.document_in_utf16() {
        let what = "the document is encoded in UTF-16, which this program cannot read";
        return Err(Refusal::new(what)
            .at(stream, document, 0)
            .why("PowerShell writes UTF-16 with > and Out-File")
            .fix("write UTF-8: Out-File -Encoding utf8"));
    }
    let mut found = Installations::default();
    for document in &stream.mentions().installation {
        let mut parts = markers::parts(stream.document(*document)).into_iter();
        let first = parts.next().unwrap_or_default();
        match Part::parse(stream, *document, first) {
            Ok(part) => {
                for located in part.installations(stream)? {
                    found.add(stream, located)?;
                }
            }
            Err(unreadable) => found.unreadable.extend(unreadable.refused_or_noted()?),
        }
        for dropped in parts {
            check_dropped(stream, *document, dropped)?;
        }
    }
    Ok(found)
}

impl Installations {
    fn add(&mut self, stream: &Stream, located: LocatedInstallation) -> Result<(), Refusal> {
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
            let first = stream.place(first.document, first.start());
            return Err(Refusal::new(what)
                .at(stream, located.document, located.start())
                .why(format!(
                    "the cluster keeps the one that is applied last; the first is in {first}"
                ))
                .fix("remove one of the two from what the chart renders"));
        }
        *slot = Some(located);
        Ok(())
    }
}

/// Refuses a part of a document that Helm and kubectl drop, if it contains an Installation.
fn check_dropped(stream: &Stream, document: usize, part: Range<usize>) -> Result<(), Refusal> {
    let Ok(part) = Part::parse(stream, document, part) else {
        return Ok(());
    };
    let Some(dropped) = part.installations(stream)?.into_iter().next() else {
        return Ok(());
    };
    let what = "an Installation follows a document end marker (...)";
    Err(Refusal::new(what)
        .at(stream, document, dropped.start())
        .why("Helm and kubectl silently drop what follows the marker without a --- line")
        .fix("put a --- line before it"))
}

/// A part of a document that is YAML.
struct Part<'a> {
    document: usize,
    /// Byte of the document where `text` starts.
    offset: usize,
    text: &'a str,
    tree: Rc<Tree>,
}

impl<'a> Part<'a> {
    fn parse(
        stream: &'a Stream,
        document: usize,
        range: Range<usize>,
    ) -> Result<Self, Unreadable<'a>> {
        let start = range.start;
        let part = stream.document(document).get(range).unwrap_or_default();
        let skipped = if start == 0 {
            stream.content_start(document)
        } else {
            0
        };
        let bytes = part.get(skipped..).unwrap_or_default();
        let offset = start + skipped;
        match unreadable::parse(bytes) {
            Ok((text, tree)) => Ok(Self {
                document,
                offset,
                text,
                tree: Rc::new(tree),
            }),
            Err((refusal, at)) => Err(Unreadable {
                refusal: refusal.at(stream, document, offset + at),
                bytes,
            }),
        }
    }

    fn installations(&self, stream: &Stream) -> Result<Vec<LocatedInstallation>, Refusal> {
        let objects = objects::installations(&self.tree)
            .map_err(|obstacle| self.refusal(stream, obstacle))?;
        if objects.is_empty() {
            if may_be_installation(self.text) {
                return Err(self.disagreement(stream, "whether this is an Installation"));
            }
            return Ok(Vec::new());
        }
        if !reader_agreement::agree_on_start(self.text) {
            return Err(self.disagreement(stream, "where the document starts"));
        }
        if let Some(duplicate) = obstacle::duplicate_key(&self.tree) {
            return Err(self.refusal(stream, duplicate));
        }
        let text: Rc<str> = self.text.into();
        let is_json = is_json(&text, &self.tree);
        let located: Vec<LocatedInstallation> = objects
            .into_iter()
            .map(|object| {
                obstacle::check_identity(&self.tree, object.node)
                    .map_err(|obstacle| self.refusal(stream, obstacle))?;
                let Some(name) = object.name else {
                    return Err(self.without_name(stream, object.node));
                };
                Ok(LocatedInstallation {
                    document: self.document,
                    offset: self.offset,
                    text: text.clone(),
                    tree: self.tree.clone(),
                    is_json,
                    root: object.node,
                    items: object.items,
                    name,
                })
            })
            .collect::<Result<_, Refusal>>()?;
        // Other Installations are compared with the second parser's result before they are edited.
        let is_misnamed =
            |located: &LocatedInstallation| ![DEFAULT_NAME, OVERLAY_NAME].contains(&&*located.name);
        if located.iter().all(is_misnamed) && !reader_agreement::agree_on(self.text, &located) {
            return Err(self.disagreement(stream, "what the Installation is named"));
        }
        Ok(located)
    }

    fn disagreement(&self, stream: &Stream, on: &str) -> Refusal {
        Refusal::new(format!("YAML parsers disagree on {on}"))
            .at(stream, self.document, self.offset)
            .why("Helm and kubectl may read it as one")
            .fix("simplify the YAML of the document")
    }

    fn refusal(&self, stream: &Stream, obstacle: Obstacle) -> Refusal {
        obstacle.refusal(stream, self.document, self.offset)
    }

    fn without_name(&self, stream: &Stream, installation: NodeId) -> Refusal {
        let at = self.offset + self.tree.node(installation).span.start;
        Refusal::new("an Installation has no metadata.name")
            .at(stream, self.document, at)
            .why("the operator only reads the Installation named default")
            .fix("add metadata: {name: default}")
    }
}

/// Whether another reader may find an Installation in a text in which the first parser finds none.
fn may_be_installation(text: &str) -> bool {
    !reader_agreement::agree_on_none(text)
        && may_mean_installation(&text_outside_scalars::of_block_scalars(text.as_bytes()))
}
