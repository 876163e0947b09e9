//! What stops pods of Calico, where that is the matter of one container.

use std::collections::BTreeMap;

use super::pods::{object, owner, place, wanted};
use crate::assess::words::{counted, few};
use crate::snapshot::{ContainerStatus, ObjectRef, Pod, Snapshot};

/// How a container stops its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It ends again and again.
    Crash,
    /// Its image cannot be pulled.
    Image,
}

/// Reasons for which the kubelet waits for an image.
/// Source: kubernetes v1.34, pkg/kubelet/images/types.go.
const IMAGE_REASONS: [&str; 7] = [
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
    "RegistryUnavailable",
    "SignatureValidationFailed",
];

/// Restarts after which a container that is not ready is taken to crash-loop although it runs at
/// the moment: what ends it may take its time.
const MANY_RESTARTS: u32 = 3;

/// The container that stops a pod, and how.
pub fn stopped(pod: &Pod) -> Option<(Stop, &ContainerStatus)> {
    pod.statuses()
        .find_map(|container| {
            let reason = container.state.waiting.as_ref()?.reason.as_str();
            if IMAGE_REASONS.contains(&reason) {
                return Some((Stop::Image, container));
            }
            (reason == "CrashLoopBackOff").then_some((Stop::Crash, container))
        })
        .or_else(|| {
            let crashed = pod.statuses().find(|container| has_crashed(container))?;
            Some((Stop::Crash, crashed))
        })
}

/// Pods of a workload that the same thing stops.
#[derive(Clone, Debug)]
pub struct Stopped<'a> {
    /// The workload, or the pod where that is not known.
    pub workload: ObjectRef,
    /// The first of the pods.
    pub pod: &'a Pod,
    /// Its container that stops it.
    pub container: &'a ContainerStatus,
    /// Where all of them are: nodes for those of a DaemonSet, else the pods themselves.
    names: Vec<&'a str>,
}

/// The pods that are stopped in that way, by their workload and what `what` tells of the container.
pub fn all_stopped(
    snapshot: &Snapshot,
    how: Stop,
    what: fn(&ContainerStatus) -> &String,
) -> Vec<Stopped<'_>> {
    let mut groups: BTreeMap<(ObjectRef, &str), Stopped> = BTreeMap::new();
    for pod in wanted(snapshot) {
        let Some((_, container)) = stopped(pod).filter(|(stop, _)| *stop == how) else {
            continue;
        };
        let workload = owner(snapshot, pod).unwrap_or_else(|| object(pod));
        let group = groups
            .entry((workload.clone(), what(container)))
            .or_insert_with(|| Stopped {
                workload,
                pod,
                container,
                names: Vec::new(),
            });
        let name = if group.is_by_node() {
            place(pod)
        } else {
            &pod.metadata.name
        };
        group.names.push(name);
    }
    groups.into_values().collect()
}

impl Stopped<'_> {
    fn is_by_node(&self) -> bool {
        self.workload.kind == "DaemonSet"
    }

    /// `on 2 nodes: node-1, node-2`, or `in 1 pod: …`.
    pub fn places(&self) -> String {
        let (word, what) = if self.is_by_node() {
            ("on", "node")
        } else {
            ("in", "pod")
        };
        let count = counted(self.names.len(), what);
        format!("{word} {count}: {}", few(&self.names))
    }
}

/// Whether a container that does not wait for its restart at the moment is between two crashes.
fn has_crashed(container: &ContainerStatus) -> bool {
    let failed = |exit: Option<i32>| exit.is_some_and(|code| code != 0);
    let ended = container.state.terminated.as_ref();
    let ended_before = container.last_state.terminated.as_ref();
    match ended {
        Some(ended) => container.restart_count > 0 && failed(ended.exit_code),
        None => {
            container.state.running.is_some()
                && !container.ready
                && container.restart_count >= MANY_RESTARTS
                && ended_before.is_some_and(|ended| failed(ended.exit_code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(statuses: &str) -> Pod {
        serde_yaml::from_str(&format!(
            "status: {{phase: Running, containerStatuses: {statuses}}}"
        ))
        .unwrap()
    }

    #[test]
    fn a_crash_loop_is_told_in_each_of_its_states() {
        let last = "lastState: {terminated: {exitCode: 1}}";
        for (looping, status) in [
            (true, "state: {waiting: {reason: CrashLoopBackOff}}"),
            (true, "restartCount: 1, state: {terminated: {exitCode: 1}}"),
            (
                true,
                &format!("restartCount: 3, state: {{running: {{}}}}, {last}"),
            ),
            // Its first end, or one without failure.
            (false, "restartCount: 0, state: {terminated: {exitCode: 1}}"),
            (false, "restartCount: 5, state: {terminated: {exitCode: 0}}"),
            // It has been restarted, and is ready or may become so.
            (
                false,
                &format!("restartCount: 2, state: {{running: {{}}}}, {last}"),
            ),
            (
                false,
                &format!("restartCount: 9, ready: true, state: {{running: {{}}}}, {last}"),
            ),
        ] {
            let pod = pod(&format!("[{{name: calico-node, {status}}}]"));
            let found = stopped(&pod).map(|(stop, _)| stop);
            assert_eq!(found == Some(Stop::Crash), looping, "{status}");
        }
    }
}
