//! calico-node: on how many nodes it should run, and on how many it is ready.

use serde::Serialize;

use crate::facts::fact::Fact;
use crate::snapshot::{ObjectRef, Snapshot};
use crate::views::calico_node::{CalicoNode, NOT_FOUND};

/// The DaemonSet of calico-node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Agents {
    /// The DaemonSet.
    pub daemon_set: ObjectRef,
    /// The counts of the DaemonSet's controller; absent in a manifest, and before the first count.
    #[serde(flatten)]
    pub counts: Option<Counts>,
}

/// The numbers of nodes of a DaemonSet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    /// The nodes that it should run on.
    pub desired: u32,
    /// The nodes that it is ready on.
    pub ready: u32,
    /// The nodes that run its latest version.
    pub updated: u32,
}

impl Agents {
    /// The nodes that it should run on, if they were counted.
    pub fn desired(&self) -> Option<u32> {
        self.counts.as_ref().map(|counts| counts.desired)
    }

    /// The calico-node of a snapshot.
    pub fn of(snapshot: &Snapshot) -> Fact<Self> {
        Fact::of(&snapshot.daemon_sets, NOT_FOUND, |_| {
            let node = CalicoNode::current(snapshot)?;
            let agents = Self {
                daemon_set: node.object(),
                counts: Counts::of(&node),
            };
            Some((agents, node.at("status")))
        })
    }
}

impl Counts {
    fn of(node: &CalicoNode) -> Option<Self> {
        let status = node.set.status.as_ref()?;
        let count = |count: i32| u32::try_from(count).unwrap_or_default();
        Some(Self {
            desired: node.desired()?,
            ready: count(status.number_ready),
            updated: count(status.updated_number_scheduled.unwrap_or_default()),
        })
    }
}
