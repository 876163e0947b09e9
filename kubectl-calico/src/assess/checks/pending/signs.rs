//! What shows why a pod waits.

use crate::assess::advice::messages::known;
use crate::assess::check::Case;
use crate::snapshot::{Event, Node, Pod, PodName};
use crate::views::calico_node::CalicoNode;
use crate::views::pods;

/// Whether the scheduler found only nodes without a network. Newer schedulers do not name the taint.
pub(super) fn is_kept_from_nodes(case: &Case, pod: &Pod) -> bool {
    let scheduled = pod
        .condition("PodScheduled")
        .filter(|found| found.status == "False");
    let taints = [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/network-unavailable",
    ];
    let nodes = case.snapshot.nodes.items();
    let none_ready = !nodes.is_empty() && !nodes.iter().any(Node::is_ready);
    scheduled.is_some_and(|scheduled| {
        none_ready || taints.iter().any(|taint| scheduled.message.contains(taint))
    })
}

/// The events about a pod that were read.
pub(super) fn events<'a>(case: &Case<'a>, pod: &Pod) -> impl Iterator<Item = &'a Event> {
    let name = PodName::of(&pod.metadata);
    let events = case.snapshot.messages.events.items().iter();
    events.filter(move |event| event.is_about(&name))
}

/// Whether an event is about the pod's network.
/// Source: kubernetes v1.34, pkg/kubelet/events/event.go.
fn is_about_network(event: &Event) -> bool {
    matches!(
        event.reason.as_str(),
        "FailedCreatePodSandBox" | "FailedPodSandBoxStatus" | "NetworkNotReady"
    )
}

/// Whether the pod waits for a volume or an image, which the kubelet reports.
pub(super) fn waits_for_something_else(case: &Case, pod: &Pod) -> bool {
    let is_other = |event: &Event| {
        matches!(
            event.reason.as_str(),
            "FailedMount" | "FailedAttachVolume" | "FailedMapVolume" | "Pulling" | "Failed"
        )
    };
    events(case, pod).any(is_other) && !events(case, pod).any(is_about_network)
}

/// Whether CoreDNS has no ready pod, because the CNI plugin fails and not only because calico-node started after it.
pub(super) fn no_name_is_resolved(case: &Case, waiting: &[&Pod]) -> bool {
    let is_dns = |pod: &&Pod| pods::app(pod) == "kube-dns";
    let fails = |pod: &&Pod| {
        let mut events = events(case, pod).filter(|event| is_about_network(event));
        events.any(|event| known(case, &event.message).is_none_or(|message| !message.is_general))
    };
    let all = case.snapshot.calico_pods.read();
    all.is_some_and(|all| !all.iter().any(|pod| is_dns(&pod) && pod.is_ready()))
        && waiting
            .iter()
            .copied()
            .filter(is_dns)
            .any(|pod| fails(&pod))
}

/// Whether calico-node is not ready on the node of one of the pods, or on any node for a pod that
/// has none.
pub(super) fn is_without_calico_node(case: &Case, waiting: &[&Pod]) -> bool {
    let ready: Vec<&str> = CalicoNode::all(case.snapshot)
        .iter()
        .flat_map(|node| pods::of(case.snapshot, &node.set.metadata, node.selector()))
        .filter(|pod| pod.is_ready())
        .map(|pod| pod.spec.node_name.as_str())
        .collect();
    // What connects pods on Windows is another DaemonSet.
    let windows = |name: &str| {
        let mut nodes = case.snapshot.nodes.items().iter();
        nodes.any(|node| node.metadata.name == name && !node.is_linux())
    };
    waiting.iter().any(|pod| match pod.spec.node_name.as_str() {
        "" => ready.is_empty(),
        node => !ready.contains(&node) && !windows(node),
    })
}
