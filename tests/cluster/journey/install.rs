//! From a cluster without Calico to one with it.

use std::fs;
use std::path::PathBuf;

use calico_test_support::{charts, repository};
use serde::Deserialize;
use serde_json::{Value, json};

use super::calico::{Journey, VALUES, wanted_pool};

impl Journey {
    pub(super) fn nothing_is_installed(&self) {
        self.terminal.heading("A cluster without Calico");
        let status = self.terminal.types("kubectl calico status").succeeded();
        status
            .says("Calico is not installed\n")
            .says("172.16.0.0/16 (kubeadm-config,");
    }

    /// Helm 3 finds the filter on PATH; Helm 4 takes plugins only.
    pub(super) fn tell_helm_4_of_the_filter(&self) {
        if self.helm.is_3() {
            return;
        }
        self.terminal.heading(
            "Helm 4 takes only a plugin for a post-renderer: one that runs what is on PATH",
        );
        let plugin = self.terminal.home("plugin");
        fs::create_dir(&plugin).unwrap();
        fs::copy(repository().join("plugin.yaml"), plugin.join("plugin.yaml")).unwrap();
        self.terminal
            .types("helm plugin install ./plugin")
            .succeeded();
    }

    pub(super) fn a_refused_value_installs_nothing(&self) {
        self.terminal
            .heading("What the operator would not take is refused, and nothing is installed");
        let host_bits = Some(&["--cidr=172.16.0.1/16"][..]);
        let install = Self::helm("install", &["--create-namespace"], host_bits);
        let refused = self.terminal.types(&install).failed();
        refused
            .says("helm-postrender: error: ")
            .says("172.16.0.1/16 has host bits set");
        let namespace = self.terminal.types("kubectl get namespace tigera-operator");
        namespace.failed().says("NotFound");
        let secrets = self
            .cluster
            .kubectl(["get", "secrets", "--all-namespaces", "--output=name"]);
        assert_eq!(secrets.succeeded().stdout, "", "a release was stored");
    }

    pub(super) fn install(&self) {
        self.terminal.heading("The install");
        self.apply_definitions();
        let install = Self::helm("install", &["--create-namespace"], Some(VALUES));
        self.terminal.types(&install).succeeded();
        let pools = self.cluster.installation()["calicoNetwork"]["ipPools"].take();
        assert!(holds(&pools, &json!([wanted_pool()])), "{pools:#}");
        self.all_that_the_chart_wants_is_there();
    }

    /// What has to be there before the chart, which brings its own definitions up to Calico 3.31.
    pub(super) fn apply_definitions(&self) {
        let definitions = self.definitions();
        if definitions.is_empty() {
            return;
        }
        let mut apply = "kubectl apply --server-side".to_owned();
        for path in definitions {
            let name = path.file_name().unwrap().to_str().unwrap();
            self.terminal.bring(name, &path);
            apply += &format!(" -f {name}");
        }
        self.terminal.types(&apply).succeeded();
        self.cluster.wait_until_served();
    }

    pub(super) fn calico_runs(&self) {
        self.terminal
            .heading("The operator has filled in its defaults and brought Calico up");
        let status = self.terminal.types("kubectl calico status").succeeded();
        status.says(" is well\n").says("with Helm");
    }

    /// Calico's own from 3.32 on, for the chart of that time; the project's own for the project's chart.
    fn definitions(&self) -> Vec<PathBuf> {
        if self.chart == charts::own() {
            let own = ["operator.tigera.io.yaml", "crd.projectcalico.org.yaml"];
            return own
                .map(|file| repository().join("tests/fixtures/crds").join(file))
                .into();
        }
        if self.chart.join("crds").exists() {
            return Vec::new();
        }
        let manifests = repository().join("../shared/manifests").join(&self.calico);
        vec![manifests.join("operator-crds.yaml")]
    }

    /// Every object that the chart renders without the filter is in the server, with all that it says.
    fn all_that_the_chart_wants_is_there(&self) {
        let template = self.terminal.output(&Self::helm("template", &[], None));
        let documents = serde_yaml::Deserializer::from_str(&template)
            .map(|document| Value::deserialize(document).expect("YAML"));
        let is_hook = |object: &Value| !object["metadata"]["annotations"]["helm.sh/hook"].is_null();
        let wanted: Vec<Value> = documents
            .filter(|object| !object.is_null() && !is_hook(object))
            .collect();
        assert!(wanted.len() >= 6, "{template}");
        let list = json!({"apiVersion": "v1", "kind": "List", "items": wanted}).to_string();
        let get = ["get", "--filename=-", "--output=json"];
        let live = self.cluster.kubectl_reading(&list, get).succeeded().stdout;
        let live: Value = serde_json::from_str(&live).unwrap();
        for (live, wanted) in live["items"].as_array().unwrap().iter().zip(&wanted) {
            assert!(
                holds(live, wanted),
                "{live:#} does not have all of {wanted:#}"
            );
        }
    }
}

/// Whether a value has all that is wanted of it. The server leaves out what is empty.
fn holds(live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| holds(live.get(key).unwrap_or(&Value::Null), wanted)),
        (Value::Array(live), Value::Array(wanted)) => {
            live.len() == wanted.len() && live.iter().zip(wanted).all(|(a, b)| holds(a, b))
        }
        (Value::Null, wanted) => {
            wanted.is_null() || *wanted == json!([]) || *wanted == json!({}) || *wanted == json!("")
        }
        (live, wanted) => live == wanted,
    }
}
