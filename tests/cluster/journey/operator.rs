//! What the operator does, done by the test in its place, for no controller runs here.

use calico_test_support::clusters::{Base, RELEASES, manifest};
use serde_json::{Value, json};

use crate::api_server::Cluster;

/// Objects of a cluster whose pod network is 172.16.0.0/16, as the status tests know it.
pub(super) fn objects(base: &str, calico: &str) -> Vec<Value> {
    let release = calico.rsplit_once('.').expect("MAJOR.MINOR.PATCH").0;
    let mut newest = RELEASES.iter().map(|(calico, _)| *calico);
    let calico = newest
        .find(|newest| newest.starts_with(&format!("{release}.")))
        .expect("a known release");
    let text = json!(Base::new(base, calico, 3).objects()).to_string();
    let objects: Vec<Value> = serde_json::from_str(&text.replace("10.244.", "172.16.")).unwrap();
    let is_object = |object: &Value| object["kind"] != "Snapshot";
    objects.into_iter().filter(is_object).collect()
}

/// The operator of a cluster.
pub(super) struct Operator<'a> {
    cluster: &'a Cluster,
    /// All that a cluster holds in the end.
    objects: Vec<Value>,
}

impl<'a> Operator<'a> {
    pub(super) fn of(cluster: &'a Cluster, calico: &str) -> Self {
        Self {
            cluster,
            objects: objects("helm", calico),
        }
    }

    /// It finds the Installation, and brings Calico up.
    #[track_caller]
    pub(super) fn starts(&self) {
        self.fills_in_the_defaults();
        let mut made = Vec::new();
        for object in &self.objects {
            match object["kind"].as_str().unwrap() {
                // Helm's, but for the status.
                "Installation" | "APIServer" => self.writes_status(object),
                "Deployment" if object["metadata"]["name"] == "tigera-operator" => {
                    self.writes_status(object);
                }
                // Nobody would answer for an aggregated API, and no pod has an address yet.
                "APIService" | "IPAMBlock" => {}
                // In the end, of the Installation as it is then.
                "TigeraStatus" => {}
                "IPPool" => made.push(self.pool(object)),
                _ => made.push(object.clone()),
            }
        }
        self.cluster.apply(&manifest(&made));
        self.reports();
    }

    /// It follows a change of the Installation, as far as that is concerned.
    #[track_caller]
    pub(super) fn follows(&self) {
        self.fills_in_the_defaults();
        self.reports();
    }

    /// It takes away what it made, and lets go of the Installation.
    #[track_caller]
    pub(super) fn cleans_up(&self) {
        let made = |object: &&Value| {
            object["metadata"]["namespace"] == "calico-system" || object["kind"] == "TigeraStatus"
        };
        let made: Vec<_> = self.objects.iter().filter(made).cloned().collect();
        let delete = [
            "delete",
            "--wait=false",
            "--grace-period=0",
            "--force",
            "--filename=-",
        ];
        self.cluster
            .kubectl_reading(&manifest(&made), delete)
            .succeeded();
        let nothing = json!({"metadata": {"finalizers": null}});
        self.patch("installation/default", &nothing, &[]);
    }

    /// It writes its defaults into the Installation, by merge patch.
    fn fills_in_the_defaults(&self) {
        let mut spec = self.object("Installation")["spec"].clone();
        let live = self.cluster.installation();
        let pool = spec["calicoNetwork"]["ipPools"][0].take();
        spec["calicoNetwork"]["ipPools"] = match live["calicoNetwork"]["ipPools"].as_array() {
            Some(pools) => pools.iter().map(|_| pool.clone()).collect(),
            // None in the Installation and some in the cluster: the latter are somebody else's to look after.
            None => Value::Null,
        };
        merge(&mut spec, &live);
        let finalizers = &self.object("Installation")["metadata"]["finalizers"];
        let patch = json!({"metadata": {"finalizers": finalizers}, "spec": spec});
        self.patch("installation/default", &patch, &[]);
    }

    /// It says that it has seen the Installation as it is.
    fn reports(&self) {
        let output = "--output=jsonpath={.metadata.generation}";
        let generation = self
            .cluster
            .kubectl(["get", "installation", "default", output]);
        let generation: u64 = generation.succeeded().stdout.parse().unwrap();
        let is_report = |object: &&Value| object["kind"] == "TigeraStatus";
        let mut reports: Vec<_> = self.objects.iter().filter(is_report).cloned().collect();
        for report in &mut reports {
            for condition in report["status"]["conditions"].as_array_mut().unwrap() {
                condition["observedGeneration"] = json!(generation);
            }
        }
        self.cluster.apply(&manifest(&reports));
    }

    fn object(&self, kind: &str) -> &Value {
        let mut found = self.objects.iter().filter(|object| object["kind"] == kind);
        found.next().unwrap()
    }

    /// The live pool, made of the Installation's.
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

/// Puts all of `over` over what `under` has, lists entry by entry.
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
