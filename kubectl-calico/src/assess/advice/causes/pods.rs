//! Messages about pods.
//!
//! Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/status/status.go.

use super::commands::{delete_pod, describe_pod, previous_log};
use super::known_cause::KnownCause;
use crate::assess::checks::agents::AGENT_NOT_READY;
use crate::assess::checks::crash_loops::CRASH_LOOP;
use crate::assess::checks::images::IMAGE_NOT_PULLED;
use crate::assess::checks::kube_controllers::CONTROLLERS_NOT_READY;

pub(crate) static CAUSES: &[KnownCause] = &[
    KnownCause {
        texts: &["has crash looping container", "exit code 137"],
        written_by: (42, None),
        means: "a container is repeatedly killed, usually because its liveness probe fails",
        fix: "find out from the pod's events why the probe fails",
        explained_by: &[&CRASH_LOOP],
        paste: describe_pod,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["has crash looping container"],
        means: "a container is crash-looping",
        fix: "read the log of its previous run, and fix the reported problem",
        explained_by: &[&CRASH_LOOP],
        paste: previous_log,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["failed to pull container image"],
        means: "an image cannot be pulled",
        fix: "read the image and the registry's response in the pod's events",
        explained_by: &[&IMAGE_NOT_PULLED],
        paste: describe_pod,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["has terminated container"],
        means: "a container has failed",
        fix: "read its log, and fix the reported problem",
        explained_by: &[&CRASH_LOOP, &AGENT_NOT_READY],
        paste: previous_log,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["pod ", " has failed"],
        means: "a pod has failed, for example because it was evicted; the operator counts it even \
                if it has been replaced",
        fix: "delete the failed pod",
        paste: delete_pod,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["pod ", " is running but not ready"],
        written_by: (42, None),
        means: "a pod is running but not ready",
        fix: "read the result of its readiness probe in the pod's events",
        explained_by: &[&AGENT_NOT_READY, &CONTROLLERS_NOT_READY],
        paste: describe_pod,
        ..KnownCause::USUAL
    },
];
