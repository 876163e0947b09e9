//! Whether the pools have addresses left.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;

use super::capacity::giving;
use crate::assess::candidate_pools::CandidatePool;
use crate::assess::check::{Check, Judges};
use crate::assess::facts::pools::{ALL_NODES, Usage};
use crate::assess::finding::{Finding, Severity};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{IP_POOLS, IPAM_BLOCKS};

/// The share of a pool from which on it is nearly used.
const NEARLY_USED: f64 = 0.9;

pub(crate) const NEARLY_FULL: Check = Check {
    entry: Entry {
        code: "CAL211",
        title: "a pool is used up, or nearly",
        meaning: "Nine of ten addresses of a pool, or all, are in use.",
        impact: "With the last address gone new pods stay in ContainerCreating (\"Assigned 0 out \
                  of 1 requested IPv4 addresses\"). Addresses can be in use by nobody: those of \
                  pods that went in a way that Calico did not see are leaked.",
        criteria: "Counted as calicoctl ipam show does: what the blocks of a pool have given out, \
                 against all addresses of the pool. A pool that gives addresses to all nodes is \
                 judged together with the others of its family that do: it is an error where all \
                 of them are used up, a warning where nine tenths are, and a note where the others \
                 have room. One for some nodes is judged by itself. A disabled pool does not \
                 count, nor one for load balancers.",
        fix: "Add a pool, and look for leaked addresses with calicoctl ipam check.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (GetUtilization); \
                 projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &IPAM_BLOCKS],
    judges: Judges::Running,
    find: |case| {
        let full = |family| {
            let pools = giving(case, family);
            let everywhere = together(pools.iter().filter(|pool| is_for_all_nodes(pool)));
            let finding = |pool: &CandidatePool| full(pool, everywhere.as_ref());
            pools.iter().filter_map(finding).collect::<Vec<_>>()
        };
        Family::BOTH.into_iter().flat_map(full).collect()
    },
};

fn is_for_all_nodes(pool: &CandidatePool) -> bool {
    pool.live
        .is_some_and(|live| live.node_selector == ALL_NODES)
}

fn usage<'a>(pool: &CandidatePool<'a>) -> Option<&'a Usage> {
    pool.live?.usage.value()
}

/// The usage of pools as of one.
fn together<'p, 'a: 'p>(pools: impl Iterator<Item = &'p CandidatePool<'a>>) -> Option<Usage> {
    pools.filter_map(usage).cloned().reduce(|sum, more| Usage {
        in_use: sum.in_use.saturating_add(more.in_use),
        total: sum.total.saturating_add(more.total),
        ..sum
    })
}

fn full(pool: &CandidatePool, everywhere: Option<&Usage>) -> Option<Finding> {
    let used = usage(pool).filter(|used| used.share() >= NEARLY_USED)?;
    let others = everywhere.filter(|_| is_for_all_nodes(pool));
    let room = others.unwrap_or(used);
    let (severity, impact) = match (room.in_use >= room.total, room.share() >= NEARLY_USED) {
        (true, _) => (
            Severity::Error,
            "new pods get no address and stay in ContainerCreating",
        ),
        (false, true) => (
            Severity::Warning,
            "once it is used up, new pods get no address and stay in ContainerCreating",
        ),
        (false, false) => (
            Severity::Note,
            "the other pools of the family have room; where pods ask for this one by name, they \
             do not get it",
        ),
    };
    let message = match used.in_use >= used.total {
        true => format!("all of its {} addresses are in use", used.total),
        false => format!("{} of its {} addresses are in use", used.in_use, used.total),
    };
    let blocks = format!("{} of {}", used.blocks, used.blocks_possible);
    Some(
        Finding::new(&NEARLY_FULL.entry, severity, pool.object(), message)
            .evidence(pool.object(), pool.field("cidr"), pool.cidr)
            .evidence(ObjectRef::all("IPAMBlock"), "count in this pool", blocks)
            .impact(impact)
            .fix("add a pool, and look for addresses that are in use by nobody")
            .paste("calicoctl ipam check"),
    )
}
