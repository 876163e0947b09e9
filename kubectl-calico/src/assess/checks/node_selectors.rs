//! Whether the pools are for all nodes.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::pools::{ALL_NODES, Pool};
use crate::assess::finding::Finding;
use crate::assess::words::MOST_NAMES;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS};

pub(crate) const POOLS_FOR_SOME_NODES: Check = Check {
    entry: Entry {
        code: "CAL215",
        title: "pools are for some nodes only",
        meaning: "Every pool of a family that pods get addresses from has a nodeSelector.",
        impact: "On a node that none of them selects new pods stay in ContainerCreating: \"no \
                  configured Calico pools for node\". That is meant where each zone or rack has a \
                  pool of its own, and a mistake where a label is missing or misspelt.",
        criteria: "It is a note, as most labels of nodes are not read here: whether every node is \
                 selected is not judged. Only where addresses come from Calico's IPAM. Pools that \
                 are disabled, or that pods have to ask for, do not count; neither does !all(), \
                 which is CAL212 where there is no other pool.",
        fix: "Compare the selectors with the labels of the nodes; have a pool with all() for those \
              that no other is for.",
        source: "Calico's documentation, assign IP addresses based on topology; \
                 projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        let runs = case.facts.agents.value().is_some();
        if !runs || case.facts.by_calico_ipam() != Some(true) {
            return Vec::new();
        }
        let families = Family::BOTH.into_iter();
        families
            .filter_map(|family| finding(case, family))
            .collect()
    },
};

fn finding(case: &Case, family: Family) -> Option<Finding> {
    let pools = case.facts.known_pools().iter();
    let pools = pools.filter(|pool| pool.family() == Some(family) && pool.serves_any_pod());
    let pools: Vec<&Pool> = pools.collect();
    if pools.is_empty() || pools.iter().any(|pool| pool.node_selector == ALL_NODES) {
        return None;
    }
    let mut finding = Finding::note(
        &POOLS_FOR_SOME_NODES.entry,
        "IPPools",
        format!("pods get an {family} address on nodes with certain labels only"),
    );
    for pool in pools.iter().take(MOST_NAMES) {
        finding = finding.evidence(pool.object(), "spec.nodeSelector", &pool.node_selector);
    }
    Some(
        finding
            .impact("new pods on any other node stay in ContainerCreating; which those are is not judged here")
            .fix("compare with the labels of the nodes")
            .paste("kubectl get nodes --show-labels"),
    )
}
