//! What the plan of a cluster gives where neither the command line nor the stream says anything:
//! pools that the list has to have, and fields that are missing.
//!
//! The operator deletes a pool of its own that the list does not have, and changes one that the
//! list has with fields missing, to its defaults. So live pools come first: they are put back, with
//! the values that they have.

use calico_core::cidr::{Cidr, Family};
use calico_core::cluster_plan::{self, ExistingPool};
use calico_core::defaults::Effective;
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use calico_core::pool::Field;

use crate::plan::choose::family_of;
use crate::plan::known_pool::Known;
use crate::plan::missing_pools::{Missing, no_cidr_told, planned};
use crate::plan::model::{PoolPlan, PoolView};
use crate::plan::request::Wanted;
use crate::refusal::Refusal;

/// A stream's pools beside a cluster's.
pub(crate) struct Fill<'a> {
    cluster: &'a cluster_plan::ClusterPlan,
    /// How many pools the stream has.
    in_stream: usize,
    /// Where the stream has a value that is none of the field's type: it is refused, not replaced.
    wrong_types: Vec<String>,
    missing: Missing,
}

impl<'a> Fill<'a> {
    /// Looks at what a stream has and lacks.
    pub(crate) fn new(
        cluster: &'a cluster_plan::ClusterPlan,
        operator: OperatorVersion,
        written: &Installation,
        effective: &Effective,
        wanted: &Wanted,
    ) -> Self {
        let wrong = written.wrong_types.iter();
        Self {
            cluster,
            in_stream: effective.pools.len(),
            wrong_types: wrong.map(|wrong| wrong.path.clone()).collect(),
            missing: Missing::of(written, effective, cluster, operator, wanted),
        }
    }

    /// The Installation with the pools added.
    pub(crate) fn added_to(&self, mut written: Installation) -> Installation {
        if !self.missing.pools.is_empty() {
            let pools = written.pools.get_or_insert_default();
            pools.extend(self.missing.pools.iter().map(Known::pool));
        }
        written
    }

    /// What was left alone, and why.
    pub(crate) fn notes(&self) -> &[String] {
        &self.missing.notes
    }

    /// Completes the plans, which are in order, for `pools`: the stream's and those added.
    pub(crate) fn complete(
        &self,
        plans: Vec<PoolPlan>,
        pools: &[PoolView],
    ) -> Result<Vec<PoolPlan>, Refusal> {
        let last = plans.last().map_or(0, |plan| plan.index + 1);
        let mut given = plans.into_iter().peekable();
        let mut complete = Vec::new();
        for index in 0..pools.len().max(last) {
            let is_new = index >= self.in_stream;
            let given = given.next_if(|plan| plan.index == index);
            let mut plan = PoolPlan {
                index,
                is_new,
                fields: given.map_or_else(Vec::new, |plan| plan.fields),
                others: Vec::new(),
            };
            if let Some(known) = self.known(&plan, pools) {
                let pool = pools.get(index).filter(|_| !is_new);
                let has = |key: &str| pool.is_some_and(|pool| self.has(pool, index, key));
                known.complete(&mut plan, has)?;
            }
            let is_empty = plan.fields.is_empty() && plan.others.is_empty();
            complete.extend((!is_empty).then_some(plan));
        }
        self.settles(&complete, pools)?;
        Ok(complete)
    }

    /// Whether a pool of the stream has a field. One of the three that is null has no value, and
    /// gets one in its place.
    fn has(&self, pool: &PoolView, index: usize, key: &str) -> bool {
        let path = format!("spec.calicoNetwork.ipPools[{index}].{key}");
        let value = match key {
            "cidr" => pool.written.cidr.is_some(),
            "blockSize" => pool.written.block_size.is_some(),
            "encapsulation" => pool.written.encapsulation.is_some(),
            other => pool.written.keys.iter().any(|key| key == other),
        };
        value || self.wrong_types.contains(&path)
    }

    /// What is known of the pool of a plan: of one that is there or was added, that one; of the
    /// only one of its family, what the cluster needs.
    fn known(&self, plan: &PoolPlan, pools: &[PoolView]) -> Option<Known> {
        let added = plan.index.checked_sub(self.in_stream);
        if let Some(known) = added.and_then(|index| self.missing.pools.get(index)) {
            return Some(known.clone());
        }
        let pool = pools.get(plan.index);
        let network = cidr_of(plan, pool)?;
        if let Some(live) = self.cluster.existing(&network) {
            return Some(Known::live(live));
        }
        let family = network.family();
        let is_for_pods = |pool: &PoolView| !pool.effective.is_for_load_balancers();
        let mut others = pools.iter().enumerate().filter(|(index, other)| {
            let of_family = other.effective.family() == Some(family);
            *index != plan.index && of_family && is_for_pods(other)
        });
        let is_only = pool.is_none_or(is_for_pods) && others.next().is_none();
        let is_first = self.cluster.existing_of(family).next().is_none();
        let needed = planned(self.cluster, family).filter(|_| is_only && is_first);
        needed.map(Known::planned)
    }

    /// Refuses a list without a pool that the cluster needs.
    fn settles(&self, plans: &[PoolPlan], pools: &[PoolView]) -> Result<(), Refusal> {
        let new = plans.iter().filter_map(|plan| cidr_of(plan, None));
        let listed = pools.iter().filter_map(family_of);
        let live = self
            .cluster
            .existing_pools
            .iter()
            .filter_map(ExistingPool::network);
        let families = listed.chain(new.chain(live).map(|cidr| cidr.family()));
        let families: Vec<Family> = families.collect();
        let is_settled = |family: &Option<Family>| match family {
            Some(family) => families.contains(family),
            None => !families.is_empty(),
        };
        let mut open = no_cidr_told(self.cluster).filter(|family| !is_settled(family));
        match open.next() {
            Some(family) if !self.missing.may_be_none => Err(no_cidr(family)),
            _ => Ok(()),
        }
    }
}

/// The CIDR that a pool will have.
fn cidr_of(plan: &PoolPlan, pool: Option<&PoolView>) -> Option<Cidr> {
    let fields = plan.fields.iter();
    let new = fields
        .filter(|plan| plan.field == Field::Cidr)
        .find_map(|plan| plan.new.as_ref());
    match new {
        Some(new) => new.to_string().parse().ok(),
        None => pool?.effective.network().copied(),
    }
}

fn no_cidr(family: Option<Family>) -> Refusal {
    let (pool, example) = match family {
        None => ("a pool".to_owned(), "10.244.0.0/16"),
        Some(family @ Family::V4) => (format!("the {family} pool"), "10.244.0.0/16"),
        Some(family @ Family::V6) => (format!("the {family} pool"), "fd00:10:244::/56"),
    };
    Refusal::new(format!("nothing tells the cidr of {pool}"))
        .why("the plan of the cluster does not, and there is no live pool")
        .fix(format!(
            "give the pod network that Kubernetes was set up with, as in --cidr {example}"
        ))
}
