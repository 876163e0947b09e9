//! How many replicas of Typha there can be, and how to scale it.

use calico_core::typha::operator_replicas;

use crate::assess::check::Case;
use crate::assess::facts::cluster::Platform;
use crate::assess::facts::install::Method;
use crate::assess::facts::typha::{NAME, Replicas, schedulable};
use crate::assess::words::pasted;
use crate::repair::Step;
use crate::snapshot::Node;

/// Whether GKE made this Typha: it scales it with the cluster, and takes other changes back.
pub(crate) fn by_gke(case: &Case) -> bool {
    case.facts.cluster.platform.value() == Some(&Platform::Gke)
}

/// How to have that many replicas.
pub(crate) fn scaled(case: &Case, what: &str, replicas: &Replicas, to: u32) -> Step {
    if by_gke(case) {
        return Step::new(
            "GKE scales Typha by itself: see its Deployments calico-typha-*-autoscaler".to_owned(),
        );
    }
    let namespace = pasted(&replicas.namespace);
    Step::new(what.to_owned()).run(format!(
        "kubectl scale -n {namespace} deployment {NAME} --replicas={to}"
    ))
}

/// The replicas that the operator wants, and the nodes for them, where those are fewer.
pub(crate) fn too_few_nodes(case: &Case) -> Option<(u32, u32)> {
    let by_operator = matches!(
        case.facts.install.method.value(),
        Some(Method::Operator { .. } | Method::Migrating)
    );
    let all = schedulable_count(case);
    let nodes = case.snapshot.nodes.items();
    let linux = schedulable(nodes, &case.facts.install).filter(|node| takes_typha(node));
    let linux = u32::try_from(linux.count()).unwrap_or(u32::MAX);
    let wanted = operator_replicas(all);
    (by_operator && !nodes.is_empty() && linux < wanted).then_some((wanted, linux))
}

/// How many nodes take pods.
pub(crate) fn schedulable_count(case: &Case) -> u32 {
    let nodes = schedulable(case.snapshot.nodes.items(), &case.facts.install);
    u32::try_from(nodes.count()).unwrap_or(u32::MAX)
}

/// Whether Typha's pods fit a node by their node selector.
pub(crate) fn takes_typha(node: &Node) -> bool {
    node.metadata.label("kubernetes.io/os") == Some("linux")
}
