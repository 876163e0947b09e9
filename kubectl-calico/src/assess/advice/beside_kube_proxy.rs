//! Pods of Calico that fail where kube-proxy is not ready either: they do not reach the API server through its Service, or
//! the node itself is at fault.

use crate::assess::check::Case;
use crate::assess::checks::kube_proxy::PROXY_NOT_READY;
use crate::assess::finding::{Finding, Suspect};
use crate::snapshot::ObjectRef;
use crate::views::{kube_proxy, pods};

/// Makes a finding about pods on these nodes a symptom of kube-proxy, if that is not ready on any of them.
pub(crate) fn beside_kube_proxy(case: &Case, finding: Finding, nodes: &[&str]) -> Finding {
    let Some(unready) = kube_proxy::unready(case.snapshot) else {
        return finding;
    };
    let suspect = Suspect::Code(PROXY_NOT_READY.entry.code);
    let is_on_all = !nodes.is_empty() && nodes.iter().all(|node| unready.is_on(node));
    if is_on_all {
        let mut its = unready.pods.iter();
        let finding = match its.find(|pod| nodes.contains(&pod.spec.node_name.as_str())) {
            Some(pod) => finding.evidence(pods::object(pod), "status", pods::why_there(pod)),
            None => with_counts(finding, &unready),
        };
        return finding.suspects([suspect]);
    }
    if !unready.pods.is_empty() {
        return finding;
    }
    with_counts(finding, &unready)
        .fix(
            "if kube-proxy restarts on the same nodes, the nodes are at fault: most often, the kubelet and the container \
             runtime use different cgroup drivers (cgroupDriver of the kubelet, SystemdCgroup of containerd)",
        )
        .paste(kube_proxy::list(case.snapshot))
}

/// Adds on how many nodes the DaemonSet counts it as ready.
fn with_counts(finding: Finding, unready: &kube_proxy::Unready) -> Finding {
    let Some(set) = unready.set else {
        return finding;
    };
    finding.evidence(
        ObjectRef::of_object("DaemonSet", &set.metadata),
        "status.numberReady",
        format!("{} of {}", unready.ready, unready.wanted),
    )
}
