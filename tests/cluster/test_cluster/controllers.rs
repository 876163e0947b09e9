//! `scripts/test-cluster --with-controllers`: what is written is carried out.

use crate::api_server::{Cluster, launcher};
use crate::needs::or_skip;

#[test]
fn controllers_roll_out_and_clean_up_on_nodes_that_are_ready() {
    let mut command = launcher();
    command.args(["--with-controllers", "--nodes", "2"]);
    let Some(cluster) = or_skip(Cluster::launch(&mut command), "Kubernetes' controllers") else {
        return;
    };
    cluster
        .kubectl([
            "wait",
            "--for=condition=Ready",
            "nodes/node-1",
            "nodes/node-2",
        ])
        .succeeded();

    cluster.kubectl(["create", "namespace", "shop"]).succeeded();
    cluster.apply(
        r#"
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: shop}
spec:
  selector: {matchLabels: {k8s-app: calico-node}}
  template:
    metadata: {labels: {k8s-app: calico-node}}
    spec: {hostNetwork: true, containers: [{name: calico-node, image: "example/calico-node:1"}]}
"#,
    );
    cluster
        .kubectl([
            "rollout",
            "status",
            "-n",
            "shop",
            "daemonset/calico-node",
            "--timeout=60s",
        ])
        .succeeded();
    // What calico-node would write.
    cluster
        .kubectl([
            "wait",
            "node/node-2",
            "--timeout=10s",
            r"--for=jsonpath={.metadata.annotations.projectcalico\.org/IPv4Address}=172.18.0.4/16",
        ])
        .succeeded();

    // The namespace ends with all that is in it.
    cluster
        .kubectl(["delete", "namespace", "shop", "--timeout=60s"])
        .succeeded();
    let pods = cluster.kubectl(["get", "pods", "-A"]).succeeded();
    assert!(!pods.stdout.contains("calico-node"), "{}", pods.stdout);
}
