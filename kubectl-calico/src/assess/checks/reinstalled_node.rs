//! A machine that has joined again under another name.

use crate::phrases::{few, pasted};
use crate::repair::Step;
use crate::views::node_addresses::NodeAddresses;

/// The step that removes the Nodes of a machine that has joined again under another name, of Nodes that have the same
/// addresses: all of them but one have a kubelet that has stopped reporting.
///
/// calico-node of the remaining one stops as long as they exist. Source: projectcalico/calico v3.32.1,
/// node/pkg/lifecycle/startup/startup.go (checkConflictingNodes).
pub(super) fn remove_former(nodes: &[&NodeAddresses]) -> Option<Step> {
    let (former, current): (Vec<&NodeAddresses>, Vec<&NodeAddresses>) =
        nodes.iter().partition(|it| it.node.is_silent());
    let [current] = current.as_slice() else {
        return None;
    };
    if former.is_empty() || former.iter().any(|it| it.internal != current.internal) {
        return None;
    }
    let names: Vec<&str> = former
        .iter()
        .map(|it| it.node.metadata.name.as_str())
        .collect();
    let current = &current.node.metadata.name;
    let (object, kubelet) = match names.len() {
        1 => ("that Node", "its kubelet has"),
        _ => ("those Nodes", "their kubelets have"),
    };
    let pasted: Vec<&str> = names.iter().map(|name| pasted(name)).collect();
    Some(
        Step::new(format!(
            "if the machine of {current} used to be {}, delete {object}: {kubelet} stopped reporting; \
             then calico-node starts on {current}",
            few(&names)
        ))
        .run(format!("kubectl delete nodes {}", pasted.join(" "))),
    )
}
