//! An Installation in a stream, and where its fields are.

use std::rc::Rc;

use crate::read::tree::{NodeId, Tree};

/// An Installation in a stream.
pub(crate) struct Located {
    /// Its document.
    pub(crate) document: usize,
    /// Byte of the document where `text` starts: behind a byte order mark.
    pub(crate) offset: usize,
    /// The text of the document, as far as it is read: not beyond a `...` line.
    pub(crate) text: Rc<str>,
    /// Its nodes.
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

impl Located {
    /// The byte of the document where the Installation starts.
    pub(crate) fn start(&self) -> usize {
        self.offset + self.tree.node(self.root).span.start
    }
}

/// Whether the root of a document is JSON.
pub(crate) fn is_json(text: &str, tree: &Tree) -> bool {
    let root = tree.root().map(|root| tree.node(root).span.clone());
    root.and_then(|span| text.get(span))
        .is_some_and(|root| serde_json::from_str::<serde::de::IgnoredAny>(root).is_ok())
}
