//! The Kubernetes distribution of a cluster.

use serde::Serialize;

use crate::facts::fact::Fact;
use crate::snapshot::{Node, ObjectRef, Provenance, Snapshot};

/// A Kubernetes distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Platform {
    /// Red Hat OpenShift.
    OpenShift,
    /// Amazon Elastic Kubernetes Service.
    #[serde(rename = "EKS")]
    Eks,
    /// Azure Kubernetes Service.
    #[serde(rename = "AKS")]
    Aks,
    /// Google Kubernetes Engine.
    #[serde(rename = "GKE")]
    Gke,
    /// Rancher's RKE2.
    #[serde(rename = "RKE2")]
    Rke2,
    /// k3s.
    #[serde(rename = "k3s")]
    K3s,
    /// k0s.
    #[serde(rename = "k0s")]
    K0s,
    /// kind, whose nodes are containers.
    #[serde(rename = "kind")]
    Kind,
    /// minikube.
    #[serde(rename = "minikube")]
    Minikube,
    /// MicroK8s.
    MicroK8s,
    /// Talos Linux.
    Talos,
    /// kubeadm, or a tool that uses it.
    #[serde(rename = "kubeadm")]
    Kubeadm,
}

impl Platform {
    /// Whether a cloud provider runs the control plane.
    pub fn is_managed(self) -> bool {
        matches!(self, Self::Eks | Self::Aks | Self::Gke)
    }

    /// Whether a process of the distribution implements Services, instead of a DaemonSet kube-proxy.
    pub fn implements_services(self) -> bool {
        matches!(
            self,
            Self::K3s | Self::Rke2 | Self::K0s | Self::MicroK8s | Self::OpenShift
        )
    }

    /// Whether its installer runs kube-proxy as a DaemonSet, unless it is told not to.
    pub fn has_kube_proxy_daemon_set(self) -> bool {
        matches!(
            self,
            Self::Kubeadm | Self::Kind | Self::Minikube | Self::Talos
        )
    }

    /// The distribution's own spelling of its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenShift => "OpenShift",
            Self::Eks => "EKS",
            Self::Aks => "AKS",
            Self::Gke => "GKE",
            Self::Rke2 => "RKE2",
            Self::K3s => "k3s",
            Self::K0s => "k0s",
            Self::Kind => "kind",
            Self::Minikube => "minikube",
            Self::MicroK8s => "MicroK8s",
            Self::Talos => "Talos",
            Self::Kubeadm => "kubeadm",
        }
    }
}

/// The distribution of a cluster. Most mark every node. kubeadm, which several of them use, leaves
/// only its ConfigMap, so it is checked last.
pub fn platform(snapshot: &Snapshot) -> Fact<Platform> {
    if snapshot.openshift_network.read().is_some() {
        return Fact::known(
            Platform::OpenShift,
            Provenance::new(ObjectRef::named("Network", "cluster"), ""),
        );
    }
    let by_node = Fact::of(&snapshot.nodes, "platform not detected", |nodes| {
        nodes.iter().find_map(platform_of)
    });
    let found = by_node.or(|| {
        Fact::of(&snapshot.kubeadm_config, "platform not detected", |_| {
            let from = Provenance::new(ObjectRef::config_map("kubeadm-config"), "");
            Some((Platform::Kubeadm, from))
        })
    });
    match (found, snapshot.openshift_network.failure()) {
        (Fact::Absent { .. }, Some(why)) => why.into(),
        (found, _) => found,
    }
}

fn platform_of(node: &Node) -> Option<(Platform, Provenance)> {
    let name = &node.metadata.name;
    let version = &node.status.node_info.kubelet_version;
    // The suffix that each adds to the version of its kubelet.
    let by_version = [
        ("+rke2", Platform::Rke2),
        ("+k3s", Platform::K3s),
        ("+k0s", Platform::K0s),
        ("-eks-", Platform::Eks),
        ("-gke.", Platform::Gke),
    ];
    if let Some((_, platform)) = by_version.iter().find(|(mark, _)| version.contains(mark)) {
        return Some((
            *platform,
            Provenance::new(
                ObjectRef::named("Node", name),
                "status.nodeInfo.kubeletVersion",
            ),
        ));
    }
    let by_label = [
        ("kubernetes.azure.com/cluster", Platform::Aks),
        ("minikube.k8s.io/name", Platform::Minikube),
        ("microk8s.io/cluster", Platform::MicroK8s),
    ];
    if let Some((label, platform)) = by_label
        .iter()
        .find(|(label, _)| node.metadata.label(label).is_some())
    {
        return Some((
            *platform,
            Provenance::new(ObjectRef::named("Node", name), format!("label {label}")),
        ));
    }
    if node
        .spec
        .provider_id
        .as_deref()
        .is_some_and(|id| id.starts_with("kind://"))
    {
        return Some((
            Platform::Kind,
            Provenance::new(ObjectRef::named("Node", name), "spec.providerID"),
        ));
    }
    let image = &node.status.node_info.os_image;
    image.starts_with("Talos").then(|| {
        (
            Platform::Talos,
            Provenance::new(ObjectRef::named("Node", name), "status.nodeInfo.osImage"),
        )
    })
}
