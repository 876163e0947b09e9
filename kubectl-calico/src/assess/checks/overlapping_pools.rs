//! Whether pools overlap.

use calico_core::catalog::Entry;

use super::no_pool::NO_POOL;
use crate::assess::advice::pool_deletions::delete_overlapping;
use crate::assess::candidate_pools::{CandidatePool, existing_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::snapshot::resources::IP_POOLS;

pub(crate) const OVERLAPS_POOL: Check = Check {
    entry: Entry {
        code: "CAL204",
        title: "two pools overlap",
        meaning: "Two pools share addresses.",
        impact: "Their blocks collide: with different block sizes, an address can be assigned \
                 twice; with equal sizes, a block belongs to whichever pool comes first. Calico's \
                 API rejects such a pool when it is created (IPPool CIDR overlaps), but not the \
                 first pools of an install, nor pools that are written directly to the CRDs.",
        criteria: "All existing pools are compared with each other. The finding is an error if \
                   both assign addresses, and a warning otherwise. Listed pools are covered by \
                   CAL110.",
        fix: "Keep one pool; disable the other one, and then delete that one. Pods in the shared range keep \
              their addresses; recreate those outside it, and, if the block sizes differ, those in blocks of \
              the deleted pool's size.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go; \
                 kube-controllers/pkg/controllers/ippool/pool_controller.go",
    },
    needs: &[&IP_POOLS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let pools = existing_pools(case);
        let overlapping = pools.iter().enumerate().filter_map(|(at, one)| {
            let range = one.network?;
            let shares = |other: &&CandidatePool| other.network.is_some_and(|o| o.overlaps(&range));
            let others: Vec<&CandidatePool> = pools.iter().skip(at + 1).filter(shares).collect();
            Some(overlap(case, one, others.first()?, others.len()))
        });
        overlapping.collect()
    },
};

/// A pool that overlaps another one, the first of `count`.
fn overlap(case: &Case, one: &CandidatePool, other: &CandidatePool, count: usize) -> Finding {
    let enabled = |pool: &CandidatePool| pool.existing.is_none_or(|existing| existing.enabled);
    let severity = if enabled(one) && enabled(other) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let is_deletion = [one, other]
        .iter()
        .any(|pool| pool.existing.is_some_and(ExistingPool::is_being_deleted));
    let fix = match (one.existing, other.existing) {
        (Some(one), Some(other)) => {
            let (goes, stays) = goes_and_stays(one, other);
            delete_overlapping(case, goes, stays)
        }
        _ => Vec::new(),
    };
    Finding::new(
        &OVERLAPS_POOL.entry,
        severity,
        one.object(),
        match count {
            1 => format!("{} overlaps {}", one.cidr, named(other)),
            count => format!("{} overlaps {count} other pools", one.cidr),
        },
    )
    .evidence(one.object(), one.field("cidr"), one.cidr)
    .evidence(other.object(), other.field("cidr"), other.cidr)
    .impact(if one.block_size == other.block_size {
        "a block of the shared range belongs to whichever pool comes first, with its encapsulation and NAT"
    } else {
        "an address can be assigned twice"
    })
    .fixed_by_all(fix)
    // Its fix is what completes a deletion.
    .suspects(is_deletion.then_some(Suspect::Code(NO_POOL.entry.code)))
}

/// A pool in a sentence, with its CIDR.
fn named(pool: &CandidatePool) -> String {
    match pool.existing {
        Some(existing) => format!("{} ({})", the_pool(&existing.name), pool.cidr),
        None => format!("the pool {}", pool.cidr),
    }
}

/// Which of two pools to delete: one that is being deleted already, or else a disabled one, or else one that gives
/// addresses to fewer pods, or else the smaller one, whose pods the other one can keep. Of equal ones, the operator's
/// stays.
fn goes_and_stays<'a>(
    one: &'a ExistingPool,
    other: &'a ExistingPool,
) -> (&'a ExistingPool, &'a ExistingPool) {
    let rank = |pool: &ExistingPool| {
        (
            pool.is_being_deleted(),
            !pool.enabled,
            !pool.serves_every_node(),
            !pool.serves_any_pod(),
            pool.network.map(|network| network.prefix()),
            !pool.owned_by_operator,
        )
    };
    if rank(one) > rank(other) {
        (one, other)
    } else {
        (other, one)
    }
}
