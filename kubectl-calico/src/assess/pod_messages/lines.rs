//! The lines that say something about pods: events, logs, and what a finding shows already.

use super::subject_pods::{DAEMON_SET, SubjectPods};
use crate::assess::finding::Finding;
use crate::snapshot::{Event, ObjectRef, PodLog, PodName};
use crate::views::refusal::REPLICA_FAILURE;

/// A line that a pod wrote, or that the kubelet wrote about it.
pub(super) struct PodLine {
    pub(super) pod: PodName,
    /// The pod, or a workload whose pods cannot be created.
    pub(super) object: ObjectRef,
    /// What wrote it, as evidence names it: `log of calico-node`, `event Unhealthy`.
    pub(super) origin: String,
    pub(super) text: String,
    pub(super) is_event: bool,
    /// Whether the finding shows it already.
    pub(super) is_shown: bool,
}

/// The events about these pods, the latest first.
pub(super) fn events(pods: &SubjectPods, events: &[Event]) -> Vec<PodLine> {
    // What the kubelet repeats of what the status of the container says.
    let says_something = |event: &&Event| event.reason != "BackOff";
    let mut events: Vec<&Event> = events.iter().filter(says_something).collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.time()));
    events
        .into_iter()
        .flat_map(|event| {
            let about = &event.involved_object;
            let pod = PodName {
                namespace: about.namespace.clone(),
                name: about.name.clone(),
            };
            // A probe may write to its log before its result.
            let lines = event.message.lines().rev();
            let is_its = pods.are_subject_of(event);
            let kind = if about.kind == DAEMON_SET {
                DAEMON_SET
            } else {
                "Pod"
            };
            let lines = lines.filter(|_| is_its).map(|text| PodLine {
                pod: pod.clone(),
                object: ObjectRef::in_namespace(kind, &about.namespace, &about.name),
                origin: format!("event {}", event.reason),
                text: text.to_owned(),
                is_event: true,
                is_shown: false,
            });
            lines.collect::<Vec<_>>()
        })
        .collect()
}

/// What the finding shows already: the last words of containers, and why pods cannot be created.
pub(super) fn shown(finding: &Finding) -> impl Iterator<Item = PodLine> {
    finding.evidence.iter().filter_map(|evidence| {
        let is_message = evidence.field.ends_with("] message") || evidence.field == REPLICA_FAILURE;
        let pod = PodName {
            namespace: evidence.object.namespace.clone()?,
            name: evidence.object.name.clone()?,
        };
        is_message.then(|| PodLine {
            pod,
            object: evidence.object.clone(),
            origin: evidence.field.clone(),
            text: evidence.value.clone(),
            is_event: false,
            is_shown: true,
        })
    })
}

/// The lines of a log, the last one first.
pub(super) fn log_lines(log: &PodLog) -> impl Iterator<Item = PodLine> {
    log.status.lines.iter().rev().map(|text| PodLine {
        pod: log.pod(),
        object: object(&log.pod()),
        origin: origin(log),
        text: text.clone(),
        is_event: false,
        is_shown: false,
    })
}

pub(super) fn origin(log: &PodLog) -> String {
    let run = if log.spec.previous { "previous " } else { "" };
    format!("{run}log of {}", log.spec.container)
}

pub(super) fn object(pod: &PodName) -> ObjectRef {
    ObjectRef::in_namespace("Pod", &pod.namespace, &pod.name)
}
