//! The tool or platform whose own manifests Calico was installed from.

use serde::Serialize;

use super::platform::Platform;
use crate::facts::fact::Fact;
use crate::snapshot::{ObjectRef, Provenance, Snapshot};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::{deployment, object_of};

/// A tool or platform that installs Calico from manifests of its own. It writes them again, so changes made
/// in the cluster do not last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Bundle {
    /// kOps.
    #[serde(rename = "kOps")]
    Kops,
    /// Kubespray.
    Kubespray,
    /// Gardener.
    Gardener,
    /// Google Kubernetes Engine.
    #[serde(rename = "GKE")]
    Gke,
    /// MicroK8s.
    MicroK8s,
    /// k0s, with its network provider calico.
    #[serde(rename = "k0s")]
    K0s,
}

/// A setting of calico-node or Typha that most bundles have, too.
#[derive(Clone, Copy, Debug)]
pub enum BundledSetting {
    /// How calico-node finds the address of its node: its InternalIP.
    InternalIp,
    /// This number of replicas of Typha.
    TyphaReplicas(u32),
    /// The MTU of pods: detected.
    DetectedMtu,
    /// BIRD runs.
    Bird,
}

impl Bundle {
    /// Its own spelling of its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kops => "kOps",
            Self::Kubespray => "Kubespray",
            Self::Gardener => "Gardener",
            Self::Gke => "GKE",
            Self::MicroK8s => "MicroK8s",
            Self::K0s => "k0s",
        }
    }

    /// Whether each of its releases has a Calico that nobody else chooses.
    pub fn decides_version(self) -> bool {
        self != Self::Kubespray
    }

    /// Whether it writes its manifest again only when somebody runs it, or updates it.
    pub fn waits(self) -> bool {
        matches!(self, Self::Kops | Self::Kubespray | Self::MicroK8s)
    }

    /// How to change a setting so that it lasts, as a clause in the imperative, and the command for it.
    /// Source: kubernetes/kops, pkg/apis/kops/networking.go (`CalicoNetworkingSpec`);
    /// kubernetes-sigs/kubespray, roles/network_plugin/calico/defaults/main.yml;
    /// gardener/gardener-extension-networking-calico, pkg/apis/calico/v1alpha1/types_network.go;
    /// canonical/microk8s, microk8s-resources/default-args/cni-network/cni.yaml;
    /// k0sproject/k0s, pkg/apis/k0s/v1beta1/calico.go and static/manifests/calico/DaemonSet/calico-node.yaml.
    pub fn change(self, setting: BundledSetting) -> (String, &'static str) {
        use BundledSetting::{Bird, DetectedMtu, InternalIp, TyphaReplicas};
        let what = match (self, setting) {
            (Self::Kops, InternalIp) => {
                "set networking.calico.ipv4AutoDetectionMethod: kubernetes-internal-ip".to_owned()
            }
            (Self::Kops, TyphaReplicas(replicas)) => {
                format!("set networking.calico.typhaReplicas: {replicas}")
            }
            (Self::Kops, DetectedMtu) => "remove networking.calico.mtu".to_owned(),
            (Self::Kops, Bird) => "set networking.calico.encapsulationMode: ipip".to_owned(),
            (Self::Kubespray, InternalIp) => {
                "set calico_ip_auto_method: kubernetes-internal-ip".to_owned()
            }
            (Self::Kubespray, TyphaReplicas(replicas)) => {
                format!("set typha_enabled: true and typha_replicas: {replicas}")
            }
            (Self::Kubespray, DetectedMtu) => "remove calico_mtu".to_owned(),
            (Self::Kubespray, Bird) => "set calico_network_backend: bird".to_owned(),
            (Self::Gardener, InternalIp) => {
                "set ipv4.autoDetectionMethod: kubernetes-internal-ip".to_owned()
            }
            (Self::Gardener, TyphaReplicas(_)) => "set typha.enabled: true".to_owned(),
            (Self::Gardener, DetectedMtu) => "set vethMTU: \"0\"".to_owned(),
            (Self::Gardener, Bird) => "set backend: bird".to_owned(),
            (Self::MicroK8s, InternalIp) => {
                "set IP_AUTODETECTION_METHOD to kubernetes-internal-ip".to_owned()
            }
            (Self::MicroK8s, TyphaReplicas(replicas)) => format!(
                "add Typha's Deployment and Service, with {replicas} replicas, from calico-typha.yaml of the same version"
            ),
            (Self::MicroK8s, DetectedMtu) => "set veth_mtu to \"0\"".to_owned(),
            (Self::MicroK8s, Bird) => "set calico_backend to bird".to_owned(),
            (Self::K0s, InternalIp) => {
                "set spec.network.calico.ipAutodetectionMethod: kubernetes-internal-ip".to_owned()
            }
            (Self::K0s, TyphaReplicas(replicas)) => format!(
                "apply Typha's Deployment and Service, with {replicas} replicas, from calico-typha.yaml of the same version, \
                 and then set FELIX_TYPHAK8SSERVICENAME: calico-typha below spec.network.calico.envVars"
            ),
            // Its default is no detection.
            (Self::K0s, DetectedMtu) => {
                "set spec.network.calico.mtu to the MTU of the network between the nodes less the overhead of the \
                 encapsulation"
                    .to_owned()
            }
            (Self::K0s, Bird) => "set spec.network.calico.mode: bird".to_owned(),
            (Self::Gke, _) => {
                return (
                    "ask Google Cloud support: GKE manages its Calico and reverts changes"
                        .to_owned(),
                    "",
                );
            }
        };
        let (where_, command) = self.place();
        (format!("{what} {where_}"), command)
    }

    /// Where its settings are and how they are applied, and the command that opens them.
    fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Kops => (
                "in the spec of the kOps Cluster, and update the cluster (kops update cluster --yes, and \
                 kops rolling-update cluster --yes if it asks for it): kOps reverts changes of its manifest",
                "kops edit cluster",
            ),
            Self::Kubespray => (
                "in the inventory (group_vars/k8s_cluster/k8s-net-calico.yml), and run cluster.yml: a change \
                 made in the cluster is lost with the next run",
                "ansible-playbook -i inventory/INVENTORY/hosts.yaml -b cluster.yml --tags network",
            ),
            Self::Gardener => (
                "in spec.networking.providerConfig of the Shoot: Gardener reverts changes made in the cluster",
                "",
            ),
            Self::MicroK8s => (
                "in /var/snap/microk8s/current/args/cni-network/cni.yaml on a node, and apply that file: \
                 MicroK8s applies it again later",
                "microk8s kubectl apply -f /var/snap/microk8s/current/args/cni-network/cni.yaml",
            ),
            Self::K0s => (
                "in the ClusterConfig (with dynamic configuration: k0s config edit on a controller; otherwise in \
                 /etc/k0s/k0s.yaml on every controller, and restart k0s there): k0s reverts changes of its manifest",
                "",
            ),
            Self::Gke => ("", ""),
        }
    }
}

