//! Whether pods in kube-system wait for the network. A Pending CoreDNS is what users notice first.

use super::node_ready::NODE_NOT_READY;
use super::other_plugins;
use super::pod_cidrs::POD_CIDR_MISSING;
use crate::assess::advice::messages::known;
use crate::assess::advice::perhaps_new::perhaps_new;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::ipam::is_done_by_another_plugin;
use crate::facts::method::Method;
use crate::phrases::{MOST_NAMES, condition, few, pasted};
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{
    CALICO_CONFIG, CALICO_PODS, DAEMON_SETS, INSTALLATIONS, NODES, OPERATORS, PENDING_PODS,
};
use crate::snapshot::{Event, Pod, PodName};
use crate::views::calico_node::CalicoNode;
use crate::views::{joining, pods};
use calico_core::catalog::Entry;

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
        let found = with_files_of_calico(case, &waiting)
            .or_else(|| {
                let found = finding(case, &others)?;
                Some(perhaps_new(found, may_be_new(case, &others)))
            })
            .or_else(|| finding(case, &joined).map(on_new_node))
            .or_else(|| without_dns(case, &pending))
            .or_else(|| dns_not_ready(case));
        found.into_iter().collect()
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

/// The events about a pod that were read.
fn events<'a>(case: &Case<'a>, pod: &Pod) -> impl Iterator<Item = &'a Event> {
    let name = PodName::of(&pod.metadata);
    let events = case.snapshot.messages.events.items().iter();
    events.filter(move |event| event.is_about(&name))
}

/// Whether an event is about the pod's network.
/// Source: kubernetes v1.34, pkg/kubelet/events/event.go.
fn is_about_network(event: &Event) -> bool {
    matches!(
        event.reason.as_str(),
        "FailedCreatePodSandBox" | "FailedPodSandBoxStatus" | "NetworkNotReady"
    )
}

/// Whether the pod waits for a volume or an image, which the kubelet reports.
fn waits_for_something_else(case: &Case, pod: &Pod) -> bool {
    let is_other = |event: &Event| {
        matches!(
            event.reason.as_str(),
            "FailedMount" | "FailedAttachVolume" | "FailedMapVolume" | "Pulling" | "Failed"
        )
    };
    events(case, pod).any(is_other) && !events(case, pod).any(is_about_network)
}

/// Whether CoreDNS has no ready pod, because the CNI plugin fails and not only because calico-node started after it.
fn no_name_is_resolved(case: &Case, waiting: &[&Pod]) -> bool {
    let is_dns = |pod: &&Pod| pods::app(pod) == "kube-dns";
    let fails = |pod: &&Pod| {
        let mut events = events(case, pod).filter(|event| is_about_network(event));
        events.any(|event| known(case, &event.message).is_none_or(|message| !message.is_general))
    };
    let all = case.snapshot.calico_pods.read();
    all.is_some_and(|all| !all.iter().any(|pod| is_dns(&pod) && pod.is_ready()))
        && waiting
            .iter()
            .copied()
            .filter(is_dns)
            .any(|pod| fails(&pod))
}

/// The severity, the cause, and what to do first.
fn cause(
    case: &Case,
    waiting: &[&Pod],
    without_calico_node: bool,
) -> Option<(Severity, &'static str, &'static str)> {
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
    })
}

