//! One YAML document as nodes with byte ranges, for finding where to edit.
//!
//! Nothing here interprets values: what a document means is decided by the second parser
//! ([`crate::find::second_parser`]).

mod parse;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use granit_parser::{ScalarStyle, StructureStyle};

/// Identifies a node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(usize);

/// The nodes of a document, in its order.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    anchors: HashMap<usize, NodeId>,
    referenced: Vec<usize>,
    root: Option<NodeId>,
}

/// A node: a value, or a key.
#[derive(Debug)]
pub(crate) struct Node {
    /// The bytes of a scalar (a block scalar's content, without its header), an alias or a flow
    /// collection; empty: at the first byte for a block collection, and after the colon for a
    /// missing value.
    pub(crate) span: Range<usize>,
    pub(crate) data: Data,
    /// The byte where its tag starts.
    pub(crate) tag: Option<usize>,
    /// For the key of a block mapping: the mapping's column, from 0.
    pub(crate) indent: Option<usize>,
    anchor: usize,
}

/// The kinds of nodes.
#[derive(Debug)]
pub(crate) enum Data {
    /// A scalar, with its escapes and folding resolved.
    Scalar(String, ScalarStyle),
    /// A mapping, as keys and values.
    Map(Vec<(NodeId, NodeId)>, StructureStyle),
    Seq(Vec<NodeId>, StructureStyle),
    /// A reference to an anchor.
    Alias(usize),
}

/// Why a document has no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TreeError {
    /// It is not YAML: the parser's message, and the byte that it is about.
    Syntax(String, usize),
    /// A second document starts at this byte, without a `---` line before it.
    SecondDocument(usize),
}

