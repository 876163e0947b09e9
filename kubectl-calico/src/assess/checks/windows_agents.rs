//! Whether Calico is ready on every Windows node where it should run.

use super::windows_affinity::NO_STRICT_AFFINITY;
use calico_core::catalog::Entry;

use crate::assess::advice::impact::without_pods;
use crate::assess::advice::pod_commands;
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Suspect};
use crate::phrases::few;
use crate::snapshot::{Pod, PodName};
use crate::views::calico_node::CalicoNode;
use crate::views::container_failure::container_failure;
use crate::views::pods;

/// Pods of calico-node-windows that are not ready. Their containers are node, felix and, with BGP, confd.
pub(super) fn not_ready(entry: &Entry, case: &Case) -> Vec<Finding> {
    let nodes = CalicoNode::of_windows(case.snapshot);
    let found = nodes.iter().filter_map(|node| finding(entry, case, node));
    found.collect()
}

fn finding(entry: &Entry, case: &Case, node: &CalicoNode) -> Option<Finding> {
    let mut unready = pods::of(case.snapshot, &node.set.metadata, node.selector());
    // A pod whose node does not respond is said with the node (CAL512).
    unready.retain(|pod| {
        !pod.is_ready()
            && container_failure(pod).is_none()
            && !pods::is_on_silent_node(case.snapshot, pod)
    });
    unready.sort_by_key(|pod| pods::place(pod));
    let first = unready.first()?;
    let places: Vec<&str> = unready.iter().map(|pod| pods::place(pod)).collect();
    let app = pods::app(first);
    let finding = Finding::error(
        entry,
        node.object(),
        format!("{app} is not ready: {}", few(&places)),
    );
    let finding = finding.for_few(unready.iter(), |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why_there(pod))
    });
    let name = PodName::of(&first.metadata);
    let describe = pod_commands::describe(&name);
    Some(
        match unready_container(first) {
            _ if first.spec.node_name.is_empty() => finding
                .fix("fix what keeps the pod from being scheduled")
                .paste(describe),
            Some(container) => finding
                .fix("read the pod's events, and the logs of its containers")
                .paste(format!(
                    "{describe}\n{} --tail=50",
                    pod_commands::log(&name, container)
                )),
            None => finding.fix("read the pod's events").paste(describe),
        }
        .impact(without_pods(case, app))
        .suspects([Suspect::Code(NO_STRICT_AFFINITY.entry.code)]),
    )
}

/// The first container that is not ready.
fn unready_container(pod: &Pod) -> Option<&str> {
    let mut containers = pod.statuses().filter(|container| !container.ready);
    containers.next().map(|container| container.name.as_str())
}
