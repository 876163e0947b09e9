//! The commands for well-known messages. Names are pasted only if they are names.

use crate::assess::advice::pod_commands;
use crate::assess::check::Case;
use crate::assess::checks::crds;
use crate::facts::platform::Platform;
use crate::phrases::{MOST_NAMES, pasted};
use crate::repair::kubectl::restart;
use crate::snapshot::{Pod, PodName};
use crate::views::container_failure::container_failure;
use crate::views::{kube_proxy as proxy, pods};

/// Shows where calico-node runs.
pub(super) fn agents(_: &Case, _: &PodName) -> String {
    "kubectl get pods -A -l 'k8s-app in (calico-node,canal)' -o wide".to_owned()
}

/// Deletes the calico-node of the pod's node, which its DaemonSet then recreates.
pub(super) fn calico_node_of(case: &Case, name: &PodName) -> String {
    let pods = || pods::wanted(case.snapshot).chain(case.snapshot.pending_pods.items());
    let node = pods()
        .find(|pod| PodName::of(&pod.metadata) == *name)
        .map(|pod| pod.spec.node_name.as_str());
    let agent = pods().find(|pod| {
        matches!(pods::app(pod), "calico-node" | "canal")
            && node == Some(pod.spec.node_name.as_str())
    });
    let Some(agent) = agent else {
        return agents(case, name);
    };
    pod_commands::delete(&PodName::of(&agent.metadata))
}

/// Deletes the pods that fail as this one does, which their workload then recreates.
pub(super) fn pods_like(case: &Case, name: &PodName) -> String {
    let all: Vec<&Pod> = pods::wanted(case.snapshot).collect();
    let is_it = |pod: &&&Pod| PodName::of(&pod.metadata) == *name;
    let Some(pod) = all.iter().find(is_it) else {
        return pod_commands::delete(name);
    };
    let container = |pod: &Pod| Some(container_failure(pod)?.1.name.clone());
    let alike: Vec<&str> = all
        .iter()
        .filter(|other| pods::app(other) == pods::app(pod) && container(other) == container(pod))
        .filter(|other| !other.is_ready() && other.metadata.namespace == pod.metadata.namespace)
        .map(|other| pasted(&other.metadata.name))
        .collect();
    match pods::owner(case.snapshot, pod) {
        Some(owner) if alike.len() > MOST_NAMES && owner.kind == "DaemonSet" => restart(&owner),
        _ => format!(
            "kubectl delete pods -n {} {}",
            pasted(&name.namespace),
            alike.join(" ")
        ),
    }
}

pub(super) fn agent_log(_: &Case, pod: &PodName) -> String {
    pod_commands::log(pod, "calico-node") + " --tail=200"
}

pub(super) fn describe(_: &Case, pod: &PodName) -> String {
    pod_commands::describe(pod)
}

/// Shows on which node the pod is.
pub(super) fn pod_node(_: &Case, pod: &PodName) -> String {
    pod_commands::where_it_runs(pod)
}

pub(super) fn typha_pods(_: &Case, _: &PodName) -> String {
    "kubectl get pods -A -l k8s-app=calico-typha -o wide".to_owned()
}

pub(super) fn kube_proxy(case: &Case, _: &PodName) -> String {
    proxy::list(case.snapshot)
}

pub(super) fn nodes(_: &Case, _: &PodName) -> String {
    "kubectl get nodes -o wide".to_owned()
}

pub(super) fn nodes_by_architecture(_: &Case, _: &PodName) -> String {
    "kubectl get nodes -L kubernetes.io/arch".to_owned()
}

/// The addresses that Calico recorded.
pub(super) fn node_addresses(_: &Case, _: &PodName) -> String {
    "kubectl get nodes -o custom-columns='NAME:.metadata.name,CALICO:.metadata.annotations.projectcalico\\.org/IPv4Address,INTERNAL:.status.addresses[?(@.type==\"InternalIP\")].address'"
        .to_owned()
}

pub(super) fn pools(_: &Case, _: &PodName) -> String {
    "kubectl get ippools.crd.projectcalico.org \
     -o custom-columns=NAME:.metadata.name,CIDR:.spec.cidr,DISABLED:.spec.disabled,NODES:.spec.nodeSelector"
        .to_owned()
}

pub(super) fn ipam(_: &Case, _: &PodName) -> String {
    "calicoctl ipam show --show-blocks".to_owned()
}

pub(super) fn strict_affinity(_: &Case, _: &PodName) -> String {
    "calicoctl ipam configure --strictaffinity=true".to_owned()
}

pub(super) fn unlock(_: &Case, _: &PodName) -> String {
    "calicoctl datastore migrate unlock".to_owned()
}

pub(super) fn bgp_configuration(_: &Case, _: &PodName) -> String {
    "kubectl get bgpconfigurations.crd.projectcalico.org -o yaml".to_owned()
}

pub(super) fn edit_felix(_: &Case, _: &PodName) -> String {
    "kubectl edit felixconfigurations.crd.projectcalico.org default".to_owned()
}

pub(super) fn installation(_: &Case, _: &PodName) -> String {
    "kubectl edit installations.operator.tigera.io default".to_owned()
}

/// Shows which operator is active, and the operators.
pub(super) fn active_operator(_: &Case, _: &PodName) -> String {
    "kubectl get configmaps -n calico-system active-operator -o jsonpath='{.data}{\"\\n\"}'\n\
     kubectl get deployments -A -l k8s-app=tigera-operator"
        .to_owned()
}

pub(super) fn webhooks(_: &Case, _: &PodName) -> String {
    "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations".to_owned()
}

pub(super) fn definitions(case: &Case, _: &PodName) -> String {
    crds::apply(case)
}

/// Allows privileged pods in the namespace.
pub(super) fn privileged(_: &Case, pod: &PodName) -> String {
    format!(
        "kubectl label namespaces {} --overwrite \\\n  pod-security.kubernetes.io/enforce=privileged",
        pasted(&pod.namespace)
    )
}

/// On GKE, the operator creates the quota itself if it knows the provider.
pub(super) fn provider_or_quota(case: &Case, pod: &PodName) -> String {
    let on_gke = case.facts.cluster.platform.value() == Some(&Platform::Gke);
    if on_gke && case.facts.install.is_run_by_operator() {
        "kubectl patch installations.operator.tigera.io default --type merge \\\n  \
         -p '{\"spec\":{\"kubernetesProvider\":\"GKE\"}}'"
            .to_owned()
    } else {
        quotas(case, pod)
    }
}

pub(super) fn quotas(_: &Case, pod: &PodName) -> String {
    format!(
        "kubectl describe resourcequotas -n {}",
        pasted(&pod.namespace)
    )
}

pub(super) fn service_accounts(_: &Case, pod: &PodName) -> String {
    format!("kubectl get serviceaccounts -n {}", pasted(&pod.namespace))
}
