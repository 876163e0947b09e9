//! From a cluster without Calico to one with it.

use std::path::PathBuf;

use calico_test_support::helm::{HELM_3_17, HELM_4_3, Helm};
use calico_test_support::{charts, repository};
use serde::Deserialize;
use serde_json::{Value, json};

use super::setup::{Journey, VALUES, requested_pool};

#[test]
fn with_helm_3_every_chart_is_installed_as_it_is() {
    every_chart_is_installed_as_it_is(HELM_3_17);
}

#[test]
fn with_helm_4_every_chart_is_installed_as_it_is() {
    every_chart_is_installed_as_it_is(HELM_4_3);
}

/// Without an operator.
fn every_chart_is_installed_as_it_is(helm: Helm) {
    for chart in charts::all() {
        let Some(journey) = Journey::start("install", helm, &chart) else {
            return;
        };
        journey.nothing_is_installed();
        journey.install_the_plugin_for_helm_4();
        journey.a_refused_value_installs_nothing();
        journey.install_the_objects();
    }
}

impl Journey {
    fn nothing_is_installed(&self) {
        self.terminal.heading("A cluster without Calico");
        let status = self.terminal.run("kubectl calico status").succeeded();
        status
            .shows("Calico is not installed\n")
            .shows("172.16.0.0/16");
    }

    /// Helm 3 finds the filter on PATH. Helm 4 needs a plugin.
    pub(super) fn install_the_plugin_for_helm_4(&self) {
        if self.helm.is_3() {
            return;
        }
        self.terminal
            .heading("Helm 4 needs a plugin, which the post-renderer makes of itself");
        let installed = self.terminal.run("helm-postrender install-plugin");
        installed.succeeded().shows("as a plugin of Helm v4.");
    }

    fn a_refused_value_installs_nothing(&self) {
        self.terminal
            .heading("A value that the operator would reject is refused, and nothing is installed");
        let host_bits = Some(&["--cidr=172.16.0.1/16"][..]);
        let install = Self::helm("install", &["--create-namespace"], host_bits);
        let refused = self.terminal.run(&install).failed();
        refused
            .shows("helm-postrender: error: ")
            .shows("172.16.0.1/16 has host bits set");
        let namespace = self.terminal.run("kubectl get namespace tigera-operator");
        namespace.failed().shows("NotFound");
        let secrets = self
            .cluster
            .kubectl(["get", "secrets", "--all-namespaces", "--output=name"]);
        assert_eq!(secrets.succeeded().stdout, "", "a release was stored");
    }

    /// Installs the chart; every object of it exists.
    fn install_the_objects(&self) {
        self.terminal.heading("Install");
        self.apply_crds();
        let install = Self::helm("install", &["--create-namespace"], Some(VALUES));
        self.terminal.run(&install).succeeded();
        let pools = self.cluster.installation()["calicoNetwork"]["ipPools"].take();
        assert!(contains(&pools, &json!([requested_pool()])), "{pools:#}");
        self.every_object_of_the_chart_exists();
    }

    /// Installs the chart, whose operator installs Calico.
    pub(super) fn install(&self) {
        self.terminal.heading("Install");
        let install = Self::helm("install", &["--create-namespace"], Some(VALUES));
        self.terminal.run(&install).succeeded();
        self.settles_after_install();
        self.has_pool(&requested_pool());
    }

    /// Charts include the CRDs up to Calico 3.31. Later they are applied before the install.
    fn apply_crds(&self) {
        let crds = self.crds();
        if crds.is_empty() {
            return;
        }
        let mut apply = "kubectl apply --server-side".to_owned();
        for path in crds {
            let name = path.file_name().unwrap().to_str().unwrap();
            self.terminal.link(name, &path);
            apply.extend([" -f ", name]);
        }
        self.terminal.run(&apply).succeeded();
        self.cluster.wait_until_served();
    }

    /// The CRDs for a chart without them: Calico's own, or those of this repository for its chart.
    fn crds(&self) -> Vec<PathBuf> {
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

    /// The server has every object that the chart renders without the filter, with all of its fields.
    fn every_object_of_the_chart_exists(&self) {
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
                contains(live, wanted),
                "{live:#} does not have all of {wanted:#}"
            );
        }
    }
}

/// Whether a value contains another one. The server omits empty fields.
fn contains(live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| contains(live.get(key).unwrap_or(&Value::Null), wanted)),
        (Value::Array(live), Value::Array(wanted)) => {
            live.len() == wanted.len() && live.iter().zip(wanted).all(|(a, b)| contains(a, b))
        }
        (Value::Null, wanted) => {
            wanted.is_null() || *wanted == json!([]) || *wanted == json!({}) || *wanted == json!("")
        }
        (live, wanted) => live == wanted,
    }
}
