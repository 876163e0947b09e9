//! A Deployment whose pods the API server refuses. calico-node's are often refused for the same reason: then
//! that is one problem.

use k8s_openapi::api::apps::v1::Deployment;

use crate::assess::check::Case;
use crate::assess::finding::{Finding, Suspect};
use crate::views::calico_node::CalicoNode;
use crate::views::objects::object_of;
use crate::views::refusal::{self, REPLICA_FAILURE};

/// Adds why no pod is created, from which the cause follows.
pub(crate) fn refused(case: &Case, finding: Finding, deployment: &Deployment) -> Finding {
    let Some(why) = refusal::of(deployment) else {
        return finding;
    };
    let finding = finding.evidence(object_of(deployment), REPLICA_FAILURE, why);
    let agents_too = CalicoNode::all(case.snapshot)
        .iter()
        .any(CalicoNode::lacks_pods);
    if agents_too {
        finding.suspects(["calico-node", "canal"].map(Suspect::Workload))
    } else {
        finding
    }
}
