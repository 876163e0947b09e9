//! The cluster that Calico is, or would be, installed in.

use serde::Serialize;

use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::snapshot::ObjectRef;
use crate::snapshot::{Node, Origin, Reading, Snapshot};

/// The cluster.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// Where it was read.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub origin: Origin,
    /// What set Kubernetes up.
    pub platform: Fact<Platform>,
    /// Whose machines it runs on.
    pub cloud: Fact<Cloud>,
    /// Its nodes.
    pub nodes: Fact<NodeCounts>,
}

/// What set Kubernetes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Platform {
    /// Red Hat OpenShift.
    OpenShift,
    /// Amazon's managed Kubernetes.
    #[serde(rename = "EKS")]
    Eks,
    /// Azure's.
    #[serde(rename = "AKS")]
    Aks,
    /// Google's.
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
    /// kind: nodes in containers.
    #[serde(rename = "kind")]
    Kind,
    /// minikube.
    #[serde(rename = "minikube")]
    Minikube,
    /// MicroK8s.
    MicroK8s,
    /// Talos Linux.
    Talos,
    /// kubeadm, or something that uses it.
    #[serde(rename = "kubeadm")]
    Kubeadm,
}

impl Platform {
    /// Its name, as its makers write it.
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

/// Whose machines the nodes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Cloud {
    /// Amazon Web Services.
    #[serde(rename = "AWS")]
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    #[serde(rename = "Google Cloud")]
    Google,
    /// DigitalOcean.
    DigitalOcean,
    /// Hetzner Cloud.
    Hetzner,
    /// VMware vSphere.
    #[serde(rename = "vSphere")]
    Vsphere,
    /// OpenStack.
    OpenStack,
}

impl Cloud {
    /// Its name, as its owner writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Google => "Google Cloud",
            Self::DigitalOcean => "DigitalOcean",
            Self::Hetzner => "Hetzner",
            Self::Vsphere => "vSphere",
            Self::OpenStack => "OpenStack",
        }
    }

    /// By the scheme of a node's providerID.
    fn of(scheme: &str) -> Option<Self> {
        Some(match scheme {
            "aws" => Self::Aws,
            "azure" => Self::Azure,
            "gce" => Self::Google,
            "digitalocean" => Self::DigitalOcean,
            "hcloud" => Self::Hetzner,
            "vsphere" => Self::Vsphere,
            "openstack" => Self::OpenStack,
            _ => return None,
        })
    }
}

/// How many nodes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NodeCounts {
    /// All of them.
    pub total: usize,
    /// Those that are ready.
    pub ready: usize,
    /// Those that take no new pods.
    pub cordoned: usize,
    /// Those that run Windows.
    pub windows: usize,
}

impl Cluster {
    /// What a snapshot tells of it.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            origin: snapshot.origin.clone(),
            platform: platform(snapshot),
            cloud: Fact::of(&snapshot.nodes, "no node names a known cloud", |nodes| {
                nodes.iter().find_map(|node| {
                    let from = Provenance::new(
                        ObjectRef::named("Node", &node.metadata.name),
                        "spec.providerID",
                    );
                    Some((cloud_of(node)?, from))
                })
            }),
            nodes: match &snapshot.nodes {
                Reading::Read(nodes) => Fact::known(NodeCounts::of(nodes), Provenance::all("Node")),
                Reading::Absent(absence) => Fact::absent(absence.to_string()),
                Reading::Unknown(why) => why.clone().into(),
            },
        }
    }
}

impl NodeCounts {
    fn of(nodes: &[Node]) -> Self {
        let count = |is: fn(&Node) -> bool| nodes.iter().filter(|node| is(node)).count();
        Self {
            total: nodes.len(),
            ready: count(Node::is_ready),
            cordoned: count(|node| node.spec.unschedulable),
            windows: count(|node| !node.is_linux()),
        }
    }
}

/// Whose machine a node is, as its providerID tells.
pub fn cloud_of(node: &Node) -> Option<Cloud> {
    Cloud::of(scheme_of(node)?)
}

/// The scheme of a node's providerID: `oci` of `oci://…`. What those write that run on any machine
/// names no cloud.
pub fn scheme_of(node: &Node) -> Option<&str> {
    const ANYWHERE: [&str; 3] = ["k3s", "k0s", "rke2"];
    let (scheme, _) = node.spec.provider_id.as_deref()?.split_once("://")?;
    (!ANYWHERE.contains(&scheme)).then_some(scheme)
}

/// A managed or packaged Kubernetes leaves its mark on every node; kubeadm, which several of them
/// use inside, only in its ConfigMap, so that comes last.
fn platform(snapshot: &Snapshot) -> Fact<Platform> {
    if snapshot.openshift_network.read().is_some() {
        return Fact::known(
            Platform::OpenShift,
            Provenance::new(ObjectRef::named("Network", "cluster"), ""),
        );
    }
    let by_node = Fact::of(&snapshot.nodes, "no node names its platform", |nodes| {
        nodes.iter().find_map(platform_of)
    });
    by_node.or(|| {
        Fact::of(
            &snapshot.kubeadm_config,
            "no object names the platform",
            |_| {
                let from = Provenance::new(ObjectRef::config_map("kubeadm-config"), "");
                Some((Platform::Kubeadm, from))
            },
        )
    })
}

fn platform_of(node: &Node) -> Option<(Platform, Provenance)> {
    let name = &node.metadata.name;
    let version = &node.status.node_info.kubelet_version;
    // What each adds to the version of its kubelet.
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
