//! Messages about pods.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/status/status.go (`podsFailing`).

use super::known_cause::{KnownCause, cause_of};
use crate::assess::checks::agents::AGENT_NOT_READY;
use crate::assess::checks::crash_loops::CRASH_LOOP;
use crate::assess::checks::images::IMAGE_NOT_PULLED;
use crate::assess::checks::kube_controllers::CONTROLLERS_NOT_READY;
use crate::assess::words::pasted;

pub(crate) static CAUSES: &[KnownCause] = &[
    cause_of(
        &["has crash looping container"],
        "a container is crash-looping",
        "read the log of its previous run, and fix the reported problem",
        |_, message| previous_log(message).unwrap_or_default(),
    )
    .explained_by(&[&CRASH_LOOP]),
    cause_of(
        &["failed to pull container image"],
        "an image cannot be pulled",
        "read the image and the registry's response in the pod's events",
        |_, message| describe(message).unwrap_or_default(),
    )
    .explained_by(&[&IMAGE_NOT_PULLED]),
    cause_of(
        &["pod ", " has failed"],
        "a pod has failed, for example because it was evicted; the operator counts it even if it \
         has been replaced",
        "delete the failed pod",
        |_, message| {
            let pod = pod_in(message);
            pod.map(|(namespace, name)| format!("kubectl delete pods -n {namespace} {name}"))
                .unwrap_or_default()
        },
    ),
    cause_of(
        &["pod ", " is running but not ready"],
        "a pod is running but not ready",
        "read the result of its readiness probe in the pod's events",
        |_, message| describe(message).unwrap_or_default(),
    )
    .explained_by(&[&AGENT_NOT_READY, &CONTROLLERS_NOT_READY]),
];

/// The first pod that a message names, as `Pod NAMESPACE/NAME`.
fn pod_in(message: &str) -> Option<(&str, &str)> {
    let (_, rest) = message.split_once("Pod ")?;
    let (namespace, name) = rest.split_whitespace().next()?.split_once('/')?;
    Some((pasted(namespace), pasted(name)))
}

fn describe(message: &str) -> Option<String> {
    let (namespace, name) = pod_in(message)?;
    Some(format!("kubectl describe pods -n {namespace} {name}"))
}

/// Shows the previous log of the container that a message names after its last colon.
fn previous_log(message: &str) -> Option<String> {
    let (namespace, name) = pod_in(message)?;
    let (_, rest) = message.split_once("crash looping container: ")?;
    let container = pasted(rest.split_whitespace().next()?);
    Some(format!(
        "kubectl logs -n {namespace} {name} -c {container} --previous"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_message_are_pasted_only_if_they_are_names() {
        let message =
            "Pod calico-system/calico-node-x7k2p has crash looping container: calico-node";
        assert_eq!(
            previous_log(message).unwrap(),
            "kubectl logs -n calico-system calico-node-x7k2p -c calico-node --previous"
        );
        let message = "Pod a;b/$(reboot) has crash looping container: `reboot`";
        assert_eq!(
            previous_log(message).unwrap(),
            "kubectl logs -n NAME NAME -c NAME --previous"
        );
        assert_eq!(previous_log("a pod"), None);
    }
}
