//! The nodes, and what runs on them.

use serde_json::{Value, json};

use super::{Objects, equal, list};

/// The nodes are counted right.
pub(super) fn nodes(objects: &Objects, report: &Value) -> Vec<String> {
    let count = |is: &dyn Fn(&Value) -> bool| objects.nodes.iter().filter(|node| is(node)).count();
    let is_ready = |node: &Value| {
        list(&node["status"]["conditions"])
            .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
    };
    let wanted = json!({
        "total": objects.nodes.len(),
        "ready": count(&is_ready),
        "cordoned": count(&|node| node["spec"]["unschedulable"] == true),
        "windows": count(&|node| node["metadata"]["labels"]["kubernetes.io/os"] == "windows"),
    });
    equal(
        "nodes",
        &wanted,
        &report["facts"]["cluster"]["nodes"]["value"],
    )
}

/// calico-node is counted as its DaemonSet counts it.
pub(super) fn agents(objects: &Objects, report: &Value) -> Vec<String> {
    let Some(status) = objects.calico_node().map(|it| &it["status"]) else {
        return Vec::new();
    };
    let found = &report["facts"]["agents"]["value"];
    [
        equal(
            "wanted pods of calico-node",
            &status["desiredNumberScheduled"],
            &found["desired"],
        ),
        equal(
            "ready pods of calico-node",
            &status["numberReady"],
            &found["ready"],
        ),
    ]
    .concat()
}

/// The replicas of Typha are those that the operator has set, and the report computes the same number.
pub(super) fn typha(objects: &Objects, report: &Value) -> Vec<String> {
    let Some(typha) = objects.typha() else {
        return Vec::new();
    };
    let found = &report["facts"]["typha"];
    let (replicas, ready) = (
        &typha["spec"]["replicas"],
        &typha["status"]["readyReplicas"],
    );
    let ready = if ready.is_null() { &json!(0) } else { ready };
    let deployment = &found["deployment"]["value"];
    [
        equal(
            "wanted replicas of Typha",
            replicas,
            &found["wanted"]["value"]["replicas"],
        ),
        equal("replicas of Typha", replicas, &deployment["replicas"]),
        equal("ready replicas of Typha", ready, &deployment["ready"]),
    ]
    .concat()
}
