//! Where the pods of misplaced pools go. All pools of a family are decided together, so that what one finding says of one
//! pool does not contradict what another says of the next.

mod existing;
mod new;

use calico_core::cidr::{Cidr, Family};

use super::misplaced::is_misplaced;
use super::pod_network_change;
use crate::assess::candidate_pools::pools_to_come;
use crate::assess::check::Case;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::can_be_for_pods;
use crate::repair::migration::{Move, Target, awaited_pool, is_temporary};
use crate::repair::node_pod_cidrs;
use crate::repair::room::named;
use existing::{right_pools, to_existing};
use new::to_others;

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
    if let Some(steps) = pools_kept(case, &olds) {
        return Decision::Told(steps);
    }
    let (mut moves, rest) = match to_existing(case, &olds) {
        Ok(found) => found,
        Err(steps) => return Decision::Told(steps),
    };
    if !rest.is_empty() {
        match to_others(case, family, &rest) {
            Ok(more) => moves.extend(more),
            Err(steps) => return Decision::Told(steps),
        }
    }
    match moves.iter().find_map(|one| over_blocks(case, &one.to)) {
        Some(first) => Decision::Told(vec![first]),
        None => Decision::Moved(moves),
    }
}

/// That addresses of an existing pool would be assigned twice, if it takes the pods.
fn over_blocks(case: &Case, to: &Target) -> Option<Step> {
    let pool = match to {
        Target::Kept(pool) | Target::Enabled(pool) => pool,
        Target::New { .. } => return None,
    };
    let mut stray = case.facts.stray_blocks.value().into_iter().flatten();
    stray
        .any(|block| block.pool.as_deref() == Some(&pool.name))
        .then(|| {
            let name = the_pool(&pool.name);
            Step::after(
                "CAL220",
                &format!(
                    "pods can only go to {name} once it has no blocks of another size, beside which addresses are \
                     assigned twice"
                ),
            )
        })
}

/// What to do where the pools of a family are right, and kubeadm's settings are not. There is no pool yet to which pods
/// could go.
pub(crate) fn kept_pools(case: &Case, family: Family) -> Option<Vec<Step>> {
    pools_kept(case, &olds(case, family, None))
}

fn pools_kept(case: &Case, olds: &[&ExistingPool]) -> Option<Vec<Step>> {
    let is_moving = !right_pools(case, olds).is_empty();
    pod_network_change::to_that_of_pools(case, olds).filter(|_| !is_moving)
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

/// Whether Calico's API changes the pool. From 3.31.3 on, that of Calico 3.31 writes another notation of a network as its
/// own; the operator would then miss the pool's text in the Installation.
/// Source: projectcalico/calico v3.31.2 and v3.31.3, libcalico-go/lib/clientv3/ippool.go (`cidrChangeOK`).
pub(crate) fn is_changeable(case: &Case, pool: &ExistingPool) -> bool {
    let version = case.facts.install.calico.value();
    let patch = version.and_then(|version| version.strip_prefix("v3.31."));
    let patch = patch.and_then(|patch| patch.parse::<u32>().ok());
    let is_normalised = patch.is_some_and(|patch| patch >= 3)
        && !pool.owned_by_operator
        && pool.network.is_some_and(|cidr| !cidr.has_host_bits());
    is_canonical(pool) || is_normalised
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
            && is_changeable(case, pool)
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
