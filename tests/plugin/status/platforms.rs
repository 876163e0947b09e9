//! Facts that depend on what runs beside Calico, or instead of a part of it.

use calico_test_support::clusters::cluster;
use serde_json::{Value, json};

use super::case::report;

/// The facts of a cluster.
fn facts(cluster_text: &str) -> Value {
    report(&cluster(cluster_text))["facts"].take()
}

#[test]
fn vpp_has_tunnels_and_a_bgp_daemon_of_its_own() {
    let mut facts = facts(
        "base: helm
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: calico-system}
spec:
  template:
    spec:
      containers:
        - name: calico-node
          image: quay.io/calico/node:v3.32.1
          env: [{name: CALICO_NETWORKING_BACKEND, value: none}]
---
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec:
  calicoNetwork: {linuxDataplane: VPP}
",
    );
    let routing = facts["routing"].take();
    let bgp = json!({"protocol": "TCP", "port": 179, "purpose": "BGP"});
    assert!(
        routing["ports"].as_array().unwrap().contains(&bgp),
        "{routing:#}"
    );
    let mode = &routing["modes"]["value"][0];
    assert_eq!(mode["routesBy"], "VPP", "{routing:#}");
    assert_eq!(mode["interface"], Value::Null, "{routing:#}");
}

#[test]
fn the_amazon_vpc_assigns_addresses_where_calico_only_enforces_policies() {
    let policy_only = "base: calico.yaml
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: kube-system}
spec:
  template:
    spec:
      initContainers: []
      containers:
        - name: calico-node
          image: quay.io/calico/node:v3.32.1
          env: [{name: CALICO_NETWORKING_BACKEND, value: none}, {name: USE_POD_CIDR, value: 'true'}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: calico-config, namespace: kube-system}
$patch: delete
";
    assert_eq!(facts(policy_only)["ipam"]["value"], "HostLocal");
    let on_eks = format!(
        "{policy_only}---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: aws-node, namespace: kube-system}}
spec: {{template: {{spec: {{containers: [{{name: aws-node, image: amazon-k8s-cni:v1.20}}]}}}}}}
status: {{desiredNumberScheduled: 3, numberReady: 3}}
"
    );
    assert_eq!(facts(&on_eks)["ipam"]["value"], "AmazonVPC");
}
