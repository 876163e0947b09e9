//! calico-node: on how many nodes it should run, and on how many it is ready.

use serde::Serialize;

use super::workload::CalicoNode;
use crate::assess::fact::Fact;
use crate::snapshot::Snapshot;

/// The counts of the DaemonSet that runs calico-node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Agents {
    /// `NAMESPACE/NAME`
    pub daemon_set: String,
    /// Nodes that it should run on.
    pub desired: u32,
    /// Nodes on which it is ready.
    pub ready: u32,
    /// Nodes that run its newest version.
    pub updated: u32,
}

impl Agents {
    /// What a snapshot tells of them.
    pub fn of(snapshot: &Snapshot) -> Fact<Self> {
        Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| {
            let node = CalicoNode::current(snapshot)?;
            let status = node.set.status.clone().unwrap_or_default();
            let count = |count: i32| u32::try_from(count).unwrap_or_default();
            let agents = Self {
                daemon_set: node.name(),
                desired: count(status.desired_number_scheduled),
                ready: count(status.number_ready),
                updated: count(status.updated_number_scheduled.unwrap_or_default()),
            };
            Some((agents, node.evidence("status")))
        })
    }
}
