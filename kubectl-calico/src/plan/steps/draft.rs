//! What the steps follow from.

use serde_yaml::Value;

use crate::assess::checks::installation::INSTALLATION_MISSING;
use crate::assess::finding::Finding;
use crate::facts::ports::Port;
use crate::plan::comparison::PoolComparison;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;

/// A plan without its steps.
pub(crate) struct Draft<'a> {
    pub(crate) inputs: &'a Inputs<'a>,
    pub(crate) pools: &'a [Pool],
    /// The planned list of the Installation.
    pub(crate) entries: &'a [Value],
    pub(crate) existing: &'a [PoolComparison],
    pub(crate) ports: &'a [Port],
    pub(crate) findings: &'a [Finding],
    /// What status reports regardless of the plan.
    pub(crate) of_cluster: &'a [Finding],
}

impl Draft<'_> {
    /// Whether Calico runs without its Installation.
    pub(crate) fn is_abandoned(&self) -> bool {
        let mut found = self.of_cluster.iter();
        found.any(|finding| INSTALLATION_MISSING.found(finding))
    }
}
