//! Whether a node has as many blocks as it may have, all of them full.

use std::collections::BTreeMap;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use serde_json::json;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::pools::ExistingPool;
use crate::phrases::{MOST_NAMES, counted};
use crate::repair::ipam_config::patch_ipam_config;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{
    DAEMON_SETS, IP_POOLS, IP_RESERVATIONS, IPAM_BLOCKS, IPAM_CONFIGS, NODES,
};
use crate::views::ipam_blocks::{Block, blocks, reserved};
use crate::views::ipam_config::{self, most_blocks};

pub(crate) const BLOCK_LIMIT: Check = Check {
    entry: Entry {
        code: "CAL224",
        title: "a node has reached its limit of blocks",
        meaning: "A node has as many blocks as maxBlocksPerHost allows, and no address in them is \
                  free.",
        impact: "New pods on the node stay in ContainerCreating (\"Need to allocate an IPAM block \
                 but could not - limit of 20 blocks reached for this node\"), although the pools \
                 have room. The node does not borrow either.",
        criteria: "The blocks of a node are counted per address family, in pools that give \
                   addresses to pods; addresses that an IPReservation excludes are not free. The \
                   limit is maxBlocksPerHost in the IPAM configuration, or 20. Applies only if \
                   Calico's IPAM assigns addresses.",
        fix: "Move to a pool with larger blocks; or raise maxBlocksPerHost, which requires \
              strictAffinity: nodes then no longer borrow addresses, so every node must have a \
              block (CAL210).",
        source: "projectcalico/calico v3.26.0 to v3.32.1, libcalico-go/lib/ipam/ipam.go \
                 (autoAssign, SetIPAMConfig)",
    },
    needs: &[
        &IP_POOLS,
        &IPAM_BLOCKS,
        &IPAM_CONFIGS,
        &IP_RESERVATIONS,
        &NODES,
        &DAEMON_SETS,
    ],
    excuses: &[],
    judges: Judges::Following,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        let full = Family::BOTH
            .into_iter()
            .flat_map(|family| full(case, family));
        full.take(MOST_NAMES).collect()
    },
};

fn full(case: &Case, family: Family) -> Vec<Finding> {
    let serving = case.facts.known_pools().iter();
    let serving: Vec<&ExistingPool> = serving.filter(|pool| pool.serves_pods()).collect();
    let counts = |block: &Block| {
        let mut networks = serving.iter().filter_map(|pool| pool.network);
        block.cidr.family() == family && networks.any(|network| network.contains(&block.cidr))
    };
    let mut by_node: BTreeMap<&str, Vec<Block>> = BTreeMap::new();
    for block in blocks(case.snapshot).into_iter().filter(counts) {
        if let Some(node) = block.node {
            by_node.entry(node).or_default().push(block);
        }
    }
    let limit = most_blocks(case.snapshot);
    let excluded = reserved(case.snapshot, family);
    let nodes = case.snapshot.nodes.items().iter();
    nodes
        .filter_map(|node| {
            let blocks = by_node.get(node.metadata.name.as_str())?;
            let reached = blocks.len() >= usize::try_from(limit).ok()?;
            let is_full = blocks
                .iter()
                .all(|block| block.free_outside(&excluded) == 0);
            (reached && is_full)
                .then(|| finding(case, &node.metadata.name, family, blocks.len(), limit))
        })
        .collect()
}

fn finding(case: &Case, node: &str, family: Family, blocks: usize, limit: u32) -> Finding {
    let raised = json!({"strictAffinity": true, "maxBlocksPerHost": limit.saturating_mul(2)});
    let node = ObjectRef::named("Node", node);
    let message = format!(
        "no address is free in its {}, and the limit is {limit}",
        counted(blocks, &format!("{family} block"))
    );
    Finding::error(&BLOCK_LIMIT.entry, node.clone(), message)
        .evidence(node, format!("{family} blocks"), blocks)
        .evidence(ipam_config::object(), "spec.maxBlocksPerHost", limit)
        .impact("new pods on the node get no address and stay in ContainerCreating")
        .fix(
            "move to a pool with larger blocks; or raise the limit, which requires strict \
             affinity: nodes then no longer borrow addresses, so every node must have a block \
             (CAL210)",
        )
        .paste(patch_ipam_config(case.snapshot, &raised))
}
