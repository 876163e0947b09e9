//! Whether the operator of a new install reaches the API server.

use calico_core::catalog::Entry;

use super::other_plugins;
use crate::assess::advice::install_kube_proxy::INSTALL_KUBE_PROXY;
use crate::assess::advice::services_endpoint;
use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::platform::Platform;
use crate::snapshot::ObjectRef;
use crate::views::calico_node::CalicoNode;
use crate::views::container_failure::{ContainerFailure, container_failure};
use crate::views::objects::{object_of, operator_deployment, setting};
use crate::views::{kube_proxy, pods};

/// An operator that fails before there is a calico-node, in a cluster without kube-proxy: it reaches the API server only
/// through its Service.
pub(super) fn finding(entry: &Entry, case: &Case) -> Option<Finding> {
    let operator = operator_deployment(case.snapshot)?;
    let selector = operator.spec.as_ref().map(|spec| &spec.selector);
    let pods = pods::of(case.snapshot, &operator.metadata, selector);
    let failing = pods.into_iter().find(|pod| {
        let failure = container_failure(pod).map(|(failure, _)| failure);
        failure == Some(ContainerFailure::CrashLoop)
    })?;
    let disabled = kube_proxy::disabled(case.snapshot);
    let is_kubeadm_without = case.facts.cluster.platform.value() == Some(&Platform::Kubeadm)
        && case.snapshot.kube_proxy.read().is_none()
        && case.snapshot.kube_proxy.unknown().is_none();
    let is_there = kube_proxy::is_scheduled(case.snapshot)
        || kube_proxy::is_replaced(case.snapshot)
        || other_plugins::is_there(case);
    let is_missing = disabled.is_some() || is_kubeadm_without;
    if CalicoNode::current(case.snapshot).is_some()
        || is_there
        || !is_missing
        || services_endpoint::has_address(case)
    {
        return None;
    }
    let finding = Finding::error(
        entry,
        object_of(operator),
        "no kube-proxy runs, and the operator does not have the address of the API server",
    );
    let finding = match &disabled {
        Some(from) => finding.read(from, true),
        None => finding.evidence(ObjectRef::all("DaemonSet"), "pods of kube-proxy", 0),
    };
    let finding = finding
        .evidence(pods::object(failing), "status", pods::why(failing))
        .impact("the operator cannot reach the API server through its Service, so it installs nothing; no Service works");
    let wants_ebpf = setting(case.snapshot, "linuxDataplane").as_deref() == Some("BPF");
    let on_ebpf = case.facts.install.lasting(
        "or give the operator the address of the API server in the ConfigMap kubernetes-services-endpoint in its \
         namespace, and set linuxDataplane: BPF in the Installation",
    );
    Some(if wants_ebpf {
        finding
            .fix(
                "create the ConfigMap with the address of the API server, or of its load balancer, in place of HOST, and \
                 delete the operator's pod, so that it starts with it",
            )
            .paste(services_endpoint::set(case))
    } else if disabled.is_some() {
        finding.fix(format!(
            "remove disable-kube-proxy from the configuration of all servers and restart them; {on_ebpf}"
        ))
    } else {
        finding
            .fix(format!("install kube-proxy; {on_ebpf}"))
            .paste(INSTALL_KUBE_PROXY)
    })
}
