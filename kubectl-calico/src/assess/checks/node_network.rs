//! What nodes themselves say of their network.

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::CalicoNode;
use crate::assess::views::pods;
use crate::assess::words::{MOST_NAMES, few, pasted};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, NODES};
use crate::snapshot::{Node, NodeCondition, Pod};
use calico_core::catalog::Entry;

const CONDITION: &str = "NetworkUnavailable";

pub(crate) const NETWORK_UNAVAILABLE: Check = Check {
    entry: Entry {
        code: "CAL505",
        title: "a node says that its network is not there, or that flannel's is",
        meaning: "The condition NetworkUnavailable of a node is True although calico-node is ready \
                there; or it says that flannel is up, where Calico does the network.",
        impact: "While it is True the node has the taint node.kubernetes.io/network-unavailable, \
                  and pods are not scheduled to it. That flannel was the last to write it means \
                  that flannel runs or ran there after Calico, whose CNI configuration may still \
                  be in use.",
        criteria: "Only where Calico does the network: its backend is not none, and it is not Canal. \
                 Nodes whose calico-node is not ready are CAL501 to CAL503. calico-node says \
                 CalicoIsDown when it ends, and CalicoIsUp when it has started; a cloud's route \
                 controller may write the condition too.",
        fix: "CalicoIsDown: restart calico-node on that node. NoRouteCreated: turn off the route \
              controller of the cloud, which has nothing to do where Calico does the routes \
              (--configure-cloud-routes=false of the controller manager). FlannelIsUp: remove \
              flannel, and /etc/cni/net.d/10-flannel.conflist from the node, and recreate the \
              pods that have its addresses.",
        source: "projectcalico/calico v3.32.1, node/pkg/lifecycle/utils/utils.go \
                 (SetNodeNetworkUnavailableCondition); projectcalico/calico#6124",
    },
    needs: &[&NODES, &DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        let Some(calico) = CalicoNode::current(case.snapshot) else {
            return Vec::new();
        };
        if calico.is_canal() || calico.does_networking() != Some(true) {
            return Vec::new();
        }
        let pods = pods::of(case.snapshot, &calico.set.metadata, calico.selector());
        [unavailable(case, &pods), flannel(case)]
            .into_iter()
            .flatten()
            .collect()
    },
};

/// The nodes whose condition is one that `of` looks for, each with it.
fn nodes_with<'a>(
    case: &Case<'a>,
    of: impl Fn(&NodeCondition) -> bool,
) -> Vec<(&'a Node, &'a NodeCondition)> {
    let nodes = case
        .snapshot
        .nodes
        .items()
        .iter()
        .filter(|node| node.is_linux());
    let conditions = nodes.filter_map(|node| Some((node, node.condition(CONDITION)?)));
    conditions.filter(|(_, condition)| of(condition)).collect()
}

fn seen(finding: Finding, nodes: &[(&Node, &NodeCondition)]) -> Finding {
    nodes
        .iter()
        .take(MOST_NAMES)
        .fold(finding, |finding, (node, condition)| {
            finding.evidence(
                ObjectRef::named("Node", &node.metadata.name),
                format!("condition {CONDITION}"),
                crate::assess::words::condition(
                    &condition.status,
                    &condition.reason,
                    &condition.message,
                ),
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
    // Where calico-node is not ready, that is what is wrong.
    nodes.retain(|(node, _)| on(node).is_none_or(|pod| pod.is_ready()));
    let (first, condition) = nodes.first()?;
    let restart: Vec<&Pod> = nodes
        .iter()
        .filter_map(|(node, _)| on(node))
        .copied()
        .collect();
    let ready = match restart.is_empty() {
        true => "",
        false => ", where calico-node is ready",
    };
    let finding = Finding::error(
        &NETWORK_UNAVAILABLE.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!("{CONDITION} is True on {}{ready}", few(&names(&nodes))),
    );
    let finding = seen(finding, &nodes)
        .impact("pods are not scheduled there: node.kubernetes.io/network-unavailable");
    Some(match condition.reason.as_str() {
        "NoRouteCreated" => finding.fix(
            "the cloud's route controller says so and waits for routes that Calico does not need: \
             start the controller manager with --configure-cloud-routes=false",
        ),
        _ => finding
            .fix("start calico-node there anew: it takes this back when it has started")
            .paste(deletion(&restart)),
    })
}

/// Deletes pods, which their DaemonSet then makes anew.
fn deletion(pods: &[&Pod]) -> String {
    let delete = pods.iter().take(MOST_NAMES).map(|pod| {
        let namespace = pasted(pod.metadata.namespace.as_deref().unwrap_or_default());
        format!(
            "kubectl delete pods -n {namespace} {}",
            pasted(&pod.metadata.name)
        )
    });
    delete.collect::<Vec<_>>().join("\n")
}

fn flannel(case: &Case) -> Option<Finding> {
    let nodes = nodes_with(case, |condition| condition.reason == "FlannelIsUp");
    let (first, _) = nodes.first()?;
    let finding = Finding::warning(
        &NETWORK_UNAVAILABLE.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!(
            "flannel was the last to set up the network of {}",
            few(&names(&nodes))
        ),
    );
    let finding = seen(finding, &nodes).impact(
        "its CNI configuration may still be in use there, so that pods get addresses that Calico \
         knows nothing of",
    );
    Some(finding.fix(
        "remove flannel, and 10-flannel.conflist from /etc/cni/net.d of these nodes, and recreate \
         the pods that have its addresses",
    ))
}
