//! The pools to check: the existing ones or, if there are none yet, those that the Installation
//! lists, which are still easy to change.

use calico_core::cidr::{Cidr, Family};
use calico_core::installation::path;
use calico_core::pool::Encapsulation;

use crate::assess::check::Case;
use crate::facts::fact::Fact;
use crate::facts::installation::InstallationFacts;
use crate::facts::method::Method;
use crate::facts::pools::ExistingPool;
use crate::snapshot::ObjectRef;

/// A pool to check.
#[derive(Clone, Copy)]
pub(crate) struct CandidatePool<'a> {
    /// The existing pool; `None` for one that is only listed.
    pub(crate) existing: Option<&'a ExistingPool>,
    /// Its index in the Installation's list, if the operator reconciles the pool with that entry.
    pub(crate) index: Option<usize>,
    /// Its CIDR, as written.
    pub(crate) cidr: &'a str,
    /// The parsed CIDR; `None` if it cannot be parsed.
    pub(crate) network: Option<Cidr>,
    /// The prefix length of its blocks; `None` if neither that nor its family is known.
    pub(crate) block_size: Option<i64>,
    /// Its encapsulation; `None` if the value is not a known one.
    pub(crate) encapsulation: Option<Encapsulation>,
    /// Whether pods get addresses from it, now or once it is created.
    pub(crate) serves_pods: bool,
    /// Whether pods have addresses from it, or will have.
    pub(crate) has_pods: bool,
}

impl CandidatePool<'_> {
    /// The object that describes it.
    pub(crate) fn object(&self) -> ObjectRef {
        match self.existing {
            Some(existing) => existing.object(),
            None => ObjectRef::installation(),
        }
    }

    /// The path of one of its fields in that object. An IPPool has two fields for its encapsulation.
    pub(crate) fn field(&self, key: &str) -> String {
        match (self.existing, self.index) {
            (Some(_), _) if key == "encapsulation" => "spec.ipipMode, spec.vxlanMode".to_owned(),
            (None, Some(index)) => path::pool_field(index, key),
            _ => format!("spec.{key}"),
        }
    }

    /// Its family, if its CIDR can be parsed.
    pub(crate) fn family(&self) -> Option<Family> {
        self.network.as_ref().map(Cidr::family)
    }
}

/// The existing pools or, while there is none, the listed ones. A proposal is both.
pub(crate) fn candidate_pools<'a>(case: &Case<'a>) -> Vec<CandidatePool<'a>> {
    match &case.facts.pools {
        _ if !counts(case) => Vec::new(),
        Fact::Known { value, .. } if case.snapshot.basis.is_proposal() => {
            let is_there = |listed: &CandidatePool| {
                let network = listed.network.map(|network| network.network());
                let mut networks = value.iter().map(|pool| pool.network.map(|it| it.network()));
                network.is_some() && networks.any(|existing| existing == network)
            };
            let listed = listed_pools(case).filter(|pool| !is_there(pool));
            existing(case, value).chain(listed).collect()
        }
        Fact::Known { value, .. } if !value.is_empty() => existing(case, value).collect(),
        Fact::Known { .. } | Fact::Absent { .. } => listed_pools(case).collect(),
        Fact::Unknown { .. } => Vec::new(),
    }
}

/// Only the existing pools, for checks that CAL110 covers for listed pools.
pub(crate) fn existing_pools<'a>(case: &Case<'a>) -> Vec<CandidatePool<'a>> {
    let mut pools = candidate_pools(case);
    pools.retain(|pool| pool.existing.is_some());
    pools
}

/// The listed pools that the operator creates beside existing ones as soon as it can. While any pool exists, it checks
/// them against nothing, and Calico's API only rejects those that overlap an existing pool.
/// Source: tigera/operator v1.34.0 and v1.42.3, pkg/controller/ippool/pool_controller.go and defaults.go.
pub(crate) fn pools_to_come<'a>(case: &Case<'a>) -> Vec<CandidatePool<'a>> {
    let installation = case.facts.installation.as_ref();
    let existing = case.facts.known_pools();
    let acts = installation.is_some_and(InstallationFacts::changes_existing_pools)
        && case.facts.install.is_left_to_operator()
        && !case.snapshot.basis.is_proposal()
        && !existing.is_empty();
    if !acts || !counts(case) {
        return Vec::new();
    }
    let is_changed = |index: Option<usize>| {
        let mut changed = existing
            .iter()
            .filter_map(|pool| installation?.renumbered(pool));
        changed.any(|changed| Some(changed) == index)
    };
    let mut pools: Vec<CandidatePool> = listed_pools(case).collect();
    pools.retain(|pool| {
        let mut networks = existing.iter().filter_map(|pool| pool.network);
        let is_free = pool
            .network
            .is_some_and(|it| !networks.any(|existing| existing.overlaps(&it)));
        is_free && !is_changed(pool.index)
    });
    pools
}

/// Whether it is known that no pool exists.
pub(crate) fn no_pool_exists(case: &Case) -> bool {
    match &case.facts.pools {
        Fact::Known { value, .. } => value.is_empty(),
        Fact::Absent { .. } => true,
        Fact::Unknown { .. } => false,
    }
}

/// Whether pools are relevant: not if Calico is not running, or if it leaves pod networking to
/// another plugin.
fn counts(case: &Case) -> bool {
    let runs = !matches!(
        case.facts.install.method.value(),
        Some(Method::Nothing | Method::Remnants | Method::OperatorOnly)
    );
    runs && !case.facts.routing.is_by_others()
}

fn existing<'a>(
    case: &Case<'a>,
    pools: &'a [ExistingPool],
) -> impl Iterator<Item = CandidatePool<'a>> {
    let installation = case.facts.installation.as_ref();
    pools.iter().map(move |pool| CandidatePool {
        existing: Some(pool),
        index: installation.and_then(|installation| index_of(installation, pool)),
        cidr: &pool.cidr,
        network: pool.network,
        block_size: Some(pool.block_size),
        encapsulation: Some(pool.encapsulation),
        serves_pods: pool.serves_pods(),
        has_pods: pool.has_pods(),
    })
}

/// The index at which the Installation lists an owned pool. The operator identifies pools by the text
/// of their CIDR; up to 1.32 it changes none.
pub(crate) fn index_of(installation: &InstallationFacts, pool: &ExistingPool) -> Option<usize> {
    let acts = pool.owned_by_operator && installation.changes_existing_pools();
    installation.index_of(&pool.cidr).filter(|_| acts)
}

/// The selector with which Calico's documentation disables a pool.
const NO_NODES: &str = "!all()";

/// The pools that the Installation lists, whether they exist or not.
pub(crate) fn listed_pools<'a>(case: &Case<'a>) -> impl Iterator<Item = CandidatePool<'a>> {
    let installation = case
        .facts
        .installation
        .as_ref()
        .filter(|installation| installation.effective.is_calico_cni());
    let pools = installation.into_iter().flat_map(|installation| {
        let written = installation.written.pools.iter().flatten();
        written.zip(&installation.effective.pools)
    });
    pools.enumerate().map(|(index, (written, effective))| {
        let is_enabled = !effective.disables_new_allocations && effective.node_selector != NO_NODES;
        let for_pods = effective.uses().is_for_pods() && is_enabled;
        CandidatePool {
            existing: None,
            index: Some(index),
            cidr: written.cidr.as_deref().unwrap_or_default(),
            network: effective.network().copied(),
            block_size: effective.block_size,
            encapsulation: effective
                .encapsulation
                .as_deref()
                .and_then(|name| name.parse().ok()),
            serves_pods: for_pods,
            has_pods: for_pods,
        }
    })
}
