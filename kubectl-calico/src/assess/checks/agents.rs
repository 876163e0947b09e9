//! Whether calico-node is ready on every node that should run it.

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::impact::without_pods;
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::pods;
use crate::assess::views::stopped::stopped;
use crate::assess::words::{MOST_NAMES, counted, few, pasted};
use crate::snapshot::Pod;
use crate::snapshot::resources::DAEMON_SETS;
use calico_core::catalog::Entry;

pub(crate) const AGENT_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL501",
        title: "calico-node is not ready on some nodes",
        meaning: "On some nodes calico-node is not ready, or has no pod.",
        impact: "New pods there get no network, and policies and routes no longer change. With \
                  BGP, the node's pods may not be reached from other nodes.",
        criteria: "By the pods of the DaemonSet, and where they cannot be read by its counts. A pod \
                 whose container crash-loops, or whose image cannot be pulled, is CAL502 or \
                 CAL503 instead. Where the kubelets of all these nodes do not answer (their \
                 condition Ready is Unknown), it is a warning: then calico-node is not the cause.",
        fix: "The readiness probe says why, in the pod's events. BIRD is not ready, BGP not \
              established: the wrong address of the node was detected (docker0, virbr0, a second \
              interface; set nodeAddressAutodetectionV4 of the Installation, or \
              IP_AUTODETECTION_METHOD), or TCP 179 is closed between nodes. Felix is not ready: \
              see its log, and whether it reaches Typha on TCP 5473.",
        source: "projectcalico/calico#8607, #3541, #2905",
    },
    needs: &[&DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        let nodes = CalicoNode::all(case.snapshot);
        let found = nodes
            .iter()
            .flat_map(|node| [not_ready(case, node), without_pod(case, node)]);
        found.flatten().collect()
    },
};

fn not_ready(case: &Case, node: &CalicoNode) -> Option<Finding> {
    if case.snapshot.calico_pods.unknown().is_some() {
        return by_counts(case, node);
    }
    let mut unready = pods::of(case.snapshot, &node.set.metadata, node.selector());
    unready.retain(|pod| !pod.is_ready() && stopped(pod).is_none());
    unready.sort_by_key(|pod| pods::place(pod));
    let silent = |pod: &&&Pod| is_silent(case, &pod.spec.node_name);
    let severity = match unready.iter().all(|pod| silent(&pod)) {
        true => Severity::Warning,
        false => Severity::Error,
    };
    // The pod to look at: one whose kubelet can tell.
    let first = unready
        .iter()
        .find(|pod| !silent(pod))
        .or_else(|| unready.first())?;
    let places: Vec<&str> = unready.iter().map(|pod| pods::place(pod)).collect();
    let mut finding = Finding::new(
        &AGENT_NOT_READY.entry,
        severity,
        node.object(),
        format!(
            "calico-node is not ready on {}: {}",
            how_many(node, places.len()),
            few(&places)
        ),
    );
    for pod in unready.iter().take(MOST_NAMES) {
        let why = match is_silent(case, &pod.spec.node_name) {
            true => "the node's kubelet does not answer".to_owned(),
            false => pods::why(pod),
        };
        let why = format!("{why} (on {})", pods::place(pod));
        finding = finding.evidence(pods::object(pod), "status", why);
    }
    let finding = finding.impact(without_pods(case, "calico-node"));
    Some(match severity {
        Severity::Warning => finding
            .fix("bring these nodes' kubelets back, or delete the Nodes that are gone for good")
            .paste("kubectl get nodes -o wide"),
        _ => finding.fix(advice(case)).paste(commands(first)),
    })
}

/// `1 of 3 nodes`
fn how_many(node: &CalicoNode, count: usize) -> String {
    let desired = node.desired().and_then(|desired| desired.try_into().ok());
    match desired {
        Some(desired) => format!("{count} of {}", counted(desired, "node")),
        None => counted(count, "node"),
    }
}

fn advice(case: &Case) -> &'static str {
    match case.facts.routing.bgp.runs.value() {
        Some(true) => {
            "the readiness probe says why, in the pod's events: most often BGP is not established, \
             because the wrong address of a node was detected or TCP 179 is closed between nodes"
        }
        _ => "the readiness probe says why, in the pod's events; else see its log",
    }
}

fn commands(pod: &Pod) -> String {
    let namespace = pasted(pod.metadata.namespace.as_deref().unwrap_or_default());
    let name = pasted(&pod.metadata.name);
    format!(
        "kubectl describe pods -n {namespace} {name}\n\
         kubectl logs -n {namespace} {name} -c calico-node --tail=50"
    )
}

/// Whether nothing has been heard of a node's kubelet for a while.
fn is_silent(case: &Case, node: &str) -> bool {
    let nodes = case.snapshot.nodes.items().iter();
    let mut ready = nodes
        .filter(|found| found.metadata.name == node)
        .filter_map(|found| found.condition("Ready"));
    ready.next().is_some_and(|ready| ready.status == "Unknown")
}

fn by_counts(case: &Case, node: &CalicoNode) -> Option<Finding> {
    let ready = u32::try_from(node.set.status.as_ref()?.number_ready).ok()?;
    let desired = node.desired()?;
    if ready >= desired {
        return None;
    }
    let object = node.object();
    let meta = &node.set.metadata;
    let finding = Finding::error(
        &AGENT_NOT_READY.entry,
        &object,
        format!("calico-node is ready on {ready} of {desired} nodes only"),
    )
    .evidence(&object, "status.numberReady", ready)
    .evidence(&object, "status.desiredNumberScheduled", desired)
    .impact(without_pods(case, "calico-node"))
    .fix("see on which, and what their pods say; the pods could not be read here")
    .paste(format!(
        "kubectl get pods -n {} -l 'k8s-app in (calico-node,canal)' -o wide",
        pasted(meta.namespace.as_deref().unwrap_or_default())
    ));
    Some(finding)
}

/// The DaemonSet's controller could not make a pod for every node.
fn without_pod(case: &Case, node: &CalicoNode) -> Option<Finding> {
    let there = u32::try_from(node.set.status.as_ref()?.current_number_scheduled).ok()?;
    let desired = node.desired()?;
    if there >= desired {
        return None;
    }
    let object = node.object();
    let meta = &node.set.metadata;
    let finding = Finding::error(
        &AGENT_NOT_READY.entry,
        &object,
        format!(
            "{} of {desired} nodes have no pod of calico-node at all",
            desired - there
        ),
    )
    .evidence(&object, "status.currentNumberScheduled", there)
    .evidence(&object, "status.desiredNumberScheduled", desired)
    .impact(without_pods(case, "calico-node"))
    .fix("the DaemonSet's events say why none is made, or look again in a moment")
    .paste(format!(
        "kubectl describe daemonsets -n {} {}",
        pasted(meta.namespace.as_deref().unwrap_or_default()),
        pasted(meta.name.as_deref().unwrap_or_default())
    ));
    Some(finding)
}
