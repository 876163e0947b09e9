//! Labels of nodes: the one of a migration to the operator, and whether those that are known make the selector
//! of a pool select a node.

use calico_core::selector::{LabelState, Selector};

use crate::snapshot::Node;

/// Says which calico-node a node runs, while the operator migrates a manifest install: `pre-operator` or
/// `migrated`.
pub const MIGRATION_LABEL: &str = "projectcalico.org/operator-node-migration";

/// The labels of nodes that are read, besides those of platforms.
const KNOWN_LABELS: [&str; 7] = [
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "node-role.kubernetes.io/control-plane",
    // As in Calico's documentation of BGP.
    "route-reflector",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// Whether one of the selectors selects a node; `None` if that depends on labels that are not read.
pub fn is_selected(selectors: &[Selector], node: &Node) -> Option<bool> {
    let label = |key: &str| match node.metadata.label(key) {
        Some(value) => LabelState::Value(value),
        None if KNOWN_LABELS.contains(&key) => LabelState::Missing,
        None => LabelState::Unknown,
    };
    let mut selected = Some(false);
    for selector in selectors {
        match selector.selects(&label) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => selected = None,
        }
    }
    selected
}
