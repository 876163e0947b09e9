//! The pools in the Installation and in the cluster, and what the report says of them.

use serde_json::{Value, json};

use super::setup::Journey;
use crate::api_server::Cluster;
use crate::oracle::disagreements;

const SPEC: &str = "kubectl get installation default -o jsonpath-as-json='{.spec}'";

impl Journey {
    /// Waits until the operator has done what it can, and compares the report with it.
    #[track_caller]
    pub(super) fn settles(&self) {
        self.cluster.settle();
        self.agrees();
    }

    /// The same after an install.
    #[track_caller]
    pub(super) fn settles_after_install(&self) {
        self.cluster.settle_after_install();
        self.agrees();
    }

    #[track_caller]
    pub(super) fn agrees(&self) {
        self.terminal.run("kubectl calico status");
        let disagreements = disagreements(&self.cluster);
        assert!(disagreements.is_empty(), "{disagreements:#?}");
    }

    /// Saves the Installation to a file, and returns it.
    pub(super) fn save_installation(&self) -> Value {
        self.terminal.run(&format!("{SPEC} > before")).succeeded();
        self.cluster.installation()
    }

    /// Shows how the Installation differs from the saved one.
    pub(super) fn show_difference(&self) {
        self.terminal.run(&format!("{SPEC} | diff before -"));
    }

    /// The cluster has one pool, with these values.
    #[track_caller]
    pub(super) fn has_pool(&self, values: &Value) {
        let report = self.terminal.output("kubectl calico status -o json");
        let report: Value = serde_json::from_str(&report).expect("a report");
        let pools = report["facts"]["pools"]["value"].as_array().unwrap();
        let pools: Vec<Value> = pools
            .iter()
            .map(|pool| {
                json!({
                    "cidr": pool["cidr"],
                    "blockSize": pool["blockSize"],
                    "encapsulation": pool["encapsulation"],
                })
            })
            .collect();
        assert_eq!(pools, std::slice::from_ref(values));
    }
}

impl Cluster {
    /// The spec of the Installation.
    #[track_caller]
    pub(super) fn installation(&self) -> Value {
        let get = self.kubectl(["get", "installation", "default", "--output=json"]);
        let mut installation: Value = serde_json::from_str(&get.succeeded().stdout).unwrap();
        installation["spec"].take()
    }
}
