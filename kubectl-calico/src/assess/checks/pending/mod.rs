//! Whether pods in kube-system wait for the network. A Pending CoreDNS is what users notice first.

mod dns;
mod left_files;
mod signs;

use calico_core::catalog::Entry;

use super::node_ready::NODE_NOT_READY;
use super::other_plugins;
use super::pod_cidrs::POD_CIDR_MISSING;
use crate::assess::advice::perhaps_new::perhaps_new;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::ipam::is_done_by_another_plugin;
use crate::facts::method::Method;
use crate::phrases::{MOST_NAMES, condition, few, pasted};
use crate::repair::Step;
use crate::snapshot::resources::{
    CALICO_CONFIG, CALICO_PODS, DAEMON_SETS, INSTALLATIONS, NODES, OPERATORS, PENDING_PODS,
};
use crate::snapshot::{ObjectRef, Pod};
use crate::views::calico_node::CalicoNode;
use crate::views::{joining, pods};
use dns::{dns_not_ready, without_dns};
use left_files::with_files_of_calico;
use signs::{
    is_kept_from_nodes, is_without_calico_node, no_name_is_resolved, waits_for_something_else,
};

pub(crate) const PODS_WAIT: Check = Check {
    entry: Entry {
        code: "CAL504",
        title: "pods in kube-system are waiting for the network",
        meaning: "Pods in kube-system, such as CoreDNS, are Pending because their node has no pod network; or \
                  CoreDNS is running but not ready.",
        impact: "Until CoreDNS runs, no pod can resolve the name of a Service.",
        criteria: "A pod without hostNetwork is reported if the scheduler cannot place it because nodes are not \
                   ready or have no network, or if it is on a node and none of its containers has been created. \
                   Calico's own pods are reported as CAL501 to CAL503 and CAL508. The check does not apply if \
                   another plugin provides pod networking.\n\
                   - Error: calico-node is not ready on the pod's node; for a pod that is not scheduled, it is \
                   ready on no node.\n\
                   - Error: calico-node is ready there, no CoreDNS is ready, and the CNI plugin fails.\n\
                   - Error: Calico is not installed, and the container runtime still uses its CNI configuration.\n\
                   - Warning: calico-node is ready there, and something else may block the pod.\n\
                   - Warning: the install is incomplete: there is only an operator, or only an Installation.\n\
                   - Note: the cluster has no network plugin, which is normal before an install.\n\
                   - Note: the pod is on a node that has just joined (CAL501).\n\
                   - Note: CoreDNS waits for a volume or an image, which its events name, and no CoreDNS is ready. \
                   Other pods that wait for one are not reported.",
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
    // Another CNI plugin.
    excuses: &[&CALICO_CONFIG],
    judges: Judges::Running,
    find: |case| {
        let pending = case.snapshot.pending_pods.items().iter();
        let pending: Vec<&Pod> = pending
            .filter(|pod| !pods::is_calico(pod) && pod.metadata.deletion_timestamp.is_none())
            .filter(|pod| !pod.spec.host_network)
            .collect();
        let waiting = pending.iter().copied();
        let waiting: Vec<&Pod> = waiting
            .filter(|pod| is_kept_from_nodes(case, pod) || pods::has_no_sandbox(pod))
            .filter(|pod| !waits_for_something_else(case, pod))
            .collect();
        let joining = joining::nodes(case.snapshot);
        let (joined, others): (Vec<&Pod>, Vec<&Pod>) = waiting
            .iter()
            .partition(|pod| joining::is_on(&joining, pod));
        let found = with_files_of_calico(&PODS_WAIT.entry, case, &waiting)
            .or_else(|| {
                let found = finding(case, &others)?;
                Some(perhaps_new(found, may_be_new(case, &others)))
            })
            .or_else(|| finding(case, &joined).map(on_new_node))
            .or_else(|| without_dns(&PODS_WAIT.entry, case, &pending))
            .or_else(|| dns_not_ready(&PODS_WAIT.entry, case));
        found.into_iter().collect()
    },
};

/// Why pods wait.
struct Cause {
    severity: Severity,
    /// The beginning of the message.
    message: &'static str,
    /// What to do first.
    fix: &'static str,
}

fn cause(case: &Case, waiting: &[&Pod], without_calico_node: bool) -> Option<Cause> {
    let (severity, message, fix) = match case.facts.install.method.value()? {
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
        _ if without_calico_node => (
            Severity::Error,
            "Pending: no network, because calico-node is not ready",
            "fix calico-node first: see the other findings",
        ),
        _ => (
            if no_name_is_resolved(case, waiting) {
                Severity::Error
            } else {
                Severity::Warning
            },
            "Pending although calico-node is ready",
            "check the pod's events for the error of the scheduler or the CNI plugin",
        ),
    };
    Some(Cause {
        severity,
        message,
        fix,
    })
}

fn finding(case: &Case, waiting: &[&Pod]) -> Option<Finding> {
    let first = waiting.first()?;
    let without_calico_node = is_without_calico_node(case, waiting);
    let Cause {
        severity,
        message,
        fix,
    } = cause(case, waiting, without_calico_node)?;
    let names: Vec<&str> = waiting
        .iter()
        .map(|pod| pod.metadata.name.as_str())
        .collect();
    let message = format!("{message}: {}", few(&names));
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
            .suspects(suspects(case, waiting, without_calico_node))
            .fix(fix)
            // Otherwise, something else must be fixed first.
            .paste(
                if CalicoNode::current(case.snapshot).is_some() && !without_calico_node {
                    format!(
                        "kubectl describe pods -n kube-system {}",
                        pasted(&first.metadata.name)
                    )
                } else {
                    String::new()
                },
            ),
    )
}

