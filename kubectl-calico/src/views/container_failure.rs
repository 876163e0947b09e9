//! Containers that keep Calico's pods from running.

use std::collections::BTreeMap;

use super::pods::{object, owner, place, wanted};
use crate::phrases::{counted, few};
use crate::snapshot::{ContainerStatus, ObjectRef, Pod, Snapshot};

/// The number of restarts after which a container that is running but not ready is considered
/// crash-looping: it may run for a while before each crash.
const CRASH_LOOP_RESTARTS: u32 = 3;

/// How a container fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerFailure {
    /// It crashes repeatedly.
    CrashLoop,
    /// Its image cannot be pulled.
    ImagePull,
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

/// The container of a pod that fails, and how.
pub fn container_failure(pod: &Pod) -> Option<(ContainerFailure, &ContainerStatus)> {
    pod.statuses()
        .find_map(|container| {
            let reason = container.state.waiting.as_ref()?.reason.as_str();
            if IMAGE_REASONS.contains(&reason) {
                return Some((ContainerFailure::ImagePull, container));
            }
            (reason == "CrashLoopBackOff").then_some((ContainerFailure::CrashLoop, container))
        })
        .or_else(|| {
            let crashed = pod.statuses().find(|container| has_crashed(container))?;
            Some((ContainerFailure::CrashLoop, crashed))
        })
}

/// The pods of a workload that fail in the same way.
#[derive(Clone, Debug)]
pub struct FailingPods<'a> {
    /// The workload, or the pod if that is unknown.
    pub workload: ObjectRef,
    /// The first of the pods.
    pub pod: &'a Pod,
    /// The container of that pod that fails.
    pub container: &'a ContainerStatus,
    /// The nodes of a DaemonSet's pods, or the names of other pods.
    names: Vec<&'a str>,
}

/// The pods that fail in that way, grouped by workload and by what `key` returns for the container.
pub fn failing_pods(
    snapshot: &Snapshot,
    how: ContainerFailure,
    key: fn(&ContainerStatus) -> &String,
) -> Vec<FailingPods<'_>> {
    let mut groups: BTreeMap<(ObjectRef, &str), FailingPods> = BTreeMap::new();
    for pod in wanted(snapshot) {
        let Some((_, container)) = container_failure(pod).filter(|(failure, _)| *failure == how)
        else {
            continue;
        };
        let workload = owner(snapshot, pod).unwrap_or_else(|| object(pod));
        let group = groups
            .entry((workload.clone(), key(container)))
            .or_insert_with(|| FailingPods {
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

impl FailingPods<'_> {
    fn is_by_node(&self) -> bool {
        self.workload.kind == "DaemonSet"
    }

    /// The nodes of a DaemonSet's pods, or the names of other pods.
    pub fn names(&self) -> &[&str] {
        &self.names
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

/// Whether a container is between two crashes although it is not waiting for a restart.
fn has_crashed(container: &ContainerStatus) -> bool {
    let failed = |exit: Option<i32>| exit.is_some_and(|code| code != 0);
    let ended = container.state.terminated.as_ref();
    let ended_before = container.last_state.terminated.as_ref();
    match ended {
        Some(ended) => container.restart_count > 0 && failed(ended.exit_code),
        None => {
            container.state.running.is_some()
                && !container.ready
                && container.restart_count >= CRASH_LOOP_RESTARTS
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
    fn a_crash_loop_is_recognized_in_each_of_its_states() {
        let last = "lastState: {terminated: {exitCode: 1}}";
        for (looping, status) in [
            (true, "state: {waiting: {reason: CrashLoopBackOff}}"),
            (true, "restartCount: 1, state: {terminated: {exitCode: 1}}"),
            (
                true,
                &format!("restartCount: 3, state: {{running: {{}}}}, {last}"),
            ),
            // Its first exit, or an exit without a failure.
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
            let found = container_failure(&pod).map(|(failure, _)| failure);
            assert_eq!(
                found == Some(ContainerFailure::CrashLoop),
                looping,
                "{status}"
            );
        }
    }
}
