//! Clusters for tests, as the objects that they hold: a base, made of the templates in
//! tests/fixtures/clusters, and what a case changes of it.
//!
//! A case's `cluster.yaml` begins with a document that names the base:
//!
//!     base: helm            # or custom-resources, calico.yaml, calico-typha.yaml,
//!                           # calico-vxlan.yaml, operator (the operator alone),
//!                           # kubeadm (nothing installed), fresh (what `kubeadm init` leaves),
//!                           # nodes (only such nodes), nothing (no object)
//!     calico: v3.32.1       # the newest by default
//!     nodes: 3              # 3 by default
//!     header: {…}           # merged into the snapshot's own document; null leaves that out
//!     unreal: why           # no API server would hold this
//!
//! Every other document is merged into the object of the same kind, namespace and name as a JSON
//! merge patch (RFC 7386), or added where there is none. `$patch: delete` takes one away, and
//! `$each: [a, b]` stands for a document with `$` replaced by each entry.

use std::net::Ipv4Addr;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::repository;

/// The Calico minors that the tool knows, with the operator of each one's newest patch.
pub const RELEASES: [(&str, &str); 7] = [
    ("v3.26.5", "v1.30.11"),
    ("v3.27.5", "v1.32.12"),
    ("v3.28.5", "v1.34.13"),
    ("v3.29.7", "v1.36.16"),
    ("v3.30.7", "v1.38.13"),
    ("v3.31.7", "v1.40.15"),
    ("v3.32.1", "v1.42.3"),
];

/// How a base cluster is made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    pub base: String,
    #[serde(default = "newest")]
    pub calico: String,
    #[serde(default = "three")]
    pub nodes: u32,
    #[serde(default = "empty")]
    header: Value,
    #[serde(default)]
    unreal: Option<String>,
}

fn newest() -> String {
    RELEASES[RELEASES.len() - 1].0.to_owned()
}

fn three() -> u32 {
    3
}

fn empty() -> Value {
    json!({})
}

impl Base {
    pub fn new(base: &str, calico: &str, nodes: u32) -> Self {
        Self {
            base: base.to_owned(),
            calico: calico.to_owned(),
            nodes,
            header: empty(),
            unreal: None,
        }
    }

    /// `minor` of `v3.MINOR.PATCH`.
    fn minor(&self) -> u32 {
        self.calico.split('.').nth(1).unwrap().parse().unwrap()
    }

    /// The cluster's objects, the snapshot's own document first.
    pub fn objects(&self) -> Vec<Value> {
        let mut objects = Vec::new();
        if !self.header.is_null() {
            let mut header = json!({
                "apiVersion": "kubectl-calico/v1alpha1",
                "kind": "Snapshot",
                "origin": {"kubernetes": KUBERNETES},
            });
            merge(&mut header, &self.header);
            objects.push(header);
        }
        match self.base.as_str() {
            "nothing" => {}
            "kubeadm" => objects.extend(self.platform("10.244.0.0/16")),
            "operator" => {
                objects.extend(self.platform("10.244.0.0/16"));
                objects.extend(self.tigera_operator());
            }
            "fresh" => {
                let values = [("podSubnet", "10.244.0.0/16"), ("kubernetes", KUBERNETES)];
                objects.extend(filled("kubeadm.yaml", &values));
                objects.extend(self.fresh_nodes());
            }
            "nodes" => objects.extend(self.fresh_nodes()),
            "helm" => objects.extend(self.operator("10.244.0.0/16", "IPIP", true)),
            "custom-resources" => {
                objects.extend(self.operator("192.168.0.0/16", "VXLANCrossSubnet", false));
            }
            "calico.yaml" => objects.extend(self.manifest("IPIP", false)),
            "calico-typha.yaml" => objects.extend(self.manifest("IPIP", true)),
            "calico-vxlan.yaml" => objects.extend(self.manifest("VXLANCrossSubnet", false)),
            other => panic!("{other} is no base of tests/fixtures/clusters"),
        }
        objects
    }

