//! Another range for the pods of a pool.

use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::hold;
use serde_json::json;

use super::misplaced::is_misplaced;
use super::moves::{Decision, decide, is_changeable};
use super::pod_network_change;
use super::pool_deletions::complete_deletion;
use super::pool_fixes::{block_size, made_lasting, set_listed};
use super::undeletable;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools, existing_pools};
use crate::assess::check::Case;
use crate::facts::pool_encapsulation::with_both_tunnels;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::in_pod_network;
use crate::repair::migration::{self, Move, is_temporary};
use crate::repair::new_pool::NewPool;
use crate::repair::node_pod_cidrs;
use crate::repair::pool_writer::PoolWriter;

/// Moves a pool to a range inside the pod network that nothing else uses.
pub(crate) fn relocate(case: &Case, pool: &CandidatePool) -> Vec<Step> {
    if let Some(existing) = pool.existing {
        return relocate_existing(case, existing);
    }
    let change = pool
        .family()
        .and_then(|family| pod_network_change::steps(case, family));
    let set = |to: Cidr| move_listed(case, pool, to, &format!("set the pool's CIDR to {to}"));
    if let Some((to, mut steps)) = change {
        steps.extend(set(to));
        return steps;
    }
    match free_range(case, pool) {
        Some(to) => set(to),
        None => unlist_without_network(case, pool).unwrap_or_else(|| {
            vec![Step::new(
                "give the pool an unused CIDR inside the pod network",
            )]
        }),
    }
}

/// Removes a listed pool of a family for which the cluster has no pod CIDR.
fn unlist_without_network(case: &Case, pool: &CandidatePool) -> Option<Vec<Step>> {
    let (family, network) = (pool.family()?, case.facts.networks.best()?);
    let is_only = case.facts.installation.as_ref()?.effective.pools.len() < 2;
    if is_only || network.of_family(family).next().is_some() {
        return None;
    }
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = Step::new(format!(
        "remove {} from the Installation: the cluster has no {family} pod CIDR",
        pool.cidr
    ));
    let steps = vec![step.run(writer.list_instead(pool.index?, &[]))];
    Some(made_lasting(case, &writer, steps))
}

/// What moves the pods of an existing pool to another one, so that no other change of the pool is worth while.
pub(crate) fn moved_anyway(case: &Case, pool: &ExistingPool) -> Option<Vec<Step>> {
    let is_moved = is_misplaced(case, pool)
        && !node_pod_cidrs::are_in(case.snapshot, case.facts, pool)
        && !pool.is_being_deleted()
        && with_both_tunnels(&pool.spec).is_none()
        && !is_temporary(pool)
        && can_be_relocated(case, pool);
    is_moved.then(|| relocate_existing(case, pool))
}

/// Whether the pods of an existing pool can be moved with what is known of the cluster.
pub(crate) fn can_be_relocated(case: &Case, old: &ExistingPool) -> bool {
    let is_moved = |family| matches!(decide(case, family, Some(old)), Decision::Moved(_));
    is_changeable(case, old) && old.family().is_some_and(is_moved)
}

/// Whether the Installation gives an existing pool another CIDR, so that the operator changes no pool at all.
pub(crate) fn is_renumbered(case: &Case, pool: &ExistingPool) -> bool {
    let installation = case.facts.installation.as_ref();
    installation.is_some_and(|installation| installation.renumbered(pool).is_some())
}

/// Moves the pods of an existing pool, together with those of all others that must be moved.
pub(crate) fn relocate_existing(case: &Case, old: &ExistingPool) -> Vec<Step> {
    let name = the_pool(&old.name);
    if node_pod_cidrs::are_in(case.snapshot, case.facts, old) {
        return vec![node_pod_cidrs::kept(old)];
    }
    if old.is_being_deleted() {
        return complete_deletion(case, old);
    }
    if is_renumbered(case, old) {
        return vec![Step::new(format!(
            "first set the CIDR in the Installation back to {} (CAL208): that of {name} is immutable, and until then the \
             operator changes no pool. Then run kubectl calico status again, which says how to move the pods",
            old.cidr
        ))];
    }
    if !old.is_for_pods() {
        return vec![Step::new(format!(
            "add a pool with the allowedUses of {name} and an unused CIDR, and disable {name}; give what has addresses \
             from it new ones, and delete it once kubectl calico status shows none in use"
        ))];
    }
    if !is_changeable(case, old) {
        return if undeletable::is_fixed(case) {
            undeletable::replace(case, old)
        } else {
            vec![Step::after(
                "CAL209",
                &format!("until then, Calico's API refuses to change {name}"),
            )]
        };
    }
    if with_both_tunnels(&old.spec).is_some() {
        return vec![Step::after(
            "CAL305",
            &format!("until then, Calico's API refuses any other change of {name}"),
        )];
    }
    if is_temporary(old)
        && let Some(steps) = finish(case, old)
    {
        return steps;
    }
    moved(case, old)
}