/// What calico-node writes to the ClusterInformation.
const TYPE: &str = "CLUSTER_TYPE";

/// The name that the pool of Kubespray has unless it is changed.
pub const KUBESPRAY_POOL: &str = "default-pool";

/// The name of Gardener's Typha.
/// Source: gardener/gardener-extension-networking-calico, charts/internal/calico/templates/typha.
const GARDENER_TYPHA: &str = "calico-typha-deploy";

/// The pod CIDR that kOps derives from its default nonMasqueradeCIDR, 100.64.0.0/10.
/// Source: kubernetes/kops, upup/pkg/fi/cloudup/defaults.go.
const KOPS_PODS: &str = "100.96.0.0/11";

/// The bundle of a calico-node that the operator does not manage.
pub fn bundle(
    snapshot: &Snapshot,
    platform: Option<Platform>,
    node: Option<CalicoNode>,
) -> Option<Fact<Bundle>> {
    let node = node.filter(|node| !node.is_of_operator() && !node.is_canal())?;
    let label = |key: &str| node.set.metadata.labels.as_ref()?.get(key);
    // Labels that these tools set on what they install.
    let labels = [
        ("addon.kops.k8s.io/name", Bundle::Kops),
        ("gardener.cloud/role", Bundle::Gardener),
    ];
    for (key, bundle) in labels {
        if label(key).is_some() {
            return Some(Fact::known(bundle, node.at(format!("label {key}"))));
        }
    }
    let types = [("kops", Bundle::Kops), ("kubespray", Bundle::Kubespray)];
    let cluster_type = node.value(TYPE).unwrap_or_default();
    for (name, bundle) in types {
        if cluster_type.split(',').any(|part| part == name) {
            return Some(Fact::known(bundle, node.written(TYPE)));
        }
    }
    if let Some(typha) = deployment(snapshot, GARDENER_TYPHA) {
        let from = Provenance::new(object_of(typha), "metadata.name");
        return Some(Fact::known(Bundle::Gardener, from));
    }
    let Some(platform) = platform else {
        let mut pools = snapshot.ip_pools.items().iter();
        let pool = pools.find(|pool| pool.spec.cidr == KOPS_PODS)?;
        let object = ObjectRef::named("IPPool", &pool.metadata.name);
        let from = Provenance::new(object, "spec.cidr");
        return Some(Fact::known(Bundle::Kops, from));
    };
    match platform {
        Platform::Gke => Some(Fact::known(Bundle::Gke, Provenance::all("Node"))),
        Platform::MicroK8s => Some(Fact::known(Bundle::MicroK8s, Provenance::all("Node"))),
        Platform::Kubeadm => {
            let mut pools = snapshot.ip_pools.items().iter();
            let is_there = pools.any(|pool| pool.metadata.name == KUBESPRAY_POOL);
            let from =
                || Provenance::new(ObjectRef::named("IPPool", KUBESPRAY_POOL), "metadata.name");
            is_there.then(|| Fact::known(Bundle::Kubespray, from()))
        }
        Platform::K0s => is_of_k0s(&node).map(|from| Fact::known(Bundle::K0s, from)),
        _ => None,
    }
}

/// What shows that k0s rendered a calico-node, and not somebody who chose the network provider custom.
/// Source: k0sproject/k0s, pkg/applier/stack.go and pkg/constant/constant.go.
fn is_of_k0s(node: &CalicoNode) -> Option<Provenance> {
    const STACK: &str = "k0s.k0sproject.io/stack";
    let labels = node.set.metadata.labels.as_ref();
    let stack = labels.and_then(|labels| labels.get(STACK));
    if stack.is_some_and(|stack| stack == "calico") {
        return Some(node.at(format!("label {STACK}")));
    }
    let image = node.container()?.image.as_deref()?;
    let is_built = image.contains("k0sproject/calico-node");
    is_built.then(|| node.at("image"))
}
