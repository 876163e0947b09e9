//! Whether every node can use a pool.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::pools::{ALL_NODES, ExistingPool};
use crate::assess::finding::Finding;
use crate::assess::phrases::MOST_NAMES;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS};

pub(crate) const POOLS_FOR_SOME_NODES: Check = Check {
    entry: Entry {
        code: "CAL215",
        title: "all pools are limited to certain nodes",
        meaning: "Every pool that assigns addresses of a family to pods has a nodeSelector.",
        impact: "On a node that none of them selects, new pods stay in ContainerCreating: \"no \
                 configured Calico pools for node\". This may be intentional, for example if each \
                 zone or rack has its own pool, or it may be caused by a missing or misspelled \
                 label.",
        criteria: "The finding is a note: most node labels are not read, so it is not checked \
                   whether every node is selected. Applies only if Calico's IPAM assigns \
                   addresses. Pools that are disabled, that pods must request, or that have the \
                   nodeSelector !all() are ignored; if there are no other pools, CAL212 is \
                   reported.",
        fix: "Compare the selectors with the labels of the nodes; add a pool with all() for nodes \
              that no other pool selects.",
        source: "Calico documentation, Assign IP addresses based on topology; \
                 projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS],
    judges: Judges::Configured,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        Family::BOTH
            .into_iter()
            .filter_map(|family| finding(case, family))
            .collect()
    },
};

fn finding(case: &Case, family: Family) -> Option<Finding> {
    let pools: Vec<&ExistingPool> = case
        .facts
        .known_pools()
        .iter()
        .filter(|pool| pool.family() == Some(family) && pool.serves_any_pod())
        .collect();
    if pools.is_empty() || pools.iter().any(|pool| pool.node_selector == ALL_NODES) {
        return None;
    }
    let mut finding = Finding::note(
        &POOLS_FOR_SOME_NODES.entry,
        "IPPools",
        format!("pods get an {family} address only on nodes with certain labels"),
    );
    for pool in pools.iter().take(MOST_NAMES) {
        finding = finding.evidence(pool.object(), "spec.nodeSelector", &pool.node_selector);
    }
    Some(
        finding
            .impact("new pods on any other node stay in ContainerCreating")
            .fix("compare the selectors with the labels of the nodes, which are not read here")
            .paste("kubectl get nodes --show-labels"),
    )
}
