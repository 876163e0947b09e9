//! Moves to new pools.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::name_of;
use calico_core::pool::Encapsulation;

use super::existing::{right_pools, to_disabled};
use crate::assess::advice::pod_network_change;
use crate::assess::advice::pool_deletions::delete_overlapping;
use crate::assess::advice::pool_fixes::block_size;
use crate::assess::advice::sound_encapsulation::{better, better_than};
use crate::assess::check::Case;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::{in_pod_network, parts_of_pod_network};
use crate::repair::left_pods::LeftPods;
use crate::repair::migration::{Move, Target};
use crate::repair::new_pool::NewPool;
use crate::repair::room::{Load, named, shortage};
use crate::views::ipam_blocks::block_sizes;

/// New pools for pods that go to no pool that assigns addresses, or a disabled one that is in their place.
pub(super) fn to_others<'a>(
    case: &Case<'a>,
    family: Family,
    olds: &[&'a ExistingPool],
) -> Result<Vec<Move<'a>>, Vec<Step>> {
    let pools = case.facts.known_pools().iter();
    let used: Vec<Cidr> = pools.filter_map(|pool| pool.network).collect();
    let groups = by_settings(olds);
    let (snapshot, facts) = (case.snapshot, case.facts);
    let whole = in_pod_network(snapshot, facts, family, &used).filter(|_| groups.len() == 1);
    if let Some(whole) = whole {
        return to_new(case, groups, &[whole]);
    }
    if let Some(to_disabled) = to_disabled(case, olds) {
        return to_disabled.map(|one| vec![one]);
    }
    match parts_of_pod_network(snapshot, facts, family, &used, groups.len()) {
        Some(parts) => to_new(case, groups, &parts),
        None => Err(without_room(case, olds)),
    }
}

/// What to do where existing pools have the whole pod network, and none of them can take the pods.
fn without_room(case: &Case, olds: &[&ExistingPool]) -> Vec<Step> {
    let right = right_pools(case, olds);
    let overlaps = |pool: &ExistingPool, old: &ExistingPool| {
        let both = pool.network.zip(old.network);
        both.is_some_and(|(pool, old)| pool.overlaps(&old))
    };
    if let [old] = olds
        && let Some(stays) = { right.iter() }.find(|pool| pool.enabled && overlaps(pool, old))
    {
        return delete_overlapping(case, old, stays);
    }
    let names = named(olds);
    let Some(disabled) = right.iter().find(|pool| pool.is_disabled()) else {
        return vec![Step::new(format!(
            "move the pods of {names} to a new pool with an unused CIDR inside the pod network: the CIDR of an existing \
             pool is immutable"
        ))];
    };
    let name = the_pool(&disabled.name);
    vec![Step::new(format!(
        "give {name}, which has the rest of the pod network, the nodeSelector, encapsulation and NAT of {names}, and \
         enable it; then disable {names}, recreate the pods that have addresses from it, and delete it"
    ))]
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
        if let Some(shortage) = shortage(case.snapshot, &load, &olds, to, size) {
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
