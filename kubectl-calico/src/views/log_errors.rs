//! Errors in the logs that were read.

use crate::snapshot::{Pod, PodName, Snapshot};

/// Whether a log of a pod that was read tells of an error.
pub(crate) fn has_errors(snapshot: &Snapshot, pod: &Pod) -> bool {
    let name = PodName::of(&pod.metadata);
    let logs = snapshot.messages.logs.iter();
    logs.filter(|log| log.pod() == name)
        .flat_map(|log| &log.status.lines)
        .any(|line| is_error(line))
}

/// Whether a line tells of an error, in the words of Calico's logs, of Go's and of the operator's.
pub(crate) fn is_error(line: &str) -> bool {
    let line = line.to_lowercase();
    ["error", "fatal", "panic", "fail", "cannot", "unable"]
        .iter()
        .any(|word| line.contains(word))
}
