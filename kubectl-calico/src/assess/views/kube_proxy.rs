//! kube-proxy, by its DaemonSet: kubeadm, the managed platforms and others run it as one; k3s and RKE2
//! do not.

use k8s_openapi::api::apps::v1::DaemonSet;

use crate::snapshot::Snapshot;

/// The DaemonSet of kube-proxy.
pub fn daemon_set(snapshot: &Snapshot) -> Option<&DaemonSet> {
    let mut sets = snapshot.daemon_sets.items().iter();
    sets.find(|set| {
        let spec = set
            .spec
            .as_ref()
            .and_then(|spec| spec.template.spec.as_ref());
        spec.is_some_and(|spec| spec.containers.iter().any(|it| it.name == "kube-proxy"))
    })
}

/// Whether it is scheduled to nodes. In a manifest, which has no status, its node selector decides.
pub fn is_scheduled(snapshot: &Snapshot) -> bool {
    let Some(set) = daemon_set(snapshot) else {
        return false;
    };
    if let Some(status) = &set.status {
        return status.desired_number_scheduled > 0;
    }
    let spec = set
        .spec
        .as_ref()
        .and_then(|spec| spec.template.spec.as_ref());
    let selector = spec.and_then(|spec| spec.node_selector.as_ref());
    selector.is_none_or(|selector| selector.keys().all(|key| key == "kubernetes.io/os"))
}
