//! The calico-node pod of each node.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::facts::fact::Fact;
use crate::snapshot::{Gap, ObjectRef, Pod, Provenance, Reading, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::pods::{self, AGENTS};

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
pub(crate) struct AgentPods<'a> {
    pods: &'a Reading<Vec<Pod>>,
    by_node: BTreeMap<&'a str, &'a Pod>,
    /// A DaemonSet whose pods exist and are not among those that were read.
    unlabelled: Option<ObjectRef>,
}

impl<'a> AgentPods<'a> {
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        let mut by_node: BTreeMap<&str, &Pod> = BTreeMap::new();
        for pod in pods::wanted(snapshot).filter(|pod| AGENTS.contains(&pods::app(pod))) {
            let known = by_node.entry(&pod.spec.node_name).or_insert(pod);
            if pod.is_ready() {
                *known = pod;
            }
        }
        Self {
            pods: &snapshot.calico_pods,
            by_node,
            unlabelled: unlabelled(snapshot),
        }
    }

    pub(crate) fn on(&self, node: &str) -> Fact<AgentPod> {
        match (self.pods, self.by_node.get(node)) {
            (Reading::Unknown(why), _) => why.clone().into(),
            (_, Some(pod)) => Fact::known(
                AgentPod::of(pod),
                Provenance::new(pods::object(pod), "status"),
            ),
            (Reading::Read(_) | Reading::Absent(_), None) => match &self.unlabelled {
                Some(set) => {
                    Fact::unknown(Gap::Other(format!("the pods of {set} have other labels")))
                }
                None => Fact::absent("no calico-node pod"),
            },
        }
    }
}

/// The calico-node of a chart or a tool that gives its pods labels of its own.
/// Source: aws/eks-charts, stable/aws-calico/templates/daemon-set.yaml.
fn unlabelled(snapshot: &Snapshot) -> Option<ObjectRef> {
    let nodes = CalicoNode::all(snapshot);
    let node = nodes.iter().find(|node| {
        let scheduled = node
            .set
            .status
            .as_ref()
            .map(|it| it.current_number_scheduled);
        scheduled.is_some_and(|scheduled| scheduled > 0)
            && pods::of(snapshot, &node.set.metadata, node.selector()).is_empty()
            && !has_labels(node)
    })?;
    Some(node.object())
}

/// Whether the pods would be read by their labels.
fn has_labels(node: &CalicoNode) -> bool {
    let labels = node
        .selector()
        .and_then(|selector| selector.match_labels.as_ref());
    let app = labels.and_then(|labels| labels.get("k8s-app"));
    app.is_some_and(|app| AGENTS.contains(&app.as_str()))
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
