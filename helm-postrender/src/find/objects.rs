//! Which nodes of a document are Installations, for any reader.
//!
//! Helm and kubectl treat every object that has `items` as a list, and give items without kind and
//! apiVersion those of the list (kubernetes/apimachinery v0.35.1,
//! pkg/apis/meta/v1/unstructured/helpers.go, `decodeToList`).

use std::collections::HashSet;

use calico_core::installation::{API_VERSION, KIND};

use crate::find::obstacle::Obstacle;
use crate::read::tree::{NodeId, Tree};

/// An Installation among the nodes of a document.
pub(crate) struct Object {
    /// Its mapping.
    pub(crate) node: NodeId,
    /// The path to it from the document's root: indexes into `items`, one per list.
    pub(crate) items: Vec<usize>,
    /// `metadata.name`
    pub(crate) name: Option<String>,
}

/// A node that may be an Installation or a list.
struct Candidate {
    node: NodeId,
    items: Vec<usize>,
    /// Whether it is an item of an InstallationList.
    in_typed_list: bool,
    /// The byte of the first alias that leads to it.
    alias: Option<usize>,
}

/// The kind of a list of Installations.
pub(crate) const LIST_KIND: &str = "InstallationList";

/// Every Installation in a document, in its order. Refuses one that is written as an alias: an edit
/// would also change the value that it refers to.
pub(crate) fn installations(tree: &Tree) -> Result<Vec<Object>, Obstacle> {
    let mut found = Vec::new();
    // Lists that refer to each other multiply, so each is visited only once.
    let mut seen = HashSet::new();
    let mut waiting: Vec<Candidate> = tree.root().into_iter().map(Candidate::root).collect();
    while let Some(candidate) = waiting.pop() {
        let Candidate {
            node,
            in_typed_list,
            ..
        } = candidate;
        if candidate.alias.is_some() && !seen.insert((node, in_typed_list)) {
            continue;
        }
        if !is_installation(tree, node, in_typed_list) {
            waiting.extend(candidate.list_items(tree));
            continue;
        }
        if let Some(at) = candidate.alias {
            return Err(Obstacle {
                what: "an Installation is written as an alias (*)".to_owned(),
                at,
                why: "an edit would also change the value that it refers to",
                fix: "write the Installation out instead of the alias",
            });
        }
        found.push(Object {
            node,
            items: candidate.items,
            name: name(tree, node),
        });
    }
    found.sort_by_key(|object| object.node);
    Ok(found)
}

impl Candidate {
    fn root(node: NodeId) -> Self {
        Self {
            node,
            items: Vec::new(),
            in_typed_list: false,
            alias: None,
        }
    }

    /// The mappings in its `items`, if it is a list.
    fn list_items(&self, tree: &Tree) -> Vec<Self> {
        let in_typed_list = may_equal(tree, self.node, "kind", LIST_KIND)
            && may_equal(tree, self.node, "apiVersion", API_VERSION);
        let mut candidates = Vec::new();
        for list in tree.values(self.node, "items") {
            for (index, item) in tree.items(list).iter().copied().enumerate() {
                if tree.entries(item).is_empty() {
                    continue;
                }
                let alias = [list, item]
                    .into_iter()
                    .find(|node| tree.is_alias(*node))
                    .map(|alias| tree.node(alias).span.start);
                candidates.push(Self {
                    node: tree.resolve(item),
                    items: self.items.iter().copied().chain([index]).collect(),
                    in_typed_list,
                    alias: self.alias.or(alias),
                });
            }
        }
        candidates
    }
}

fn is_installation(tree: &Tree, node: NodeId, in_typed_list: bool) -> bool {
    let has_type =
        may_equal(tree, node, "kind", KIND) && may_equal(tree, node, "apiVersion", API_VERSION);
    has_type || in_typed_list && is_empty(tree, node, "kind") && is_empty(tree, node, "apiVersion")
}

/// Whether any reader may find `text` as the value of `key`: either value of a duplicate key may
/// take effect, and the value of a tag depends on the reader.
fn may_equal(tree: &Tree, node: NodeId, key: &str, text: &str) -> bool {
    tree.values(node, key)
        .into_iter()
        .any(|value| tree.text(value) == Some(text) || tree.node(tree.resolve(value)).tag.is_some())
}

/// Whether `key` is missing or empty.
fn is_empty(tree: &Tree, node: NodeId, key: &str) -> bool {
    tree.values(node, key)
        .into_iter()
        .filter_map(|value| tree.text(value))
        .all(str::is_empty)
}

fn name(tree: &Tree, node: NodeId) -> Option<String> {
    tree.values(node, "metadata")
        .into_iter()
        .flat_map(|metadata| tree.values(metadata, "name"))
        .find_map(|name| tree.text(name).map(str::to_owned))
}
