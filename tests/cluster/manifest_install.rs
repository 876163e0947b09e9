//! Calico as its manifests install it.

use calico_test_support::clusters::{Base, manifest};

use crate::api_server::Cluster;

/// What the manifests create. The cluster's nodes, and the pods on them, exist already or follow.
const KINDS: [&str; 6] = [
    "ConfigMap",
    "DaemonSet",
    "Deployment",
    "IPPool",
    "FelixConfiguration",
    "ClusterInformation",
];

/// A patch of calico-node.
pub(crate) const MIGRATABLE: &str = include_str!("manifest_install/calico-node.yaml");

/// calico.yaml or calico-typha.yaml, as they are in tests/fixtures/clusters, without their CRDs.
pub(crate) fn objects_of(file: &str) -> String {
    let mut objects = Base::new(file, "v3.32.1", 3).objects();
    objects.retain(|object| KINDS.contains(&object["kind"].as_str().unwrap_or_default()));
    for object in &mut objects {
        object.as_object_mut().unwrap().remove("status");
    }
    manifest(&objects)
}

impl Cluster {
    #[track_caller]
    pub(crate) fn install_from_manifest(&self, file: &str) {
        self.apply(&objects_of(file));
    }
}
