//! Manifests that change on which nodes calico-node runs.

mod selection;

use calico_core::catalog::Entry;

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::phrases::few;
use crate::snapshot::Node;
use selection::Selection;

pub(super) static PLACEMENT_CHANGED: Entry = Entry {
    code: "CAL124",
    title: "the manifests remove calico-node from nodes",
    meaning: "The manifests change the labels by which calico-node selects its nodes, and some nodes that run it do not \
              have them.",
    impact: "calico-node is removed from these nodes. New pods there get no network, and routes and policies are no \
             longer updated.",
    criteria: "Only with --with. nodeSelector and the required nodeAffinity of the calico-node DaemonSet, or \
               of calicoNodeDaemonSet in the Installation, are compared with the labels of the Linux nodes. \
               The finding is an error if no node is selected. Only some labels of nodes are read: if the \
               result depends on another one, the finding is a warning that says so.",
    fix: "Select every node that needs Calico, or label the nodes before applying the manifests.",
    source: "tigera/operator v1.42.3, pkg/render/common/components/components.go; Kubernetes documentation, Assigning \
             Pods to Nodes",
};

/// The finding, if calico-node leaves nodes, or may leave them.
pub(super) fn left_nodes(before: &Case, after: &Case) -> Option<Finding> {
    let (was, is) = (Selection::of(before), Selection::of(after)?);
    if was.as_ref().is_some_and(|was| was.selects_like(&is)) {
        return None;
    }
    let nodes = after.snapshot.nodes.items().iter();
    let nodes = nodes.filter(|node| node.is_linux() && !node.is_virtual());
    let had = |node: &&Node| {
        was.as_ref()
            .is_none_or(|was| was.selects(node) != Some(false))
    };
    let nodes: Vec<&Node> = nodes.filter(had).collect();
    let left = nodes.iter().filter(|node| is.selects(node) == Some(false));
    let left: Vec<&str> = left.map(|node| node.metadata.name.as_str()).collect();
    if nodes.is_empty() {
        return None;
    }
    if left.len() == nodes.len() {
        return Some(leaves_all(&is));
    }
    if !left.is_empty() {
        return Some(leaves_some(&is, &left));
    }
    // By a label that it selects by already, it selects the nodes on which it runs.
    let known = was.as_ref().map(Selection::unread).unwrap_or_default();
    let mut added = is.unread();
    added.retain(|key| !known.contains(key));
    let is_unsure = nodes.iter().any(|node| is.selects(node).is_none());
    (is_unsure && !added.is_empty()).then(|| may_leave(&is, &added))
}

fn leaves_all(is: &Selection) -> Finding {
    let message = "calico-node selects no node of the cluster";
    let finding = Finding::error(&PLACEMENT_CHANGED, is.object.clone(), message);
    is.proof(finding)
        .impact(
            "calico-node is removed from every node: new pods get no network, and routes and policies are no longer \
             updated",
        )
        .fix(change(is))
}

fn leaves_some(is: &Selection, left: &[&str]) -> Finding {
    let message = format!("calico-node no longer selects {}", few(left));
    let finding = Finding::warning(&PLACEMENT_CHANGED, is.object.clone(), message);
    is.proof(finding)
        .impact(
            "calico-node is removed there: new pods get no network, and routes and policies are no \
             longer updated",
        )
        .fix(format!(
            "{}, unless these nodes are meant to run without Calico",
            change(is)
        ))
}

fn may_leave(is: &Selection, added: &[String]) -> Finding {
    let message = format!(
        "calico-node selects its nodes by {}, which kubectl calico does not read",
        few(added)
    );
    let finding = Finding::warning(&PLACEMENT_CHANGED, is.object.clone(), message);
    is.proof(finding)
        .impact("calico-node is removed from every node without the label: new pods there get no network")
        .fix(
            "before applying the manifests, check with kubectl get nodes --show-labels that every node that needs \
             Calico is selected",
        )
}

fn change(is: &Selection) -> String {
    let fields = is.fields.iter().map(|(field, _)| field.as_str());
    let fields: Vec<&str> = fields.collect();
    format!(
        "change {} in the manifest of {}",
        fields.join(", "),
        is.object
    )
}