/// What keeps calico-node from being created, the most specific first.
const WITHOUT_CALICO_NODE: [&str; 8] = [
    "CAL115", "CAL104", "CAL105", "CAL101", "CAL407", "CAL103", "CAL113", "CAL107",
];

/// What keeps pods from starting: calico-node, or what keeps it from running; if it is ready, that the
/// container runtime sees no CNI configuration.
fn suspects(case: &Case, waiting: &[&Pod], without_calico_node: bool) -> Vec<Suspect> {
    if CalicoNode::current(case.snapshot).is_none() {
        return WITHOUT_CALICO_NODE.map(Suspect::Code).to_vec();
    }
    if !without_calico_node {
        let mut nodes = case.snapshot.nodes.items().iter();
        let lacks_addresses =
            nodes.any(|node| node.spec.pod_cidrs.is_empty() && joining::has_pod(waiting, node));
        let pod_cidr = lacks_addresses.then_some(Suspect::Code(POD_CIDR_MISSING.entry.code));
        let not_ready = Suspect::Code(NODE_NOT_READY.entry.code);
        return pod_cidr.into_iter().chain([not_ready]).collect();
    }
    ["calico-node", "canal", "rke2-canal"]
        .map(Suspect::Workload)
        .to_vec()
}

/// Whether all of these pods are on nodes that may have just joined, as far as files without a time show.
fn may_be_new(case: &Case, waiting: &[&Pod]) -> bool {
    let agents: Vec<&Pod> = CalicoNode::all(case.snapshot)
        .iter()
        .flat_map(|node| pods::of(case.snapshot, &node.set.metadata, node.selector()))
        .collect();
    let mut waiting = waiting.iter();
    waiting.all(|pod| {
        let mut agents_there = agents.iter();
        let agent = agents_there.find(|agent| agent.spec.node_name == pod.spec.node_name);
        agent.is_some_and(|agent| joining::may_be_starting(case.snapshot, &agents, agent))
    })
}

/// The same on a node that has just joined, where calico-node is starting.
fn on_new_node(finding: Finding) -> Finding {
    Finding {
        severity: Severity::Note,
        ..finding.explained().fixed_by(Step::new(
            "wait until calico-node is ready on the node, which has just joined",
        ))
    }
}