/// Pods that the container runtime connects with Calico's CNI plugin, although Calico is not installed.
fn with_files_of_calico(case: &Case, waiting: &[&Pod]) -> Option<Finding> {
    if !matches!(
        case.facts.install.method.value()?,
        Method::Nothing | Method::Remnants
    ) {
        return None;
    }
    let is_by_calico = |pod: &&&Pod| {
        events(case, pod).any(|event| event.message.contains("plugin type=\"calico\" failed"))
    };
    let pods: Vec<&Pod> = waiting.iter().filter(is_by_calico).copied().collect();
    let first = pods.first()?;
    let names: Vec<&str> = pods.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let message = format!(
        "Pending: the node still has the CNI configuration of Calico, which is not installed: {}",
        few(&names)
    );
    let finding = Finding::error(&PODS_WAIT.entry, pods::object(first), message);
    let finding = pods.iter().take(MOST_NAMES).fold(finding, |finding, pod| {
        let why = format!("{} (on {})", pods::why(pod), pods::place(pod));
        finding.evidence(pods::object(pod), "status", why)
    });
    Some(
        finding
            .explained()
            .impact("no new pod there gets a network")
            .fix(
                "on each node where these pods run, remove 10-calico.conflist and calico-kubeconfig from \
                 /etc/cni/net.d, restart the container runtime, and then delete the pods",
            )
            .paste(format!(
                "# on {}\nls /etc/cni/net.d",
                pasted(&first.spec.node_name)
            )),
    )
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

/// CoreDNS that does not run for another reason than the network: what users see is the same.
fn without_dns(case: &Case, pending: &[&Pod]) -> Option<Finding> {
    let is_dns = |pod: &Pod| pods::app(pod) == "kube-dns";
    let runs = case.snapshot.calico_pods.read()?.iter();
    if case.facts.install.is_missing() || runs.filter(|pod| is_dns(pod)).any(Pod::is_ready) {
        return None;
    }
    let pods: Vec<&Pod> = pending
        .iter()
        .copied()
        .filter(|pod| is_dns(pod) && waits_for_something_else(case, pod))
        .collect();
    let first = pods.first()?;
    let names: Vec<&str> = pods.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let finding = Finding::note(
        &PODS_WAIT.entry,
        pods::object(first),
        format!(
            "CoreDNS does not run, but not because of the network: {}",
            few(&names)
        ),
    );
    Some(
        finding
            .explained()
            .evidence(pods::object(first), "status", pods::why(first))
            .impact("no pod can resolve the name of a Service until CoreDNS runs")
            .fix("provide what the event names: a volume, a ConfigMap, a Secret or an image")
            .paste(format!(
                "kubectl describe pods -n kube-system {}",
                pasted(&first.metadata.name)
            )),
    )
}

/// CoreDNS that runs, although calico-node is ready on its nodes, and of which no pod is ready.
fn dns_not_ready(case: &Case) -> Option<Finding> {
    let is_dns = |pod: &&Pod| pods::app(pod) == "kube-dns";
    let dns = case.snapshot.calico_pods.read()?.iter().filter(is_dns);
    let dns: Vec<&Pod> = dns
        .filter(|pod| pod.status.phase == "Running" && pod.metadata.deletion_timestamp.is_none())
        .collect();
    let first = dns.first()?;
    let joining = joining::nodes(case.snapshot);
    let is_new = |pod: &&Pod| joining::is_on(&joining, pod);
    let runs_calico = CalicoNode::current(case.snapshot)?.does_networking() == Some(true)
        && !is_done_by_another_plugin(case.snapshot, &case.facts.install);
    let is_explained = is_without_calico_node(case, &dns)
        || dns.iter().any(is_new)
        || dns
            .iter()
            .any(|pod| pods::is_on_silent_node(case.snapshot, pod));
    if !runs_calico || is_explained || dns.iter().any(|pod| pod.is_ready()) {
        return None;
    }
    let names: Vec<&str> = dns.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let finding = Finding::warning(
        &PODS_WAIT.entry,
        pods::object(first),
        format!(
            "CoreDNS runs, but none of its pods is ready: {}",
            few(&names)
        ),
    );
    let finding = dns.iter().take(MOST_NAMES).fold(finding, |finding, pod| {
        let why = format!("{} (on {})", pods::why(pod), pods::place(pod));
        finding.evidence(pods::object(pod), "status", why)
    });
    Some(
        finding
            .impact("no pod can resolve the name of a Service until CoreDNS is ready")
            .suspects(WITHOUT_DNS.map(Suspect::Code))
            .fix(
                "check what the log of CoreDNS says; if it cannot reach the API server or other DNS servers, or the \
                 kubelet cannot reach it, check the network between nodes",
            )
            .paste(format!(
                "kubectl logs -n kube-system {} --tail=20\nkubectl calico status -o connectivity",
                pasted(&first.metadata.name)
            )),
    )
}

/// What keeps a CoreDNS that runs from the API server.
const WITHOUT_DNS: [&str; 9] = [
    "CAL321", "CAL313", "CAL319", "CAL514", "CAL227", "CAL228", "CAL322", "CAL303", "CAL304",
];

fn finding(case: &Case, waiting: &[&Pod]) -> Option<Finding> {
    let first = waiting.first()?;
    let without_calico_node = is_without_calico_node(case, waiting);
    let (severity, why, fix) = cause(case, waiting, without_calico_node)?;
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

/// Whether calico-node is not ready on the node of one of the pods, or on any node for a pod that
/// has none.
fn is_without_calico_node(case: &Case, waiting: &[&Pod]) -> bool {
    let ready: Vec<&str> = CalicoNode::all(case.snapshot)
        .iter()
        .flat_map(|node| pods::of(case.snapshot, &node.set.metadata, node.selector()))
        .filter(|pod| pod.is_ready())
        .map(|pod| pod.spec.node_name.as_str())
        .collect();
    // What connects pods on Windows is another DaemonSet.
    let windows = |name: &str| {
        let mut nodes = case.snapshot.nodes.items().iter();
        nodes.any(|node| node.metadata.name == name && !node.is_linux())
    };
    waiting.iter().any(|pod| match pod.spec.node_name.as_str() {
        "" => ready.is_empty(),
        node => !ready.contains(&node) && !windows(node),
    })
}