    fn platform(&self, pod_subnet: &str) -> Vec<Value> {
        let values = [("podSubnet", pod_subnet), ("kubernetes", KUBERNETES)];
        let mut objects = filled("kubeadm.yaml", &values);
        let network = first_address(pod_subnet);
        for number in 1..=self.nodes {
            objects.extend(filled(
                "node.yaml",
                &[
                    ("number", &number.to_string()),
                    ("address", &after(Ipv4Addr::new(10, 0, 0, 0), number + 9)),
                    // Past what a /16 holds kubeadm would have none left; nothing here reads them.
                    (
                        "podCIDR",
                        &format!("{}/24", after(network, (number % 256) << 8)),
                    ),
                    ("kubernetes", KUBERNETES),
                ],
            ));
        }
        objects
    }

    fn fresh_nodes(&self) -> Vec<Value> {
        let node = |number: u32| {
            let address = after(Ipv4Addr::new(10, 0, 0, 0), number + 9);
            let number = number.to_string();
            let values = [
                ("number", &*number),
                ("address", &*address),
                ("kubernetes", KUBERNETES),
            ];
            filled("fresh-node.yaml", &values)
        };
        (1..=self.nodes).flat_map(node).collect()
    }

    fn tigera_operator(&self) -> Vec<Value> {
        let release = RELEASES.iter().find(|(calico, _)| *calico == self.calico);
        let (_, operator) = release.unwrap_or_else(|| panic!("{} is not in RELEASES", self.calico));
        filled("tigera-operator.yaml", &[("operator", operator)])
    }

    fn operator(&self, pool: &str, encapsulation: &str, helm: bool) -> Vec<Value> {
        let nodes = self.nodes.to_string();
        let typha = match self.nodes {
            0..=2 => 1,
            3..=4 => 2,
            nodes => (nodes / 200 + 2).max(3),
        };
        let minor = self.minor();
        let mut objects = self.platform(pool);
        objects.extend(self.tigera_operator());
        objects.extend(filled(
            "operator.yaml",
            &[
                (
                    "apiNamespace",
                    if minor <= 30 {
                        "calico-apiserver"
                    } else {
                        "calico-system"
                    },
                ),
                ("calico", &self.calico),
                ("encapsulation", encapsulation),
                (
                    "mtu",
                    if encapsulation == "IPIP" {
                        "1480"
                    } else {
                        "1450"
                    },
                ),
                ("nodes", &nodes),
                ("pool", pool),
                ("typha", &typha.to_string()),
            ],
        ));
        let mut components = vec!["apiserver", "calico"];
        components.extend((minor >= 28).then_some("ippools"));
        components.extend(
            (minor >= 30)
                .then_some(["goldmane", "whisker"])
                .into_iter()
                .flatten(),
        );
        components.extend((minor >= 32).then_some("tiers"));
        for component in components {
            objects.extend(filled("tigera-status.yaml", &[("component", component)]));
        }
        objects.extend(self.calico(pool, encapsulation, "calico-system", true));
        if minor >= 28 {
            // The field came with operator 1.34.
            patch(
                &mut objects,
                &json!({
                    "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
                    "metadata": {"name": "default"},
                    "spec": {"calicoNetwork": {"ipPools": [{
                        "allowedUses": ["Workload", "Tunnel"], "blockSize": 26, "cidr": pool,
                        "disableBGPExport": false, "encapsulation": encapsulation,
                        "name": "default-ipv4-ippool", "natOutgoing": "Enabled", "nodeSelector": "all()",
                    }]}},
                }),
            );
        }
        if helm {
            let release = json!({
                "annotations": {
                    "meta.helm.sh/release-name": "calico",
                    "meta.helm.sh/release-namespace": "tigera-operator",
                },
                "labels": {"app.kubernetes.io/managed-by": "Helm"},
            });
            for object in &mut objects {
                let (kind, name) = (object["kind"].as_str(), object["metadata"]["name"].as_str());
                if matches!(
                    (kind, name),
                    (Some("Installation" | "APIServer"), Some("default"))
                        | (Some("Deployment"), Some("tigera-operator"))
                ) {
                    merge(&mut object["metadata"], &release);
                }
            }
        }
        objects
    }

