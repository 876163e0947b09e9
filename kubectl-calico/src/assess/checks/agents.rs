//! Whether calico-node is ready on every node where it should run.

use crate::assess::advice::agent_advice::advised;
use crate::assess::advice::impact::without_pods;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::assess::phrases::{MOST_NAMES, counted, few, pasted};
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::container_failure::container_failure;
use crate::assess::views::pods;
use crate::snapshot::Pod;
use crate::snapshot::resources::DAEMON_SETS;
use calico_core::catalog::Entry;

pub(crate) const AGENT_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL501",
        title: "calico-node is not ready on some nodes",
        meaning: "On some nodes the calico-node pod is not ready, or does not exist.",
        impact: "While its containers do not run, new pods on the node get no network, and policies \
                 are no longer updated. If it runs and is only not ready, pods start, but routes to \
                 or from the node, or policies, may be missing.",
        criteria: "The DaemonSet's pods are counted, or its status if the pods cannot be read. A pod \
                   whose container crash-loops, or whose image cannot be pulled, is reported as \
                   CAL502 or CAL503 instead. If none of these nodes' kubelets respond (their Ready \
                   condition is Unknown), the finding is a warning, because calico-node is not the \
                   cause. The fix depends on how far the pod is: not scheduled, a container that \
                   cannot be created, an init container, or running and not ready. For the last \
                   one, it names what else was found: a locked datastore, no ready Typha, wrong \
                   addresses of nodes, a silent node.",
        fix: "The pod's events contain the result of the readiness probe. \"BIRD is not ready: BGP \
              not established\" means that the wrong node address was detected (CAL510), that TCP \
              179 is blocked between nodes, or that all peers are down: after half a minute, one \
              established session is enough. If Felix is not ready, read its log and check that it \
              can reach Typha on TCP 5473.",
        source: "projectcalico/calico v3.32.1, node/pkg/health/health.go (checkBIRDReady); \
                 projectcalico/calico#8607, #3541, #2905, #2844",
    },
    needs: &[&DAEMON_SETS],
    excuses: &[],
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
    // A selector by other labels than Calico's: its pods were not read, and only its status tells.
    if !has_pods(case, node) {
        return by_counts(case, node).filter(|_| has_unready(node));
    }
    unready.retain(|pod| !pod.is_ready() && container_failure(pod).is_none());
    unready.sort_by_key(|pod| pods::place(pod));
    // Events and logs need a kubelet that responds.
    let responding = unready
        .iter()
        .find(|pod| !pods::is_on_silent_node(case.snapshot, pod));
    let severity = if responding.is_some() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let first = responding.or_else(|| unready.first())?;
    // A node that is silent is one node's trouble, whatever the others wait for.
    let (silent, others): (Vec<&Pod>, Vec<&Pod>) = unready
        .iter()
        .partition(|pod| responding.is_some() && pods::is_on_silent_node(case.snapshot, pod));
    let places = |pods: &[&Pod]| -> Vec<String> {
        let places = pods.iter().map(|pod| pods::place(pod).to_owned());
        places.collect()
    };
    let mut message = format!(
        "calico-node is not ready on {}: {}",
        how_many(node, others.len()),
        few(&places(&others))
    );
    if !silent.is_empty() {
        message.push_str(&format!(
            "; {} does not respond at all",
            few(&places(&silent))
        ));
    }
    let mut finding = Finding::new(&AGENT_NOT_READY.entry, severity, node.object(), message);
    for pod in unready.iter().take(MOST_NAMES) {
        let why = if pods::is_on_silent_node(case.snapshot, pod) {
            "the node's kubelet does not respond".to_owned()
        } else {
            pods::why(pod)
        };
        let why = format!("{why} (on {})", pods::place(pod));
        finding = finding.evidence(pods::object(pod), "status", why);
    }
    Some(match severity {
        Severity::Warning => finding
            .impact(without_pods(case, "calico-node"))
            .fix("restart the kubelets of these nodes, or delete Nodes that no longer exist")
            .paste("kubectl get nodes -o wide"),
        _ => advised(case, finding, first),
    })
}

/// Whether any of its pods was read, such as one that is being deleted.
fn has_pods(case: &Case, node: &CalicoNode) -> bool {
    let mut pods = case.snapshot.calico_pods.items().iter();
    pods.any(|pod| pods::selects(&node.set.metadata, node.selector(), pod))
}

/// Whether its status counts pods that are not ready, and not only nodes without one.
fn has_unready(node: &CalicoNode) -> bool {
    let status = node.set.status.as_ref();
    status.is_some_and(|status| status.number_ready < status.current_number_scheduled)
}

/// `1 of 3 nodes`
fn how_many(node: &CalicoNode, count: usize) -> String {
    let desired = node.desired().and_then(|desired| desired.try_into().ok());
    match desired {
        Some(desired) => format!("{count} of {}", counted(desired, "node")),
        None => counted(count, "node"),
    }
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
        format!(
            "calico-node is ready on only {ready} of {}",
            counted(usize::try_from(desired).ok()?, "node")
        ),
    )
    .evidence(&object, "status.numberReady", ready)
    .evidence(&object, "status.desiredNumberScheduled", desired)
    .impact(without_pods(case, "calico-node"))
    .fix("find the nodes where the pod is not ready; this report could not read the pods")
    .paste(format!(
        "kubectl get pods -n {} -o wide | grep {}-",
        pasted(meta.namespace.as_deref().unwrap_or_default()),
        pasted(meta.name.as_deref().unwrap_or_default())
    ));
    Some(finding)
}

/// Nodes for which the DaemonSet controller has not created a pod.
fn without_pod(case: &Case, node: &CalicoNode) -> Option<Finding> {
    let scheduled = u32::try_from(node.set.status.as_ref()?.current_number_scheduled).ok()?;
    let desired = node.desired()?;
    if scheduled >= desired {
        return None;
    }
    let object = node.object();
    let meta = &node.set.metadata;
    let finding = Finding::error(
        &AGENT_NOT_READY.entry,
        &object,
        format!(
            "{} of {} without a calico-node pod",
            desired - scheduled,
            counted(usize::try_from(desired).ok()?, "node")
        ),
    )
    .evidence(&object, "status.currentNumberScheduled", scheduled)
    .evidence(&object, "status.desiredNumberScheduled", desired)
    .impact(without_pods(case, "calico-node"))
    .fix("check the DaemonSet's events to see why no pod is created, or check again in a minute")
    .paste(format!(
        "kubectl describe daemonsets -n {} {}",
        pasted(meta.namespace.as_deref().unwrap_or_default()),
        pasted(meta.name.as_deref().unwrap_or_default())
    ));
    Some(finding)
}
