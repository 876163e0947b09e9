//! Forms of YAML for which the effect of an edit is not certain.

use calico_core::text::quoted;

use crate::find::installation::LocatedInstallation;
use crate::find::pool_path::PoolPath;
use crate::read::markers::YAML_1_1_LINE_ENDS;
use crate::read::stream::Stream;
use crate::read::tree::{NodeId, Tree};
use crate::refusal::Refusal;

/// A form of YAML that prevents an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Obstacle {
    /// The form, and the node that has it.
    pub(crate) what: String,
    /// The byte of the document's text where it is.
    pub(crate) at: usize,
    /// Why it prevents an edit.
    pub(crate) why: &'static str,
    /// What to do.
    pub(crate) fix: &'static str,
}

impl Obstacle {
    /// The refusal of a document whose text starts at byte `offset`.
    pub(crate) fn refusal(self, stream: &Stream, document: usize, offset: usize) -> Refusal {
        Refusal::new(self.what)
            .at(stream, document, offset + self.at)
            .why(self.why)
            .fix(self.fix)
    }
}

/// A duplicate key. Parsers disagree on which one takes effect, so neither the kind of the object
/// nor its settings are certain.
pub(crate) fn duplicate_key(tree: &Tree) -> Option<Obstacle> {
    let (key, text) = tree.duplicate_key()?;
    Some(Obstacle {
        what: format!("duplicate key {}", quoted(text)),
        at: tree.node(key).span.start,
        why: "YAML parsers disagree on which of the two takes effect",
        fix: "remove one of them from what the chart renders",
    })
}

/// Refuses what makes the identity of an Installation uncertain: merge keys and tags in its type and
/// metadata, and `items`, for which Helm and kubectl treat it as a list and drop everything else
/// (kubernetes/apimachinery v0.35.1, pkg/apis/meta/v1/unstructured/helpers.go, `decode`).
pub(crate) fn check_identity(tree: &Tree, object: NodeId) -> Result<(), Obstacle> {
    if let Some((key, _)) = tree.entry(object, "items") {
        return Err(Obstacle {
            what: "an Installation has items".to_owned(),
            at: tree.node(key).span.start,
            why: "Helm and kubectl treat an object with items as a list and drop everything else in it",
            fix: "remove the items",
        });
    }
    check_mapping(tree, object)?;
    tree.get(object, "metadata")
        .map_or(Ok(()), |metadata| check_mapping(tree, metadata))
}

/// Refuses what makes the settings of an Installation uncertain: line ends that only some parsers
/// know, and merge keys and tags on the path to its pools or in other settings that rules for pools
/// depend on.
pub(crate) fn check_settings(located: &LocatedInstallation) -> Result<(), Obstacle> {
    if let Some(at) = located.text.find(YAML_1_1_LINE_ENDS) {
        return Err(Obstacle {
            what: "the document contains U+0085, U+2028 or U+2029".to_owned(),
            at,
            why: "YAML 1.1 parsers, such as those of Helm and kubectl, treat it as a line break",
            fix: "remove it, or write it as an escape in double quotes (\\u2028)",
        });
    }
    let tree = &located.tree;
    let path = PoolPath::of(located);
    let cni = path.maps.get(1).and_then(|spec| tree.get(*spec, "cni"));
    let ipam = cni.and_then(|cni| tree.get(cni, "ipam"));
    path.maps
        .iter()
        .chain(&path.pools)
        .chain(cni.iter())
        .chain(ipam.iter())
        .try_for_each(|map| check_mapping(tree, *map))
}

/// Refuses merge keys, keys that are not scalars, and tags in a mapping.
fn check_mapping(tree: &Tree, map: NodeId) -> Result<(), Obstacle> {
    let entries = tree.entries(map);
    if let Some((key, _)) = entries.iter().find(|(key, _)| tree.is_merge(*key)) {
        return Err(Obstacle {
            what: "the Installation uses a merge key (<<) where it must be read".to_owned(),
            at: tree.node(*key).span.start,
            why: "Go's YAML parser and others disagree on what it overrides",
            fix: "write out the merged fields",
        });
    }
    if let Some((key, _)) = entries.iter().find(|(key, _)| tree.text(*key).is_none()) {
        return Err(Obstacle {
            what: "a mapping key is a collection".to_owned(),
            at: tree.node(*key).span.start,
            why: "the keys of an object are strings",
            fix: "remove the ? before it, or use a string as the key",
        });
    }
    let tag = entries
        .iter()
        .flat_map(|(key, value)| [*key, *value])
        .chain([map])
        .find_map(|node| tree.node(node).tag);
    if let Some(at) = tag {
        return Err(Obstacle {
            what: "the Installation uses a YAML tag where it must be read".to_owned(),
            at,
            why: "the meaning of a tagged value depends on the parser",
            fix: "remove the tag",
        });
    }
    Ok(())
}

/// Refuses to edit inside a node that is used in more than one place.
pub(crate) fn check_editable(tree: &Tree, node: NodeId) -> Result<(), Obstacle> {
    let at = tree.node(node).span.start;
    if tree.is_alias(node) {
        return Err(Obstacle {
            what: "the path to the field contains an alias (*)".to_owned(),
            at,
            why: "the edit would also change the value that it refers to",
            fix: "write the value out instead of the alias",
        });
    }
    if tree.is_shared(node) {
        return Err(Obstacle {
            what: "the path to the field contains an anchor (&) that is used elsewhere".to_owned(),
            at,
            why: "the edit would also change every place with an alias to it",
            fix: "write the value out in each place",
        });
    }
    Ok(())
}
