//! kubeadm's podSubnet as the operator reads it, which is not as YAML.

use calico_core::pod_network::{OperatorReading, operator_reading};

use super::basis::Basis;
use crate::assess::facts::cluster::Platform;
use crate::assess::finding::Finding;

const OBJECT: &str = "ConfigMap/kubeadm-config";

/// What stops the operator before it looks at any pool. It reads the ConfigMap while there is no
/// pool; up to 1.32, always.
pub(super) fn finding(basis: &Basis) -> Option<Finding> {
    let config = basis.snapshot.kubeadm_config.read()?;
    let looks = !basis.operator.since(34) || basis.live_pools().next().is_none();
    if !looks || !basis.networking.is_calico() || basis.platform() == Some(Platform::OpenShift) {
        return None;
    }
    let values = config
        .data
        .iter()
        .flatten()
        .map(|(_, value)| value.as_str());
    let kubeadm = basis
        .facts
        .networks
        .pods
        .iter()
        .find(|network| network.source == "kubeadm-config");
    let finding = match operator_reading(values) {
        OperatorReading::Missing => missing(),
        OperatorReading::Misread(error) => Finding::error(
            OBJECT,
            format!("the operator cannot read its podSubnet: {error}"),
        )
        .then("the operator reads the rest of that line as it stands, quotes and spaces too, and makes no pool")
        .fix("write the line as kubeadm does: podSubnet: 10.244.0.0/16,fd00:10:244::/56")
        .paste("kubectl edit configmap kubeadm-config --namespace kube-system"),
        OperatorReading::Cidrs(cidrs) => {
            let network = kubeadm.filter(|network| network.cidrs != cidrs)?;
            let read: Vec<String> = cidrs.iter().map(ToString::to_string).collect();
            Finding::error(
                OBJECT,
                format!(
                    "the operator takes {} for its podSubnet, which is {}",
                    read.join(", "),
                    network.list()
                ),
            )
            .then("it takes the first line that holds the words, be it a comment, and makes no pool outside of what that says")
            .fix("take that line out")
            .paste("kubectl edit configmap kubeadm-config --namespace kube-system")
        }
    };
    Some(
        Finding {
            code: "pod-subnet-unread",
            ..finding
        }
        .seen(OBJECT, "data", "podSubnet"),
    )
}

/// `kubeadm init` without `--pod-network-cidr`.
fn missing() -> Finding {
    Finding::error(
        OBJECT,
        "it has no podSubnet, so the operator will not install Calico",
    )
    .then(
        "TigeraStatus ippools becomes Degraded, even where the Installation names pools: \
             kubeadm configuration is missing required podSubnet field",
    )
    .fix(
        "add podSubnet below networking in ClusterConfiguration, and give \
             kube-controller-manager --allocate-node-cidrs=true and --cluster-cidr with the same \
             CIDR (/etc/kubernetes/manifests on each control-plane node)",
    )
    .paste("kubectl edit configmap kubeadm-config --namespace kube-system")
}
