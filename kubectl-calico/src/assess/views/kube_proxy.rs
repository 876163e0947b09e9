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

/// The number of nodes on which it is ready, and of those that it is scheduled to, if it is not ready on all.
pub fn unready(snapshot: &Snapshot) -> Option<(&DaemonSet, i32, i32)> {
    let set = daemon_set(snapshot)?;
    let status = set.status.as_ref()?;
    let desired = status.desired_number_scheduled;
    let ready = status.number_ready;
    (ready < desired).then_some((set, ready, desired))
}

/// Whether it is scheduled to nodes. Where its controller has not counted them, as in a manifest, its node
/// selector decides.
pub fn is_scheduled(snapshot: &Snapshot) -> bool {
    let Some(set) = daemon_set(snapshot) else {
        return false;
    };
    let counted = set.status.as_ref().filter(|status| {
        status.observed_generation.is_some() || status.desired_number_scheduled > 0
    });
    if let Some(status) = counted {
        return status.desired_number_scheduled > 0;
    }
    let spec = set
        .spec
        .as_ref()
        .and_then(|spec| spec.template.spec.as_ref());
    let selector = spec.and_then(|spec| spec.node_selector.as_ref());
    selector.is_none_or(|selector| selector.keys().all(|key| key == "kubernetes.io/os"))
}
