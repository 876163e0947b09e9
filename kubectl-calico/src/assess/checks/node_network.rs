//! The NetworkUnavailable condition of nodes.

use super::agents::AGENT_NOT_READY;
use super::other_plugins;
use crate::assess::advice::pod_commands;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Suspect};
use crate::phrases::{MOST_NAMES, few};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, NODES};
use crate::snapshot::{Node, NodeCondition, Pod, PodName};
use crate::views::calico_node::CalicoNode;
use crate::views::pods;
use calico_core::catalog::Entry;

const CONDITION: &str = "NetworkUnavailable";

pub(crate) const NETWORK_UNAVAILABLE: Check = Check {
    entry: Entry {
        code: "CAL505",
        title: "a node's network is reported as unavailable, or as set up by flannel",
        meaning: "A node's NetworkUnavailable condition is True although calico-node is ready on \
                  the node; or the condition says that flannel is up although Calico provides pod \
                  networking.",
        impact: "While the condition is True, the node has the taint \
                 node.kubernetes.io/network-unavailable and no pods are scheduled to it. If \
                 flannel wrote the condition last, flannel runs, or ran, on the node after Calico, \
                 and its CNI configuration may still be in use.",
        criteria: "Applies only if Calico provides pod networking: its backend is not none, and it \
                   is not Canal. While Calico's own migration from flannel moves the nodes, flannel is \
                   not reported. Nodes whose calico-node is not ready are reported as CAL501 to \
                   CAL503. calico-node sets CalicoIsDown when it stops and CalicoIsUp once it has \
                   started; a cloud's route controller may also write the condition.",
        fix: "The fix depends on the reason of the condition.\n\
              - CalicoIsDown: restart calico-node on the node.\n\
              - NoRouteCreated: turn off the cloud's route controller, which is not needed with Calico \
              (--configure-cloud-routes=false on the controller manager).\n\
              - FlannelIsUp: remove flannel and the node's /etc/cni/net.d/10-flannel.conflist, and recreate \
              the pods that have flannel addresses.",
        source: "projectcalico/calico v3.32.1, node/pkg/lifecycle/utils/utils.go \
                 (SetNodeNetworkUnavailableCondition); projectcalico/calico#6124",
    },
    needs: &[&NODES, &DAEMON_SETS],
    // A pod that is not ready, which is another finding.
    excuses: &[&CALICO_PODS],
    judges: Judges::Running,
    find: |case| {
        let Some(calico) = CalicoNode::current(case.snapshot) else {
            return Vec::new();
        };
        if calico.is_canal() || calico.does_networking() != Some(true) {
            return Vec::new();
        }
        let pods = pods::of(case.snapshot, &calico.set.metadata, calico.selector());
        // Nodes that are yet to be moved still have flannel (CAL509).
        let flannel = (!calico.is_replacing_flannel()).then(|| flannel(case));
        [unavailable(case, &pods), flannel.flatten()]
            .into_iter()
            .flatten()
            .collect()
    },
};

/// The Linux nodes whose condition matches, each with the condition.
fn nodes_with<'a>(
    case: &Case<'a>,
    matches: impl Fn(&NodeCondition) -> bool,
) -> Vec<(&'a Node, &'a NodeCondition)> {
    case.snapshot
        .nodes
        .items()
        .iter()
        .filter(|node| node.is_linux())
        .filter_map(|node| Some((node, node.condition(CONDITION)?)))
        .filter(|(_, condition)| matches(condition))
        .collect()
}

fn with_evidence(finding: Finding, nodes: &[(&Node, &NodeCondition)]) -> Finding {
    finding.for_few(nodes.iter(), |finding, (node, condition)| {
        finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            format!("condition {CONDITION}"),
            crate::phrases::condition(&condition.status, &condition.reason, &condition.message),
        )
    })
}

fn names<'a>(nodes: &[(&'a Node, &NodeCondition)]) -> Vec<&'a str> {
    nodes
        .iter()
        .map(|(node, _)| node.metadata.name.as_str())
        .collect()
}

fn unavailable(case: &Case, pods: &[&Pod]) -> Option<Finding> {
    let mut nodes = nodes_with(case, |condition| condition.status == "True");
    let on = |node: &Node| {
        pods.iter()
            .find(|pod| pod.spec.node_name == node.metadata.name)
    };
    // Otherwise calico-node is the cause, and is reported as such.
    nodes.retain(|(node, _)| on(node).is_none_or(|pod| pod.is_ready()));
    let (first, condition) = nodes.first()?;
    let restart: Vec<&Pod> = nodes
        .iter()
        .filter_map(|(node, _)| on(node))
        .copied()
        .collect();
    let ready = if restart.is_empty() {
        ""
    } else {
        ", although calico-node is ready there"
    };
    let finding = Finding::error(
        &NETWORK_UNAVAILABLE.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!("{CONDITION} is True on {}{ready}", few(&names(&nodes))),
    );
    let finding = with_evidence(finding, &nodes)
        .impact("no pods are scheduled there (taint node.kubernetes.io/network-unavailable)");
    Some(match condition.reason.as_str() {
        // Without the route controller, nothing but a calico-node that starts clears the condition.
        "NoRouteCreated" => {
            let finding = finding.fix(
                "start the controller manager with --configure-cloud-routes=false: the cloud's route \
                 controller waits for routes that Calico does not need",
            );
            if restart.is_empty() {
                finding
            } else {
                finding
                    .fix("then restart calico-node there: it clears the condition once it has started")
                    .paste(deletion(&restart))
            }
        }
        _ if restart.is_empty() => finding
            .suspects([Suspect::Code(AGENT_NOT_READY.entry.code)])
            .fix("get calico-node ready there: it clears the condition once it has started"),
        _ => finding
            .fix("restart calico-node there: it clears the condition once it has started")
            .paste(deletion(&restart)),
    })
}

/// Deletes pods, which their DaemonSet then recreates.
fn deletion(pods: &[&Pod]) -> String {
    let commands: Vec<String> = pods
        .iter()
        .take(MOST_NAMES)
        .map(|pod| pod_commands::delete(&PodName::of(&pod.metadata)))
        .collect();
    commands.join("\n")
}

fn flannel(case: &Case) -> Option<Finding> {
    let nodes = nodes_with(case, |condition| condition.reason == "FlannelIsUp");
    let (first, _) = nodes.first()?;
    let finding = Finding::warning(
        &NETWORK_UNAVAILABLE.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!(
            "flannel was the last plugin to set up the network of {}",
            few(&names(&nodes))
        ),
    );
    let finding = with_evidence(finding, &nodes).impact(
        "flannel's CNI configuration may still be in use there, and pods then get addresses \
         unknown to Calico",
    );
    if other_plugins::has_flannel(case) {
        let cause = other_plugins::OTHER_PLUGIN.entry.code;
        return Some(finding.suspects([Suspect::Code(cause)]).fix(format!(
            "resolve {cause} first, which says how to find out which of the two plugins goes"
        )));
    }
    Some(finding.fix(
        "remove flannel, delete /etc/cni/net.d/10-flannel.conflist on these nodes, and recreate \
         the pods that have flannel addresses",
    ))
}
