//! Deletions of pools.

use super::pool_fixes::made_lasting;
use crate::assess::check::Case;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::deleted_pool;
use crate::repair::migration;
use crate::repair::pool_writer::PoolWriter;
use crate::repair::room;
use crate::snapshot::Snapshot;

/// Lets the deletion of a pool complete.
pub(crate) fn complete_deletion(case: &Case, pool: &ExistingPool) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let steps = deleted_pool::complete(case.snapshot, case.facts, &mut writer, pool);
    made_lasting(case, &writer, steps)
}

/// Deletes a pool that shares addresses with one that stays. Pods in the shared range keep their
/// addresses, so the pool need not become empty, which it never would: the addresses that the other
/// pool assigns there count for both. Only what the other pool cannot hold is recreated: addresses
/// outside its range, and blocks of another size, beside which it would assign addresses again.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam_block_reader_writer.go.
pub(crate) fn delete_overlapping(
    case: &Case,
    goes: &ExistingPool,
    stays: &ExistingPool,
) -> Vec<Step> {
    if goes.is_being_deleted() {
        return complete_deletion(case, goes);
    }
    let name = the_pool(&goes.name);
    if let Some(step) = replaced_first(case.snapshot, goes, stays) {
        return vec![step];
    }
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps: Vec<Step> = writer.restore_before_changing(goes).into_iter().collect();
    let mut retire: Vec<Step> = leaves_without(goes, stays).into_iter().collect();
    if !goes.is_disabled() {
        retire.extend(migration::unpin(case.snapshot, case.facts, goes));
        let mut disable = migration::disable(&mut writer, goes.into());
        if !goes.is_for_pods() {
            disable.what = format!("disable {name}; its addresses in use stay as they are");
        }
        retire.push(disable);
        retire.extend(deleted_pool::disabled_first(case.snapshot, goes));
    }
    retire.extend(recreate_what_does_not_fit(goes, stays));
    retire.push(migration::delete(&mut writer, goes.into()));
    if goes.is_for_pods() && goes.encapsulation != stays.encapsulation {
        retire.push(migration::recreate_pods(
            &format!(
                "with addresses in {}, whose traffic is {} from now on, but whose MTU is still that of {}",
                goes.cidr, stays.encapsulation, goes.encapsulation
            ),
            "all of them have been recreated",
        ));
    }
    if let Some(first) = retire.first_mut() {
        first.what = format!("keep {}: {}", the_pool(&stays.name), first.what);
    }
    steps.extend(retire);
    made_lasting(case, &writer, steps)
}

/// What has to find other addresses before the pool goes, because the other pool does not serve it.
fn leaves_without(goes: &ExistingPool, stays: &ExistingPool) -> Option<Step> {
    let name = the_pool(&goes.name);
    if !stays.uses().covers(goes.uses()) {
        return Some(Step::new(format!(
            "create a pool with the allowedUses of {name} in a range that no pool has, and move to it what uses \
             addresses from {name}: {} does not allow that use",
            the_pool(&stays.name)
        )));
    }
    let only_requested = goes.serves_pods() && !goes.serves_any_pod();
    only_requested.then(|| {
        Step::new(format!(
            "let the pods that request {name} by its name (annotation cni.projectcalico.org/ipv4pools or ipv6pools, of \
             pods or their namespaces) request another pool: they do not start without it"
        ))
    })
}

/// The pods that the other pool cannot hold with the addresses that they have.
fn recreate_what_does_not_fit(goes: &ExistingPool, stays: &ExistingPool) -> Option<Step> {
    let (name, size) = (the_pool(&goes.name), goes.block_size);
    if !stays.uses().covers(goes.uses()) {
        // Nothing of it moves to the other pool.
        return None;
    }
    if size != stays.block_size {
        return Some(migration::recreate_pods(
            &format!("that have addresses in blocks of /{size}, the size of {name}"),
            "calicoctl ipam show --show-blocks lists none of that size",
        ));
    }
    is_larger(goes, stays).then(|| {
        migration::recreate_pods(
            &format!("that have addresses from {name} outside {}", stays.cidr),
            "kubectl calico status shows the same number in use for both pools",
        )
    })
}

/// What comes before a pool can be deleted in favor of one that does not give addresses to all of its pods.
fn replaced_first(snapshot: &Snapshot, goes: &ExistingPool, stays: &ExistingPool) -> Option<Step> {
    let (name, other) = (the_pool(&goes.name), the_pool(&stays.name));
    let selects_alike = [ALL_NODES, &goes.node_selector].contains(&stays.node_selector.as_str());
    let missing = stays
        .network
        .filter(|_| is_larger(goes, stays))
        .and_then(|range| room::missing_addresses(snapshot, &[goes], &range));
    let why = if goes.serves_any_pod() && !(stays.serves_any_pod() && selects_alike) {
        format!("{other} gives no addresses to some of the pods that have theirs from {name}")
    } else {
        missing?
    };
    Some(Step::new(format!(
        "create a pool with the settings of {name} in a range that no pool has, and only then disable {name}, recreate \
         the pods that have addresses from it, and delete it: {why}"
    )))
}

/// Whether the range of a pool is not part of that of another one.
fn is_larger(pool: &ExistingPool, other: &ExistingPool) -> bool {
    let both = pool.network.zip(other.network);
    both.is_some_and(|(pool, other)| !other.contains(&pool))
}
