//! Whether every node has an address.

use calico_core::catalog::Entry;

use crate::assess::advice::perhaps_new::perhaps_new;
use crate::assess::check::{Check, Judges};
use crate::assess::finding::Finding;
use crate::phrases::{MOST_NAMES, few};
use crate::snapshot::resources::NODES;
use crate::snapshot::{Node, ObjectRef};
use crate::views::joining;

/// The taint of a node that waits for its cloud's controller.
const TAINT: &str = "node.cloudprovider.kubernetes.io/uninitialized";

pub(crate) const NO_ADDRESS: Check = Check {
    entry: Entry {
        code: "CAL511",
        title: "a node has no InternalIP",
        meaning: "The node has no address of type InternalIP. With an external cloud provider, \
                  the cloud controller manager adds it.",
        impact: "Pods with hostNetwork have no address either: calico-node finds no Typha and does \
                 not become ready, and kubectl logs and exec fail.",
        criteria: "A node that has registered and has no address of type InternalIP. Nodes without \
                   a machine, such as virtual kubelets, do not count.",
        fix: "Install the cloud controller manager, with tolerations for \
              node.cloudprovider.kubernetes.io/uninitialized and node.kubernetes.io/not-ready; or \
              start the kubelets with --node-ip. From Kubernetes 1.29 on, a kubelet with \
              --cloud-provider=external and without --node-ip registers without an address.",
        source: "projectcalico/calico#8453; kubernetes v1.29, CHANGELOG",
    },
    needs: &[&NODES],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let joining = joining::nodes(case.snapshot);
        let nodes = case.snapshot.nodes.items().iter();
        let nodes: Vec<&Node> = nodes
            .filter(|node| !node.is_virtual() && node.condition("Ready").is_some())
            .filter(|node| node.internal_addresses().next().is_none())
            .filter(|node| {
                !joining
                    .iter()
                    .any(|new| new.metadata.name == node.metadata.name)
            })
            .collect();
        let has_address = |node: &&Node| node.internal_addresses().next().is_some();
        let is_new = |node: &&Node| {
            let fine = case.snapshot.nodes.items().iter().filter(has_address);
            joining::may_be_new(case.snapshot, node, fine)
        };
        let are_new = nodes.iter().all(is_new);
        let found = finding(&nodes).map(|finding| perhaps_new(finding, are_new));
        found.into_iter().collect()
    },
};

fn finding(nodes: &[&Node]) -> Option<Finding> {
    let first = nodes.first()?;
    let names: Vec<&str> = nodes
        .iter()
        .map(|node| node.metadata.name.as_str())
        .collect();
    let mut finding = Finding::error(
        &NO_ADDRESS.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!("no InternalIP for {}", few(&names)),
    );
    for node in nodes.iter().take(MOST_NAMES) {
        let object = ObjectRef::named("Node", &node.metadata.name);
        finding = finding.evidence(&object, "status.addresses InternalIP", "none");
        if node.spec.taints.iter().any(|taint| taint.key == TAINT) {
            finding = finding.evidence(object, "spec.taints", TAINT);
        }
    }
    Some(
        finding
            .impact(
                "pods with hostNetwork there, such as Typha, have no address either, so \
                 calico-node does not become ready",
            )
            .fix(
                "install the cloud controller manager, which must tolerate nodes that are not \
                 ready, or start the kubelets with --node-ip",
            )
            .paste("kubectl get nodes -o wide"),
    )
}
