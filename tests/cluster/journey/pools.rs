//! What the Installation, the release and the live cluster each hold of the pools.

use serde_json::Value;

use super::calico::{Journey, wanted_pool};

const SPEC: &str = "kubectl get installation default -o jsonpath-as-json='{.spec}'";

impl Journey {
    /// The Installation as it is, which the person keeps in a file.
    pub(super) fn look(&self) -> Value {
        self.terminal.types(&format!("{SPEC} > before")).succeeded();
        self.cluster.installation()
    }

    /// What came and went since; nothing, where nothing differs.
    pub(super) fn shows_the_difference(&self) {
        self.terminal.types(&format!("{SPEC} | diff before -"));
    }

    /// The Installation has one pool, with these values and no more but what its definition fills in.
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

    /// What the next upgrade starts from.
    pub(super) fn the_manifest_has_no_pools(&self) {
        let manifest = "helm get manifest calico --namespace tigera-operator | grep ipPools";
        self.terminal.types(manifest).failed();
    }

    /// Back to the release that was installed.
    pub(super) fn roll_back(&self) {
        self.terminal.heading("Back to what was installed");
        let mut rollback = "helm rollback calico 1 --namespace tigera-operator".to_owned();
        if !self.helm.is_3() {
            rollback += " --force-conflicts";
        }
        self.terminal.types(&rollback).succeeded();
        let manifest = "helm get manifest calico --namespace tigera-operator | grep -A 3 ipPools";
        let manifest = self.terminal.types(manifest).succeeded();
        manifest
            .says("cidr: 172.16.0.0/16")
            .says("blockSize: 24")
            .says("encapsulation: VXLAN");
        self.has_only(&wanted_pool());
    }

    /// The cluster goes on with the pool that it has until the operator changes or deletes that, and `status` tells.
    pub(super) fn the_live_pool_is_another(&self, finding: &str) {
        let status = self.terminal.types("kubectl calico status");
        status.says("172.16.0.0/16 VXLAN /24").says(finding);
    }
}
