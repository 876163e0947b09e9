//! What the operator would do: no controllers run here.

use calico_test_support::clusters::{Base, RELEASES, manifest};
use serde_json::{Value, json};

use crate::api_server::Cluster;

/// The objects of a base, with the pod CIDR 172.16.0.0/16.
pub(super) fn objects(base: &str, calico: &str) -> Vec<Value> {
    let (minor, _) = calico.rsplit_once('.').expect("MAJOR.MINOR.PATCH");
    let (calico, _) = RELEASES
        .iter()
        .find(|(newest, _)| newest.starts_with(&format!("{minor}.")))
        .expect("a known release");
    let text = json!(Base::new(base, calico, 3).objects()).to_string();
    let mut objects: Vec<Value> =
        serde_json::from_str(&text.replace("10.244.", "172.16.")).unwrap();
    objects.retain(|object| object["kind"] != "Snapshot");
    objects
}

/// The operator of a cluster.
pub(super) struct Operator<'a> {
    cluster: &'a Cluster,
    /// The objects of a cluster with Calico.
    objects: Vec<Value>,
}

impl<'a> Operator<'a> {
    pub(super) fn of(cluster: &'a Cluster, calico: &str) -> Self {
        Self {
            cluster,
            objects: objects("helm", calico),
        }
    }

    /// Reconciles a new Installation: Calico runs.
    #[track_caller]
    pub(super) fn starts(&self) {
        self.fills_in_the_defaults();
        let mut created = Vec::new();
        for object in &self.objects {
            match object["kind"].as_str().unwrap() {
                // Helm has created these.
                "Installation" | "APIServer" => self.writes_status(object),
                "Deployment" if object["metadata"]["name"] == "tigera-operator" => {
                    self.writes_status(object);
                }
                // No backend would respond for an aggregated API, and no pod has an address yet.
                // `reports` writes the TigeraStatus.
                "APIService" | "IPAMBlock" | "TigeraStatus" => {}
                "IPPool" => created.push(self.pool(object)),
                _ => created.push(object.clone()),
            }
        }
        self.cluster.apply(&manifest(&created));
        self.reports();
    }

    /// Reconciles a change of the Installation, except its pools.
    #[track_caller]
    pub(super) fn follows(&self) {
        self.fills_in_the_defaults();
        self.reports();
    }

    /// Deletes what it created, and removes its finalizers from the Installation.
    #[track_caller]
    pub(super) fn cleans_up(&self) {
        let created: Vec<Value> = self
            .objects
            .iter()
            .filter(|object| {
                object["metadata"]["namespace"] == "calico-system"
                    || object["kind"] == "TigeraStatus"
            })
            .cloned()
            .collect();
        let delete = [
            "delete",
            "--wait=false",
            "--grace-period=0",
            "--force",
            "--filename=-",
        ];
        self.cluster
            .kubectl_reading(&manifest(&created), delete)
            .succeeded();
        let nothing = json!({"metadata": {"finalizers": null}});
        self.patch("installation/default", &nothing, &[]);
    }

    /// Writes its defaults into the Installation, with a merge patch.
    fn fills_in_the_defaults(&self) {
        let mut spec = self.object("Installation")["spec"].clone();
        let live = self.cluster.installation();
        let pool = spec["calicoNetwork"]["ipPools"][0].take();
        spec["calicoNetwork"]["ipPools"] = match live["calicoNetwork"]["ipPools"].as_array() {
            Some(pools) => pools.iter().map(|_| pool.clone()).collect(),
            // Without pools in the Installation, existing pools are not managed by the operator.
            None => Value::Null,
        };
        merge(&mut spec, &live);
        let finalizers = &self.object("Installation")["metadata"]["finalizers"];
        let patch = json!({"metadata": {"finalizers": finalizers}, "spec": spec});
        self.patch("installation/default", &patch, &[]);
    }

    /// Reports the generation of the Installation in each TigeraStatus.
    fn reports(&self) {
        let output = "--output=jsonpath={.metadata.generation}";
        let generation = self
            .cluster
            .kubectl(["get", "installation", "default", output]);
        let generation: u64 = generation.succeeded().stdout.parse().unwrap();
        let mut reports: Vec<Value> = self
            .objects
            .iter()
            .filter(|object| object["kind"] == "TigeraStatus")
            .cloned()
            .collect();
        for report in &mut reports {
            for condition in report["status"]["conditions"].as_array_mut().unwrap() {
                condition["observedGeneration"] = json!(generation);
            }
        }
        self.cluster.apply(&manifest(&reports));
    }

    fn object(&self, kind: &str) -> &Value {
        self.objects
            .iter()
            .find(|object| object["kind"] == kind)
            .unwrap()
    }

    /// The pool in the cluster, with the values in the Installation.
    fn pool(&self, usual: &Value) -> Value {
        let pool = self.cluster.installation()["calicoNetwork"]["ipPools"][0].take();
        assert_eq!(pool["encapsulation"], "VXLAN");
        let mut live = usual.clone();
        live["spec"]["cidr"] = pool["cidr"].clone();
        live["spec"]["blockSize"] = pool["blockSize"].clone();
        live["spec"]["ipipMode"] = json!("Never");
        live["spec"]["vxlanMode"] = json!("Always");
        live
    }

    fn writes_status(&self, object: &Value) {
        let [kind, name] =
            [&object["kind"], &object["metadata"]["name"]].map(|text| text.as_str().unwrap());
        let status = json!({"status": object["status"]});
        self.patch(
            &format!("{kind}/{name}"),
            &status,
            &["--subresource=status"],
        );
    }

    #[track_caller]
    fn patch(&self, what: &str, patch: &Value, more: &[&str]) {
        let patch = format!("--patch={patch}");
        let arguments = ["patch", what, &patch, "--namespace=tigera-operator"];
        let manner = ["--type=merge", "--field-manager=operator"];
        let arguments = arguments.iter().chain(&manner).chain(more);
        self.cluster.kubectl(arguments).succeeded();
    }
}

impl Cluster {
    /// The spec of the Installation.
    #[track_caller]
    pub(super) fn installation(&self) -> Value {
        let get = self.kubectl(["get", "installation", "default", "--output=json"]);
        let installation: Value = serde_json::from_str(&get.succeeded().stdout).unwrap();
        installation["spec"].clone()
    }
}

/// Merges `over` into `under`, lists entry by entry.
fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(under), Value::Array(over)) if under.len() == over.len() => {
            under
                .iter_mut()
                .zip(over)
                .for_each(|(under, over)| merge(under, over));
        }
        (under, over) => *under = over.clone(),
    }
}
