//! Whether the pools have a block for each node.

use calico_core::capacity::blocks;
use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::BlockSize;
use serde_json::json;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::assess::provenance::Provenance;
use crate::assess::support::pool_fixes::set_listed;
use crate::assess::words::counted;
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS};

pub(crate) const FEWER_BLOCKS_THAN_NODES: Check = Check {
    entry: Entry {
        code: "CAL210",
        title: "the pools have fewer blocks than there are nodes",
        meaning: "Cut into blocks, the pools of a family do not give each node a block of its own.",
        impact: "The nodes that come last borrow single addresses from the blocks of others, each \
                  of which needs a route of its own on every node. Where strictAffinity is set, as \
                  for Windows, nothing is borrowed: these nodes have no addresses, and their pods \
                  stay in ContainerCreating (\"No more free affine blocks and strict affinity \
                  enabled\").",
        criteria: "The blocks of all pools of a family that pods get addresses from without asking \
                 are counted, and compared with the nodes that calico-node should run on. It is \
                 an error with strictAffinity in the IPAM configuration, else a warning. A pool \
                 that is for some nodes only counts for all, so that more may be amiss. Where no \
                 pool is live yet, the pools that the Installation asks for are judged.",
        fix: "Add a pool. Smaller blocks would do as well, but the block size of a live pool \
              cannot be changed.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go; \
                 projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        if case.facts.by_calico_ipam() != Some(true) {
            return Vec::new();
        }
        let (nodes, from) = nodes(case);
        let few = |family| fewer(case, family, nodes, &from);
        Family::BOTH.into_iter().filter_map(few).collect()
    },
};

/// How many nodes calico-node should run on, and who says so; before it is there, those with Linux.
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
                Provenance::new(ObjectRef::all("Node"), "count with Linux"),
            )
        }
    }
}

fn fewer(case: &Case, family: Family, nodes: u128, from: &Provenance) -> Option<Finding> {
    let pools: Vec<CandidatePool> = giving(case, family);
    let count = |pool: &CandidatePool| {
        let (network, size) = (pool.network?, u8::try_from(pool.block_size?).ok()?);
        let fits = BlockSize::range(network.family()).contains(&size);
        fits.then(|| blocks(&network, size))
    };
    let possible: u128 = pools.iter().filter_map(count).fold(0, u128::saturating_add);
    // Without any block there is another thing wrong.
    if possible == 0 || nodes <= possible {
        return None;
    }
    let strict = case
        .snapshot
        .ipam_configs
        .items()
        .iter()
        .any(|config| config.metadata.name == "default" && config.spec.strict_affinity);
    let subject = match pools.as_slice() {
        [one] => one.object().to_string(),
        _ => format!("the {family} pools"),
    };
    let message = match possible {
        1 => format!("there is 1 block for {nodes} nodes"),
        _ => format!("there are {possible} blocks for {nodes} nodes"),
    };
    let (severity, impact) = match strict {
        true => (
            Severity::Error,
            "with strict affinity the nodes that come last have no addresses, and their pods stay \
             in ContainerCreating",
        ),
        false => (
            Severity::Warning,
            "the nodes that come last borrow single addresses of others, with a route for each",
        ),
    };
    let mut finding = Finding::new(&FEWER_BLOCKS_THAN_NODES.entry, severity, subject, message);
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
        finding = finding.evidence(
            ObjectRef::named("IPAMConfig", "default"),
            "spec.strictAffinity",
            true,
        );
    }
    let missing = usize::try_from(nodes - possible).unwrap_or(usize::MAX);
    let missing = counted(missing, "more node");
    let fix = pools
        .first()
        .and_then(|pool| smaller_blocks(case, pool, nodes))
        .unwrap_or_else(|| vec![Step::new(format!("add a pool with blocks for {missing}"))]);
    Some(finding.impact(impact).fixed_by_all(fix))
}

/// For a pool that does not exist yet, a block size that gives enough blocks.
fn smaller_blocks(case: &Case, pool: &CandidatePool, nodes: u128) -> Option<Vec<Step>> {
    let network = pool.network.filter(|_| pool.live.is_none())?;
    let mut sizes = BlockSize::range(network.family());
    let size = sizes.find(|size| blocks(&network, *size) >= nodes)?;
    let what = format!("choose a larger pool, or smaller blocks: with /{size} there are enough");
    Some(set_listed(
        case,
        pool.index?,
        what,
        &[("blockSize", json!(size))],
    ))
}

/// The pools of a family that pods get addresses from without asking.
pub(crate) fn giving<'a>(case: &Case<'a>, family: Family) -> Vec<CandidatePool<'a>> {
    let gives = |pool: &CandidatePool| match pool.live {
        Some(live) => live.serves_any_pod(),
        None => pool.serves_pods,
    };
    let mut pools = candidate_pools(case);
    pools.retain(|pool| gives(pool) && pool.family() == Some(family));
    pools
}
