//! Commands about one pod.

use crate::phrases::pasted;
use crate::snapshot::PodName;

/// Shows the pod's events, and the state of its containers.
pub(crate) fn describe(pod: &PodName) -> String {
    format!("kubectl describe pods {}", arguments(pod))
}

/// Shows on which node the pod is.
pub(crate) fn where_it_runs(pod: &PodName) -> String {
    format!("kubectl get pods {} -o wide", arguments(pod))
}

/// Deletes the pod, which its workload then recreates.
pub(crate) fn delete(pod: &PodName) -> String {
    format!("kubectl delete pods {}", arguments(pod))
}

/// Shows the log of a container.
pub(crate) fn log(pod: &PodName, container: &str) -> String {
    let container = pasted(container);
    format!("kubectl logs {} -c {container}", arguments(pod))
}

fn arguments(pod: &PodName) -> String {
    format!("-n {} {}", pasted(&pod.namespace), pasted(&pod.name))
}
