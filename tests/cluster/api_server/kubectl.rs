//! kubectl as the cluster's administrator.

use std::ffi::OsStr;
use std::process::Command;

use calico_test_support::outcome::Outcome;
use calico_test_support::tools::tool;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Cluster;

const VERSION: &str = "1.37.1";

impl Cluster {
    /// Runs kubectl. It inherits no environment variable.
    pub(crate) fn kubectl<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        self.kubectl_reading("", arguments)
    }

    /// Runs kubectl with an input.
    pub(crate) fn kubectl_reading<A: AsRef<OsStr>>(
        &self,
        input: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        let mut kubectl = Command::new(tool("kubectl", VERSION));
        kubectl
            .args(arguments)
            .env_clear()
            .env("KUBECONFIG", &self.kubeconfig)
            .env("HOME", self.folder());
        Outcome::run_on(&mut kubectl, input)
    }

    /// Applies the documents of a manifest, and then their statuses, server-side.
    #[track_caller]
    pub(crate) fn apply(&self, manifest: &str) {
        let apply = [
            "apply",
            "--server-side",
            "--force-conflicts",
            "--filename=-",
        ];
        self.kubectl_reading(manifest, apply).succeeded();
        let with_status: Vec<Value> = serde_yaml::Deserializer::from_str(manifest)
            .map(|document| Value::deserialize(document).expect("YAML"))
            .filter(|document| document.get("status").is_some())
            .collect();
        if !with_status.is_empty() {
            let list = json!({"apiVersion": "v1", "kind": "List", "items": with_status});
            let apply_status = apply.into_iter().chain(["--subresource=status"]);
            self.kubectl_reading(&list.to_string(), apply_status)
                .succeeded();
        }
    }
}
