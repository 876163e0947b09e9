//! Calico's pods: the workload of each, and why it is not ready.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::objects::deployments;
use crate::snapshot::resources::{CALICO_PODS, CSI_PODS};
use crate::snapshot::select::Selectable;
use crate::snapshot::{ObjectRef, Pod, Snapshot, StateReason};

/// Whether a pod is part of Calico: one of its rows selects it, and it is neither the kube-controller-manager,
/// which some platforms label alike, nor CoreDNS.
pub fn is_calico(pod: &Pod) -> bool {
    let selectable = Selectable {
        name: &pod.metadata.name,
        namespace: pod.metadata.namespace.as_deref().unwrap_or_default(),
        labels: &pod.metadata.labels,
        phase: &pod.status.phase,
    };
    let rows = [&CALICO_PODS, &CSI_PODS];
    let is_selected = rows.iter().any(|row| row.select.selects(&selectable));
    is_selected && !matches!(app(pod), "kube-controller-manager" | "kube-dns")
}

/// `k8s-app` of the pods that run calico-node.
/// Source: tigera/operator v1.42.3, pkg/render; projectcalico/calico v3.32.1, manifests.
pub const AGENTS: [&str; 3] = ["calico-node", "calico-node-windows", "canal"];

/// The label `k8s-app`, which names the part of Calico that a pod runs.
pub fn app(pod: &Pod) -> &str {
    pod.metadata.label("k8s-app").unwrap_or_default()
}

/// Calico's pods that should run: not those that have ended, such as evicted ones, and not those that
/// are being deleted.
pub fn wanted(snapshot: &Snapshot) -> impl Iterator<Item = &Pod> {
    let pods = snapshot.calico_pods.items().iter();
    pods.filter(|pod| is_calico(pod) && is_wanted(pod))
}

/// Whether a pod should run: it has not ended, and is not being deleted.
pub fn is_wanted(pod: &Pod) -> bool {
    let ended = matches!(pod.status.phase.as_str(), "Succeeded" | "Failed");
    !ended && pod.metadata.deletion_timestamp.is_none()
}

/// The pods of a workload that should run.
pub fn of<'a>(
    snapshot: &'a Snapshot,
    workload: &ObjectMeta,
    selector: Option<&LabelSelector>,
) -> Vec<&'a Pod> {
    let pods = wanted(snapshot);
    pods.filter(|pod| selects(workload, selector, pod))
        .collect()
}

/// The DaemonSet or Deployment of a pod, if it was read.
pub fn owner(snapshot: &Snapshot, pod: &Pod) -> Option<ObjectRef> {
    let sets = snapshot.daemon_sets.items().iter().map(|set| {
        let selector = set.spec.as_ref().map(|spec| &spec.selector);
        ("DaemonSet", &set.metadata, selector)
    });
    let deployments = deployments(snapshot).map(|deployment| {
        let selector = deployment.spec.as_ref().map(|spec| &spec.selector);
        ("Deployment", &deployment.metadata, selector)
    });
    let (kind, workload, _) = sets
        .chain(deployments)
        .find(|(_, workload, selector)| selects(workload, *selector, pod))?;
    Some(ObjectRef::of_object(kind, workload))
}

/// Whether a workload's selector matches a pod. Calico's workloads select by labels, so expressions are
/// ignored.
pub fn selects(workload: &ObjectMeta, selector: Option<&LabelSelector>, pod: &Pod) -> bool {
    let labels = selector.and_then(|selector| selector.match_labels.as_ref());
    let carries = |wanted: &BTreeMap<String, String>| {
        let mut wanted = wanted.iter();
        wanted.all(|(key, value)| pod.metadata.label(key) == Some(value))
    };
    workload.namespace == pod.metadata.namespace
        && labels.is_some_and(|labels| !labels.is_empty() && carries(labels))
}

/// A pod.
pub fn object(pod: &Pod) -> ObjectRef {
    ObjectRef::of("Pod", &pod.metadata)
}

/// The pod's node, or else its name.
pub fn place(pod: &Pod) -> &str {
    match pod.spec.node_name.as_str() {
        "" => &pod.metadata.name,
        node => node,
    }
}

/// Why a pod is not ready, and on which node.
pub fn why_there(pod: &Pod) -> String {
    format!("{} (on {})", why(pod), place(pod))
}

/// Why a pod is not ready, as the scheduler or the kubelet reports it: the reason closest to the root
/// cause.
pub fn why(pod: &Pod) -> String {
    let said = |reason: &str, message: &str| match message {
        "" => reason.to_owned(),
        message => format!("{reason}: {message}"),
    };
    if let Some(scheduled) = pod.condition("PodScheduled")
        && scheduled.status == "False"
    {
        return said(&scheduled.reason, &scheduled.message);
    }
    let waiting = pod.statuses().find_map(|container| {
        let waiting = container.state.waiting.as_ref()?;
        (!waiting.is_starting()).then(|| said(&waiting.reason, &waiting.message))
    });
    let condition = || {
        let ready = pod.condition("Ready")?;
        (ready.status != "True").then(|| said(&ready.reason, &ready.message))
    };
    let why = waiting.or_else(condition).filter(|why| !why.is_empty());
    why.unwrap_or_else(|| format!("phase {}", pod.status.phase))
}

/// Whether the pod is on a node and none of its containers has been created.
pub fn has_no_sandbox(pod: &Pod) -> bool {
    let statuses = pod.statuses();
    let mut waiting = statuses
        .map(|status| status.state.waiting.as_deref())
        .peekable();
    !pod.spec.node_name.is_empty()
        && waiting.peek().is_some()
        && waiting.all(|reason| reason.is_some_and(StateReason::is_starting))
}

/// Whether the kubelet of the pod's node has stopped reporting.
pub fn is_on_silent_node(snapshot: &Snapshot, pod: &Pod) -> bool {
    let mut nodes = snapshot.nodes.items().iter();
    nodes.any(|node| node.metadata.name == pod.spec.node_name && node.is_silent())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_closest_to_the_cause_wins() {
        let pod: Pod = serde_yaml::from_str(
            "status:
  phase: Pending
  conditions:
    - {type: Ready, status: 'False', reason: ContainersNotReady, message: 'unready: [a b]'}
  containerStatuses:
    - {name: a, state: {waiting: {reason: ContainerCreating}}}
    - {name: b, state: {waiting: {reason: CreateContainerConfigError, message: no secret}}}",
        )
        .unwrap();
        assert_eq!(why(&pod), "CreateContainerConfigError: no secret");
        assert_eq!(why(&Pod::default()), "phase ");
    }
}
