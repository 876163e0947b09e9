//! Clusters as their installers leave them.

use std::net::Ipv4Addr;

use serde::Deserialize;
use serde_json::{Value, json};

use super::patch::{apply, merge};
use super::template::filled;

/// The Calico minor releases that the programs know, with the operator of the newest patch of each.
pub const RELEASES: [(&str, &str); 7] = [
    ("v3.26.5", "v1.30.11"),
    ("v3.27.5", "v1.32.12"),
    ("v3.28.5", "v1.34.13"),
    ("v3.29.7", "v1.36.16"),
    ("v3.30.7", "v1.38.13"),
    ("v3.31.7", "v1.40.15"),
    ("v3.32.1", "v1.42.3"),
];

/// The version of Kubernetes of a release's clusters: one that the release was tested with.
fn kubernetes(minor: u32) -> &'static str {
    match minor {
        ..=26 => "v1.28.15",
        27 => "v1.29.14",
        28 => "v1.30.14",
        29 => "v1.32.9",
        30.. => "v1.34.2",
    }
}

/// How the cluster was installed; [`super`] describes the fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    #[serde(rename = "base")]
    name: String,
    #[serde(default = "newest")]
    calico: String,
    #[serde(default = "three")]
    nodes: u32,
    #[serde(default = "empty")]
    header: Value,
    pub(super) unreal: Option<String>,
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
            name: base.to_owned(),
            calico: calico.to_owned(),
            nodes,
            header: empty(),
            unreal: None,
        }
    }

    /// MINOR of `v3.MINOR.PATCH`.
    fn minor(&self) -> u32 {
        self.calico.split('.').nth(1).unwrap().parse().unwrap()
    }

    fn kubernetes(&self) -> &'static str {
        kubernetes(self.minor())
    }

    /// The cluster's objects, the snapshot's own document first.
    pub fn objects(&self) -> Vec<Value> {
        let mut objects = Vec::new();
        if !self.header.is_null() {
            let mut header = json!({
                "apiVersion": "kubectl-calico/v1alpha1",
                "kind": "Snapshot",
                "origin": {"kubernetes": self.kubernetes()},
            });
            merge(&mut header, &self.header);
            objects.push(header);
        }
        objects.extend(match self.name.as_str() {
            "nothing" => Vec::new(),
            "nodes" => self.fresh_nodes(),
            "fresh" => {
                let values = [
                    ("podSubnet", "10.244.0.0/16"),
                    ("kubernetes", self.kubernetes()),
                ];
                let mut objects = filled("kubeadm.yaml", &values);
                objects.extend(self.fresh_nodes());
                objects
            }
            "kubeadm" => self.kubeadm("10.244.0.0/16"),
            "operator" => {
                let mut objects = self.kubeadm("10.244.0.0/16");
                objects.extend(self.tigera_operator());
                objects
            }
            "helm" => with_release(self.operator("10.244.0.0/16", "IPIP")),
            "custom-resources" => self.operator("192.168.0.0/16", "VXLANCrossSubnet"),
            "calico.yaml" => self.manifest("IPIP", false),
            "calico-typha.yaml" => self.manifest("IPIP", true),
            "calico-vxlan.yaml" => self.manifest("VXLANCrossSubnet", false),
            other => panic!("no base is called {other}"),
        });
        objects
    }

    /// kubeadm's configuration and running nodes.
    fn kubeadm(&self, pod_subnet: &str) -> Vec<Value> {
        let values = [("podSubnet", pod_subnet), ("kubernetes", self.kubernetes())];
        let mut objects = filled("kubeadm.yaml", &values);
        let network = first_address(pod_subnet);
        for number in 1..=self.nodes {
            // A /16 has 256 such ranges, and kubeadm would assign no more; nothing reads them here.
            let pod_cidr = format!("{}/24", after(network, (number % 256) << 8));
            objects.extend(filled(
                "node.yaml",
                &[
                    ("number", &number.to_string()),
                    ("address", &node_address(number)),
                    ("podCIDR", &pod_cidr),
                    ("kubernetes", self.kubernetes()),
                ],
            ));
        }
        objects
    }

    /// Nodes that wait for a network plugin.
    fn fresh_nodes(&self) -> Vec<Value> {
        (1..=self.nodes)
            .flat_map(|number| {
                filled(
                    "fresh-node.yaml",
                    &[
                        ("number", &number.to_string()),
                        ("address", &node_address(number)),
                        ("kubernetes", self.kubernetes()),
                    ],
                )
            })
            .collect()
    }

    fn tigera_operator(&self) -> Vec<Value> {
        let (_, operator) = RELEASES
            .iter()
            .find(|(calico, _)| *calico == self.calico)
            .unwrap_or_else(|| panic!("{} is not in RELEASES", self.calico));
        filled("tigera-operator.yaml", &[("operator", operator)])
    }

    /// Calico as the operator installs it.
    fn operator(&self, pool: &str, encapsulation: &str) -> Vec<Value> {
        let minor = self.minor();
        let api_namespace = if minor <= 30 {
            "calico-apiserver"
        } else {
            "calico-system"
        };
        let mtu = if encapsulation == "IPIP" {
            "1480"
        } else {
            "1450"
        };
        let typha = match self.nodes {
            0..=2 => 1,
            3..=4 => 2,
            nodes => (nodes / 200 + 2).max(3),
        };
        let mut objects = self.kubeadm(pool);
        objects.extend(self.tigera_operator());
        objects.extend(filled(
            "operator.yaml",
            &[
                ("apiNamespace", api_namespace),
                ("calico", &self.calico),
                ("encapsulation", encapsulation),
                ("mtu", mtu),
                ("nodes", &self.nodes.to_string()),
                ("pool", pool),
                ("typha", &typha.to_string()),
            ],
        ));
        for component in components(minor) {
            objects.extend(filled("tigera-status.yaml", &[("component", component)]));
        }
        objects.extend(self.calico(pool, encapsulation, "calico-system", true));
        if minor >= 28 {
            // The operator fills in the whole pool since 1.34.
            apply(
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
        objects
    }

    /// Calico as one of its manifests installs it.
    fn manifest(&self, encapsulation: &str, typha: bool) -> Vec<Value> {
        let pod_subnet = "10.244.0.0/16";
        let (ipip, vxlan) = modes(encapsulation);
        let mut objects = self.kubeadm(pod_subnet);
        objects.extend(filled(
            "manifest.yaml",
            &[
                ("backend", if ipip == "Never" { "vxlan" } else { "bird" }),
                ("calico", &self.calico),
                ("ipipMode", ipip),
                ("manifest", &self.name),
                ("nodes", &self.nodes.to_string()),
                ("typhaService", if typha { "calico-typha" } else { "none" }),
                ("vxlanMode", vxlan),
            ],
        ));
        if typha {
            self.add_typha(&mut objects);
        }
        objects.extend(self.calico(pod_subnet, encapsulation, "kube-system", false));
        objects
    }

    fn add_typha(&self, objects: &mut Vec<Value>) {
        let replicas = self
            .nodes
            .div_ceil(200)
            .clamp(3, 20)
            .min((self.nodes - 1).max(1));
        objects.extend(filled(
            "manifest-typha.yaml",
            &[("calico", &self.calico), ("typha", &replicas.to_string())],
        ));
        let calico_node = objects
            .iter_mut()
            .find(|object| {
                object["kind"] == "DaemonSet" && object["metadata"]["name"] == "calico-node"
            })
            .unwrap();
        let container = &mut calico_node["spec"]["template"]["spec"]["containers"][0];
        container["env"].as_array_mut().unwrap().push(json!({
            "name": "FELIX_TYPHAK8SSERVICENAME",
            "valueFrom": {"configMapKeyRef": {"name": "calico-config", "key": "typha_service_name"}},
        }));
    }

    /// Calico's own resources, and a pod and a block for each node.
    fn calico(&self, pool: &str, encapsulation: &str, namespace: &str, owned: bool) -> Vec<Value> {
        let (ipip, vxlan) = modes(encapsulation);
        let (metadata, cluster_type) = if owned {
            (
                r#"{"labels":{"app.kubernetes.io/managed-by":"tigera-operator"}}"#,
                "k8s,operator,bgp,kubeadm,kdd",
            )
        } else {
            (r#"{"creationTimestamp":null}"#, "k8s,bgp,kubeadm,kdd")
        };
        let mut objects = filled(
            "calico.yaml",
            &[
                ("calico", &self.calico),
                ("clusterType", cluster_type),
                ("ipipMode", ipip),
                ("pool", pool),
                ("poolMetadata", metadata),
                ("vxlanMode", vxlan),
            ],
        );
        if self.minor() >= 32 {
            // The default of the CRD in 3.32, unless the operator has set the field before.
            let mode = if owned { "Disabled" } else { "Auto" };
            apply(
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

/// The components that the operator of a Calico minor release reports on.
fn components(minor: u32) -> impl Iterator<Item = &'static str> {
    [
        ("apiserver", 0),
        ("calico", 0),
        ("ippools", 28),
        ("goldmane", 30),
        ("whisker", 30),
        ("tiers", 32),
    ]
    .into_iter()
    .filter(move |(_, since)| minor >= *since)
    .map(|(component, _)| component)
}

/// Marks the chart's objects as those of a Helm release.
fn with_release(mut objects: Vec<Value>) -> Vec<Value> {
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
    objects
}

/// The `ipipMode` and `vxlanMode` of an IPPool.
fn modes(encapsulation: &str) -> (&'static str, &'static str) {
    match encapsulation {
        "IPIP" => ("Always", "Never"),
        "VXLANCrossSubnet" => ("Never", "CrossSubnet"),
        other => panic!("no base uses {other}"),
    }
}

fn node_address(number: u32) -> String {
    after(Ipv4Addr::new(10, 0, 0, 0), number + 9)
}

fn first_address(cidr: &str) -> Ipv4Addr {
    cidr.split('/').next().unwrap().parse().unwrap()
}

fn after(address: Ipv4Addr, count: u32) -> String {
    Ipv4Addr::from(u32::from(address) + count).to_string()
}
