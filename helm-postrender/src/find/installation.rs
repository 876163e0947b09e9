//! An Installation in a stream, and where its fields are.

use std::rc::Rc;

use calico_core::installation::path::{Step, steps};

use crate::read::tree::{NodeId, Tree};

/// An Installation in a stream.
pub(crate) struct LocatedInstallation {
    /// The index of its document.
    pub(crate) document: usize,
    /// Byte of the document where `text` starts: after a byte order mark.
    pub(crate) offset: usize,
    /// The text of the document that is read: up to a `...` line.
    pub(crate) text: Rc<str>,
    /// The nodes of `text`.
    pub(crate) tree: Rc<Tree>,
    /// Whether the document's root is JSON, regardless of markers and comments around it.
    pub(crate) is_json: bool,
    /// The Installation's own mapping: the root, or an item of a list.
    pub(crate) root: NodeId,
    /// The path to it from the document's root: indexes into `items`, one per list.
    pub(crate) items: Vec<usize>,
    /// `metadata.name`
    pub(crate) name: String,
}

/// A field of an Installation: its node or, if it does not exist, that of its nearest parent.
pub(crate) struct FieldNode {
    /// The node.
    pub(crate) node: NodeId,
    /// Whether the field exists.
    pub(crate) exists: bool,
}

impl LocatedInstallation {
    /// The byte of the document where the Installation starts.
    pub(crate) fn start(&self) -> usize {
        self.offset + self.tree.node(self.root).span.start
    }

    /// The node of a field, such as `spec.calicoNetwork.ipPools[0].cidr`.
    pub(crate) fn field(&self, path: &str) -> FieldNode {
        let mut node = self.root;
        for step in steps(path) {
            match self.step(node, step) {
                Some(next) => node = next,
                None => {
                    return FieldNode {
                        node,
                        exists: false,
                    };
                }
            }
        }
        FieldNode { node, exists: true }
    }

    /// The byte of the document where a field starts, or its nearest parent.
    pub(crate) fn field_start(&self, path: &str) -> usize {
        self.offset + self.tree.node(self.field(path).node).span.start
    }

    fn step(&self, node: NodeId, step: Step) -> Option<NodeId> {
        let value = self.tree.get(node, step.key)?;
        match step.index {
            Some(index) => self.tree.items(value).get(index).copied(),
            None => Some(value),
        }
    }
}

/// Whether the root of a document is JSON.
pub(crate) fn is_json(text: &str, tree: &Tree) -> bool {
    tree.root()
        .and_then(|root| text.get(tree.node(root).span.clone()))
        .is_some_and(|root| serde_json::from_str::<serde::de::IgnoredAny>(root).is_ok())
}
