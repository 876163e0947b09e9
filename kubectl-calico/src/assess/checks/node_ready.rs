//! Whether nodes are ready once calico-node is.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::platform::Platform;
use crate::phrases::{condition, few, pasted};
use crate::repair::Step;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, NODES};
use crate::snapshot::{Node, NodeCondition, ObjectRef};
use crate::views::calico_node::CalicoNode;
use crate::views::pods;

pub(crate) const NODE_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL512",
        title: "a node is not ready although calico-node is",
        meaning: "The Ready condition of a node is not True, and calico-node on it is ready: \
                  something else keeps the node from being ready.",
        impact: "The node has the taint node.kubernetes.io/not-ready: no pods are scheduled to it, \
                 and after five minutes those on it are deleted.",
        criteria: "Linux nodes with a ready calico-node pod whose Ready condition is False or Unknown. \"cni \
                   plugin not initialized\" or \"no networks found\" means that the container runtime does not \
                   see the configuration that install-cni wrote, which is an error; any other reason is a \
                   warning.",
        fix: "For a missing CNI configuration: check that the runtime's directory is the one that \
              Calico writes to (/etc/cni/net.d, or cniNetDir; k3s and MicroK8s have their own), \
              and restart containerd or CRI-O, which may have stopped watching it. For anything \
              else, read the kubelet's log on the node.",
        source: "projectcalico/calico#8694; kubernetes v1.34, pkg/kubelet/nodestatus/setters.go; \
                 containerd, internal/cri/server",
    },
    needs: &[&NODES, &CALICO_PODS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let (runtime, other): (Vec<_>, Vec<_>) = not_ready(case)
            .into_iter()
            .partition(|(_, ready)| is_without_network(ready));
        let found = [without_network(case, &runtime), otherwise(&other)];
        found.into_iter().flatten().collect()
    },
};

/// The nodes that are not ready although calico-node on them is.
fn not_ready<'a>(case: &Case<'a>) -> Vec<(&'a Node, &'a NodeCondition)> {
    let agents: Vec<&str> = CalicoNode::all(case.snapshot)
        .iter()
        .flat_map(|node| pods::of(case.snapshot, &node.set.metadata, node.selector()))
        .filter(|pod| pod.is_ready())
        .map(|pod| pod.spec.node_name.as_str())
        .collect();
    let nodes = case.snapshot.nodes.items().iter();
    nodes
        .filter(|node| node.is_linux() && agents.contains(&node.metadata.name.as_str()))
        .filter_map(|node| Some((node, node.condition("Ready")?)))
        .filter(|(_, ready)| ready.status != "True")
        .collect()
}

/// Whether the kubelet has no network from its container runtime.
/// Source: kubernetes v1.34, pkg/kubelet/kubelet.go; containerd and CRI-O, status of the network.
fn is_without_network(ready: &NodeCondition) -> bool {
    let message = ready.message.to_lowercase();
    ["networkpluginnotready", "network plugin", "cni "]
        .iter()
        .any(|text| message.contains(text))
}

fn without_network(case: &Case, nodes: &[(&Node, &NodeCondition)]) -> Option<Finding> {
    let finding = about(
        nodes,
        Severity::Error,
        "the container runtime sees no CNI configuration, although calico-node is ready, on",
    )?;
    Some(
        finding
            .impact("no pods are scheduled there, and none gets a network")
            .fixed_by_all(look_at_runtime(case)),
    )
}

/// Where the container runtime of a platform looks, and how it is restarted. k3s has directories of its
/// own unless its servers run with --flannel-backend=none.
/// Source: k3s v1.34, pkg/agent/templates and docs.k3s.io, Basic Network Options; docs.rke2.io, Network
/// Options; microk8s.io, containerd.
fn look_at_runtime(case: &Case) -> Vec<Step> {
    let (what, commands) = match case.facts.cluster.platform.value() {
        Some(Platform::K3s) => (
            "on each node that is not ready, check which directory the container runtime reads: that of \
             k3s, unless all servers run with --flannel-backend=none, in which case it is the one \
             that Calico writes to; then restart k3s, or k3s-agent on an agent",
            "# on the node\n\
             ls /etc/cni/net.d /opt/cni/bin /var/lib/rancher/k3s/agent/etc/cni/net.d\n\
             k3s crictl info | grep -iE 'confDir|binDir|lastCNILoadStatus'\n\
             systemctl restart k3s",
        ),
        Some(Platform::Rke2) => (
            "on each node that is not ready, check that the container runtime reads the directory that \
             Calico writes to, and restart rke2-server, or rke2-agent on an agent",
            "# on the node\n\
             ls /etc/cni/net.d /opt/cni/bin\n\
             /var/lib/rancher/rke2/bin/crictl --config /var/lib/rancher/rke2/agent/etc/crictl.yaml \
             info | grep -iE 'confDir|binDir|lastCNILoadStatus'\n\
             systemctl restart rke2-server",
        ),
        Some(Platform::MicroK8s) => (
            "on each node that is not ready, check that Calico writes to the directory that MicroK8s reads, \
             and restart its containerd",
            "# on the node\n\
             ls /var/snap/microk8s/current/args/cni-network /etc/cni/net.d\n\
             snap restart microk8s.daemon-containerd",
        ),
        _ => (
            "on each node that is not ready, check that the container runtime reads the directory that \
             Calico writes to, and restart the runtime's SERVICE: containerd or crio",
            "# on the node\n\
             ls /etc/cni/net.d /opt/cni/bin\n\
             crictl info | grep -iE 'confDir|binDir|lastCNILoadStatus'\n\
             systemctl restart SERVICE",
        ),
    };
    vec![Step::new(what).run(commands)]
}

fn otherwise(nodes: &[(&Node, &NodeCondition)]) -> Option<Finding> {
    let finding = about(
        nodes,
        Severity::Warning,
        "not ready, although calico-node is ready there:",
    )?;
    let (first, _) = nodes.first()?;
    Some(
        finding
            .impact("no pods are scheduled there")
            .fix("read the node's conditions and events, then the kubelet's log on the node")
            .paste(format!(
                "kubectl describe nodes {}",
                pasted(&first.metadata.name)
            )),
    )
}

fn about(nodes: &[(&Node, &NodeCondition)], severity: Severity, what: &str) -> Option<Finding> {
    let (first, _) = nodes.first()?;
    let names: Vec<&str> = nodes
        .iter()
        .map(|(node, _)| node.metadata.name.as_str())
        .collect();
    let finding = Finding::new(
        &NODE_NOT_READY.entry,
        severity,
        ObjectRef::named("Node", &first.metadata.name),
        format!("{what} {}", few(&names)),
    );
    Some(finding.for_few(nodes.iter(), |finding, (node, ready)| {
        finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            "condition Ready",
            condition(&ready.status, &ready.reason, &ready.message),
        )
    }))
}
