//! The input of the rules.

use serde_yaml::Value;

use crate::cidr::{Cidr, Family};
use crate::cluster_plan::{ClusterPlan, ExistingPool};
use crate::crd::{self, Fault};
use crate::defaults::{Effective, EffectivePool};
use crate::installation::value::integer;
use crate::installation::{Installation, Pool, path};
use crate::operator::OperatorVersion;
use crate::pool::{Encapsulation, Field};
use crate::text::shown;

use super::details::Details;

/// An Installation, and the operator and the cluster that it is for.
pub struct Case<'a> {
    /// The Installation as written.
    pub(super) written: &'a Installation,
    /// The Installation with the operator's defaults.
    pub(super) effective: &'a Effective,
    /// The operator that reconciles it.
    pub(super) operator: OperatorVersion,
    /// What is known about the cluster. Without it, the cluster rules are skipped.
    pub(super) cluster: Option<&'a ClusterPlan>,
    /// The existing pool with the network of each pool, found once: there may be hundreds of both.
    existing: Vec<Option<&'a ExistingPool>>,
}

/// A pool of a [`Case`].
#[derive(Clone, Copy)]
pub(super) struct PoolCase<'a> {
    pub(super) index: usize,
    pub(super) written: &'a Pool,
    pub(super) effective: &'a EffectivePool,
    /// Whether the cluster is known and does not have the pool yet.
    is_new: bool,
}

impl<'a> Case<'a> {
    /// An Installation for a cluster about which nothing is known. `effective` must be what
    /// `operator` makes of `written`.
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
            existing: Vec::new(),
        }
    }

    /// The same Installation for `cluster`, if that is known.
    pub fn on(self, cluster: Option<&'a ClusterPlan>) -> Self {
        let existing = cluster.map_or_else(Vec::new, |cluster| {
            let by_network = cluster.existing_by_network();
            let pools = self.effective.pools.iter();
            pools
                .map(|pool| by_network.get(&pool.network()?.network()).copied())
                .collect()
        });
        Self {
            cluster,
            existing,
            ..self
        }
    }

    /// The fields of the pools that a known cluster does not have yet: index of the pool, and
    /// field.
    pub fn new_fields(&self) -> impl Iterator<Item = (usize, Field)> {
        self.pools()
            .filter(|pool| pool.is_new)
            .flat_map(|pool| Field::ALL.map(|field| (pool.index, field)))
    }

    /// Where the Installation does not fit its CRD. Not checked for two merged Installations, which
    /// nobody wrote as such.
    pub(super) fn faults(&self) -> Vec<Fault> {
        match &self.written.spec {
            Value::Null => Vec::new(),
            _ if self.written.is_merged => Vec::new(),
            spec => crd::faults(spec, self.operator),
        }
    }

    /// The value at a path below `spec`, if the CRD has the field and the value is not null.
    pub(super) fn setting(&self, path: &str) -> Option<&'a Value> {
        let value = self.written.at(path)?;
        crd::has(path, self.operator).then_some(value)
    }

    /// [`Self::setting`], if it is a string.
    pub(super) fn text(&self, path: &str) -> Option<&'a str> {
        self.setting(path)?.as_str()
    }

    /// [`Self::setting`], if it is an integer.
    pub(super) fn integer(&self, path: &str) -> Option<i64> {
        integer(self.setting(path)?)
    }

    /// Whether the cluster is known to have pools.
    pub(super) fn has_existing_pools(&self) -> bool {
        !self.existing_pools().is_empty()
    }

    /// Whether `spec.calicoNetwork.windowsDataplane` makes Calico run on Windows nodes.
    pub(super) fn has_windows(&self) -> bool {
        self.text("calicoNetwork.windowsDataplane") == Some("HNS")
    }

    /// Whether the Linux data plane is eBPF.
    pub(super) fn has_ebpf(&self) -> bool {
        self.written.linux_dataplane.as_deref() == Some("BPF")
    }

    pub(super) fn pools(&self) -> impl Iterator<Item = PoolCase<'a>> {
        let written = self.written.pools.as_deref().unwrap_or_default();
        written.iter().zip(&self.effective.pools).enumerate().map(
            |(index, (written, effective))| PoolCase {
                index,
                written,
                effective,
                is_new: self.cluster.is_some() && self.existing_at(index).is_none(),
            },
        )
    }

    /// The pools whose CIDR can be read, with that CIDR.
    pub(super) fn networks(&self) -> impl Iterator<Item = (PoolCase<'a>, &'a Cidr)> {
        self.pools()
            .filter_map(|pool| Some((pool, pool.effective.network()?)))
    }

    /// [`Self::networks`] of the pools that pods get addresses from.
    pub(super) fn networks_for_pods(&self) -> impl Iterator<Item = (PoolCase<'a>, &'a Cidr)> {
        self.networks()
            .filter(|(pool, _)| pool.effective.uses().is_for_pods())
    }

    /// The pools whose encapsulation the core controller checks: before 1.34 only IPv4 pools
    /// (tigera/operator v1.32.5, pkg/controller/installation/validation.go).
    pub(super) fn pools_checked_by_core(&self) -> impl Iterator<Item = PoolCase<'a>> {
        let every_family = self.operator.since(34);
        self.pools()
            .filter(move |pool| every_family || pool.effective.family() != Some(Family::V6))
    }

    /// Whether the operator validates another pool in place of this one. Before 1.34, it also created the other one.
    pub(super) fn hides(&self, pool: Option<usize>) -> bool {
        pool.is_some() && self.written.pools_are_hidden && self.operator.since(34)
    }

    /// The pools of the cluster, as far as it is known.
    pub(super) fn existing_pools(&self) -> &'a [ExistingPool] {
        self.cluster.map_or(&[], |cluster| &cluster.existing_pools)
    }

    /// The existing pool with the network of `pool`, in any notation.
    pub(super) fn existing(&self, pool: &PoolCase) -> Option<&'a ExistingPool> {
        self.existing_at(pool.index)
    }

    fn existing_at(&self, index: usize) -> Option<&'a ExistingPool> {
        self.existing.get(index).copied().flatten()
    }

    /// Whether the operator would change or delete an existing pool.
    pub(super) fn manages(&self, existing: &ExistingPool) -> bool {
        existing.owned && self.operator.since(34)
    }

    /// `the existing pool default-ipv4-ippool (10.244.0.0/16) of https://…`
    pub(super) fn label(&self, existing: &ExistingPool) -> String {
        let (name, cidr) = (shown(&existing.name), shown(&existing.cidr));
        format!("the existing pool {name} ({cidr}){}", self.of_server())
    }

    /// ` of https://…`, if it is known which server the cluster plan is from.
    pub(super) fn of_server(&self) -> String {
        self.cluster
            .and_then(|cluster| cluster.server.as_deref())
            .map(|server| format!(" of {}", shown(server)))
            .unwrap_or_default()
    }
}

