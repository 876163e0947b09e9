//! How many replicas Typha can have, and how to scale it.

use calico_core::typha::operator_replicas;

use super::bundled::bundled;
use crate::assess::check::Case;
use crate::facts::bundle::BundledSetting;
use crate::facts::platform::Platform;
use crate::facts::replicas::Replicas;
use crate::facts::typha::schedulable;
use crate::phrases::pasted;
use crate::repair::Step;
use crate::snapshot::Node;

/// Whether GKE manages Typha. If so, GKE scales it with the cluster and reverts other changes.
pub(crate) fn by_gke(case: &Case) -> bool {
    case.facts.cluster.platform.value() == Some(&Platform::Gke)
}

/// The step that scales Typha to a number of replicas.
pub(crate) fn scaled(case: &Case, what: &str, replicas: &Replicas, to: u32) -> Step {
    if by_gke(case) {
        return Step::new("check GKE's Deployments calico-typha-*-autoscaler, which scale Typha");
    }
    if let Some(step) = bundled(case, BundledSetting::TyphaReplicas(to)) {
        return step;
    }
    let (namespace, name) = (pasted(&replicas.namespace), pasted(&replicas.name));
    Step::new(what).run(format!(
        "kubectl scale -n {namespace} deployment {name} --replicas={to}"
    ))
}

/// The number of replicas that the operator wants, and the number of nodes for them if it is
/// smaller.
pub(crate) fn too_few_nodes(case: &Case) -> Option<(u32, u32)> {
    let by_operator = case.facts.install.is_run_by_operator();
    let all = schedulable_count(case);
    let nodes = case.snapshot.nodes.items();
    let linux = schedulable(nodes, &case.facts.install).filter(|node| takes_typha(node));
    let linux = u32::try_from(linux.count()).unwrap_or(u32::MAX);
    let wanted = operator_replicas(all);
    (by_operator && !nodes.is_empty() && linux < wanted).then_some((wanted, linux))
}

/// The number of nodes that accept pods.
pub(crate) fn schedulable_count(case: &Case) -> u32 {
    let nodes = schedulable(case.snapshot.nodes.items(), &case.facts.install);
    u32::try_from(nodes.count()).unwrap_or(u32::MAX)
}

/// Whether a node matches the node selector of Typha's pods.
pub(crate) fn takes_typha(node: &Node) -> bool {
    node.metadata.label("kubernetes.io/os") == Some("linux")
}
