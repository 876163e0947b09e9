//! Pods that wait because of what an uninstall left on nodes. Part of CAL504.

use calico_core::catalog::Entry;

use super::signs::events;
use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::method::Method;
use crate::phrases::{few, pasted};
use crate::snapshot::Pod;
use crate::views::pods;

/// Pods that the container runtime connects with Calico's CNI plugin, although Calico is not installed.
pub(super) fn with_files_of_calico(
    entry: &Entry,
    case: &Case,
    waiting: &[&Pod],
) -> Option<Finding> {
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
    let finding = Finding::error(entry, pods::object(first), message);
    let finding = finding.for_few(pods.iter(), |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why_there(pod))
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
