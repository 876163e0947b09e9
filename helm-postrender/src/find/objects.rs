//! Which of a document's nodes are Installations, to whatever reader.
//!
//! Helm and kubectl take every object with a list of `items` for a list, and give items that have
//! neither kind nor apiVersion those of the list (kubernetes/apimachinery v0.35.1,
//! pkg/apis/meta/v1/unstructured/helpers.go, `decodeToList`).

use std::collections::HashSet;

use calico_core::installation::{API_VERSION, KIND};

use crate::find::obstacle::Obstacle;
use crate::read::tree::{NodeId, Tree};

/// An Installation among a document's nodes.
pub(crate) struct Object {
    /// Its mapping.
    pub(crate) node: NodeId,
    /// The path to it from the document's root: `items` indexes, one per list.
    pub(crate) items: Vec<usize>,
    /// Its name, if it has one.
    pub(crate) name: Option<String>,
}

/// A node still to be looked at.
struct Candidate {
    node: NodeId,
    items: Vec<usize>,
    /// Whether it is an item of an InstallationList.
    in_typed_list: bool,
    /// Where the alias stands that leads to it.
    alias: Option<usize>,
}

/// The kind of a list whose items are Installations.
pub(crate) const LIST_KIND: &str = "InstallationList";

/// Every Installation in a document, in its order. An alias that stands for one is in the way: an
/// edit would change the other place as well.
pub(crate) fn installations(tree: &Tree) -> Result<Vec<Object>, Obstacle> {
    let mut found = Vec::new();
    // Lists that refer to each other multiply, and each needs one look only.
    let mut seen = HashSet::new();
    let mut waiting: Vec<Candidate> = tree.root().into_iter().map(Candidate::root).collect();
    while let Some(candidate) = waiting.pop() {
        let Candidate { node, items, .. } = &candidate;
        if candidate.alias.is_some() && !seen.insert((*node, candidate.in_typed_list)) {
            continue;
        }
        if !is_installation(tree, *node, candidate.in_typed_list) {
            waiting.extend(candidate.items(tree));
            continue;
        }
        if let Some(at) = candidate.alias {
            return Err(Obstacle {
                what: "an alias (*) stands for an Installation".to_owned(),
                at,
                why: "an edit would change the other place as well",
                fix: "write the Installation out instead of the alias",
            });
        }
        found.push(Object {
            node: *node,
            items: items.clone(),
            name: name(tree, *node),
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

    /// Its items, if it is a list.
    fn items<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = Self> + 'a {
        let in_typed_list = says(tree, self.node, "kind", LIST_KIND)
            && says(tree, self.node, "apiVersion", API_VERSION);
        let lists = tree.values(self.node, "items").into_iter();
        let items = lists.flat_map(move |list| {
            let items = tree.items(list).iter().enumerate();
            items.map(move |(index, item)| (list, index, *item))
        });
        let items = items.filter(|(_, _, item)| !tree.entries(*item).is_empty());
        items.map(move |(list, index, item)| {
            let alias = [list, item].into_iter().find(|node| tree.is_alias(*node));
            let mut items = self.items.clone();
            items.push(index);
            Self {
                node: tree.resolve(item),
                items,
                in_typed_list,
                alias: self
                    .alias
                    .or(alias.map(|alias| tree.node(alias).span.start)),
            }
        })
    }
}

fn is_installation(tree: &Tree, node: NodeId, in_typed_list: bool) -> bool {
    if says(tree, node, "kind", KIND) && says(tree, node, "apiVersion", API_VERSION) {
        return true;
    }
    let is_empty = |key| {
        let values = tree.values(node, key).into_iter();
        let mut texts = values.filter_map(|value| tree.text(value));
        texts.all(str::is_empty)
    };
    in_typed_list && is_empty("kind") && is_empty("apiVersion")
}

/// Whether some reader may take `text` for the value of `key`: of a key that is there twice,
/// either may count, and what a tag makes of a value is left to the reader.
fn says(tree: &Tree, node: NodeId, key: &str, text: &str) -> bool {
    let is_it = |value: NodeId| {
        tree.text(value) == Some(text) || tree.node(tree.resolve(value)).tag.is_some()
    };
    tree.values(node, key).into_iter().any(is_it)
}

fn name(tree: &Tree, node: NodeId) -> Option<String> {
    let metadata = tree.values(node, "metadata").into_iter();
    let mut names = metadata.flat_map(|metadata| tree.values(metadata, "name"));
    names.find_map(|name| tree.text(name).map(str::to_owned))
}
