//! What to do where the API server cannot be reached through its Service: that depends on what implements Services.

use super::commands::{agents, calico_node_of, kube_proxy};
use crate::assess::check::Case;
use crate::facts::dataplane::Dataplane;
use crate::phrases::counted;
use crate::repair::Step;
use crate::snapshot::{Pod, PodName};
use crate::views::{kube_proxy as proxy, pods};

/// What to do if nothing more is known.
pub(super) const FIX: &str = "get kube-proxy running on the node, if it is not; with eBPF and without kube-proxy, give \
                              Calico the address of the API server. Otherwise, look for a firewall on the node, or for \
                              a network that overlaps with the pod CIDR";

/// What to do about a pod that does not reach the API server.
pub(super) fn repaired(case: &Case, name: &PodName) -> Step {
    let snapshot = case.snapshot;
    let all = snapshot.calico_pods.items().iter();
    let mut all = all.chain(snapshot.pending_pods.items());
    let pod = all.find(|pod| PodName::of(&pod.metadata) == *name);
    let by_ebpf = case.facts.dataplane.value() == Some(&Dataplane::Bpf)
        && !proxy::is_scheduled(snapshot)
        && pod.is_some_and(|pod| !matches!(pods::app(pod), "calico-node" | "canal"));
    if by_ebpf {
        return Step::new(
            "get calico-node ready on the node of the pod: with eBPF and without kube-proxy, it implements Services",
        )
        .run(agents(case, name));
    }
    let runs = pod.is_some_and(|pod| has_services(case, &pod.spec.node_name));
    if let Some(unready) = proxy::unready(snapshot).filter(|_| !runs) {
        let (ready, nodes) = (unready.ready, counted(unready.wanted, "node"));
        return Step::new(format!(
            "get kube-proxy running on the node of the pod: it is ready on {ready} of {nodes}"
        ))
        .run(kube_proxy(case, name));
    }
    match pod.filter(|_| runs) {
        None => Step::new(FIX).run(kube_proxy(case, name)),
        // Source: projectcalico/calico#11509.
        Some(pod) if !uses_host_network(pod) => Step::new(
            "kube-proxy runs, so restart calico-node on the pod's node: its routes or rules may be incomplete \
             there. If that does not help, look for a firewall on the node that drops forwarded packets, or \
             for a network that overlaps with the pod CIDR",
        )
        .run(calico_node_of(case, name)),
        Some(_) => Step::new(
            "kube-proxy runs, so look between the node and the API server: for a firewall in front of the addresses \
             behind the Service, or for a network of the node that overlaps with the Service CIDR",
        )
        .run("kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes"),
    }
}

/// Whether kube-proxy runs on a node, or the distribution does its work.
fn has_services(case: &Case, node: &str) -> bool {
    let platform = case.facts.cluster.platform.value();
    let by_platform = platform.is_some_and(|it| it.implements_services())
        && proxy::disabled(case.snapshot).is_none();
    proxy::is_ready_on(case.snapshot, node).unwrap_or(by_platform)
}

/// Whether a pod is on its node's network, as is the CNI plugin, which runs before the pod has a network.
/// Source: tigera/operator v1.42.3, pkg/render; projectcalico/calico v3.32.1, manifests.
fn uses_host_network(pod: &Pod) -> bool {
    pod.spec.host_network
        || pods::has_no_sandbox(pod)
        || matches!(
            pods::app(pod),
            "calico-node" | "canal" | "calico-typha" | "tigera-operator"
        )
}
