//! Whether every node can use a pool.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::selector::Selector;
use serde_json::json;

use crate::assess::advice::pool_fixes::set;
use crate::assess::candidate_pools::{CandidatePool, existing_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::phrases::{MOST_NAMES, counted, few};
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::node_labels::is_selected;

pub(crate) const POOLS_FOR_SOME_NODES: Check = Check {
    entry: Entry {
        code: "CAL215",
        title: "all pools are limited to certain nodes",
        meaning: "Every pool that assigns addresses of a family to pods has a nodeSelector, and \
                  not every node is known to be selected.",
        impact: "On a node that none of them selects, new pods stay in ContainerCreating: \"no \
                 configured Calico pools for node\". This may be intentional, for example if each \
                 zone or rack has its own pool, or it may be caused by a missing or misspelled \
                 label.",
        criteria: "The finding is a warning if no pool selects one of the nodes, and a note if that \
                   is not known: only the well-known labels of nodes (zone, region, hostname, \
                   architecture, operating system, control plane) are read. Only Linux nodes count. \
                   Applies only if Calico's IPAM assigns addresses. Pools that are disabled, that \
                   pods must request, or that have the nodeSelector !all() are ignored; if there \
                   are no other pools, CAL212 is reported.",
        fix: "Compare the selectors with the labels of the nodes; add a pool with all() for nodes \
              that no other pool selects.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/pools.go; Calico \
                 documentation, Assign IP addresses based on topology; projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS, &NODES],
    excuses: &[],
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

pub(crate) const SELECTOR_UNREADABLE: Check = Check {
    entry: Entry {
        code: "CAL218",
        title: "a pool's nodeSelector is not a valid selector",
        meaning: "A pool's nodeSelector does not follow the grammar of Calico's selectors, such as \
                  zone == 'a' or has(gpu).",
        impact: "Calico's IPAM looks at the selectors of all pools, and fails at the first one that \
                 it cannot read: no pod on any node gets an address. Calico's own API rejects such a \
                 selector, but neither the operator, which creates the first pools of an install \
                 itself, nor the definitions do.",
        criteria: "Enabled pools whose addresses are assigned automatically, if Calico's IPAM assigns \
                   addresses.",
        fix: "Correct the expression: values are in quotes, and equality is ==. all() selects all \
              nodes.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/selector, \
                 libcalico-go/lib/ipam/pools.go (SelectsNode) and ipam.go (determinePools)",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        let pools = existing_pools(case);
        pools
            .iter()
            .filter_map(|pool| unreadable(case, pool))
            .collect()
    },
};

fn unreadable(case: &Case, pool: &CandidatePool) -> Option<Finding> {
    let existing = pool.existing.filter(|pool| pool.serves_any_pod())?;
    let error = Selector::parse(&existing.node_selector).err()?;
    let all = json!(ALL_NODES);
    let spec = json!({ "nodeSelector": all });
    let what = "correct the expression; this selects all nodes";
    Some(
        Finding::error(
            &SELECTOR_UNREADABLE.entry,
            pool.object(),
            format!("nodeSelector is not a valid selector: {error}"),
        )
        .evidence(pool.object(), "spec.nodeSelector", &existing.node_selector)
        .impact("no pod on any node gets an address: Calico looks at the selectors of all pools")
        .fixed_by_all(set(case, pool, what, &[("nodeSelector", all)], &spec)),
    )
}

fn finding(case: &Case, family: Family) -> Option<Finding> {
    let pools: Vec<&ExistingPool> = case
        .facts
        .known_pools()
        .iter()
        .filter(|pool| pool.family() == Some(family) && pool.serves_any_pod())
        .collect();
    // One that is no selector is another finding.
    let selectors: Result<Vec<Selector>, _> = pools
        .iter()
        .map(|pool| Selector::parse(&pool.node_selector))
        .collect();
    let selectors = selectors.ok().filter(|selectors| !selectors.is_empty())?;
    let nodes = case.snapshot.nodes.items().iter();
    let nodes: Vec<(&Node, Option<bool>)> = nodes
        .filter(|node| node.is_linux())
        .map(|node| (node, is_selected(&selectors, node)))
        .collect();
    if nodes.iter().all(|(_, selected)| *selected == Some(true)) && !nodes.is_empty() {
        return None;
    }
    if pools.iter().any(|pool| pool.node_selector == ALL_NODES) {
        return None;
    }
    let without: Vec<&str> = nodes
        .iter()
        .filter(|(_, selected)| *selected == Some(false))
        .map(|(node, _)| node.metadata.name.as_str())
        .collect();
    let entry = &POOLS_FOR_SOME_NODES.entry;
    let mut finding = if without.is_empty() {
        let message = format!("pods get an {family} address only on nodes with certain labels");
        Finding::note(entry, "IPPools", message)
    } else {
        let message = format!(
            "no pool assigns {family} addresses on {}: {}",
            counted(without.len(), "node"),
            few(&without)
        );
        Finding::warning(entry, "IPPools", message)
    };
    for pool in pools.iter().take(MOST_NAMES) {
        finding = finding.evidence(pool.object(), "spec.nodeSelector", &pool.node_selector);
    }
    Some(if without.is_empty() {
        finding
            .impact("new pods on any other node stay in ContainerCreating")
            .fix("compare the selectors with the labels of the nodes; this report reads only some of these labels")
            .paste("kubectl get nodes --show-labels")
    } else {
        for name in without.iter().take(MOST_NAMES) {
            let node = ObjectRef::named("Node", *name);
            finding = finding.evidence(node, "selected by", "no pool");
        }
        finding
            .impact("new pods there stay in ContainerCreating")
            .fix("correct the selectors or the labels, or add a pool for these nodes")
            .paste("kubectl get nodes --show-labels")
    })
}
