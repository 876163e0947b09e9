//! On which nodes DaemonSets run.

use k8s_openapi::api::apps::v1::DaemonSet;

use super::calico_node::CalicoNode;
use super::daemon_set;
use super::pods;
use crate::snapshot::Snapshot;

/// The number of nodes that DaemonSets for Linux can run on.
pub fn machines(snapshot: &Snapshot) -> usize {
    let nodes = snapshot.nodes.items().iter();
    nodes
        .filter(|node| node.is_linux() && !node.is_virtual())
        .count()
}

/// The number of nodes that a DaemonSet should run on, if its controller has counted them.
pub fn desired(set: &DaemonSet) -> Option<usize> {
    usize::try_from(daemon_set::counted(set)?.desired_number_scheduled).ok()
}

/// Whether two DaemonSets have nodes of their own: they select nodes differently, and together they are
/// on no more than there are. Most labels of nodes are not read.
pub fn are_apart(snapshot: &Snapshot, one: &DaemonSet, other: &DaemonSet) -> bool {
    let counts = desired(one).zip(desired(other));
    let fit = counts.is_some_and(|(one, other)| one + other <= machines(snapshot));
    fit && selection(one) != selection(other)
}

/// Whether two DaemonSets are on the same nodes. Where their controller has not counted them, they are if they
/// select nodes alike.
pub fn share_nodes(snapshot: &Snapshot, one: &DaemonSet, other: &DaemonSet) -> bool {
    if desired(one).is_some() && desired(other).is_some() {
        return !are_apart(snapshot, one, other);
    }
    selection(one) == selection(other)
}

/// The fields by which a DaemonSet selects nodes.
fn selection(set: &DaemonSet) -> Option<impl PartialEq> {
    let pod = daemon_set::pod(set)?;
    let affinity = pod
        .affinity
        .as_ref()
        .and_then(|it| it.node_affinity.as_ref());
    Some((pod.node_selector.as_ref(), affinity))
}

/// Whether calico-node should run on a node: it is on all nodes, or one of its pods is there.
pub fn is_meant_for(snapshot: &Snapshot, calico: &CalicoNode, node: &str) -> bool {
    let on_all = desired(calico.set).is_none_or(|desired| desired >= machines(snapshot));
    let pods = || pods::of(snapshot, &calico.set.metadata, calico.selector());
    on_all || pods().iter().any(|pod| pod.spec.node_name == node)
}
