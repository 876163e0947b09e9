//! The pools that a stream's list lacks: those that the Installation has in the cluster or, for a
//! family that has no pool at all, those that the cluster needs.
//!
//! Pools are added only for families without any pool in the stream: a list with some pools of a family
//! may omit the others on purpose, and the rules report the impact.

use calico_core::cidr::{Cidr, Family};
use calico_core::cluster_plan::{ClusterPlan, ExistingPool, PlannedPool};
use calico_core::defaults::standard_name;
use calico_core::operator::OperatorVersion;
use calico_core::pool::BlockSize;
use serde_yaml::Mapping;

use crate::plan::cluster_pool::ClusterPool;
use crate::plan::installation_view::InstallationView;
use crate::plan::request::Request;

/// The pools to add to those of a stream.
#[derive(Default)]
pub(crate) struct MissingPools {
    /// In the order in which they are added.
    pub(crate) pools: Vec<ClusterPool>,
    /// Whether a list without pools is valid.
    pub(crate) may_be_none: bool,
    /// Which pools are not added, and why.
    pub(crate) notes: Vec<String>,
}

impl MissingPools {
    /// Finds the pools that `installation` lacks in a cluster.
    pub(crate) fn of(
        installation: &InstallationView,
        cluster: &ClusterPlan,
        operator: OperatorVersion,
        request: &Request,
    ) -> Self {
        let mut missing = Self {
            // Only Calico's IPAM takes addresses from pools; for any other the operator creates none.
            may_be_none: installation.effective.ipam != "Calico",
            ..Self::default()
        };
        let is_empty_list = installation
            .written
            .pools
            .as_ref()
            .is_some_and(Vec::is_empty);
        let requests_cidr = Family::BOTH
            .into_iter()
            .any(|family| request.family(family).cidr.is_some());
        if is_empty_list && !requests_cidr {
            // For the operator, an empty list means that pools are managed elsewhere.
            missing.may_be_none = true;
            let note = "ipPools is an empty list, so none of the cluster's pools were added";
            missing.notes.push(note.to_owned());
            return missing;
        }
        for family in Family::BOTH {
            if !has_pool_for_pods(installation, family) {
                missing.add_family(family, installation, cluster, operator);
            }
        }
        missing
    }

    fn add_family(
        &mut self,
        family: Family,
        installation: &InstallationView,
        cluster: &ClusterPlan,
        operator: OperatorVersion,
    ) {
        let unlisted: Vec<&ExistingPool> = cluster
            .existing_of(family)
            .filter(|existing| !lists(installation, existing))
            .collect();
        let added = self.pools.len();
        self.pools.extend(
            unlisted
                .iter()
                .filter(|existing| is_of_installation(existing, operator))
                .map(|existing| ClusterPool::existing(existing)),
        );
        let is_any_added = self.pools.len() > added;
        let is_any_for_pods = unlisted
            .iter()
            .any(|existing| existing.uses().is_for_pods());
        if !is_any_for_pods && !self.may_be_none {
            let planned = cluster.pools.iter();
            self.pools.extend(
                planned
                    .filter(|pool| pool.cidr.is_some() && planned_family(pool) == Some(family))
                    .map(ClusterPool::planned),
            );
        } else if !unlisted.is_empty() && !is_any_added {
            self.notes.push(format!(
                "the cluster's {family} pools are not managed by the operator, so none were added"
            ));
        }
    }
}

fn has_pool_for_pods(installation: &InstallationView, family: Family) -> bool {
    installation
        .effective
        .pools
        .iter()
        .any(|pool| pool.uses().is_for_pods() && pool.family() == Some(family))
}

/// Whether an Installation lists an existing pool.
fn lists(installation: &InstallationView, existing: &ExistingPool) -> bool {
    installation
        .effective
        .pools
        .iter()
        .filter_map(|pool| pool.network().map(Cidr::network))
        .any(|network| Some(network) == existing.network())
}

/// Whether an existing pool is one of the Installation's: the operator owns it. Operators before 1.34
/// own none; with them it is the pool that calico-node creates from the Installation at its first
/// start (projectcalico/calico v3.27.5, node/pkg/lifecycle/startup/startup.go).
fn is_of_installation(existing: &ExistingPool, operator: OperatorVersion) -> bool {
    if operator.since(34) {
        existing.owned
    } else {
        Family::BOTH
            .map(standard_name)
            .contains(&existing.name.as_str())
    }
}

/// The pool with a network that the cluster needs or, for another network, the three fields of the
/// only pool of the family.
pub(crate) fn planned_pool(cluster: &ClusterPlan, network: &Cidr) -> Option<ClusterPool> {
    let of_family = |family| {
        let pools = cluster.pools.iter();
        let mut pools = pools.filter(move |pool| planned_family(pool) == family);
        pools.next().filter(|_| pools.next().is_none())
    };
    let is_same = |pool: &&PlannedPool| {
        planned_network(pool).is_some_and(|own| own.network() == network.network())
    };
    if let Some(pool) = cluster.pools.iter().find(is_same) {
        return Some(ClusterPool::planned(pool));
    }
    let pool = of_family(Some(network.family())).or_else(|| of_family(None))?;
    Some(ClusterPool::planned(&PlannedPool {
        other_fields: Mapping::new(),
        ..pool.clone()
    }))
}

/// The families of the pools that the cluster needs but whose CIDR is unknown; none for a pool whose
/// family is also unknown.
pub(crate) fn families_without_cidr(cluster: &ClusterPlan) -> Vec<Option<Family>> {
    // There is one pool for each family, so a pool of unknown family may belong to the remaining one.
    let left: Vec<Family> = Family::BOTH
        .into_iter()
        .filter(|family| {
            cluster
                .pools
                .iter()
                .all(|pool| planned_family(pool) != Some(*family))
        })
        .collect();
    let only_left = match left.as_slice() {
        [family] => Some(*family),
        _ => None,
    };
    cluster
        .pools
        .iter()
        .filter(|pool| pool.cidr.is_none())
        .map(|pool| planned_family(pool).or(only_left))
        .collect()
}

/// The family of a pool that the cluster needs, by its CIDR or else by its block size.
fn planned_family(pool: &PlannedPool) -> Option<Family> {
    let by_cidr = planned_network(pool).map(|cidr| cidr.family());
    by_cidr.or_else(|| BlockSize::new(pool.block_size?).map(BlockSize::family))
}

fn planned_network(pool: &PlannedPool) -> Option<Cidr> {
    pool.cidr.as_deref()?.parse().ok()
}
