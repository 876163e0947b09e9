//! kubeadm's podSubnet as the operator reads it, which is not as YAML.

use calico_core::cidr::{Cidr, CidrError};
use calico_core::pod_network::{OperatorReading, Source, operator_reading};

use super::basis::Basis;
use crate::assess::facts::cluster::Platform;
use crate::assess::facts::networks::{Network, list};
use crate::assess::finding::Finding;

const OBJECT: &str = "ConfigMap kube-system/kubeadm-config";

const EDIT: &str = "kubectl edit configmap kubeadm-config --namespace kube-system";

/// What stops the operator before it looks at any pool. It reads the ConfigMap while there is no
/// pool; up to 1.32, always.
pub(super) fn finding(basis: &Basis) -> Option<Finding> {
    let config = basis.snapshot.kubeadm_config.read()?;
    let looks = !basis.operator.since(34) || basis.pools().is_empty();
    if !looks || !basis.networking.is_calico() || basis.platform() == Some(Platform::OpenShift) {
        return None;
    }
    let values = config
        .data
        .iter()
        .flatten()
        .map(|(_, value)| value.as_str());
    let finding = match operator_reading(values) {
        OperatorReading::Missing => missing(),
        OperatorReading::Misread(error) => misread(&error),
        OperatorReading::Cidrs(cidrs) => {
            let mut networks = basis.facts.networks.pods.iter();
            let kubeadm = networks.find(|network| network.rank == Some(Source::Kubeadm));
            mistaken(&cidrs, kubeadm.filter(|network| network.cidrs != cidrs)?)
        }
    };
    Some(Finding {
        code: "pod-subnet-unread",
        ..finding
    })
}

/// `kubeadm init` without `--pod-network-cidr`.
fn missing() -> Finding {
    Finding::error(OBJECT, "it has no podSubnet, so the operator makes no pool")
        .seen(OBJECT, "networking.podSubnet", "none")
        .then(
            "TigeraStatus ippools becomes Degraded, even where the Installation names pools: \
             kubeadm configuration is missing required podSubnet field",
        )
        .fix(
            "add podSubnet below networking in ClusterConfiguration, and give \
             kube-controller-manager --allocate-node-cidrs=true and --cluster-cidr with the same \
             CIDR (/etc/kubernetes/manifests on each control-plane node)",
        )
        .paste(EDIT)
}

/// Quotes, spaces and what else is not as kubeadm writes it.
fn misread(error: &CidrError) -> Finding {
    Finding::error(
        OBJECT,
        "the operator cannot read its podSubnet, and makes no pool",
    )
    .seen(OBJECT, "networking.podSubnet", &error.text)
    .then("it takes the rest of the line as it stands, quotes, spaces and comments too")
    .fix("write the line as kubeadm does: podSubnet: 10.244.0.0/16,fd00:10:244::/56")
    .paste(EDIT)
}

/// A line that comes before the field, or in another entry.
fn mistaken(read: &[Cidr], network: &Network) -> Finding {
    Finding::error(OBJECT, "the operator takes another line for its podSubnet")
        .seen(OBJECT, "networking.podSubnet", network.list())
        .seen(OBJECT, "what the operator reads", list(read))
        .then("it takes the first that holds the words, be it a comment, and makes no pool outside of that")
        .fix("take that line out")
        .paste(EDIT)
}
