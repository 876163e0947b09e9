//! calico-node that is not ready because a rolling update has just replaced it.

use calico_core::catalog::Entry;

use super::rollout::ROLLOUT_UNDER_WAY;
use crate::assess::advice::agent_advice::is_held_up;
use crate::assess::advice::impact::without_pods;
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::phrases::{few, pasted_names};
use crate::snapshot::Pod;
use crate::views::calico_node::CalicoNode;
use crate::views::{kube_proxy, pods, rolling_update};

/// Takes those pods out of unready ones.
pub(super) fn take<'a>(case: &Case, node: &CalicoNode, unready: &mut Vec<&'a Pod>) -> Vec<&'a Pod> {
    let is_held_up = |pod: &Pod| {
        pods::is_on_silent_node(case.snapshot, pod)
            || kube_proxy::is_ready_on(case.snapshot, &pod.spec.node_name) == Some(false)
            || is_held_up(case, pod)
    };
    let mut others: Vec<&Pod> = unready.clone();
    others.retain(|pod| !is_held_up(pod));
    let wanted = node.desired().and_then(|wanted| wanted.try_into().ok());
    let replaced = rolling_update::take_replaced(node.set, wanted.unwrap_or_default(), &mut others);
    unready.retain(|pod| !replaced.iter().any(|it| std::ptr::eq(*it, *pod)));
    replaced
}

/// How severe it is that `replaced` pods are not ready: once a new pod is ready on another node, the update goes on.
pub(super) fn severity(node: &CalicoNode, replaced: usize) -> Severity {
    let status = node.set.status.as_ref();
    let updated = status.and_then(|status| status.updated_number_scheduled);
    let updated = updated.and_then(|count| usize::try_from(count).ok());
    if updated.is_some_and(|updated| updated > replaced) {
        Severity::Note
    } else {
        Severity::Warning
    }
}

/// The finding about them.
pub(super) fn finding(
    entry: &Entry,
    case: &Case,
    node: &CalicoNode,
    replaced: &[&Pod],
) -> Option<Finding> {
    if replaced.is_empty() {
        return None;
    }
    let severity = severity(node, replaced.len());
    let places: Vec<&str> = replaced.iter().map(|pod| pods::place(pod)).collect();
    let message = format!(
        "calico-node is not ready yet on {}, where a rollout has replaced it",
        few(&places)
    );
    let finding = Finding::new(entry, severity, node.object(), message);
    let finding = replaced.iter().fold(finding, |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why_there(pod))
    });
    let (namespace, name) = pasted_names(&node.set.metadata);
    let finding = finding
        .explained()
        .impact(without_pods(case, "calico-node"))
        .fix(
            "wait a minute or two for the rollout. If the same pod is still not ready then, the rollout waits for it: \
             read the pod's events and its log",
        )
        .paste(format!(
            "kubectl rollout status -n {namespace} daemonset/{name}"
        ));
    Some(if severity == Severity::Note {
        finding.suspects([Suspect::Code(ROLLOUT_UNDER_WAY.entry.code)])
    } else {
        finding
    })
}
