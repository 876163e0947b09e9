//! Moves to a pool that exists: one that assigns addresses, or a disabled one.

use calico_core::cidr::Cidr;

use crate::assess::advice::misplaced::is_wrong_for_pods;
use crate::assess::advice::pod_network_change;
use crate::assess::check::Case;
use crate::facts::no_assignment::NO_NODE;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::can_be_for_pods;
use crate::repair::migration::{Move, Target, is_temporary};
use crate::repair::room::{Load, in_use, named, shortage};

/// The pools of a family from which pods should have their addresses.
pub(super) fn right_pools<'a>(case: &Case<'a>, olds: &[&ExistingPool]) -> Vec<&'a ExistingPool> {
    let family = olds.first().and_then(|old| old.family());
    let names: Vec<&str> = olds.iter().map(|old| old.name.as_str()).collect();
    let pools = case.facts.known_pools().iter();
    let is_right = |pool: &&ExistingPool| {
        let is_right = |cidr: Cidr| {
            can_be_for_pods(case.snapshot, case.facts, &cidr) && !is_wrong_for_pods(case, &cidr)
        };
        pool.family() == family
            && pool.is_for_pods()
            && !names.contains(&pool.name.as_str())
            && pool.network.is_some_and(is_right)
    };
    pools.filter(is_right).collect()
}

/// Those whose pods can go to a pool that assigns addresses, and the others.
pub(super) fn to_existing<'a>(
    case: &Case<'a>,
    olds: &[&'a ExistingPool],
) -> Result<(Vec<Move<'a>>, Vec<&'a ExistingPool>), Vec<Step>> {
    let mut right = right_pools(case, olds);
    right.retain(|pool| pool.serves_any_pod() && !is_temporary(pool));
    let mut moves: Vec<Move> = Vec::new();
    let mut rest = Vec::new();
    for old in olds {
        let mut taking = right.iter().filter(|pool| takes(&pool.node_selector, old));
        let Some(kept) = taking.next().filter(|_| !is_requested(old)) else {
            rest.push(*old);
            continue;
        };
        let same = moves.iter_mut().find(|one| match one.to {
            Target::Kept(found) => found.name == kept.name,
            Target::New { .. } | Target::Enabled(_) => false,
        });
        match same {
            Some(one) => one.olds.push(old),
            None => moves.push(Move {
                olds: vec![old],
                to: Target::Kept(kept),
            }),
        }
    }
    for one in &moves {
        if let Target::Kept(kept) = one.to
            && let Some(full) = is_full(kept, &one.olds)
        {
            return Err(vec![full]);
        }
    }
    Ok((moves, rest))
}

/// The move to a disabled pool that is in the place of all of these: none if there is no such pool, and what comes
/// first if it has too little room.
pub(super) fn to_disabled<'a>(
    case: &Case<'a>,
    olds: &[&'a ExistingPool],
) -> Option<Result<Move<'a>, Vec<Step>>> {
    let is_instead_of = |pool: &ExistingPool| {
        let selector = match pool.node_selector.as_str() {
            NO_NODE => ALL_NODES,
            selector => selector,
        };
        olds.iter()
            .all(|old| takes(selector, old) && !is_requested(old) && pool.can_take_over(old))
    };
    let mut right = right_pools(case, olds).into_iter();
    let enabled =
        right.find(|pool| pool.is_disabled() && !is_temporary(pool) && is_instead_of(pool))?;
    if let Some(full) = is_full(enabled, olds) {
        return Some(Err(vec![full]));
    }
    let load = Load::of_all(case.snapshot, olds);
    if let (Some(range), Some(first)) = (enabled.network, olds.first())
        && let Some(shortage) = shortage(case.snapshot, &load, olds, &range, enabled.block_size)
    {
        return Some(Err(pod_network_change::widened(
            case, first, &range, &shortage,
        )));
    }
    let olds = olds.to_vec();
    let to = Target::Enabled(enabled);
    Some(Ok(Move { olds, to }))
}

/// Whether pods get addresses from a pool only if they request it.
fn is_requested(pool: &ExistingPool) -> bool {
    pool.spec.assignment_mode.as_deref() == Some("Manual")
}

/// Whether a pool with this selector assigns addresses wherever the old one does.
fn takes(selector: &str, old: &ExistingPool) -> bool {
    selector == ALL_NODES || selector == old.node_selector || old.node_selector == NO_NODE
}

/// That a pool has too few free addresses.
fn is_full(kept: &ExistingPool, olds: &[&ExistingPool]) -> Option<Step> {
    let usage = kept.usage.value()?;
    let free = usage.total.saturating_sub(usage.taken());
    let used = in_use(olds);
    (used > free).then(|| {
        Step::new(format!(
            "add a pool with an unused CIDR inside the pod network: {} has {free} free addresses, and {used} of {} are \
             in use; then disable {} and recreate the pods",
            the_pool(&kept.name),
            named(olds),
            named(olds)
        ))
    })
}
