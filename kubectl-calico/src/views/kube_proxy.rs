//! kube-proxy, by its DaemonSet: kubeadm, the managed platforms and others run it as one; k3s and RKE2
//! do not.

use k8s_openapi::api::apps::v1::DaemonSet;

use super::calico_node::entry;
use super::daemon_set;
use super::server_arguments::ServerArguments;
use crate::facts::provenance::Provenance;
use crate::snapshot::Snapshot;

/// The flag of k3s and RKE2 that turns theirs off.
pub const DISABLE: &str = "--disable-kube-proxy";

/// The DaemonSet of kube-proxy.
pub fn daemon_set(snapshot: &Snapshot) -> Option<&DaemonSet> {
    let mut sets = snapshot.daemon_sets.items().iter();
    sets.find(|set| {
        let pod = daemon_set::pod(set);
        pod.is_some_and(|pod| pod.containers.iter().any(|it| it.name == "kube-proxy"))
    })
}

/// The number of nodes on which it is ready, and of those that it is scheduled to, if it is not ready on all.
pub fn unready(snapshot: &Snapshot) -> Option<(&DaemonSet, i32, i32)> {
    let set = daemon_set(snapshot)?;
    let status = set.status.as_ref()?;
    let desired = status.desired_number_scheduled;
    let ready = status.number_ready;
    (ready < desired).then_some((set, ready, desired))
}

/// Whether it is ready on every node that it is scheduled to.
pub fn is_ready(snapshot: &Snapshot) -> bool {
    let status = daemon_set(snapshot).and_then(daemon_set::counted);
    status.is_some_and(|status| {
        status.desired_number_scheduled > 0
            && status.number_ready >= status.desired_number_scheduled
    })
}

/// Whether it is scheduled to nodes.
pub fn is_scheduled(snapshot: &Snapshot) -> bool {
    daemon_set(snapshot).is_some_and(daemon_set::is_scheduled)
}

/// Its mode, as its ConfigMap has it. Empty is iptables.
/// Source: kubernetes v1.34, pkg/proxy/apis/config/types.go (`ProxyMode`).
pub fn mode(snapshot: &Snapshot) -> Option<String> {
    let text = entry(snapshot.kube_proxy.read()?, "config.conf")?;
    let config: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    Some(config.get("mode")?.as_str()?.to_owned())
}

/// Whether it is in IPVS mode. The addresses of Services are then on the interface kube-ipvs0 of each node, where
/// they stay once it is off.
pub fn is_ipvs(snapshot: &Snapshot) -> bool {
    mode(snapshot).as_deref() == Some("ipvs")
}

/// Where a server of k3s or RKE2 is told to run none.
pub fn disabled(snapshot: &Snapshot) -> Option<Provenance> {
    let server = ServerArguments::all(snapshot).find(|server| server.is_set(DISABLE))?;
    Some(server.at(DISABLE))
}

/// A server of k3s or RKE2 that runs one: k3s in its own process, RKE2 as a static pod.
pub fn in_servers(snapshot: &Snapshot) -> Option<ServerArguments> {
    ServerArguments::all(snapshot)
        .next()
        .filter(|_| disabled(snapshot).is_none())
}

/// Whether kube-router runs, which can implement Services in place of kube-proxy.
/// Source: kube-router documentation, `--run-service-proxy`.
pub fn is_replaced(snapshot: &Snapshot) -> bool {
    let mut sets = snapshot.daemon_sets.items().iter();
    sets.any(|set| {
        let spec = set
            .spec
            .as_ref()
            .and_then(|spec| spec.template.spec.as_ref());
        spec.is_some_and(|spec| spec.containers.iter().any(|it| it.name == "kube-router"))
    })
}
