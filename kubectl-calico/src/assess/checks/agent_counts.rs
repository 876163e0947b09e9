//! calico-node that is not ready by what its DaemonSet counts, where its pods do not show which of them it is.

use super::agents_replaced;
use crate::assess::advice::impact::without_pods;
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Severity};
use crate::phrases::{counted, few, pasted_names};
use crate::snapshot::Pod;
use crate::views::calico_node::CalicoNode;
use crate::views::pods;
use crate::views::rolling_update::stopped;
use calico_core::catalog::Entry;

/// A finding about the nodes that the DaemonSet does not count as ready.
pub(super) fn finding(
    entry: &Entry,
    case: &Case,
    node: &CalicoNode,
    fix: impl Into<String>,
) -> Option<Finding> {
    let (ready, desired) = counts(node)?;
    if ready >= desired {
        return None;
    }
    let object = node.object();
    let nodes = counted(usize::try_from(desired).ok()?, "node");
    let message = match ready {
        0 => format!("calico-node is ready on none of {nodes}"),
        ready => format!("calico-node is ready on only {ready} of {nodes}"),
    };
    let (namespace, name) = pasted_names(&node.set.metadata);
    let missing = usize::try_from(desired - ready).ok()?;
    let is_replaced = missing <= stopped(node.set, usize::try_from(desired).ok()?);
    let severity = if is_replaced {
        agents_replaced::severity(node, missing)
    } else {
        Severity::Error
    };
    Some(
        Finding::new(entry, severity, &object, message)
            .evidence(&object, "status.numberReady", ready)
            .evidence(&object, "status.desiredNumberScheduled", desired)
            .impact(without_pods(case, "calico-node"))
            .fix(if is_replaced {
                "wait for the rollout, which stops one pod after the other; if it does not go on, find the pod that is not \
                 ready"
                    .to_owned()
            } else {
                fix.into()
            })
            .paste(format!(
                "kubectl get pods -n {namespace} -o wide | grep {name}-"
            )),
    )
}

/// The same, although none of its `read` pods is unready: they have other labels, are being deleted, or its
/// controller does not count.
pub(super) fn contradicting(
    entry: &Entry,
    case: &Case,
    node: &CalicoNode,
    read: usize,
) -> Option<Finding> {
    let status = node.set.status.as_ref()?;
    let uncounted = status.current_number_scheduled - status.number_ready;
    let uncounted = usize::try_from(uncounted).ok().filter(|count| *count > 0)?;
    let deleted = being_deleted(case, node);
    match (read, deleted.len()) {
        (_, many) if many > 0 && status.number_ready == 0 => recreated(entry, case, node, &deleted),
        (_, many) if many >= uncounted => replaced(entry, node, &deleted),
        (0, _) => finding(
            entry,
            case,
            node,
            "find the nodes where the pod is not ready: this report looks up pods by their labels, and found \
             no pod of this DaemonSet",
        ),
        _ => finding(
            entry,
            case,
            node,
            format!(
                "the DaemonSet counts fewer ready pods than this report read ({read}). If kubectl shows them ready, too, \
                 kube-controller-manager no longer counts them: read its log"
            ),
        )
        // A pod may have become ready between the two readings.
        .map(|finding| Finding {
            severity: Severity::Warning,
            ..finding
        }),
    }
}

/// What its controller has counted as ready, and how many nodes should run it.
fn counts(node: &CalicoNode) -> Option<(u32, u32)> {
    let ready = u32::try_from(node.set.status.as_ref()?.number_ready).ok()?;
    Some((ready, node.desired()?))
}

fn being_deleted<'a>(case: &Case<'a>, node: &CalicoNode) -> Vec<&'a Pod> {
    let pods = case.snapshot.calico_pods.items().iter();
    pods.filter(|pod| {
        pod.metadata.deletion_timestamp.is_some()
            && pods::selects(&node.set.metadata, node.selector(), pod)
    })
    .collect()
}

/// All pods are being deleted, which no rollout does.
/// Source: projectcalico/calico#8864.
fn recreated(entry: &Entry, case: &Case, node: &CalicoNode, deleted: &[&Pod]) -> Option<Finding> {
    let (namespace, name) = pasted_names(&node.set.metadata);
    let finding = finding(
        entry,
        case,
        node,
        "if they are deleted again and again, find out what deletes them. Their events name it: preemption for a pod that \
         stays Pending, eviction, or a taint with the effect NoExecute",
    )?;
    let finding = with_deletions(finding, deleted);
    let finding = finding.paste(format!(
        "kubectl get events -n {namespace} --sort-by=.lastTimestamp | grep {name}\n\
         kubectl get pods -A --field-selector=status.phase=Pending"
    ));
    Some(Finding {
        message: format!("{}: its pods are being deleted", finding.message),
        ..finding
    })
}

/// Some pods are being deleted, as in a rollout.
fn replaced(entry: &Entry, node: &CalicoNode, deleted: &[&Pod]) -> Option<Finding> {
    let places: Vec<&str> = deleted.iter().map(|pod| pods::place(pod)).collect();
    let (namespace, name) = pasted_names(&node.set.metadata);
    let finding = Finding::note(
        entry,
        node.object(),
        format!("calico-node is being replaced on {}", few(&places)),
    );
    let (ready, desired) = counts(node)?;
    let finding = finding
        .evidence(node.object(), "status.numberReady", ready)
        .evidence(node.object(), "status.desiredNumberScheduled", desired);
    Some(
        with_deletions(finding, deleted)
            .impact("new pods there get a network once the new calico-node runs")
            .fix("wait for the new pods")
            .paste(format!(
                "kubectl rollout status -n {namespace} daemonset/{name}"
            )),
    )
}

fn with_deletions(finding: Finding, deleted: &[&Pod]) -> Finding {
    finding.for_few(deleted.iter(), |finding, pod| {
        let since = pod.metadata.deletion_timestamp.iter();
        since.fold(finding, |finding, since| {
            finding.evidence(pods::object(pod), "metadata.deletionTimestamp", since.0)
        })
    })
}
