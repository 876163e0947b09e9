//! What to do about pods of Calico's Deployments that the scheduler cannot place because of a taint.

use super::waiting_causes::WaitingCause;
use crate::assess::check::Case;
use crate::snapshot::Pod;

/// The cause, if the scheduler names a taint that a pod does not tolerate.
///
/// The Installation's controlPlaneTolerations replace the tolerations of Typha, which otherwise tolerates every taint, and
/// add to those of the others; the overrides of typhaDeployment are applied last. Source: tigera/operator v1.42.3,
/// pkg/render/typha.go and kubecontrollers; projectcalico/calico#6087.
pub(crate) fn of(case: &Case, pods: &[&Pod]) -> Option<WaitingCause> {
    let scheduled = pods.iter().find_map(|pod| {
        let scheduled = pod.condition("PodScheduled")?;
        let is_tainted = scheduled.status == "False" && scheduled.message.contains(TAINT);
        is_tainted.then_some(scheduled)
    })?;
    let (_, taint) = scheduled.message.split_once(TAINT)?;
    let key = taint.split([':', '}', '=']).next()?.trim();
    // It goes once the node is what Kubernetes waits for.
    let passing = match key {
        "node.cloudprovider.kubernetes.io/uninitialized" => {
            Some("install the cloud controller manager, which initializes the nodes")
        }
        "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable" => {
            Some("get the nodes ready first")
        }
        _ => None,
    };
    let by_operator = case.facts.install.is_run_by_operator();
    let (fix, command) = match passing {
        Some(passing) => (passing.to_owned(), TAINTS),
        None if by_operator => (
            format!(
                "in controlPlaneTolerations of the Installation, add a toleration for the taint {key}. As this list \
                 replaces Typha's own tolerations, also set typhaDeployment.spec.template.spec.tolerations to \
                 [{{operator: Exists}}]. Or remove the taint from a node"
            ),
            "kubectl edit installations.operator.tigera.io default",
        ),
        None => (
            format!(
                "in the pod template of its manifest, add a toleration for the taint {key}; or remove the taint from a \
                 node"
            ),
            TAINTS,
        ),
    };
    Some(WaitingCause {
        fix,
        command: command.to_owned(),
    })
}

const TAINTS: &str =
    "kubectl get nodes -o custom-columns='NAME:.metadata.name,TAINTS:.spec.taints[*].key'";

/// Source: kubernetes v1.34, pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.
const TAINT: &str = "untolerated taint {";