fn moved(case: &Case, old: &ExistingPool) -> Vec<Step> {
    let Some(family) = old.family() else {
        return Vec::new();
    };
    let mut moves = match decide(case, family, Some(old)) {
        Decision::Moved(moves) => moves,
        Decision::Told(steps) => return steps,
    };
    // The patches of the Installation's list suppose that the others have been applied.
    let by_operator = |moves: &[Move]| {
        let mut olds = moves.iter().flat_map(|one| &one.olds);
        olds.all(|old| old.owned_by_operator)
    };
    for other in Family::BOTH.into_iter().filter(|other| *other != family) {
        if let Decision::Moved(more) = decide(case, other, None)
            && by_operator(&moves)
            && by_operator(&more)
        {
            moves.extend(more);
        }
    }
    let is_of = |family: Family, one: &Move| {
        let first = one.olds.first();
        first.and_then(|old| old.family()) == Some(family)
    };
    moves.sort_by_key(|one| !is_of(Family::V4, one));
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let olds = moves.iter().flat_map(|one| &one.olds);
    let mut steps: Vec<Step> = olds
        .filter_map(|old| writer.restore_before_changing(old))
        .take(1)
        .collect();
    steps.extend(migration::all(
        case.snapshot,
        case.facts,
        &mut writer,
        &moves,
    ));
    made_lasting(case, &writer, steps)
}

/// What is left to do of a migration by way of this temporary pool. It has the block size and the encapsulation of the
/// pool that comes last.
fn finish(case: &Case, temporary: &ExistingPool) -> Option<Vec<Step>> {
    let old = replaced_by_temporary(case, temporary)?;
    let is_back = old.block_size == temporary.block_size && !old.is_disabled();
    if is_back || old.owned_by_operator != temporary.owned_by_operator {
        return None;
    }
    if old.block_size == temporary.block_size {
        return Some(vec![Step::new(format!(
            "finish the migration that {} belongs to: run kubectl calico plan again, with the flags with which it was \
             begun",
            the_pool(&temporary.name)
        ))]);
    }
    let new = NewPool {
        name: old.name.clone(),
        cidr: old.network?.network(),
        block_size: temporary.block_size,
        encapsulation: temporary.encapsulation,
    };
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps = migration::from_temporary(&mut writer, old, &new, temporary);
    if let Some(first) = steps.first_mut() {
        first.what = format!(
            "finish the migration that {} belongs to: {}",
            the_pool(&temporary.name),
            first.what
        );
    }
    Some(made_lasting(case, &writer, steps))
}

/// The right pool in whose place a temporary one exists, if there is just one.
fn replaced_by_temporary<'a>(
    case: &Case<'a>,
    temporary: &'a ExistingPool,
) -> Option<&'a ExistingPool> {
    let network = case.facts.networks.best();
    let pools = case.facts.known_pools().iter();
    let mut others = pools.filter(|pool| {
        let is_inside = pool
            .network
            .is_some_and(|cidr| network.is_none_or(|network| hold(&network.cidrs, &cidr)));
        pool.family() == temporary.family()
            && pool.name != temporary.name
            && pool.is_for_pods()
            && is_inside
            && !pool.is_being_deleted()
    });
    let (only, more) = (others.next(), others.next());
    only.filter(|_| more.is_none())
}

/// What to do about a pool that is only listed in the Installation while others exist: the Installation
/// should list the existing ones.
pub(crate) fn relist(case: &Case, pool: &CandidatePool, network: &[Cidr]) -> Vec<Step> {
    let inside = existing_pools(case)
        .iter()
        .filter(|existing| existing.serves_pods && existing.family() == pool.family())
        .filter_map(|existing| existing.network)
        .find(|cidr| hold(network, cidr));
    match inside {
        Some(cidr) => {
            let what = format!("list the existing pool {cidr} instead");
            move_listed(case, pool, cidr, &what)
        }
        None => relocate(case, pool),
    }
}

/// A CIDR of the pod network that a pool could have.
fn free_range(case: &Case, pool: &CandidatePool) -> Option<Cidr> {
    let others: Vec<Cidr> = candidate_pools(case)
        .iter()
        .filter(|other| other.existing.is_some() || other.cidr != pool.cidr)
        .filter_map(|other| other.network)
        .collect();
    in_pod_network(case.snapshot, case.facts, pool.family()?, &others)
}

/// Another CIDR for a pool that does not exist yet.
fn move_listed(case: &Case, pool: &CandidatePool, to: Cidr, what: &str) -> Vec<Step> {
    let Some(index) = pool.index else {
        return vec![Step::new(what)];
    };
    let mut fields = vec![("cidr", json!(to))];
    let written = pool.block_size;
    let size = written.map(|size| block_size(case, &to, size));
    fields.extend(
        size.filter(|_| size != written)
            .map(|size| ("blockSize", json!(size))),
    );
    set_listed(case, index, what, &fields)
}
