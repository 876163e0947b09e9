//! Nodes that have just joined a cluster in which calico-node runs: it is still starting there. With an
//! autoscaler, there may be one at any moment.

use k8s_openapi::jiff::Timestamp;

use super::calico_node::CalicoNode;
use super::container_failure::container_failure;
use super::pods;
use crate::snapshot::{Node, Pod, Snapshot, StateReason};

/// How long after a node joins calico-node may still be starting there, in seconds: its images are pulled first.
const JOINING: i64 = 180;

/// How far the clock of this machine may be behind that of the API server, in seconds.
const CLOCK_SKEW: i64 = 30;

/// The age of a node when the cluster was read, in seconds; `None` if that is unknown.
pub fn age(snapshot: &Snapshot, node: &Node) -> Option<i64> {
    let created = node.metadata.creation_timestamp.as_ref()?.0;
    let age = snapshot.time?.as_second() - created.as_second();
    (age >= -CLOCK_SKEW).then_some(age.max(0))
}

/// Whether a node has just joined.
pub fn is_young(snapshot: &Snapshot, node: &Node) -> bool {
    age(snapshot, node).is_some_and(|age| age < JOINING)
}

/// The nodes on which calico-node is still starting, because they have just joined. None right after an
/// install: then calico-node is not ready on any older node.
pub fn nodes(snapshot: &Snapshot) -> Vec<&Node> {
    let nodes = snapshot.nodes.items();
    let of_age = |is: fn(i64) -> bool| -> Vec<&Node> {
        let nodes = nodes.iter();
        nodes
            .filter(|node| age(snapshot, node).is_some_and(is))
            .collect()
    };
    let mut young = of_age(|age| age < JOINING);
    if young.is_empty() {
        return young;
    }
    let older = of_age(|age| age >= JOINING);
    let agents: Vec<&Pod> = CalicoNode::all(snapshot)
        .iter()
        .flat_map(|node| pods::of(snapshot, &node.set.metadata, node.selector()))
        .collect();
    let on = |node: &Node| -> Vec<&&Pod> {
        let agents = agents.iter();
        agents
            .filter(|pod| pod.spec.node_name == node.metadata.name)
            .collect()
    };
    let works = |node: &&Node| on(node).iter().any(|pod| pod.is_ready());
    if !older.iter().any(works) {
        return Vec::new();
    }
    young.retain(|node| {
        !node.is_silent()
            && on(node)
                .iter()
                .all(|pod| pod.is_ready() || is_starting(pod))
    });
    young
}

/// Whether a node may have just joined, as far as files without a time show: it is newer than every node on which what
/// matters is `fine`, and no object is known to be so much younger that three minutes had passed when the files were
/// written.
pub fn may_be_new<'a>(
    snapshot: &Snapshot,
    node: &Node,
    fine: impl IntoIterator<Item = &'a Node>,
) -> bool {
    let of = |node: &Node| Some(node.metadata.creation_timestamp.as_ref()?.0);
    let newest = fine.into_iter().filter_map(of).max();
    let is_newer = newest.is_some_and(|newest| of(node).is_some_and(|created| created > newest));
    snapshot.time.is_none()
        && is_newer
        && of(node)
            .zip(latest(snapshot))
            .is_some_and(|(created, latest)| latest.as_second() - created.as_second() < JOINING)
}

/// The latest time that an object has: the cluster was read later.
fn latest(snapshot: &Snapshot) -> Option<Timestamp> {
    let nodes = snapshot.nodes.items().iter();
    let nodes = nodes.filter_map(|node| node.metadata.creation_timestamp.as_ref());
    let statuses = snapshot.tigera_statuses.items().iter();
    let conditions = statuses.flat_map(|status| &status.status.conditions);
    let conditions = conditions.filter_map(|condition| condition.last_transition_time.as_ref());
    nodes.chain(conditions).map(|time| time.0).max()
}

/// Whether a pod of calico-node may be starting on a node that has just joined, as far as files without a time show: it
/// is in its init containers for the first time.
pub fn may_be_starting(snapshot: &Snapshot, agents: &[&Pod], pod: &Pod) -> bool {
    let nodes = || snapshot.nodes.items().iter();
    let is_fine = |node: &&Node| {
        let mut agents = agents.iter();
        agents.any(|it| it.is_ready() && it.spec.node_name == node.metadata.name)
    };
    let node = nodes().find(|node| node.metadata.name == pod.spec.node_name);
    is_starting(pod)
        && pod.unfinished_init_container().is_some()
        && node.is_some_and(|node| may_be_new(snapshot, node, nodes().filter(is_fine)))
}

/// Whether one of these pods is on a node.
pub fn has_pod(pods: &[&Pod], node: &Node) -> bool {
    let mut pods = pods.iter();
    pods.any(|pod| pod.spec.node_name == node.metadata.name)
}

/// Whether a pod is on one of these nodes.
pub fn is_on(nodes: &[&Node], pod: &Pod) -> bool {
    let mut nodes = nodes.iter();
    nodes.any(|node| node.metadata.name == pod.spec.node_name)
}

/// Whether nothing shows that a pod fails.
pub fn is_starting(pod: &Pod) -> bool {
    container_failure(pod).is_none()
        && pod.statuses().all(|container| {
            let waiting = container.state.waiting.as_deref();
            let ended = container.state.terminated.as_ref();
            container.restart_count == 0
                && waiting.is_none_or(StateReason::is_starting)
                && ended.is_none_or(|ended| ended.exit_code == Some(0))
        })
}
