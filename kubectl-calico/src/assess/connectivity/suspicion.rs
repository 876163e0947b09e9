//! Whether the path between nodes may be why pods are not ready.

use crate::assess::finding::{Finding, Severity};
use crate::assess::views::pods::{is_calico, is_on_silent_node};
use crate::snapshot::{Pod, Snapshot};

/// Findings that say that something does not respond, and not why.
const CONSEQUENCES: [&str; 7] = [
    "CAL107", "CAL108", "CAL112", "CAL404", "CAL501", "CAL504", "CAL508",
];

/// The first digits of findings about the path between nodes, which explain it as warnings, too.
const PATH: [&str; 3] = ["CAL20", "CAL3", "CAL51"];

/// Whether pods that run are not ready, and no finding explains why.
pub fn is_suspected(snapshot: &Snapshot, findings: &[Finding]) -> bool {
    let mut pods = snapshot.calico_pods.items().iter();
    pods.any(|pod| is_waiting(pod) && !is_on_silent_node(snapshot, pod))
        && !findings.iter().any(explains)
}

/// Whether a pod runs, and neither answers its probe nor fails by itself.
fn is_waiting(pod: &Pod) -> bool {
    let is_dns = pod.metadata.label("k8s-app") == Some("kube-dns");
    let fails = |pod: &Pod| {
        let mut statuses = pod.statuses();
        statuses.any(|container| container.state.running.is_none() && !container.ready)
    };
    (is_calico(pod) || is_dns)
        && pod.metadata.deletion_timestamp.is_none()
        && pod.status.phase == "Running"
        && !pod.is_ready()
        && !fails(pod)
}

fn explains(found: &Finding) -> bool {
    if found.symptom_of.is_some() || CONSEQUENCES.contains(&found.code) {
        return found.is_explained;
    }
    let about_path = PATH.iter().any(|start| found.code.starts_with(start));
    match found.severity {
        Severity::Error => true,
        Severity::Warning => about_path,
        Severity::Note => false,
    }
}