    fn manifest(&self, encapsulation: &str, typha: bool) -> Vec<Value> {
        let pod_subnet = "10.244.0.0/16";
        let nodes = self.nodes.to_string();
        let (ipip, vxlan) = modes(encapsulation);
        let mut objects = self.platform(pod_subnet);
        objects.extend(filled(
            "manifest.yaml",
            &[
                ("backend", if ipip == "Never" { "vxlan" } else { "bird" }),
                ("calico", &self.calico),
                ("ipipMode", ipip),
                ("manifest", &self.base),
                ("nodes", &nodes),
                ("typhaService", if typha { "calico-typha" } else { "none" }),
                ("vxlanMode", vxlan),
            ],
        ));
        if typha {
            let replicas = self.nodes.div_ceil(200).clamp(3, 20).min(self.nodes - 1);
            let values = [
                ("calico", self.calico.as_str()),
                ("typha", &replicas.to_string()),
            ];
            objects.extend(filled("manifest-typha.yaml", &values));
            let set = objects.iter_mut().find(|object| {
                object["kind"] == "DaemonSet" && object["metadata"]["name"] == "calico-node"
            });
            let container = &mut set.unwrap()["spec"]["template"]["spec"]["containers"][0];
            container["env"].as_array_mut().unwrap().push(json!({
                "name": "FELIX_TYPHAK8SSERVICENAME",
                "valueFrom": {"configMapKeyRef": {"name": "calico-config", "key": "typha_service_name"}},
            }));
        }
        objects.extend(self.calico(pod_subnet, encapsulation, "kube-system", false));
        objects
    }

    /// Calico's own resources, and a pod and a block for each node.
    fn calico(&self, pool: &str, encapsulation: &str, namespace: &str, owned: bool) -> Vec<Value> {
        let (ipip, vxlan) = modes(encapsulation);
        let metadata = match owned {
            true => r#"{"labels":{"app.kubernetes.io/managed-by":"tigera-operator"}}"#,
            false => r#"{"creationTimestamp":null}"#,
        };
        let mut objects = filled(
            "calico.yaml",
            &[
                ("calico", &self.calico),
                (
                    "clusterType",
                    if owned {
                        "k8s,operator,bgp,kubeadm,kdd"
                    } else {
                        "k8s,bgp,kubeadm,kdd"
                    },
                ),
                ("ipipMode", ipip),
                ("pool", pool),
                ("poolMetadata", metadata),
                ("vxlanMode", vxlan),
            ],
        );
        if self.minor() >= 32 {
            // What the CRD of 3.32 fills in, unless the operator has written it before.
            let mode = if owned { "Disabled" } else { "Auto" };
            patch(
                &mut objects,
                &json!({
                    "apiVersion": "crd.projectcalico.org/v1", "kind": "FelixConfiguration",
                    "metadata": {"name": "default"}, "spec": {"nftablesMode": mode},
                }),
            );
        }
        let network = first_address(pool);
        for number in 1..=self.nodes {
            let block = after(network, (number - 1) * 64);
            objects.extend(filled(
                "agent.yaml",
                &[
                    ("block", &format!("{block}/26")),
                    ("blockName", &format!("{}-26", block.replace('.', "-"))),
                    ("calico", &self.calico),
                    ("namespace", namespace),
                    ("number", &number.to_string()),
                ],
            ));
        }
        objects
    }
}

const KUBERNETES: &str = "v1.34.2";

