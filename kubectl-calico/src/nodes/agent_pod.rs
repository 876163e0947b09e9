//! The calico-node pod of each node.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::assess::views::pods;
use crate::snapshot::{Pod, Reading, Snapshot};

/// `k8s-app` of the pods that run calico-node.
/// Source: tigera/operator v1.42.3, pkg/render; projectcalico/calico v3.32.1, manifests.
const APPS: [&str; 3] = ["calico-node", "calico-node-windows", "canal"];

/// A calico-node pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AgentPod {
    /// The name of the pod.
    pub pod: String,
    /// Whether the pod is ready.
    pub ready: bool,
    /// How often its containers have been restarted.
    pub restarts: u32,
    /// Why it is not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The calico-node pods of a snapshot by node.
pub(super) struct AgentPods<'a> {
    pods: &'a Reading<Vec<Pod>>,
    by_node: BTreeMap<&'a str, &'a Pod>,
}

impl<'a> AgentPods<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let mut by_node: BTreeMap<&str, &Pod> = BTreeMap::new();
        for pod in pods::wanted(snapshot).filter(|pod| APPS.contains(&pods::app(pod))) {
            let known = by_node.entry(&pod.spec.node_name).or_insert(pod);
            if pod.is_ready() {
                *known = pod;
            }
        }
        Self {
            pods: &snapshot.calico_pods,
            by_node,
        }
    }

    pub(super) fn on(&self, node: &str) -> Fact<AgentPod> {
        match (self.pods, self.by_node.get(node)) {
            (Reading::Unknown(why), _) => why.clone().into(),
            (_, Some(pod)) => Fact::known(
                AgentPod::of(pod),
                Provenance::new(pods::object(pod), "status"),
            ),
            (Reading::Read(_) | Reading::Absent(_), None) => Fact::absent("no calico-node pod"),
        }
    }
}

impl AgentPod {
    fn of(pod: &Pod) -> Self {
        let restarts = pod.statuses().map(|container| container.restart_count);
        Self {
            pod: pod.metadata.name.clone(),
            ready: pod.is_ready(),
            restarts: restarts.sum(),
            why: (!pod.is_ready()).then(|| pods::why(pod)),
        }
    }
}
