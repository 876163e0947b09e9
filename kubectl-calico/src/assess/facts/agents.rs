//! calico-node: on how many nodes it should run, and on how many it is ready.

use serde::Serialize;

use crate::assess::fact::Fact;
use crate::assess::views::calico_node::CalicoNode;
use crate::snapshot::{ObjectRef, Snapshot};

/// The counts of the DaemonSet that runs calico-node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Agents {
    /// The DaemonSet.
    pub daemon_set: ObjectRef,
    /// What its controller counted; absent in a manifest, and right after it was made.
    #[serde(flatten)]
    pub counts: Option<Counts>,
}

/// On how many nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    /// Nodes that it should run on.
    pub desired: u32,
    /// Nodes on which it is ready.
    pub ready: u32,
    /// Nodes that run its newest version.
    pub updated: u32,
}

impl Agents {
    /// Nodes that it should run on, as far as they were counted.
    pub fn desired(&self) -> Option<u32> {
        self.counts.as_ref().map(|counts| counts.desired)
    }

    /// What a snapshot tells of them.
    pub fn of(snapshot: &Snapshot) -> Fact<Self> {
        Fact::of(&snapshot.daemon_sets, "calico-node is not there", |_| {
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
