//! Forms of YAML in which it cannot be told for sure what an edit would change.

use crate::find::located::Located;
use crate::find::pool_path::Path;
use crate::read::stream::{LINE_ENDS, Stream};
use crate::read::tree::{NodeId, Tree};
use crate::refusal::Refusal;

/// Something in the way of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Obstacle {
    /// What it is.
    pub(crate) what: String,
    /// Byte of the document's text where it stands.
    pub(crate) at: usize,
    /// Why that is in the way.
    pub(crate) why: &'static str,
    /// What to do.
    pub(crate) fix: &'static str,
}

impl Obstacle {
    /// The refusal of it, in a document whose text starts at byte `offset`.
    pub(crate) fn refusal(self, stream: &Stream, document: usize, offset: usize) -> Refusal {
        Refusal::new(self.what)
            .at(stream, document, offset + self.at)
            .why(self.why)
            .fix(self.fix)
    }
}

/// A key that a mapping has twice: readers differ on which one counts, so that it cannot be told
/// what the document is, let alone what it says.
pub(crate) fn duplicate_key(tree: &Tree) -> Option<Obstacle> {
    let (key, text) = tree.duplicate_key()?;
    Some(Obstacle {
        what: format!("the key {} is there twice", calico_core::text::quoted(text)),
        at: tree.node(key).span.start,
        why: "readers of YAML differ on which of the two counts",
        fix: "remove one of them from what the chart renders",
    })
}

/// Refuses what makes it a guess which object this is: merge keys and tags where it says so, and
/// items, for which Helm and kubectl take it for a list and forget what else it holds
/// (kubernetes/apimachinery v0.35.1, pkg/apis/meta/v1/unstructured/helpers.go, `decode`).
pub(crate) fn identity(tree: &Tree, object: NodeId) -> Result<(), Obstacle> {
    if let Some((key, _)) = tree.entry(object, "items") {
        return Err(Obstacle {
            what: "an Installation has items".to_owned(),
            at: tree.node(key).span.start,
            why: "Helm and kubectl take an object with items for a list, and what else it holds is lost",
            fix: "remove the items",
        });
    }
    let maps = [Some(object), tree.get(object, "metadata")];
    plain(tree, maps.into_iter().flatten())
}

/// Refuses what makes even reading the Installation a guess: line ends that some readers do not
/// know, merge keys and tags on the way to its pools, and in what the rules for pools hang on.
pub(crate) fn check(located: &Located) -> Result<(), Obstacle> {
    if let Some(at) = located.text.find(LINE_ENDS) {
        return Err(Obstacle {
            what: "the document holds U+0085, U+2028 or U+2029".to_owned(),
            at,
            why: "readers of YAML 1.1, such as Helm and kubectl, take it for the end of a line",
            fix: "remove it, or write it as an escape in double quotes (\\u2028)",
        });
    }
    let tree = &located.tree;
    let path = Path::of(located);
    let below = |map: Option<NodeId>, key| map.and_then(|map| tree.get(map, key));
    let cni = below(path.maps.get(1).copied(), "cni");
    let maps = path.maps.iter().chain(&path.pools).copied();
    let maps = maps.chain(cni).chain(below(cni, "ipam"));
    plain(tree, maps)
}

/// Refuses merge keys, tags, and keys that are no text, in mappings.
fn plain(tree: &Tree, maps: impl Iterator<Item = NodeId>) -> Result<(), Obstacle> {
    for map in maps {
        let entries = tree.entries(map).iter();
        let nodes = entries.clone().flat_map(|(key, value)| [*key, *value]);
        let tag = nodes.chain([map]).find_map(|node| tree.node(node).tag);
        if let Some((key, _)) = entries.clone().find(|(key, _)| tree.is_merge(*key)) {
            return Err(Obstacle {
                what: "a merge key (<<) stands in what must be read of the Installation".to_owned(),
                at: tree.node(*key).span.start,
                why: "Go's readers and others disagree on what it overrides",
                fix: "write the merged fields out",
            });
        }
        if let Some((key, _)) = entries.clone().find(|(key, _)| tree.text(*key).is_none()) {
            return Err(Obstacle {
                what: "a key is a collection".to_owned(),
                at: tree.node(*key).span.start,
                why: "the keys of an object are texts",
                fix: "remove the ? before it, or write a text as the key",
            });
        }
        if let Some(at) = tag {
            return Err(Obstacle {
                what: "a YAML tag stands in what must be read of the Installation".to_owned(),
                at,
                why: "what a tagged value means depends on the reader",
                fix: "remove the tag",
            });
        }
    }
    Ok(())
}

/// Refuses to edit inside a node that stands in more than one place.
pub(crate) fn editable(tree: &Tree, node: NodeId) -> Result<(), Obstacle> {
    let at = tree.node(node).span.start;
    if tree.is_alias(node) {
        return Err(Obstacle {
            what: "an alias (*) stands on the way to the field to set".to_owned(),
            at,
            why: "an edit would change the other place as well",
            fix: "write the value out instead of the alias",
        });
    }
    if tree.is_shared(node) {
        return Err(Obstacle {
            what: "an anchor (&) that an alias refers to stands on the way to the field to set"
                .to_owned(),
            at,
            why: "an edit would change the place of the alias as well",
            fix: "write the value out in both places",
        });
    }
    Ok(())
}
