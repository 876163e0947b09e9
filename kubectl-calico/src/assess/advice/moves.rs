//! Where the pods of misplaced pools go. All pools of a family are decided together, so that what one finding says of one
//! pool does not contradict what another says of the next.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::name_of;
use calico_core::pod_network::hold;
use calico_core::pool::Encapsulation;

use super::misplaced::{is_misplaced, is_wrong_for_pods};
use super::pod_network_change;
use super::pool_fixes::block_size;
use super::sound_encapsulation::{better, better_than};
use crate::assess::candidate_pools::pools_to_come;
use crate::assess::check::Case;
use crate::facts::no_assignment::NO_NODE;
use crate::facts::pools::{ALL_NODES, ExistingPool};
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::{can_be_for_pods, in_pod_network, parts_of_pod_network};
use crate::repair::left_pods::LeftPods;
use crate::repair::migration::{Move, Target, awaited_pool, is_temporary};
use crate::repair::new_pool::NewPool;
use crate::repair::node_pod_cidrs;
use crate::repair::room::{Load, in_use, named, shortage};
use crate::views::ipam_blocks::block_sizes;

/// What is decided about the pools of a family.
pub(crate) enum Decision<'a> {
    /// They are moved.
    Moved(Vec<Move<'a>>),
    /// They cannot be moved yet: what comes first.
    Told(Vec<Step>),
}

/// Where the pods of a family's misplaced pools go, and of this one.
pub(crate) fn decide<'a>(
    case: &Case<'a>,
    family: Family,
    also: Option<&'a ExistingPool>,
) -> Decision<'a> {
    let olds = olds(case, family, also);
    if olds.is_empty() {
        return Decision::Moved(Vec::new());
    }
    if let Some((to, mut steps)) = pod_network_change::steps(case, family) {
        let what = format!("move the pods of {} to a pool in {to}", named(&olds));
        steps.push(Step::new(what).run(format!("kubectl calico plan --cidr {to}")));
        return Decision::Told(steps);
    }
    if let Some(awaited) = awaited(case, family) {
        return Decision::Told(vec![awaited_pool(&awaited)]);
    }
    let (mut moves, rest) = match to_existing(case, &olds) {
        Ok(found) => found,
        Err(steps) => return Decision::Told(steps),
    };
    if !rest.is_empty() {
        match to_others(case, family, rest) {
            Ok(more) => moves.extend(more),
            Err(steps) => return Decision::Told(steps),
        }
    }
    Decision::Moved(moves)
}

/// The ranges of the pools that are created for misplaced ones.
pub(crate) fn new_ranges(case: &Case) -> Vec<Cidr> {
    let decided = Family::BOTH.map(|family| decide(case, family, None));
    let moves = decided.into_iter().flat_map(|decision| match decision {
        Decision::Moved(moves) => moves,
        Decision::Told(_) => Vec::new(),
    });
    let ranges = moves.filter_map(|one| match one.to {
        Target::New { pool, .. } => Some(pool.cidr),
        Target::Kept(_) | Target::Enabled(_) => None,
    });
    ranges.collect()
}

/// Whether Calico's API changes the pool: it refuses to while the CIDR is not written as it writes it.
pub(crate) fn is_canonical(pool: &ExistingPool) -> bool {
    let network = pool.network.map(|cidr| cidr.network().to_string());
    network.is_none_or(|network| network == pool.cidr)
}

fn olds<'a>(
    case: &Case<'a>,
    family: Family,
    also: Option<&'a ExistingPool>,
) -> Vec<&'a ExistingPool> {
    let is_moved = |pool: &&ExistingPool| {
        pool.is_for_pods()
            && !pool.is_being_deleted()
            && !is_temporary(pool)
            && is_canonical(pool)
            && !node_pod_cidrs::are_in(case.snapshot, case.facts, pool)
            && is_misplaced(case, pool)
    };
    let is_it = |pool: &ExistingPool| also.is_some_and(|also| also.name == pool.name);
    let pools = case.facts.known_pools().iter();
    pools
        .filter(|pool| pool.family() == Some(family) && (is_it(pool) || is_moved(pool)))
        .collect()
}

/// A pool that the operator is about to create, to which the pods can then go.
fn awaited(case: &Case, family: Family) -> Option<Cidr> {
    let mut pools = pools_to_come(case).into_iter();
    let can_take = |cidr: &Cidr| can_be_for_pods(case.snapshot, case.facts, cidr);
    pools.find_map(|pool| {
        let cidr = pool.network.filter(|_| pool.serves_pods)?;
        (cidr.family() == family && can_take(&cidr)).then_some(cidr)
    })
}

/// The pools of a family from which pods should have their addresses.
fn right_pools<'a>(case: &Case<'a>, olds: &[&ExistingPool]) -> Vec<&'a ExistingPool> {
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
fn to_existing<'a>(
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

