//! The pools in the Installation, in the release and in the cluster.

use serde_json::Value;

use super::setup::{Journey, requested_pool};

const SPEC: &str = "kubectl get installation default -o jsonpath-as-json='{.spec}'";

impl Journey {
    /// Saves the Installation to a file, and returns it.
    pub(super) fn save_installation(&self) -> Value {
        self.terminal.run(&format!("{SPEC} > before")).succeeded();
        self.cluster.installation()
    }

    /// Shows how the Installation differs from the saved one.
    pub(super) fn show_difference(&self) {
        self.terminal.run(&format!("{SPEC} | diff before -"));
    }

    /// The Installation has one pool with these values, and no other field except defaults of the CRD.
    #[track_caller]
    pub(super) fn has_only(&self, values: &Value) {
        let pools = self.cluster.installation()["calicoNetwork"]["ipPools"].take();
        assert_eq!(pools.as_array().map(Vec::len), Some(1), "{pools}");
        let fields = [
            "cidr",
            "blockSize",
            "encapsulation",
            "natOutgoing",
            "nodeSelector",
            "name",
        ];
        for field in fields {
            assert_eq!(pools[0][field], values[field], "{field} of {pools}");
        }
    }

    /// The next upgrade starts from this manifest.
    pub(super) fn the_manifest_has_no_pools(&self) {
        let manifest = "helm get manifest calico --namespace tigera-operator | grep ipPools";
        self.terminal.run(manifest).failed();
    }

    /// Rolls back to the first revision of the release.
    pub(super) fn roll_back(&self) {
        self.terminal.heading("Roll back");
        let mut rollback = "helm rollback calico 1 --namespace tigera-operator".to_owned();
        if !self.helm.is_3() {
            rollback += " --force-conflicts";
        }
        self.terminal.run(&rollback).succeeded();
        let manifest = "helm get manifest calico --namespace tigera-operator | grep -A 3 ipPools";
        let manifest = self.terminal.run(manifest).succeeded();
        manifest
            .shows("cidr: 172.16.0.0/16")
            .shows("blockSize: 24")
            .shows("encapsulation: VXLAN");
        self.has_only(&requested_pool());
    }

    /// The cluster uses the existing pool until the operator changes or deletes it, and `status` says so.
    pub(super) fn the_existing_pool_differs(&self, finding: &str) {
        let status = self.terminal.run("kubectl calico status");
        status.shows("172.16.0.0/16 VXLAN /24").shows(finding);
    }
}
