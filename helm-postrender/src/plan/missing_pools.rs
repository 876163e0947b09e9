//! The pools that a stream's list lacks: what the Installation has in the cluster or, where a family
//! has no pool at all, what the cluster needs.
//!
//! Only families of which the stream has no pool are looked at: who lists some pools of a family
//! and not others may mean it, and the rules tell what comes of it.

use calico_core::cidr::{Cidr, Family};
use calico_core::cluster_plan::{ClusterPlan, ExistingPool, PlannedPool};
use calico_core::defaults::{Effective, standard_name};
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use calico_core::pool::BlockSize;

use crate::plan::known_pool::Known;
use crate::plan::request::Wanted;

/// The pools to add to a stream's.
#[derive(Default)]
pub(crate) struct Missing {
    /// In order.
    pub(crate) pools: Vec<Known>,
    /// Whether a list without any is right.
    pub(crate) may_be_none: bool,
    /// What was left alone, and why.
    pub(crate) notes: Vec<String>,
}

impl Missing {
    /// Finds them.
    pub(crate) fn of(
        written: &Installation,
        effective: &Effective,
        cluster: &ClusterPlan,
        operator: OperatorVersion,
        wanted: &Wanted,
    ) -> Self {
        let mut missing = Self {
            // Others than Calico's IPAM take no address from a pool, and the operator makes none.
            may_be_none: effective.ipam != "Calico",
            ..Self::default()
        };
        let is_empty = written.pools.as_ref().is_some_and(Vec::is_empty);
        let is_to_stay = |family| wanted.family(family).cidr.is_none();
        if is_empty && Family::BOTH.into_iter().all(is_to_stay) {
            // To the operator an empty list means that somebody else makes the pools.
            missing.may_be_none = true;
            let note = "ipPools is an empty list, so none of the cluster's pools was added";
            missing.notes.push(note.to_owned());
            return missing;
        }
        let listed = || effective.pools.iter();
        let is_there = |family| {
            let mut for_pods = listed().filter(|pool| !pool.is_for_load_balancers());
            for_pods.any(|pool| pool.family() == Some(family))
        };
        let is_listed = |live: &ExistingPool| {
            let mut networks = listed().filter_map(|pool| pool.network().map(Cidr::network));
            networks.any(|own| Some(own) == live.network())
        };
        for family in Family::BOTH {
            if is_there(family) {
                continue;
            }
            let live = cluster.existing_of(family).filter(|live| !is_listed(live));
            let live: Vec<&ExistingPool> = live.collect();
            let own = live
                .iter()
                .filter(|live| is_of_installation(live, operator));
            let own: Vec<Known> = own.map(|live| Known::live(live)).collect();
            let is_own = !own.is_empty();
            missing.pools.extend(own);
            let serves_pods = live.iter().any(|live| !live.is_for_load_balancers());
            if !serves_pods && !missing.may_be_none {
                let needed = planned(cluster, family).filter(|pool| pool.cidr.is_some());
                missing.pools.extend(needed.map(Known::planned));
            } else if !live.is_empty() && !is_own {
                missing.notes.push(format!(
                    "the cluster's {family} pools are not the operator's, so none was added"
                ));
            }
        }
        missing
    }
}

/// Whether a live pool is what the Installation has in the cluster: the operator owns it. Operators
/// before 1.34 own none; there it is the pool that calico-node makes of the Installation's at its
/// first start (projectcalico/calico v3.27.5, node/pkg/lifecycle/startup/startup.go).
fn is_of_installation(live: &ExistingPool, operator: OperatorVersion) -> bool {
    if operator.since(34) {
        live.owned
    } else {
        Family::BOTH
            .map(standard_name)
            .contains(&live.name.as_str())
    }
}

/// The pool that the cluster needs in a family.
pub(crate) fn planned(cluster: &ClusterPlan, family: Family) -> Option<&PlannedPool> {
    let of = |family| cluster.pools.iter().find(move |pool| told(pool) == family);
    of(Some(family)).or_else(|| of(None))
}

/// The families of the pools that the cluster needs, and whose CIDR could not be settled; none
/// where not even the family is known.
pub(crate) fn no_cidr_told(cluster: &ClusterPlan) -> impl Iterator<Item = Option<Family>> {
    // There is one pool for each family: the other one tells the family of one that does not.
    let is_told = |family: &Family| cluster.pools.iter().any(|pool| told(pool) == Some(*family));
    let rest: Vec<Family> = Family::BOTH.into_iter().filter(|f| !is_told(f)).collect();
    let rest = match rest.as_slice() {
        [family] => Some(*family),
        _ => None,
    };
    let open = cluster.pools.iter().filter(|pool| pool.cidr.is_none());
    open.map(move |pool| told(pool).or(rest))
}

/// The family that its CIDR tells, or else its block size.
fn told(pool: &PlannedPool) -> Option<Family> {
    let cidr: Option<Cidr> = pool.cidr.as_deref().and_then(|cidr| cidr.parse().ok());
    let size = || pool.block_size?.to_string().parse().ok();
    cidr.map(|cidr| cidr.family())
        .or_else(|| size().map(BlockSize::family))
}