/// New pools for the others, or a disabled one that is in their place.
fn to_others<'a>(
    case: &Case<'a>,
    family: Family,
    olds: Vec<&'a ExistingPool>,
) -> Result<Vec<Move<'a>>, Vec<Step>> {
    let pools = case.facts.known_pools().iter();
    let used: Vec<Cidr> = pools.filter_map(|pool| pool.network).collect();
    let groups = by_settings(&olds);
    let (snapshot, facts) = (case.snapshot, case.facts);
    let whole = in_pod_network(snapshot, facts, family, &used).filter(|_| groups.len() == 1);
    if let Some(whole) = whole {
        return to_new(case, groups, &[whole]);
    }
    let disabled = right_pools(case, &olds).into_iter();
    let mut disabled = disabled.filter(|pool| pool.is_disabled() && !is_temporary(pool));
    let enabled = disabled.find(|pool| {
        let selector = match pool.node_selector.as_str() {
            NO_NODE => ALL_NODES,
            selector => selector,
        };
        olds.iter()
            .all(|old| takes(selector, old) && !is_requested(old) && pool.can_take_over(old))
    });
    if let Some(enabled) = enabled {
        if let Some(full) = is_full(enabled, &olds) {
            return Err(vec![full]);
        }
        let load = Load::of_all(case.snapshot, &olds);
        if let (Some(range), Some(first)) = (enabled.network, olds.first())
            && let Some(shortage) = shortage(&load, &olds, &range, enabled.block_size)
        {
            return Err(pod_network_change::widened(case, first, &range, &shortage));
        }
        let to = Target::Enabled(enabled);
        return Ok(vec![Move { olds, to }]);
    }
    match parts_of_pod_network(snapshot, facts, family, &used, groups.len()) {
        Some(parts) => to_new(case, groups, &parts),
        None => Err(vec![Step::new(format!(
            "move the pods of {} to a new pool with an unused CIDR inside the pod network: the CIDR of an existing pool \
             is immutable",
            named(&olds)
        ))]),
    }
}

/// Pools that one pool can replace.
fn by_settings<'a>(olds: &[&'a ExistingPool]) -> Vec<Vec<&'a ExistingPool>> {
    let settings = |pool: &ExistingPool| {
        let spec = &pool.spec;
        (
            pool.node_selector.clone(),
            spec.allowed_uses.clone(),
            spec.assignment_mode.clone(),
            spec.nat_outgoing,
            spec.disable_bgp_export,
        )
    };
    let mut groups: Vec<Vec<&ExistingPool>> = Vec::new();
    for old in olds {
        let same = groups.iter_mut().find(|group| {
            let first = group.first();
            first.is_some_and(|first| settings(first) == settings(old))
        });
        match same {
            Some(group) => group.push(old),
            None => groups.push(vec![old]),
        }
    }
    groups
}

/// A new pool for each group, in a range of its own.
fn to_new<'a>(
    case: &Case<'a>,
    groups: Vec<Vec<&'a ExistingPool>>,
    ranges: &[Cidr],
) -> Result<Vec<Move<'a>>, Vec<Step>> {
    let moved = groups.into_iter().zip(ranges).map(|(olds, to)| {
        let Some(first) = olds.first().copied() else {
            return Err(Vec::new());
        };
        let load = Load::of_all(case.snapshot, &olds);
        let mut size = block_size(case, to, first.block_size);
        if block_sizes(case.snapshot, to).is_empty() {
            size = load.block_size(to, size);
        }
        if let Some(shortage) = shortage(&load, &olds, to, size) {
            return Err(pod_network_change::widened(case, first, to, &shortage));
        }
        let (encapsulation, why) = encapsulation(case, first, to);
        let pool = NewPool {
            name: name_of(to),
            cidr: *to,
            block_size: size,
            encapsulation,
        };
        let to = Target::New { pool, why };
        Ok(Move { olds, to })
    });
    moved.collect()
}

/// The encapsulation of a new pool, and why it is not that of the old one. Pods that have addresses in its range already
/// keep theirs if it is right.
fn encapsulation(case: &Case, old: &ExistingPool, to: &Cidr) -> (Encapsulation, Option<String>) {
    let pods = LeftPods::of(case.snapshot, case.facts, to, old.encapsulation);
    let found = match pods.map(|pods| pods.encapsulation) {
        Some(of_pods) if of_pods != old.encapsulation => {
            match better_than(case, to.family(), of_pods) {
                None => return (of_pods, None),
                better => better,
            }
        }
        _ => better(case, old),
    };
    match found {
        Some(better) => (better.encapsulation, Some(better.why)),
        None => (old.encapsulation, None),
    }
}

/// The right pool in whose place a temporary one exists, if there is just one.
pub(crate) fn replaced_by_temporary<'a>(
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
