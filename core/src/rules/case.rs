//! What a rule is judged on, and the words for what would have happened.

use crate::cidr::Family;
use crate::cluster_plan::{ClusterPlan, ExistingPool};
use crate::defaults::{Effective, EffectivePool};
use crate::installation::{Installation, Pool};
use crate::operator::OperatorVersion;
use crate::pool::{Encapsulation, Field};
use crate::text::shown;

use super::Details;

/// An Installation, as written and as the operator would see it, and that operator's version.
pub struct Case<'a> {
    /// As written.
    pub written: &'a Installation,
    /// With the operator's defaults.
    pub effective: &'a Effective,
    /// The operator that would read it.
    pub operator: OperatorVersion,
    /// What is known of the cluster that it goes to. Without it, the cluster rules are skipped.
    pub cluster: Option<&'a ClusterPlan>,
}

/// A pool of a [`Case`].
#[derive(Clone, Copy)]
pub(super) struct PoolCase<'a> {
    pub(super) index: usize,
    pub(super) written: &'a Pool,
    pub(super) effective: &'a EffectivePool,
    /// Whether a cluster that is known does not have it yet.
    is_new: bool,
}

impl<'a> Case<'a> {
    /// Puts the three together.
    pub fn new(
        written: &'a Installation,
        effective: &'a Effective,
        operator: OperatorVersion,
    ) -> Self {
        Self {
            written,
            effective,
            operator,
            cluster: None,
        }
    }

    /// The same for a cluster that is known.
    pub fn on(self, cluster: Option<&'a ClusterPlan>) -> Self {
        Self { cluster, ..self }
    }

    /// The pools that the cluster has, as far as it is known.
    pub(super) fn existing_pools(&self) -> &'a [ExistingPool] {
        self.cluster.map_or(&[], |plan| &plan.existing_pools)
    }

    /// The live pool that a pool of the list is, however its CIDR is spelt.
    pub(super) fn live(&self, pool: &PoolCase) -> Option<&'a ExistingPool> {
        self.live_as(pool.effective)
    }

    fn live_as(&self, pool: &EffectivePool) -> Option<&'a ExistingPool> {
        self.cluster?.existing(pool.network()?)
    }

    /// The fields of the pools that a known cluster does not have yet: pool index and field.
    pub fn new_fields(&self) -> impl Iterator<Item = (usize, Field)> {
        let new = self.pools().filter(|pool| pool.is_new);
        new.flat_map(|pool| Field::ALL.map(|field| (pool.index, field)))
    }

    /// ` of https://…`, where the plan tells which server it is from.
    pub(super) fn of_server(&self) -> String {
        let server = self.cluster.and_then(|plan| plan.server.as_deref());
        server.map_or(String::new(), |server| format!(" of {}", shown(server)))
    }

    pub(super) fn pools(&self) -> impl Iterator<Item = PoolCase<'a>> {
        let written = self.written.pools.as_deref().unwrap_or_default();
        let pools = written.iter().zip(&self.effective.pools).enumerate();
        pools.map(|(index, (written, effective))| PoolCase {
            index,
            written,
            effective,
            is_new: self.cluster.is_some() && self.live_as(effective).is_none(),
        })
    }

    /// The pools that the core controller checks for their encapsulation: all of them from 1.34
    /// on; before that, IPv4 ones only
    /// (tigera/operator v1.32.5, pkg/controller/installation/validation.go).
    pub(super) fn pools_checked_by_core(&self) -> impl Iterator<Item = PoolCase<'a>> {
        let every_family = self.operator.since(34);
        self.pools()
            .filter(move |pool| every_family || pool.effective.family() != Some(Family::V6))
    }

    /// Where a rejection by the controller of pools shows. Before 1.34 there was only the core one.
    pub(super) fn pool_controller_says(&self, text: &str) -> String {
        if self.operator.since(34) {
            format!(
                "the operator makes no pool; TigeraStatus ippools becomes Degraded, \
                 InvalidConfigurationError: error validating IP pool configuration: {text}"
            )
        } else {
            self.core_controller_says(text)
        }
    }

    /// Where a rejection by the core controller shows.
    pub(super) fn core_controller_says(&self, text: &str) -> String {
        format!(
            "the operator stops; TigeraStatus calico becomes Degraded, \
             InvalidConfigurationError: Invalid Installation provided: {text}"
        )
    }
}

/// Where a rejection by the schema of the CRD shows.
pub(super) fn api_server_says(text: &str) -> String {
    format!("the API server refuses the Installation when Helm or kubectl sends it: {text}")
}

impl PoolCase<'_> {
    /// The known encapsulation it has, after defaulting.
    pub(super) fn encapsulation(&self) -> Option<Encapsulation> {
        self.effective.encapsulation.as_deref()?.parse().ok()
    }

    /// ` (the operator's default)` where the field was not written.
    pub(super) fn if_default(&self, field: Field) -> &'static str {
        let filled = |(key, _): &(&str, String)| *key == field.key();
        if self.effective.filled.iter().any(filled) {
            " (the operator's default)"
        } else {
            ""
        }
    }

    /// Its CIDR as written, or `#1` where there is none.
    pub(super) fn label(&self) -> String {
        self.written
            .cidr
            .clone()
            .unwrap_or_else(|| format!("#{}", self.index + 1))
    }

    pub(super) fn path(&self, key: &str) -> String {
        format!("spec.calicoNetwork.ipPools[{}].{key}", self.index)
    }

    /// A breach of one of the three fields.
    pub(super) fn violation(
        &self,
        field: Field,
        problem: String,
        impact: String,
        fix: impl Into<String>,
    ) -> Details {
        Details {
            path: self.path(field.key()),
            fields: vec![(self.index, field)],
            problem,
            impact,
            fix: fix.into(),
        }
    }

    /// The same breach, for which a run that makes the pool has to answer.
    pub(super) fn of_new(&self, breach: Details) -> Details {
        let all = Field::ALL.map(|field| (self.index, field));
        Details {
            fields: all.into_iter().filter(|_| self.is_new).collect(),
            ..breach
        }
    }

    /// A breach of another field, on which none of the three hangs.
    pub(super) fn violation_at(
        &self,
        key: &str,
        problem: String,
        impact: String,
        fix: impl Into<String>,
    ) -> Details {
        Details {
            path: self.path(key),
            fields: Vec::new(),
            problem,
            impact,
            fix: fix.into(),
        }
    }
}
