//! Whether the pools have a block for every node.

use calico_core::capacity::blocks;
use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::BlockSize;
use serde_json::json;

use super::no_free_block::{no_free_block, subject};
use crate::assess::advice::pool_fixes::set_listed;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::counted;
use crate::repair::Step;
use crate::snapshot::resources::{
    CALICO_CONFIG, DAEMON_SETS, IP_POOLS, IP_RESERVATIONS, IPAM_BLOCKS, IPAM_CONFIGS, NODES,
};
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::ipam_config::{self, is_strict};

pub(crate) const FEWER_BLOCKS_THAN_NODES: Check = Check {
    entry: Entry {
        code: "CAL210",
        title: "the pools do not have a block for every node",
        meaning: "The pools of an address family have fewer blocks than there are nodes, or other \
                  nodes have so many of them that none is left for a node without one.",
        impact: "The last nodes borrow single addresses from other nodes' blocks, each of which \
                 needs its own route on every node. With strictAffinity, as for Windows, nothing \
                 is borrowed: these nodes have no addresses, and their pods stay in \
                 ContainerCreating (\"No more free affine blocks and strict affinity enabled\"). \
                 With autoAllocateBlocks: false, no node claims a block at all (\"failed to find \
                 or claim a block\").",
        criteria: "The blocks of all pools of a family that give addresses to any pod are counted, and compared \
                   with the nodes that calico-node is scheduled to. If they are enough, the free blocks are \
                   compared with the nodes that have none. A block is free if it does not exist yet and is not \
                   reserved as a whole or, since Calico 3.32, if it is empty and its node can spare it. Nodes that \
                   the same pools select are also compared with the free blocks of these, as far as the labels of \
                   nodes are read. If no pool exists yet, the listed ones are checked.\n\
                   - Error: the IPAM configuration has strictAffinity, or not autoAllocateBlocks.\n\
                   - Warning: otherwise, because nodes then borrow addresses.",
        fix: "Add a pool. Smaller blocks would also help, but the block size of an existing pool \
              is immutable.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go and \
                 libcalico-go/lib/ipam/ipam_block_reader_writer.go (findUsableBlock); \
                 projectcalico/calico#7382",
    },
    needs: &[
        &IP_POOLS,
        &DAEMON_SETS,
        &NODES,
        &IPAM_BLOCKS,
        &IPAM_CONFIGS,
        &IP_RESERVATIONS,
    ],
    // Another IPAM or CNI plugin.
    excuses: &[&CALICO_CONFIG],
    judges: Judges::Configured,
    find: |case| {
        if case.facts.by_calico_ipam() != Some(true) {
            return Vec::new();
        }
        let (nodes, from) = nodes(case);
        Family::BOTH
            .into_iter()
            .filter_map(|family| {
                let pools = giving(case, family);
                finding(case, family, &pools, nodes, &from)
                    .or_else(|| no_free_block(&FEWER_BLOCKS_THAN_NODES.entry, case, family, &pools))
            })
            .collect()
    },
};

/// The number of nodes that calico-node is scheduled to, and its provenance; before calico-node
/// exists, the Linux nodes.
fn nodes(case: &Case) -> (u128, Provenance) {
    let agents = case.facts.agents.value();
    let counted = agents.and_then(|agents| Some((agents, agents.desired()?)));
    match counted.filter(|(_, desired)| *desired > 0) {
        Some((agents, desired)) => (
            desired.into(),
            Provenance::new(&agents.daemon_set, "status.desiredNumberScheduled"),
        ),
        None => {
            let linux = case
                .snapshot
                .nodes
                .items()
                .iter()
                .filter(|node| node.is_linux());
            let count = u128::try_from(linux.count()).unwrap_or(u128::MAX);
            (
                count,
                Provenance::new(ObjectRef::all("Node"), "count (Linux)"),
            )
        }
    }
}

/// The number of blocks of a pool, if its block size is valid.
fn block_count(pool: &CandidatePool) -> Option<u128> {
    let (network, size) = (pool.network?, u8::try_from(pool.block_size?).ok()?);
    BlockSize::range(network.family())
        .contains(&size)
        .then(|| blocks(&network, size))
}

/// That there are fewer blocks than nodes.
fn finding(
    case: &Case,
    family: Family,
    pools: &[CandidatePool],
    nodes: u128,
    from: &Provenance,
) -> Option<Finding> {
    let possible = pools
        .iter()
        .filter_map(block_count)
        .fold(0, u128::saturating_add);
    // No block at all is another finding.
    if possible == 0 || nodes <= possible {
        return None;
    }
    let strict = is_strict(case.snapshot);
    let message = match possible {
        1 => format!("only 1 block for {nodes} nodes"),
        _ => format!("only {possible} blocks for {nodes} nodes"),
    };
    let (severity, impact) = if strict {
        (
            Severity::Error,
            "with strict affinity, the last nodes have no addresses, and their pods stay in \
             ContainerCreating",
        )
    } else {
        (
            Severity::Warning,
            "the last nodes borrow individual addresses from other nodes' blocks, with a route for \
             each",
        )
    };
    let mut finding = Finding::new(
        &FEWER_BLOCKS_THAN_NODES.entry,
        severity,
        subject(family, pools),
        message,
    );
    for pool in pools.iter().take(3) {
        let size = pool.block_size.unwrap_or_default();
        finding = finding.evidence(
            pool.object(),
            pool.field("cidr"),
            format!("{} (blocks of /{size})", pool.cidr),
        );
    }
    finding = finding.read(from, nodes);
    if strict {
        finding = finding.evidence(ipam_config::object(), "spec.strictAffinity", true);
    }
    let missing = usize::try_from(nodes - possible).unwrap_or(usize::MAX);
    let missing = counted(missing, "more node");
    let fix = pools
        .first()
        .and_then(|pool| smaller_blocks(case, pool, nodes))
        .unwrap_or_else(|| vec![Step::new(format!("add a pool with blocks for {missing}"))]);
    Some(finding.impact(impact).fixed_by_all(fix))
}

/// A block size that gives enough blocks, for a pool that does not exist yet.
fn smaller_blocks(case: &Case, pool: &CandidatePool, nodes: u128) -> Option<Vec<Step>> {
    let network = pool.network.filter(|_| pool.existing.is_none())?;
    let mut sizes = BlockSize::range(network.family());
    let size = sizes.find(|size| blocks(&network, *size) >= nodes)?;
    let what = format!("choose a larger pool, or smaller blocks: /{size} gives enough of them");
    Some(set_listed(
        case,
        pool.index?,
        what,
        &[("blockSize", json!(size))],
    ))
}

/// The pools of a family that give addresses to any pod.
pub(crate) fn giving<'a>(case: &Case<'a>, family: Family) -> Vec<CandidatePool<'a>> {
    let mut pools = candidate_pools(case);
    pools.retain(|pool| {
        pool.family() == Some(family)
            && match pool.existing {
                Some(existing) => existing.serves_any_pod(),
                None => pool.serves_pods,
            }
    });
    pools
}
