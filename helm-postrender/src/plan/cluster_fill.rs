//! What the cluster plan adds to the request and the stream: pools that the list must have, and missing
//! fields.
//!
//! The operator deletes a pool that it owns if the list does not contain it, and resets fields to its
//! defaults if the list omits them. So existing pools come first: they are restored with their current
//! values.

use calico_core::cidr::{Cidr, Family};
use calico_core::cluster_plan::{ClusterPlan, ExistingPool};
use calico_core::installation::{Installation, path};
use calico_core::operator::OperatorVersion;
use calico_core::pool::Field;

use crate::plan::cluster_pool::ClusterPool;
use crate::plan::installation_view::{InstallationView, PoolView};
use crate::plan::missing_pools::{MissingPools, families_without_cidr, planned_pool};
use crate::plan::model::PoolPlan;
use crate::plan::pool_list::family_of;
use crate::plan::request::Request;
use crate::refusal::Refusal;

/// What a cluster plan adds to a stream's pools.
pub(crate) struct ClusterFill<'a> {
    cluster: &'a ClusterPlan,
    /// How many pools the stream has.
    in_stream: usize,
    /// Paths of values that do not have the field's type: they are refused, not replaced.
    wrong_types: Vec<String>,
    missing: MissingPools,
}

impl<'a> ClusterFill<'a> {
    /// Compares the Installation of a stream with a cluster.
    pub(crate) fn new(
        cluster: &'a ClusterPlan,
        operator: OperatorVersion,
        installation: &InstallationView,
        request: &Request,
    ) -> Self {
        let wrong_types = &installation.written.wrong_types;
        Self {
            cluster,
            in_stream: installation.effective.pools.len(),
            wrong_types: wrong_types.iter().map(|wrong| wrong.path.clone()).collect(),
            missing: MissingPools::of(installation, cluster, operator, request),
        }
    }

    /// Whether pools are added to those of the stream.
    pub(crate) fn adds_pools(&self) -> bool {
        !self.missing.pools.is_empty()
    }

    /// The Installation with the added pools.
    pub(crate) fn added_to(&self, mut written: Installation) -> Installation {
        written
            .pools
            .get_or_insert_default()
            .extend(self.missing.pools.iter().map(ClusterPool::entry));
        written
    }

    /// Which pools are not added, and why.
    pub(crate) fn notes(&self) -> &[String] {
        &self.missing.notes
    }

    /// Completes the plans, which are in order, for `pools`: those of the stream and those added.
    pub(crate) fn complete(
        &self,
        plans: Vec<PoolPlan>,
        pools: &[PoolView],
    ) -> Result<Vec<PoolPlan>, Refusal> {
        let count = plans
            .last()
            .map_or(0, |plan| plan.index + 1)
            .max(pools.len());
        let mut requested = plans.into_iter().peekable();
        let mut complete = Vec::new();
        for index in 0..count {
            let fields = requested
                .next_if(|plan| plan.index == index)
                .map_or_else(Vec::new, |plan| plan.fields);
            let mut plan = PoolPlan {
                index,
                is_new: index >= self.in_stream,
                fields,
                copied: Vec::new(),
            };
            if let Some(known) = self.cluster_pool(&plan, pools) {
                let pool = pools.get(index).filter(|_| !plan.is_new);
                known.complete(&mut plan, |key| {
                    pool.is_some_and(|pool| self.has(pool, index, key))
                })?;
            }
            if !plan.fields.is_empty() || !plan.copied.is_empty() {
                complete.push(plan);
            }
        }
        self.check_complete(&complete, pools)?;
        Ok(complete)
    }

    /// Whether a pool of the stream has a field. If one of the three fields is null, it is treated
    /// as missing.
    fn has(&self, pool: &PoolView, index: usize, key: &str) -> bool {
        let has_value = match key {
            "cidr" => pool.written.cidr.is_some(),
            "blockSize" => pool.written.block_size.is_some(),
            "encapsulation" => pool.written.encapsulation.is_some(),
            other => pool.written.keys.iter().any(|key| key == other),
        };
        has_value || self.wrong_types.contains(&path::pool_field(index, key))
    }

    /// What the cluster says about the pool of a plan: the fields of an existing or added pool, or,
    /// for the only pool of its family, what the cluster needs.
    fn cluster_pool(&self, plan: &PoolPlan, pools: &[PoolView]) -> Option<ClusterPool> {
        let added = plan.index.checked_sub(self.in_stream);
        if let Some(known) = added.and_then(|index| self.missing.pools.get(index)) {
            return Some(known.clone());
        }
        let pool = pools.get(plan.index);
        let network = cidr_after(plan, pool)?;
        if let Some(existing) = self.cluster.existing(&network) {
            return Some(ClusterPool::existing(existing));
        }
        let family = network.family();
        let is_only = pool.is_none_or(PoolView::is_for_pods)
            && pools.iter().enumerate().all(|(index, other)| {
                index == plan.index
                    || other.effective.family() != Some(family)
                    || !other.is_for_pods()
            });
        let is_first = self.cluster.existing_of(family).next().is_none();
        if !is_only || !is_first {
            return None;
        }
        planned_pool(self.cluster, &network)
    }

    /// Refuses a list without a pool that the cluster needs.
    fn check_complete(&self, plans: &[PoolPlan], pools: &[PoolView]) -> Result<(), Refusal> {
        let new = plans.iter().filter_map(|plan| cidr_after(plan, None));
        let existing = self
            .cluster
            .existing_pools
            .iter()
            .filter_map(ExistingPool::network);
        let families: Vec<Family> = pools
            .iter()
            .filter_map(family_of)
            .chain(new.chain(existing).map(|cidr| cidr.family()))
            .collect();
        let without_pool = families_without_cidr(self.cluster)
            .into_iter()
            .find(|family| match family {
                Some(family) => !families.contains(family),
                None => families.is_empty(),
            });
        match without_pool {
            Some(family) if !self.missing.may_be_none => Err(unknown_cidr(family)),
            _ => Ok(()),
        }
    }
}

/// The CIDR that a pool has after a plan.
fn cidr_after(plan: &PoolPlan, pool: Option<&PoolView>) -> Option<Cidr> {
    let new = plan
        .fields
        .iter()
        .filter(|field| field.field == Field::Cidr)
        .find_map(|field| field.new.as_ref());
    match new {
        Some(new) => new.to_string().parse().ok(),
        None => pool?.effective.network().copied(),
    }
}

fn unknown_cidr(family: Option<Family>) -> Refusal {
    let pool = family.map_or("a pool".to_owned(), |family| format!("the {family} pool"));
    let example = match family {
        Some(Family::V6) => "fd00:10:244::/56",
        Some(Family::V4) | None => "10.244.0.0/16",
    };
    Refusal::new(format!("the cidr of {pool} is unknown"))
        .why("the cluster plan does not contain it, and there is no existing pool")
        .fix(format!(
            "pass the pod CIDR that Kubernetes was configured with, such as --cidr {example}"
        ))
}
