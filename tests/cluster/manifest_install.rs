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

impl Cluster {
    /// Applies calico.yaml or calico-typha.yaml, as they are in tests/fixtures/clusters, without their CRDs.
    #[track_caller]
    pub(crate) fn install_from_manifest(&self, file: &str) {
        let mut objects = Base::new(file, "v3.32.1", 3).objects();
        objects.retain(|object| KINDS.contains(&object["kind"].as_str().unwrap_or_default()));
        for object in &mut objects {
            object.as_object_mut().unwrap().remove("status");
        }
        self.apply(&manifest(&objects));
    }
}
