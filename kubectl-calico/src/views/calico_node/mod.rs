//! The DaemonSet that runs calico-node, and its environment as Felix and BIRD see it.

mod environment;
mod networking;

use calico_core::image;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{ConfigMap, Container};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::daemon_set;
use crate::snapshot::{ObjectRef, Provenance, Reading, Snapshot};
pub use environment::{SERVICES_ENDPOINT, Variable, entry};

/// The namespace of what the operator creates.
pub const OPERATOR_NAMESPACE: &str = "calico-system";

/// The namespace of what the manifests create.
pub const MANIFEST_NAMESPACE: &str = "kube-system";

/// The name of the Canal that RKE2 ships.
pub const RKE2_CANAL: &str = "rke2-canal";

/// Why something about calico-node is not known.
pub const NOT_FOUND: &str = "calico-node not found";

/// A DaemonSet that runs the container `calico-node`.
#[derive(Clone, Copy, Debug)]
pub struct CalicoNode<'a> {
    /// The DaemonSet.
    pub set: &'a DaemonSet,
    snapshot: &'a Snapshot,
}

impl<'a> CalicoNode<'a> {
    /// All calico-node DaemonSets, sorted by namespace: there are two during a migration from manifests
    /// to the operator.
    pub fn all(snapshot: &'a Snapshot) -> Vec<Self> {
        let sets = snapshot.daemon_sets.items().iter();
        sets.map(|set| Self { set, snapshot })
            .filter(|node| node.container().is_some() && !node.is_windows())
            .collect()
    }

    /// The DaemonSets that run Calico on Windows nodes. They have other containers.
    pub fn of_windows(snapshot: &'a Snapshot) -> Vec<Self> {
        const NAME: &str = "calico-node-windows";
        let sets = snapshot.daemon_sets.items().iter();
        sets.map(|set| Self { set, snapshot })
            .filter(|node| node.set.metadata.name.as_deref() == Some(NAME) && node.is_windows())
            .collect()
    }

    /// The DaemonSet whose settings apply: if there are two, the operator's.
    pub fn current(snapshot: &'a Snapshot) -> Option<Self> {
        let all = Self::all(snapshot);
        let of_operator = all.iter().find(|node| node.is_of_operator());
        of_operator.or_else(|| all.first()).copied()
    }

    /// The DaemonSet.
    pub fn object(&self) -> ObjectRef {
        ObjectRef::of_object("DaemonSet", &self.set.metadata)
    }

    /// A field of the DaemonSet.
    pub fn at(&self, field: impl Into<String>) -> Provenance {
        Provenance::new(self.object(), field)
    }

    /// Whether the operator created it.
    pub fn is_of_operator(&self) -> bool {
        self.set.metadata.namespace.as_deref() == Some(OPERATOR_NAMESPACE)
    }

    /// Whether it is Canal: flannel provides pod networking, and Calico enforces policy.
    pub fn is_canal(&self) -> bool {
        self.containers()
            .any(|container| container.name == "kube-flannel")
    }

    /// Whether it is the Canal that RKE2 ships.
    /// Source: rancher/rke2-charts, packages/rke2-canal/charts/templates/daemonset.yaml.
    pub fn is_of_rke2(&self) -> bool {
        self.set.metadata.name.as_deref() == Some(RKE2_CANAL)
    }

    /// The selector of its pods.
    pub fn selector(&self) -> Option<&'a LabelSelector> {
        self.set.spec.as_ref().map(|spec| &spec.selector)
    }

    /// The ConfigMap of its manifest, and the ConfigMap's name.
    pub fn config(&self) -> (&'a Reading<ConfigMap>, &'static str) {
        if !self.is_canal() {
            (&self.snapshot.calico_config, "calico-config")
        } else if self.is_of_rke2() {
            (&self.snapshot.rke2_canal_config, "rke2-canal-config")
        } else {
            (&self.snapshot.canal_config, "canal-config")
        }
    }

    /// The number of nodes that it should run on; `None` if its controller has not counted them: in a
    /// manifest, or right after it was created.
    pub fn desired(&self) -> Option<u32> {
        u32::try_from(daemon_set::counted(self.set)?.desired_number_scheduled).ok()
    }

    /// Whether there are nodes for which its controller has not created a pod.
    pub fn lacks_pods(&self) -> bool {
        daemon_set::counted(self.set)
            .is_some_and(|status| status.current_number_scheduled < status.desired_number_scheduled)
    }

    fn is_windows(&self) -> bool {
        self.selects("kubernetes.io/os", "windows")
    }

    /// Whether nodes are moved from flannel to Calico, one after the other.
    /// Source: projectcalico/calico v3.32.1, manifests/flannel-migration/calico.yaml.
    pub fn is_replacing_flannel(&self) -> bool {
        self.selects("projectcalico.org/node-network-during-migration", "calico")
    }

    /// Whether it runs only on nodes with that label.
    fn selects(&self, label: &str, value: &str) -> bool {
        let spec = self.set.spec.as_ref();
        let pod = spec.and_then(|spec| spec.template.spec.as_ref());
        let selector = pod.and_then(|pod| pod.node_selector.as_ref());
        selector
            .and_then(|selector| selector.get(label))
            .is_some_and(|found| found == value)
    }

    /// Its containers, without init containers.
    pub fn containers(&self) -> impl Iterator<Item = &'a Container> {
        let pod = self
            .set
            .spec
            .as_ref()
            .and_then(|spec| spec.template.spec.as_ref());
        pod.into_iter().flat_map(|pod| &pod.containers)
    }

    /// The container that runs Felix, and BIRD if BGP is used.
    pub fn container(&self) -> Option<&'a Container> {
        self.containers()
            .find(|container| container.name == "calico-node")
    }

    /// Whether an init container has this name: `install-cni`, `upgrade-ipam`.
    pub fn prepares_with(&self, name: &str) -> bool {
        let pod = self
            .set
            .spec
            .as_ref()
            .and_then(|spec| spec.template.spec.as_ref());
        let init = pod.and_then(|pod| pod.init_containers.as_ref());
        init.into_iter()
            .flatten()
            .any(|container| container.name == name)
    }

    /// The tag of its image, such as `v3.32.1`.
    pub fn image_tag(&self) -> Option<&'a str> {
        image::tag(self.container()?.image.as_deref()?)
    }
}