/// The two fields of an IPPool.
fn modes(encapsulation: &str) -> (&'static str, &'static str) {
    match encapsulation {
        "IPIP" => ("Always", "Never"),
        "VXLANCrossSubnet" => ("Never", "CrossSubnet"),
        other => panic!("no base uses {other}"),
    }
}

fn first_address(cidr: &str) -> Ipv4Addr {
    cidr.split('/').next().unwrap().parse().unwrap()
}

fn after(address: Ipv4Addr, count: u32) -> String {
    Ipv4Addr::from(u32::from(address) + count).to_string()
}

/// The documents of a template of tests/fixtures/clusters, with `{{name}}` replaced.
fn filled(template: &str, values: &[(&str, &str)]) -> Vec<Value> {
    let path = repository().join("tests/fixtures/clusters").join(template);
    let mut text = std::fs::read_to_string(path).unwrap();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    assert!(
        !text.contains("{{"),
        "{template} has a value that nobody gave:\n{text}"
    );
    documents(&text)
}

fn documents(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap())
        .filter(|document| !document.is_null())
        .collect()
}

/// Whether a case's `cluster.yaml` says that no API server would hold it.
pub fn is_unreal(text: &str) -> bool {
    let base = documents(text).into_iter().next().expect("a base");
    let base: Base = serde_json::from_value(base).unwrap();
    base.unreal.is_some()
}

/// The objects of a case's `cluster.yaml`.
pub fn cluster(text: &str) -> Vec<Value> {
    let mut documents = documents(text).into_iter();
    let base: Base = serde_json::from_value(documents.next().expect("a base")).unwrap();
    let mut objects = base.objects();
    for document in documents {
        for document in each(document) {
            patch(&mut objects, &document);
        }
    }
    objects.iter_mut().for_each(date_conditions);
    objects
}

/// A condition of a TigeraStatus has a date, which no case cares about.
fn date_conditions(object: &mut Value) {
    if object["kind"] != "TigeraStatus" {
        return;
    }
    let conditions = object["status"]["conditions"].as_array_mut();
    for condition in conditions.into_iter().flatten() {
        let condition = condition.as_object_mut().unwrap();
        let date = || json!("2026-01-01T00:00:00Z");
        condition.entry("lastTransitionTime").or_insert_with(date);
    }
}

/// Objects as a file that `kubectl calico status -f` reads.
pub fn manifest(objects: &[Value]) -> String {
    objects
        .iter()
        .map(|object| format!("---\n{object}\n"))
        .collect()
}

/// A document for each entry of its `$each`, or the one that it is.
fn each(mut document: Value) -> Vec<Value> {
    let fields = document.as_object_mut().unwrap();
    let Some(entries) = fields.remove("$each") else {
        return vec![document];
    };
    // Its own `$` is none to replace.
    let directive = fields.remove("$patch");
    let text = document.to_string();
    let entries = entries.as_array().unwrap().iter();
    entries
        .map(|entry| {
            let entry = entry
                .as_str()
                .map_or_else(|| entry.to_string(), str::to_owned);
            let mut document: Value = serde_json::from_str(&text.replace('$', &entry)).unwrap();
            if let Some(directive) = &directive {
                document["$patch"] = directive.clone();
            }
            document
        })
        .collect()
}

fn patch(objects: &mut Vec<Value>, patch: &Value) {
    let identity = |object: &Value| {
        let meta = &object["metadata"];
        [&object["kind"], &meta["namespace"], &meta["name"]].map(Value::to_string)
    };
    let at = objects
        .iter()
        .position(|object| identity(object) == identity(patch));
    match (at, patch["$patch"] == "delete") {
        (Some(at), true) => {
            objects.remove(at);
        }
        (None, true) => panic!("there is no {:?} to delete", identity(patch)),
        (Some(at), false) => merge(&mut objects[at], patch),
        (None, false) => objects.push(patch.clone()),
    }
}

/// RFC 7386.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let target = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}
