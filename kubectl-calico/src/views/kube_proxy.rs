//! kube-proxy, by its DaemonSet and its pods: kubeadm, most managed platforms and others run it as a DaemonSet; kOps, RKE2
//! and GKE as static pods; k3s in its own process.

use k8s_openapi::api::apps::v1::{DaemonSet, DaemonSetStatus};

use super::calico_node::entry;
use super::daemon_set;
use super::pods::{is_wanted, place};
use super::server_arguments::ServerArguments;
use crate::snapshot::resources::KUBE_PROXY_CONTAINER;
use crate::snapshot::{Pod, Provenance, Snapshot, runs_kube_proxy};

/// The flag of k3s and RKE2 that turns theirs off.
pub const DISABLE: &str = "--disable-kube-proxy";

/// The DaemonSet of kube-proxy.
pub fn daemon_set(snapshot: &Snapshot) -> Option<&DaemonSet> {
    let mut sets = snapshot.daemon_sets.items().iter();
    sets.find(|set| runs_kube_proxy(set))
}

/// Its pods that should run, as far as they were read: those of the DaemonSet, or static pods.
pub fn pods(snapshot: &Snapshot) -> Vec<&Pod> {
    let pods = snapshot.kube_proxy_pods.items().iter();
    pods.filter(|pod| {
        let mut containers = pod.spec.containers.iter();
        is_wanted(pod) && containers.any(|it| it.name == KUBE_PROXY_CONTAINER)
    })
    .collect()
}

/// kube-proxy that is not ready on every node where it should be.
pub struct Unready<'a> {
    /// Its DaemonSet, unless it has static pods.
    pub set: Option<&'a DaemonSet>,
    /// On how many nodes it is ready.
    pub ready: usize,
    /// On how many nodes it should be.
    pub wanted: usize,
    /// Its pods that are not ready. None if only the DaemonSet's counts show that some are.
    pub pods: Vec<&'a Pod>,
}

impl Unready<'_> {
    /// Whether it is known to be not ready on a node.
    pub fn is_on(&self, node: &str) -> bool {
        self.ready == 0 || self.pods.iter().any(|pod| pod.spec.node_name == node)
    }

    /// What its DaemonSet counts as ready, if its pods contradict that: then its controller does not count.
    pub fn contradicted(&self) -> Option<&DaemonSetStatus> {
        let status = daemon_set::counted(self.set?)?;
        let counts_all = status.number_ready >= status.desired_number_scheduled;
        (counts_all && !self.pods.is_empty()).then_some(status)
    }
}

/// Where it is not ready. Its pods show that, if at least as many were read as the DaemonSet wants; or else what the
/// DaemonSet counts.
pub fn unready(snapshot: &Snapshot) -> Option<Unready<'_>> {
    let set = daemon_set(snapshot);
    let status = set.and_then(|set| set.status.as_ref());
    let (ready, desired) = status.map_or((0, 0), |status| {
        let count = |count: i32| usize::try_from(count).unwrap_or_default();
        (
            count(status.number_ready),
            count(status.desired_number_scheduled),
        )
    });
    let pods = pods(snapshot);
    let unready = if pods.len() >= desired.max(1) {
        let wanted = pods.len();
        let mut unready = pods;
        unready.retain(|pod| !pod.is_ready());
        unready.sort_by_key(|pod| place(pod));
        Unready {
            set,
            ready: wanted - unready.len(),
            wanted,
            pods: unready,
        }
    } else {
        Unready {
            set,
            ready,
            wanted: desired,
            pods: Vec::new(),
        }
    };
    (unready.ready < unready.wanted).then_some(unready)
}

/// Whether it is ready on a node, if that is known: by its pod there, or else if the DaemonSet counts it as ready on every
/// node.
pub fn is_ready_on(snapshot: &Snapshot, node: &str) -> Option<bool> {
    let pods = pods(snapshot);
    if !pods.is_empty() {
        let pod = pods.iter().find(|pod| pod.spec.node_name == node);
        return Some(pod.is_some_and(|pod| pod.is_ready()));
    }
    let status = daemon_set(snapshot).and_then(daemon_set::counted)?;
    let is_everywhere = status.desired_number_scheduled > 0
        && status.number_ready >= status.desired_number_scheduled;
    is_everywhere.then_some(true)
}

/// Whether it runs on nodes, or should: by its DaemonSet, or as static pods.
pub fn is_scheduled(snapshot: &Snapshot) -> bool {
    match daemon_set(snapshot) {
        Some(set) => daemon_set::is_scheduled(set),
        None => !pods(snapshot).is_empty(),
    }
}

/// Whether there is none: neither its DaemonSet nor static pods, all of which were read.
pub fn is_absent(snapshot: &Snapshot) -> bool {
    snapshot.daemon_sets.unknown().is_none()
        && snapshot.kube_proxy_pods.failure().is_none()
        && daemon_set(snapshot).is_none()
        && self::pods(snapshot).is_empty()
}

/// Lists its pods, by the label that those have which were read.
pub fn list(snapshot: &Snapshot) -> String {
    let pods = snapshot.kube_proxy_pods.items();
    let has_app = |pod: &Pod| pod.metadata.label("k8s-app").is_some();
    let label = if pods.is_empty() || pods.iter().any(has_app) {
        "k8s-app"
    } else {
        "component"
    };
    format!("kubectl get pods -n kube-system -l {label}={KUBE_PROXY_CONTAINER} -o wide")
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
        let pod = daemon_set::pod(set);
        pod.is_some_and(|pod| pod.containers.iter().any(|it| it.name == "kube-router"))
    })
}
