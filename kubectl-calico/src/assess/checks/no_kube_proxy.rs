//! Whether anything implements Services where eBPF does not.

use calico_core::catalog::Entry;
use serde_json::json;

use super::ebpf::NO_API_ADDRESS;
use super::other_plugins;
use crate::assess::advice::install_kube_proxy::INSTALL_KUBE_PROXY;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::dataplane::Dataplane;
use crate::facts::platform::Platform;
use crate::phrases::pasted;
use crate::repair::kubectl::{PatchType, patch};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{
    CALICO_PODS, DAEMON_SETS, FELIX_CONFIGURATIONS, INSTALLATIONS, KUBE_PROXY,
    KUBE_PROXY_COMPONENTS, KUBE_PROXY_PODS, NODES,
};
use crate::views::calico_node::CalicoNode;
use crate::views::felix::{BPF, Felix, default_of};
use crate::views::objects::setting;
use crate::views::{daemon_set, kube_proxy};
use k8s_openapi::api::apps::v1::DaemonSet;

/// The keys of node selectors with which kube-proxy is kept off all nodes: that of Calico's documentation, and the
/// operator's own.
const OFF: [&str; 2] = ["non-calico", "operator.tigera.io/disable-kube-proxy"];

pub(crate) const NO_KUBE_PROXY: Check = Check {
    entry: Entry {
        code: "CAL321",
        title: "kube-proxy is off, and so is eBPF",
        meaning: "The eBPF data plane, which implements Services in place of kube-proxy, is off, and \
                  kube-proxy runs on no node. Usually, eBPF was turned off again without bringing \
                  kube-proxy back.",
        impact: "No Service works, cluster DNS included. What kube-proxy left in iptables may serve \
                 existing Services for a while. calico-node stays ready until it restarts: then it \
                 does not reach the API server.",
        criteria: "Felix does not use eBPF or VPP. Clusters with another network plugin or kube-router, and \
                   platforms that run kube-proxy in another way, do not count. If a calico-node does not become \
                   ready, CAL313 is reported instead.\n\
                   - Error: the kube-proxy DaemonSet is scheduled to no node because of the key non-calico or \
                   operator.tigera.io/disable-kube-proxy in its node selector.\n\
                   - Note: a cluster of kubeadm has neither the DaemonSet nor kube-proxy's ConfigMap, and the \
                   Installation does not request eBPF. Something else may implement Services.",
        fix: "Bring kube-proxy back, or turn eBPF on with the address of the API server.",
        source: "Calico documentation, Enable the eBPF data plane (reversing the process); \
                 tigera/operator v1.42.3, pkg/controller/kubeproxy/controller.go",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS, &CALICO_PODS],
    // A platform that runs kube-proxy in another way, static pods, or an Installation that requests eBPF.
    excuses: &[
        &NODES,
        &KUBE_PROXY,
        &KUBE_PROXY_PODS,
        &KUBE_PROXY_COMPONENTS,
        &INSTALLATIONS,
    ],
    judges: Judges::Following,
    find: |case| no_kube_proxy(case).into_iter().collect(),
};

fn no_kube_proxy(case: &Case) -> Option<Finding> {
    let node = CalicoNode::current(case.snapshot)?;
    let dataplane = case.facts.dataplane.value()?;
    let by_kube_proxy = !matches!(dataplane, Dataplane::Bpf | Dataplane::Vpp);
    let platform = case.facts.cluster.platform.value();
    let elsewhere = platform.is_some_and(|it| it.implements_services() || *it == Platform::Gke)
        || other_plugins::is_there(case)
        || kube_proxy::is_replaced(case.snapshot)
        || node.does_networking() != Some(true);
    if !by_kube_proxy || elsewhere || NO_API_ADDRESS.finds(case) {
        return None;
    }
    let finding = match kube_proxy::daemon_set(case.snapshot) {
        Some(set) => turned_off(set)?,
        None => absent(case)?,
    };
    let (from, is_on) = match Felix::of(case.snapshot).get(&BPF) {
        Some(told) => (told.from, told.value),
        None => (default_of(&BPF), false),
    };
    Some(finding.read(&from, is_on))
}

const IMPACT: &str = "no Service works, cluster DNS included, and calico-node will not start again";

fn turned_off(set: &DaemonSet) -> Option<Finding> {
    let selector = daemon_set::pod(set)?.node_selector.as_ref()?;
    let key = OFF.into_iter().find(|key| selector.contains_key(*key))?;
    if daemon_set::is_scheduled(set) {
        return None;
    }
    let object = ObjectRef::of_object("DaemonSet", &set.metadata);
    let (namespace, name) = (
        pasted(object.namespace.as_deref().unwrap_or_default()),
        pasted(object.name.as_deref().unwrap_or_default()),
    );
    let path = key.replace('/', "~1");
    Some(
        Finding::error(
            &NO_KUBE_PROXY.entry,
            &object,
            "kube-proxy runs on no node, and eBPF is off",
        )
        .evidence(
            &object,
            "spec.template.spec.nodeSelector",
            format!("{key}={}", selector.get(key).map_or("", String::as_str)),
        )
        .impact(IMPACT)
        .fix(
            "run kube-proxy on every node again; or turn eBPF on, with the address of the API server in the \
             ConfigMap kubernetes-services-endpoint",
        )
        .paste(patch(
            &format!("daemonset -n {namespace}"),
            name,
            PatchType::Json,
            &json!([{"op": "remove", "path": format!("/spec/template/spec/nodeSelector/{path}")}]),
        )),
    )
}

fn absent(case: &Case) -> Option<Finding> {
    let is_requested = setting(case.snapshot, "linuxDataplane").as_deref() == Some("BPF");
    let is_missing = case.facts.cluster.platform.value() == Some(&Platform::Kubeadm)
        && case.snapshot.kube_proxy.read().is_none()
        && kube_proxy::pods(case.snapshot).is_empty()
        && !is_requested;
    is_missing.then(|| {
        Finding::note(
            &NO_KUBE_PROXY.entry,
            ObjectRef::all("DaemonSet"),
            "no kube-proxy was found, and eBPF is off",
        )
        .evidence(ObjectRef::all("DaemonSet"), "pods of kube-proxy", 0)
        .impact(format!("unless something else implements Services, {IMPACT}"))
        .fix(
            "install kube-proxy, unless something else implements Services; or turn on eBPF with the address \
             of the API server",
        )
        .paste(INSTALL_KUBE_PROXY)
    })
}
