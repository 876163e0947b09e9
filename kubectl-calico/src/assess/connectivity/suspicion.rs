//! Whether the path between nodes may be why pods are not ready.

use crate::assess::check::Check;
use crate::assess::checks::agents::AGENT_NOT_READY;
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::components::{COMPONENT_DEGRADED, COMPONENT_NOT_AVAILABLE};
use crate::assess::checks::kube_controllers::CONTROLLERS_NOT_READY;
use crate::assess::checks::pending::PODS_WAIT;
use crate::assess::checks::typha_replicas::NOT_READY as TYPHA_NOT_READY;
use crate::assess::finding::{Finding, Severity};
use crate::snapshot::{Pod, Snapshot};
use crate::views::pods::{is_calico, is_on_silent_node};

/// The checks whose findings say that something does not respond, and not why.
const CONSEQUENCES: [&Check; 7] = [
    &COMPONENT_DEGRADED,
    &COMPONENT_NOT_AVAILABLE,
    &API_SERVER_SILENT,
    &TYPHA_NOT_READY,
    &AGENT_NOT_READY,
    &PODS_WAIT,
    &CONTROLLERS_NOT_READY,
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
    let is_consequence = CONSEQUENCES.iter().any(|check| check.found(found));
    if found.symptom_of.is_some() || is_consequence {
        return found.is_explained;
    }
    let about_path = PATH.iter().any(|start| found.code.starts_with(start));
    match found.severity {
        Severity::Error => true,
        Severity::Warning => about_path,
        Severity::Note => false,
    }
}