impl Tree {
    /// The node of the whole document; none if the document is empty.
    pub(crate) fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// The node itself: an alias is not followed.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        const MISSING: &Node = &Node {
            span: 0..0,
            data: Data::Alias(0),
            tag: None,
            indent: None,
            anchor: 0,
        };
        self.nodes.get(id.0).unwrap_or(MISSING)
    }

    /// The node that an alias refers to; any other node itself.
    pub(crate) fn resolve(&self, id: NodeId) -> NodeId {
        match self.node(id).data {
            Data::Alias(anchor) => self.anchors.get(&anchor).copied().unwrap_or(id),
            _ => id,
        }
    }

    pub(crate) fn is_alias(&self, id: NodeId) -> bool {
        matches!(self.node(id).data, Data::Alias(_))
    }

    /// The text of a scalar, or of the scalar that an alias refers to.
    pub(crate) fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.resolve(id)).data {
            Data::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping; none for anything else.
    pub(crate) fn entries(&self, id: NodeId) -> &[(NodeId, NodeId)] {
        match &self.node(self.resolve(id)).data {
            Data::Map(entries, _) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none for anything else.
    pub(crate) fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(self.resolve(id)).data {
            Data::Seq(items, _) => items,
            _ => &[],
        }
    }

    /// The node of `key` in a mapping, and that of its value.
    pub(crate) fn entry(&self, map: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.entries(map)
            .iter()
            .copied()
            .find(|(name, _)| self.text(*name) == Some(key))
    }

    /// The value of `key` in a mapping.
    pub(crate) fn get(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.entry(map, key).map(|(_, value)| value)
    }

    /// Every value that any reader may find for `key` in a mapping: more than one if the key is
    /// duplicated or merged in, or if a tag hides what a key is.
    pub(crate) fn values(&self, map: NodeId, key: &str) -> Vec<NodeId> {
        let (mut values, mut seen) = (Vec::new(), HashSet::new());
        let mut maps = vec![self.resolve(map)];
        while let Some(map) = maps.pop() {
            if !seen.insert(map) {
                continue;
            }
            for (name, value) in self.entries(map) {
                if self.is_merge(*name) {
                    maps.extend(self.items(*value).iter().map(|item| self.resolve(*item)));
                    maps.push(self.resolve(*value));
                } else if self.text(*name) == Some(key) || self.node(*name).tag.is_some() {
                    values.push(*value);
                }
            }
        }
        values
    }

    /// Whether a key is the merge key `<<`, which includes the entries of its value.
    pub(crate) fn is_merge(&self, key: NodeId) -> bool {
        let node = self.node(key);
        match &node.data {
            Data::Scalar(text, style) => {
                text == "<<" && (*style == ScalarStyle::Plain || node.tag.is_some())
            }
            _ => false,
        }
    }

    /// The value at a path of keys.
    pub(crate) fn get_at(&self, map: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(map, |node, key| self.get(node, key))
    }

    /// The text at a path of keys.
    pub(crate) fn text_at(&self, map: NodeId, path: &[&str]) -> Option<&str> {
        self.text(self.get_at(map, path)?)
    }

    /// Whether an alias refers to this node, so that an edit would also change the alias's place.
    pub(crate) fn is_shared(&self, id: NodeId) -> bool {
        self.referenced.contains(&self.node(id).anchor)
    }

    /// Whether it is null: left out, or written as one of YAML's nulls.
    pub(crate) fn is_null(&self, id: NodeId) -> bool {
        match &self.node(id).data {
            Data::Scalar(text, ScalarStyle::Plain) => {
                self.node(id).span.is_empty()
                    || matches!(text.as_str(), "null" | "Null" | "NULL" | "~")
            }
            _ => false,
        }
    }

    /// The last scalar or flow collection in a block collection; any other node itself.
    pub(crate) fn last_leaf(&self, id: NodeId) -> NodeId {
        let node = self.node(id);
        let last = match &node.data {
            Data::Map(entries, StructureStyle::Block) => entries.last().map(|(_, value)| *value),
            Data::Seq(items, StructureStyle::Block) => items.last().copied(),
            _ => None,
        };
        last.map_or(id, |last| self.last_leaf(last))
    }

    /// Every key and value of every block mapping.
    pub(crate) fn block_entries(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.nodes.iter().flat_map(|node| match &node.data {
            Data::Map(entries, StructureStyle::Block) => entries.iter().copied(),
            _ => [].iter().copied(),
        })
    }

    /// The range and the text of every plain scalar that is a value without a tag, in no particular
    /// order.
    pub(crate) fn plain_values(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        let values = self.nodes.iter().flat_map(|node| match &node.data {
            Data::Map(entries, _) => entries.iter().map(|(_, value)| *value).collect(),
            Data::Seq(items, _) => items.clone(),
            _ => Vec::new(),
        });
        values.filter_map(|value| match self.node(value) {
            Node {
                span,
                data: Data::Scalar(text, ScalarStyle::Plain),
                tag: None,
                ..
            } => Some((span.clone(), text.as_str())),
            _ => None,
        })
    }

    /// The keys of a block mapping; none for anything else.
    pub(crate) fn block_keys(&self, id: NodeId) -> Vec<NodeId> {
        match &self.node(id).data {
            Data::Map(entries, StructureStyle::Block) => {
                entries.iter().map(|(key, _)| *key).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The items of a block sequence; none for anything else.
    pub(crate) fn block_items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).data {
            Data::Seq(items, StructureStyle::Block) => items,
            _ => &[],
        }
    }

    /// The first duplicate key of any mapping: its second occurrence, and its text.
    pub(crate) fn duplicate_key(&self) -> Option<(NodeId, &str)> {
        self.nodes.iter().find_map(|node| {
            let Data::Map(entries, _) = &node.data else {
                return None;
            };
            let mut seen = HashSet::new();
            entries
                .iter()
                .filter_map(|(key, _)| Some((*key, self.text(*key)?)))
                .find(|(_, text)| !seen.insert(*text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_bytes_and_aliases_resolve() {
        let text = "é: &a [1, {b: c}]\nx: *a\nn:\ns: |\n  t\n";
        let tree = Tree::parse(text).unwrap();
        let root = tree.root().unwrap();
        let list = tree.get(root, "é").unwrap();
        assert_eq!(&text[tree.node(list).span.clone()], "[1, {b: c}]");
        assert!(tree.is_shared(list));
        assert_eq!(tree.items(tree.get(root, "x").unwrap()).len(), 2);
        assert!(tree.is_null(tree.get(root, "n").unwrap()));
        assert_eq!(tree.text_at(root, &["s"]), Some("t\n"));
        let last = tree.node(tree.last_leaf(root));
        assert_eq!(&text[last.span.clone()], "t\n");
    }

    #[test]
    fn what_is_not_one_document() {
        assert!(matches!(Tree::parse("a: [1"), Err(TreeError::Syntax(..))));
        assert_eq!(
            Tree::parse("é: 1\n---\nb: 2\n").unwrap_err(),
            TreeError::SecondDocument(6)
        );
        assert!(Tree::parse("# nothing\n").unwrap().root().is_none());
    }

    #[test]
    fn duplicates_are_found_at_any_depth() {
        let tree = Tree::parse("a: {b: 1, \"b\": 2}\n").unwrap();
        assert_eq!(tree.duplicate_key().unwrap().1, "b");
        assert!(
            Tree::parse("a: {b: 1}\nb: {b: 1}\n")
                .unwrap()
                .duplicate_key()
                .is_none()
        );
    }
}