impl PoolCase<'_> {
    /// The encapsulation after defaulting, if it is one.
    pub(super) fn encapsulation(&self) -> Option<Encapsulation> {
        self.effective.encapsulation.as_deref()?.parse().ok()
    }

    /// ` (the operator's default)`, if the field is not set.
    pub(super) fn if_default(&self, field: Field) -> &'static str {
        let mut filled = self.effective.filled.iter();
        if filled.any(|(key, _)| *key == field.key()) {
            " (the operator's default)"
        } else {
            ""
        }
    }

    /// The CIDR as written, or `#1` if there is none.
    pub(super) fn label(&self) -> String {
        self.written
            .cidr
            .clone()
            .unwrap_or_else(|| format!("#{}", self.index + 1))
    }

    /// The name after defaulting, or else the CIDR.
    pub(super) fn name(&self) -> String {
        let name = self.effective.name.clone();
        name.unwrap_or_else(|| self.label())
    }

    pub(super) fn path(&self, key: &str) -> String {
        path::pool_field(self.index, key)
    }

    /// A violation that depends on one of the three fields that a run can set.
    pub(super) fn violation(
        &self,
        field: Field,
        problem: String,
        impact: impl Into<String>,
        fix: impl Into<String>,
    ) -> Details {
        Details {
            fields: vec![(self.index, field)],
            ..self.violation_at(field.key(), problem, impact, fix)
        }
    }

    /// A violation that depends on another field.
    pub(super) fn violation_at(
        &self,
        key: &str,
        problem: String,
        impact: impl Into<String>,
        fix: impl Into<String>,
    ) -> Details {
        Details::at(self.path(key), problem, impact, fix)
    }

    /// The same violation, made to depend on this run if it creates the pool.
    pub(super) fn of_new(&self, details: Details) -> Details {
        let fields = if self.is_new {
            Field::ALL.map(|field| (self.index, field)).to_vec()
        } else {
            Vec::new()
        };
        Details { fields, ..details }
    }
}

/// The strings that are CIDRs.
pub(super) fn cidrs(texts: &[String]) -> Vec<Cidr> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}
