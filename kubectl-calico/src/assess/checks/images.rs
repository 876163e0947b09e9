//! Whether Calico's images can be pulled.

use crate::assess::advice::impact::without_pods;
use crate::assess::advice::pod_commands;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::snapshot::PodName;
use crate::snapshot::resources::CALICO_PODS;
use crate::views::container_failure::{ContainerFailure, FailingPods, failing_pods};
use crate::views::pods;
use calico_core::catalog::Entry;

pub(crate) const IMAGE_NOT_PULLED: Check = Check {
    entry: Entry {
        code: "CAL503",
        title: "a Calico image cannot be pulled",
        meaning: "The kubelet cannot pull the image of a Calico container.",
        impact: "The component does not start, and an upgrade stalls.",
        criteria: "The container is waiting with a reason such as ErrImagePull or \
                   ImagePullBackOff. Pods of the same workload that are waiting for the same image \
                   are grouped into one finding.",
        fix: "Read the registry's response. The image source is set by spec.registry, \
              spec.imagePath and spec.imagePullSecrets in the Installation; for the operator \
              itself, by the Helm chart's values or its Deployment; for a manifest install, by the \
              manifest.",
        source: "kubernetes v1.34, pkg/kubelet/images/types.go",
    },
    needs: &[&CALICO_PODS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let waiting = failing_pods(case.snapshot, ContainerFailure::ImagePull, |found| {
            &found.image
        });
        waiting
            .iter()
            .map(|stopped| finding(case, stopped))
            .collect()
    },
};

fn finding(case: &Case, stopped: &FailingPods) -> Finding {
    let (pod, container) = (stopped.pod, stopped.container);
    let waiting = container.state.waiting.clone().unwrap_or_default();
    let by_operator = case.facts.install.is_run_by_operator();
    let from = match (pods::app(pod), by_operator) {
        ("tigera-operator", _) => {
            "tigeraOperator in the Helm values, or in the operator's Deployment"
        }
        (_, true) => "spec.registry and spec.imagePullSecrets in the Installation",
        (_, false) => "the manifest",
    };
    let fix = format!(
        "{}; the image source is set by {from}",
        answer(&waiting.message)
    );
    Finding::error(
        &IMAGE_NOT_PULLED.entry,
        &stopped.workload,
        format!(
            "image {} cannot be pulled {}",
            container.image,
            stopped.places()
        ),
    )
    .evidence(
        pods::object(pod),
        format!("status.containerStatuses[{}].state.waiting", container.name),
        format!("{}: {}", waiting.reason, waiting.message),
    )
    .impact(without_pods(case, pods::app(pod)))
    .fix(fix)
    .paste(pod_commands::describe(&PodName::of(&pod.metadata)))
}

/// What to do about a failed pull. The first match wins: a message can contain several texts.
fn answer(message: &str) -> &'static str {
    const ANSWERS: [(&[&str], &str); 6] = [
        (
            &["toomanyrequests", "rate limit"],
            "the registry's pull rate limit has been reached: wait, add a pull secret, or use a \
             mirror",
        ),
        (
            &["x509", "certificate"],
            "the nodes do not trust the registry's certificate: install its CA on them",
        ),
        (
            &["insufficient_scope", "pull access denied"],
            "the registry does not have this image, or requires credentials: correct its address, or add a pull secret",
        ),
        (
            &[
                "unauthorized",
                "authentication required",
                "denied",
                "forbidden",
            ],
            "the registry requires credentials: add a pull secret",
        ),
        (
            &[
                "no such host",
                "timeout",
                "refused",
                "unreachable",
                "deadline exceeded",
            ],
            "the nodes cannot reach the registry: check DNS, proxy and firewall, or use a mirror",
        ),
        (
            &["not found", "manifest unknown"],
            "the registry does not have this image: copy it there, or correct its address",
        ),
    ];
    let message = message.to_lowercase();
    let is_in = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    let known = ANSWERS.iter().find(|(texts, _)| is_in(texts));
    known.map_or("read the registry's response", |(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_registries() {
        for (message, wanted) in [
            (
                "toomanyrequests: You have reached your pull rate limit",
                "rate limit",
            ),
            (
                "failed to authorize: 401 Unauthorized",
                "requires credentials",
            ),
            (
                "pull access denied, repository does not exist or may require authorization",
                "does not have",
            ),
            ("dial tcp: lookup quay.io: no such host", "cannot reach"),
            (
                "tls: failed to verify certificate: x509: unknown authority",
                "do not trust",
            ),
            ("quay.io/calico/node:v9: not found", "does not have"),
            ("Back-off pulling image", "registry's response"),
        ] {
            assert!(answer(message).contains(wanted), "{message}");
        }
    }
}
