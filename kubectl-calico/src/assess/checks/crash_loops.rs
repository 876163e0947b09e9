//! Whether a container of Calico crash-loops.

use crate::assess::advice::beside_kube_proxy::beside_kube_proxy;
use crate::assess::advice::crash_advice::{crashed, killed};
use crate::assess::advice::impact::without_pods;
use crate::assess::advice::pod_commands;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::snapshot::PodName;
use crate::snapshot::resources::CALICO_PODS;
use crate::views::container_failure::{ContainerFailure, FailingPods, failing_pods};
use crate::views::pods;
use calico_core::catalog::Entry;

pub(crate) const CRASH_LOOP: Check = Check {
    entry: Entry {
        code: "CAL502",
        title: "a Calico container is crash-looping",
        meaning: "A Calico container keeps exiting, and the kubelet waits longer before each \
                  restart.",
        impact: "The component that it runs does not work. For calico-node, new pods on the node get no \
                 network and policies are no longer updated; otherwise the operator, Typha or Calico's API \
                 server is down.",
        criteria: "The container is waiting with the reason CrashLoopBackOff; or it failed after a \
                   restart; or it is running but not ready and has been restarted at least three \
                   times after failures. Init containers are included. Pods of the same workload \
                   are grouped into one finding per container.",
        fix: "Read the log of the previous run, which the kubelet keeps. If kube-proxy is not ready \
              either, look at the node first. Exit code 137 with the \
              reason OOMKilled means that the memory limit is too low; 137 without it, or 143, \
              usually means that the liveness probe failed: its log then has no error, and the \
              probe's timeoutSeconds may be too short (Calico's manifest has 10).",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (containerErrorMessage); \
                 Kubernetes documentation, Pod Lifecycle",
    },
    needs: &[&CALICO_PODS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let crashing = failing_pods(case.snapshot, ContainerFailure::CrashLoop, |found| {
            &found.name
        });
        crashing
            .iter()
            .map(|stopped| finding(case, stopped))
            .collect()
    },
};

fn finding(case: &Case, stopped: &FailingPods) -> Finding {
    let (pod, container) = (stopped.pod, stopped.container);
    let name = &container.name;
    let object = pods::object(pod);
    let at = |field: &str| format!("status.containerStatuses[{name}] {field}");
    let mut finding = Finding::error(
        &CRASH_LOOP.entry,
        &stopped.workload,
        format!("container {name} is crash-looping {}", stopped.places()),
    )
    .evidence(&object, at("restartCount"), container.restart_count);
    let ended = container.state.terminated.as_ref();
    let ended = ended.or(container.last_state.terminated.as_ref());
    if let Some(ended) = ended {
        let code = ended.exit_code.map(|code| code.to_string());
        finding = finding.evidence(
            &object,
            at("exitCode"),
            format!("{} ({})", code.unwrap_or_default(), ended.reason),
        );
        if !ended.message.is_empty() {
            let last = last_lines(&ended.message);
            finding = finding.evidence(&object, at("message"), last);
        }
    }
    let finding = finding.impact(without_pods(case, pods::app(pod)));
    let log = pod_commands::log(&PodName::of(&pod.metadata), name) + " --previous";
    let finding = match ended {
        Some(ended) if ended.reason == "OOMKilled" => finding
            .fix("raise the memory limit: the container was killed because it exceeded the limit")
            .paste(log),
        Some(ended) if ended.exit_code == Some(137) => killed(case, finding, stopped),
        _ => crashed(case, finding, stopped, log),
    };
    if stopped.workload.kind == "DaemonSet" {
        beside_kube_proxy(case, finding, stopped.names())
    } else {
        finding
    }
}

/// The end of a termination message, where the reason usually is.
fn last_lines(text: &str) -> String {
    const LINES: usize = 3;
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let skipped = lines.len().saturating_sub(LINES);
    let last: Vec<&str> = lines.into_iter().skip(skipped).collect();
    last.join("\n")
}
