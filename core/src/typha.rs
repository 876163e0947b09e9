//! The number of replicas that Typha needs.

/// The number of replicas that the operator sets for `nodes` schedulable nodes. It always runs
/// Typha, and has no upper limit.
///
/// The operator does not count cordoned nodes, AKS virtual nodes and, before 1.34, nodes that are
/// waiting for migration (tigera/operator v1.42.3, pkg/controller/installation/typha_autoscaler.go).
///
/// Source: tigera/operator v1.42.3, pkg/common/autoscale.go, unchanged since 1.30.
pub fn operator_replicas(nodes: u32) -> u32 {
    match nodes {
        0..=2 => 1,
        3..=4 => 2,
        _ => (nodes / 200 + 2).max(3),
    }
}

/// The number of nodes up to which a manifest install does not need Typha.
/// Source: Calico's documentation, installation on self-managed on-premises clusters.
pub const MANIFEST_NODES_WITHOUT_TYPHA: u32 = 50;

/// The number of replicas that a manifest install needs for `nodes` nodes that run Felix, including
/// cordoned ones; 0 if it needs none.
///
/// According to Calico's documentation: one per 200 nodes, at least 3, at most 20, and fewer than
/// nodes. The last condition always holds here, because more than 50 nodes are more than 20.
pub fn manifest_replicas(nodes: u32) -> u32 {
    if nodes <= MANIFEST_NODES_WITHOUT_TYPHA {
        return 0;
    }
    nodes.div_ceil(200).clamp(3, 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_every_limit_of_the_operator() {
        for (nodes, replicas) in [
            (0, 1),
            (2, 1),
            (3, 2),
            (4, 2),
            (5, 3),
            (399, 3),
            (400, 4),
            (599, 4),
            (600, 5),
            (1199, 7),
            (1200, 8),
            (3799, 20),
            (3800, 21),
            (5000, 27),
        ] {
            assert_eq!(operator_replicas(nodes), replicas, "{nodes} nodes");
        }
    }

    #[test]
    fn both_sides_of_every_limit_of_the_documentation() {
        for (nodes, replicas) in [
            (0, 0),
            (50, 0),
            (51, 3),
            (600, 3),
            (601, 4),
            (800, 4),
            (801, 5),
            (3800, 19),
            (3801, 20),
            (4000, 20),
            (4001, 20),
            (u32::MAX, 20),
        ] {
            assert_eq!(manifest_replicas(nodes), replicas, "{nodes} nodes");
            assert!(replicas == 0 || replicas < nodes);
        }
    }
}
