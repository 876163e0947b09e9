//! The cluster that Calico runs in, or will run in.

use std::collections::BTreeSet;

use serde::Serialize;

use super::cloud::{Cloud, cloud};
use super::platform::{Platform, platform};
use crate::facts::fact::Fact;
use crate::snapshot::{Node, Origin, Provenance, Reading, Snapshot};

/// The cluster.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// Where the cluster was read from: its name, its API server, the kubeconfig's context and the
    /// version of Kubernetes, as far as they are known.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub origin: Origin,
    /// The Kubernetes distribution.
    pub platform: Fact<Platform>,
    /// The cloud that the nodes run in.
    pub cloud: Fact<Cloud>,
    /// The number of nodes.
    pub nodes: Fact<NodeCounts>,
    /// The versions of the kubelets, if that of the API server is unknown.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub kubelets: BTreeSet<String>,
}

/// The number of nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NodeCounts {
    /// All nodes.
    pub total: usize,
    /// The nodes whose condition Ready is True.
    pub ready: usize,
    /// The nodes that are cordoned.
    pub cordoned: usize,
    /// The nodes that run Windows.
    pub windows: usize,
}

impl Cluster {
    /// The cluster of a snapshot.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            origin: snapshot.origin.clone(),
            platform: platform(snapshot),
            cloud: cloud(snapshot),
            nodes: match &snapshot.nodes {
                Reading::Read(nodes) => Fact::known(NodeCounts::of(nodes), Provenance::all("Node")),
                Reading::Absent(absence) => Fact::absent(absence.to_string()),
                Reading::Unknown(why) => why.clone().into(),
            },
            kubelets: kubelets(snapshot),
        }
    }
}

impl Cluster {
    /// Whether a cloud provider runs the control plane.
    pub fn is_managed(&self) -> bool {
        self.platform
            .value()
            .copied()
            .is_some_and(Platform::is_managed)
    }
}

fn kubelets(snapshot: &Snapshot) -> BTreeSet<String> {
    if snapshot.origin.kubernetes.is_some() {
        return BTreeSet::new();
    }
    let nodes = snapshot.nodes.items().iter();
    let versions = nodes.map(|node| node.status.node_info.kubelet_version.clone());
    versions.filter(|version| !version.is_empty()).collect()
}

impl NodeCounts {
    fn of(nodes: &[Node]) -> Self {
        let count = |is: fn(&Node) -> bool| nodes.iter().filter(|node| is(node)).count();
        Self {
            total: nodes.len(),
            ready: count(Node::is_ready),
            cordoned: count(|node| node.spec.unschedulable),
            windows: count(|node| !node.is_linux()),
        }
    }
}
