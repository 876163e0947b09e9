//! Whether the pools have free addresses.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;

use super::capacity::giving;
use crate::assess::advice::reservations::with_reservations;
use crate::assess::candidate_pools::CandidatePool;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::pool_usage::PoolUsage;
use crate::facts::pools::ALL_NODES;
use crate::facts::thresholds;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{IP_POOLS, IP_RESERVATIONS, IPAM_BLOCKS};

pub(crate) const NEARLY_FULL: Check = Check {
    entry: Entry {
        code: "CAL211",
        title: "a pool is full, or nearly full",
        meaning: "At least 90% of the addresses that pods can get from a pool are in use.",
        impact: "Once the last address is assigned, new pods stay in ContainerCreating (\"Assigned \
                 0 out of 1 requested IPv4 addresses\"). Some addresses may be leaked: still \
                 assigned to pods that no longer exist.",
        criteria: "The addresses in use are counted as calicoctl ipam show does: those assigned in a pool's blocks. \
                   They are compared with all addresses of the pool, except free ones that an IPReservation \
                   excludes. Pools for all nodes are evaluated together with the others of their family, a pool for \
                   some nodes by itself. Pools that give no new addresses to pods do not count.\n\
                   - Error: no address is free.\n\
                   - Warning: 90% are in use.\n\
                   - Note: 90% of the pool are in use, and the other pools have room.",
        fix: "Look for leaked addresses with kubectl calico status --pods, and add a pool, preferably \
              with an unused part of the pod CIDR.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (GetUtilization, \
                 getReservedIPs); projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &IPAM_BLOCKS, &IP_RESERVATIONS],
    excuses: &[],
    judges: Judges::Following,
    find: |case| {
        Family::BOTH
            .into_iter()
            .flat_map(|family| findings(case, family))
            .collect()
    },
};

fn findings(case: &Case, family: Family) -> Vec<Finding> {
    let pools = giving(case, family);
    let everywhere = together(pools.iter().filter(|pool| is_for_all_nodes(pool)));
    pools
        .iter()
        .filter_map(|pool| full(case, pool, everywhere.as_ref()))
        .collect()
}

fn is_for_all_nodes(pool: &CandidatePool) -> bool {
    pool.existing
        .is_some_and(|existing| existing.node_selector == ALL_NODES)
}

fn usage<'a>(pool: &CandidatePool<'a>) -> Option<&'a PoolUsage> {
    pool.existing?.usage.value()
}

/// The usage of several pools, added up.
fn together<'p, 'a: 'p>(pools: impl Iterator<Item = &'p CandidatePool<'a>>) -> Option<PoolUsage> {
    pools
        .filter_map(usage)
        .cloned()
        .reduce(|sum, more| PoolUsage {
            in_use: sum.in_use.saturating_add(more.in_use),
            reserved: sum.reserved.saturating_add(more.reserved),
            total: sum.total.saturating_add(more.total),
            ..sum
        })
}

fn full(case: &Case, pool: &CandidatePool, everywhere: Option<&PoolUsage>) -> Option<Finding> {
    let used = usage(pool).filter(|used| used.share() >= thresholds::NEARLY_FULL)?;
    let others = everywhere.filter(|_| is_for_all_nodes(pool));
    let room = others.unwrap_or(used);
    let (severity, impact) = match (
        room.taken() >= room.total,
        room.share() >= thresholds::NEARLY_FULL,
    ) {
        (true, _) => (
            Severity::Error,
            "new pods get no address and stay in ContainerCreating",
        ),
        (false, true) => (
            Severity::Warning,
            "once it is full, new pods get no address and stay in ContainerCreating",
        ),
        (false, false) => (
            Severity::Note,
            "the other pools of the family have room, but pods that request this one by name get \
             no address",
        ),
    };
    let blocks = format!("{} of {}", used.blocks, used.blocks_possible);
    let mut finding = Finding::new(&NEARLY_FULL.entry, severity, pool.object(), message(used))
        .evidence(pool.object(), pool.field("cidr"), pool.cidr)
        .evidence(ObjectRef::all("IPAMBlock"), "count (in this pool)", blocks);
    if used.reserved > 0 {
        finding = finding.evidence(
            ObjectRef::all("IPReservation"),
            "free addresses in this pool",
            used.reserved,
        );
        finding = with_reservations(case, finding, pool.network.as_slice());
    }
    Some(
        finding
            .impact(impact)
            .fix("look for leaked addresses, and add a pool with an unused part of the pod CIDR")
            .paste("kubectl calico status --pods"),
    )
}

fn message(used: &PoolUsage) -> String {
    let PoolUsage {
        in_use,
        reserved,
        total,
        ..
    } = *used;
    if in_use >= total {
        format!("all {total} addresses are in use")
    } else if used.taken() >= total {
        format!("no address is free: {in_use} are in use, {reserved} reserved")
    } else if reserved > 0 {
        let usable = total - reserved;
        format!("{in_use} of {usable} addresses that are not reserved are in use")
    } else {
        format!("{in_use} of {total} addresses are in use")
    }
}
