//! Whether pods in kube-system wait for the network. A Pending CoreDNS is what users notice first.

use super::node_ready::NODE_NOT_READY;
use super::other_plugins;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::ipam::is_done_by_another_plugin;
use crate::assess::facts::method::Method;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::assess::phrases::{MOST_NAMES, condition, few, pasted};
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::pods;
use crate::snapshot::ObjectRef;
use crate::snapshot::Pod;
use crate::snapshot::resources::{
    CALICO_PODS, DAEMON_SETS, INSTALLATIONS, NODES, OPERATORS, PENDING_PODS,
};
use calico_core::catalog::Entry;

pub(crate) const PODS_WAIT: Check = Check {
    entry: Entry {
        code: "CAL504",
        title: "pods in kube-system are waiting for the network",
        meaning: "Pods in kube-system, such as CoreDNS, are Pending because their node has no pod \
                  network.",
        impact: "Until CoreDNS runs, no pod can resolve the name of a Service.",
        criteria: "A pod without hostNetwork is reported if the scheduler cannot place it because \
                   nodes are not ready or have no network, or if it is on a node and none of its \
                   containers has been created. Calico's own pods are reported as CAL501 to CAL503 \
                   and CAL508. The finding is an error if calico-node is not ready on the pod's \
                   node (or on any node, for an unscheduled pod); a warning if it is ready, \
                   because something else may block the pod; and a note in a cluster without a \
                   network plugin, which is normal before an install. If another plugin provides \
                   pod networking, the check does not apply.",
        fix: "Fix calico-node on these nodes first. If it is ready, the pod's events contain the \
              CNI plugin's error: no free address, no pool for the node, or a file that \
              calico-node has not written.",
        source: "Kubernetes documentation, Taints and Tolerations; projectcalico/calico#7382",
    },
    needs: &[
        &PENDING_PODS,
        &CALICO_PODS,
        &NODES,
        &DAEMON_SETS,
        &OPERATORS,
        &INSTALLATIONS,
    ],
    judges: Judges::Running,
    find: |case| {
        let pending = case.snapshot.pending_pods.items().iter();
        let waiting: Vec<&Pod> = pending
            .filter(|pod| !pods::is_calico(pod) && pod.metadata.deletion_timestamp.is_none())
            .filter(|pod| !pod.spec.host_network)
            .filter(|pod| is_kept_from_nodes(case, pod) || pods::has_no_sandbox(pod))
            .collect();
        finding(case, &waiting).into_iter().collect()
    },
};

/// Whether the scheduler found only nodes without a network. Newer schedulers do not name the taint.
fn is_kept_from_nodes(case: &Case, pod: &Pod) -> bool {
    let scheduled = pod
        .condition("PodScheduled")
        .filter(|found| found.status == "False");
    let taints = [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/network-unavailable",
    ];
    let nodes = case.snapshot.nodes.items();
    let none_ready = !nodes.is_empty() && !nodes.iter().any(crate::snapshot::Node::is_ready);
    scheduled.is_some_and(|scheduled| {
        none_ready || taints.iter().any(|taint| scheduled.message.contains(taint))
    })
}

/// The severity, the cause, and what to do first.
fn cause(case: &Case, waiting: &[&Pod]) -> Option<(Severity, &'static str, &'static str)> {
    Some(match case.facts.install.method.value()? {
        _ if is_done_by_another_plugin(case.snapshot, &case.facts.install) => return None,
        // The other plugin connects them.
        Method::Nothing | Method::Remnants if other_plugins::is_there(case) => return None,
        Method::Nothing | Method::Remnants => (
            Severity::Note,
            "Pending: the cluster has no network plugin, and Calico is not installed",
            "install Calico, or another network plugin",
        ),
        Method::OperatorOnly | Method::InstallationOnly => (
            Severity::Warning,
            "Pending: no network, because Calico does not run yet",
            "fix the installation first: see the other findings",
        ),
        _ if is_without_calico_node(case, waiting) => (
            Severity::Error,
            "Pending: no network, because calico-node is not ready",
            "fix calico-node first: see the other findings",
        ),
        _ => (
            Severity::Warning,
            "Pending although calico-node is ready",
            "check the pod's events for the error of the scheduler or the CNI plugin",
        ),
    })
}

fn finding(case: &Case, waiting: &[&Pod]) -> Option<Finding> {
    let first = waiting.first()?;
    let (severity, why, fix) = cause(case, waiting)?;
    let names: Vec<&str> = waiting
        .iter()
        .map(|pod| pod.metadata.name.as_str())
        .collect();
    let message = format!("{why}: {}", few(&names));
    let mut finding = Finding::new(&PODS_WAIT.entry, severity, pods::object(first), message);
    for pod in waiting.iter().take(MOST_NAMES) {
        finding = finding.evidence(pods::object(pod), "status", pods::why(pod));
    }
    let mut nodes = case.snapshot.nodes.items().iter();
    if let Some(node) = nodes.find(|node| !node.is_ready())
        && let Some(ready) = node.condition("Ready")
    {
        finding = finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            "condition Ready",
            condition(&ready.status, &ready.reason, &ready.message),
        );
    }
    let dns = waiting.iter().any(|pod| pods::app(pod) == "kube-dns");
    Some(
        finding
            .impact(if dns {
                "no pod can resolve the name of a Service until CoreDNS runs"
            } else {
                "these pods do not start"
            })
            .suspects(suspects(case, severity))
            .fix(fix)
            .paste(match severity {
                // In all other cases, something else must be fixed first.
                Severity::Warning if CalicoNode::current(case.snapshot).is_some() => format!(
                    "kubectl describe pods -n kube-system {}",
                    pasted(&first.metadata.name)
                ),
                _ => String::new(),
            }),
    )
}

/// What keeps calico-node from being created, the most specific first.
const WITHOUT_CALICO_NODE: [&str; 8] = [
    "CAL115", "CAL104", "CAL105", "CAL101", "CAL407", "CAL103", "CAL113", "CAL107",
];

/// What keeps pods from starting: calico-node, or what keeps it from running; if it is ready, that the
/// container runtime sees no CNI configuration.
fn suspects(case: &Case, severity: Severity) -> Vec<Suspect> {
    if CalicoNode::current(case.snapshot).is_none() {
        return WITHOUT_CALICO_NODE.map(Suspect::Code).to_vec();
    }
    if severity != Severity::Error {
        return vec![Suspect::Code(NODE_NOT_READY.entry.code)];
    }
    ["calico-node", "canal", "rke2-canal"]
        .map(Suspect::Workload)
        .to_vec()
}

/// Whether calico-node is not ready on the node of one of the pods, or on any node for a pod that
/// has none.
fn is_without_calico_node(case: &Case, waiting: &[&Pod]) -> bool {
    let ready: Vec<&str> = CalicoNode::all(case.snapshot)
        .iter()
        .flat_map(|node| pods::of(case.snapshot, &node.set.metadata, node.selector()))
        .filter(|pod| pod.is_ready())
        .map(|pod| pod.spec.node_name.as_str())
        .collect();
    waiting.iter().any(|pod| match pod.spec.node_name.as_str() {
        "" => ready.is_empty(),
        node => !ready.contains(&node),
    })
}
