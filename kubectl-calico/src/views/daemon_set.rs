//! DaemonSets of every kind.

use k8s_openapi::api::apps::v1::{DaemonSet, DaemonSetStatus};
use k8s_openapi::api::core::v1::PodSpec;

use crate::snapshot::Snapshot;

/// The pods that it creates.
pub fn pod(set: &DaemonSet) -> Option<&PodSpec> {
    set.spec.as_ref()?.template.spec.as_ref()
}

/// The Amazon VPC CNI, which EKS installs. The operator recognizes it by the same name.
/// Source: tigera/operator v1.42.3, core_controller.go (`fillDefaults`).
pub fn amazon_vpc(snapshot: &Snapshot) -> Option<&DaemonSet> {
    let is_it = |set: &&DaemonSet| {
        let meta = &set.metadata;
        (meta.namespace.as_deref(), meta.name.as_deref()) == (Some("kube-system"), Some("aws-node"))
    };
    snapshot.daemon_sets.items().iter().find(is_it)
}

/// What its controller has counted; nothing yet of one in a manifest.
pub fn counted(set: &DaemonSet) -> Option<&DaemonSetStatus> {
    set.status.as_ref().filter(|status| {
        status.observed_generation.is_some() || status.desired_number_scheduled > 0
    })
}

/// Whether it is scheduled to nodes. Where its controller has not counted them, its node selector decides.
pub fn is_scheduled(set: &DaemonSet) -> bool {
    if let Some(status) = counted(set) {
        return status.desired_number_scheduled > 0;
    }
    let selector = pod(set).and_then(|pod| pod.node_selector.as_ref());
    selector.is_none_or(|selector| selector.keys().all(|key| key == "kubernetes.io/os"))
}
