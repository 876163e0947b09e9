//! The DaemonSet that runs calico-node, and its environment as Felix and BIRD see it.

use calico_core::image;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{ConfigMap, Container, EnvVar};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::daemon_set;
use crate::facts::fact::Gap;
use crate::facts::provenance::Provenance;
use crate::snapshot::resources::{CALICO_CONFIG, MANIFEST_SERVICES_ENDPOINT};
use crate::snapshot::trim::keep;
use crate::snapshot::{ObjectRef, Reading, Snapshot};

/// The namespace of what the operator creates.
pub const OPERATOR_NAMESPACE: &str = "calico-system";

/// The namespace of what the manifests create.
pub const MANIFEST_NAMESPACE: &str = "kube-system";

/// The ConfigMap with the address of the API server that needs no Services.
pub const SERVICES_ENDPOINT: &str = "kubernetes-services-endpoint";

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

/// A variable of calico-node's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable<'a> {
    /// The value, which may come from a ConfigMap.
    Set(&'a str),
    /// The variable is not set.
    Unset,
    /// The variable comes from something that was not read.
    Unknown(Gap),
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

    /// A variable of calico-node's environment.
    pub fn env(&self, variable: &str) -> Provenance {
        self.at(format!("env {variable}"))
    }

    /// Where the value of a variable is written: in the environment, or in a ConfigMap.
    pub fn written(&self, variable: &str) -> Provenance {
        let mut taken = self.taken_from_config_maps().into_iter();
        let taken = taken.find(|(name, _)| *name == variable);
        taken.map_or_else(|| self.env(variable), |(_, from)| from)
    }

    /// The variables that are entries of a ConfigMap, with that entry.
    pub fn taken_from_config_maps(&self) -> Vec<(&'a str, Provenance)> {
        let environment = self.container().and_then(|it| it.env.as_ref());
        let variables = environment.into_iter().flatten().filter_map(|variable| {
            let from = variable.value_from.as_ref()?.config_map_key_ref.as_ref()?;
            let namespace = self.set.metadata.namespace.as_deref().unwrap_or_default();
            let config = ObjectRef::in_namespace("ConfigMap", namespace, &from.name);
            let key = Provenance::new(config, format!("data.{}", from.key));
            Some((variable.name.as_str(), key))
        });
        variables.collect()
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

    /// Whether Calico provides pod networking and does not only enforce policy; `None` if that is unknown.
    /// calico-node itself uses the same variable.
    /// Source: projectcalico/calico v3.32.1, node/pkg/lifecycle/shutdown/shutdown.go.
    pub fn does_networking(&self) -> Option<bool> {
        match self.variable("CALICO_NETWORKING_BACKEND") {
            Variable::Set(backend) => Some(backend != "none"),
            Variable::Unset => Some(true),
            Variable::Unknown(_) => None,
        }
    }

    /// Whether Calico's CNI plugin connects pods; `None` if that is unknown. Without a networking backend it
    /// still does, with host-local IPAM, if the cloud has routes to the pod CIDRs of nodes: install-cni then
    /// writes its configuration. calico-policy-only.yaml leaves pods to another plugin.
    /// Source: projectcalico/calico v3.32.1, manifests/calico-policy-only.yaml ("Non-calico CNI");
    /// tigera/operator v1.42.3, pkg/render/node.go (`cniContainer`, CALICO_MANAGE_CNI).
    pub fn connects_pods(&self) -> Option<bool> {
        match self.does_networking() {
            Some(false) => {
                let manages = self.value("CALICO_MANAGE_CNI") != Some("false");
                Some(manages && self.prepares_with("install-cni"))
            }
            found => found,
        }
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

    /// A variable of calico-node's environment.
    pub fn variable(&self, name: &str) -> Variable<'a> {
        let environment = self
            .container()
            .and_then(|container| container.env.as_ref());
        let variable = environment
            .into_iter()
            .flatten()
            .find(|variable| variable.name == name);
        match variable {
            None => self.by_config_map(name),
            Some(variable) => self.resolve(variable),
        }
    }

    /// A variable that comes from a whole ConfigMap.
    fn by_config_map(&self, name: &str) -> Variable<'a> {
        let is_kept = keep::keeps(MANIFEST_SERVICES_ENDPOINT.fields, &["data", name]);
        if !is_kept || !self.takes_services_endpoint() {
            return Variable::Unset;
        }
        let config = &self.snapshot.manifest_services_endpoint;
        match (config.read(), config.failure()) {
            (Some(config), _) => entry(config, name).map_or(Variable::Unset, Variable::Set),
            (None, Some(why)) => Variable::Unknown(why.into()),
            (None, None) => Variable::Unset,
        }
    }

    /// The value of a variable, if it is known and not empty.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        match self.variable(name) {
            Variable::Set(value) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Whether a variable is an entry of the manifest's ConfigMap.
    pub fn takes_from_config(&self, name: &str) -> bool {
        let environment = self.container().and_then(|it| it.env.as_ref());
        let variable = environment.into_iter().flatten().find(|it| it.name == name);
        let from = variable.and_then(|it| it.value_from.as_ref());
        let from = from.and_then(|from| from.config_map_key_ref.as_ref());
        from.is_some_and(|from| from.name == self.config().1)
    }

    /// Whether it takes every entry of the ConfigMap with the address of the API server, if that exists.
    pub fn takes_services_endpoint(&self) -> bool {
        let from = self.container().and_then(|it| it.env_from.as_ref());
        let mut maps = from
            .into_iter()
            .flatten()
            .filter_map(|it| it.config_map_ref.as_ref());
        maps.any(|map| map.name == SERVICES_ENDPOINT)
    }

    fn resolve(&self, variable: &'a EnvVar) -> Variable<'a> {
        if let Some(value) = &variable.value {
            return Variable::Set(value);
        }
        let from = variable.value_from.as_ref();
        let Some(key) = from.and_then(|from| from.config_map_key_ref.as_ref()) else {
            return Variable::Unset;
        };
        let config = match key.name.as_str() {
            "calico-config" => &self.snapshot.calico_config,
            "canal-config" => &self.snapshot.canal_config,
            "rke2-canal-config" => &self.snapshot.rke2_canal_config,
            other => {
                return Variable::Unknown(Gap::Other(format!("ConfigMap {other} is not read")));
            }
        };
        match config {
            Reading::Read(config) => match entry(config, &key.key) {
                Some(value) => Variable::Set(value),
                None if !keep::keeps(CALICO_CONFIG.fields, &["data", &key.key]) => {
                    let (name, key) = (&key.name, &key.key);
                    Variable::Unknown(Gap::Other(format!("{key} of ConfigMap {name} is not read")))
                }
                None => Variable::Unset,
            },
            Reading::Absent(_) => Variable::Unset,
            Reading::Unknown(why) => Variable::Unknown(why.clone().into()),
        }
    }
}

/// An entry of a ConfigMap.
pub fn entry<'a>(config: &'a ConfigMap, key: &str) -> Option<&'a str> {
    config.data.as_ref()?.get(key).map(String::as_str)
}
