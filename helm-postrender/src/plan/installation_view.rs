//! An Installation and its pools, as written and as the operator sees them.

use calico_core::cluster_plan::ClusterPlan;
use calico_core::defaults::{Effective, EffectivePool};
use calico_core::installation::{Installation, Pool};
use calico_core::operator::OperatorVersion;

/// An Installation, as written and as the operator sees it.
pub(crate) struct InstallationView {
    pub(crate) written: Installation,
    /// With the operator's defaults.
    pub(crate) effective: Effective,
}

/// A pool, as written and as the operator sees it.
#[derive(Clone, Copy)]
pub(crate) struct PoolView<'a> {
    pub(crate) written: &'a Pool,
    /// With the operator's defaults.
    pub(crate) effective: &'a EffectivePool,
}

impl PoolView<'_> {
    /// Whether pods get addresses from it.
    pub(crate) fn is_for_pods(&self) -> bool {
        self.effective.uses().is_for_pods()
    }
}

impl InstallationView {
    /// Fills in the defaults of an operator. If the cluster is known, pools without a name get that
    /// of the existing pool.
    pub(crate) fn of(
        written: Installation,
        operator: OperatorVersion,
        cluster: Option<&ClusterPlan>,
    ) -> Self {
        let existing = cluster.map_or(&[][..], |plan| &plan.existing_pools);
        let effective =
            Effective::of(&written, operator).with_names_of(&written, existing, operator);
        Self { written, effective }
    }

    /// The pools, in their order.
    pub(crate) fn pools(&self) -> Vec<PoolView<'_>> {
        let written = self.written.pools.as_deref().unwrap_or_default();
        written
            .iter()
            .zip(&self.effective.pools)
            .map(|(written, effective)| PoolView { written, effective })
            .collect()
    }
}
