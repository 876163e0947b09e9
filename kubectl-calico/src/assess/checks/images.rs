//! Whether the images of Calico can be had.

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::install::Method;
use crate::assess::finding::Finding;
use crate::assess::support::impact::without_pods;
use crate::assess::views::pods;
use crate::assess::views::stopped::{Stop, Stopped, all_stopped};
use crate::assess::words::pasted;
use crate::snapshot::resources::CALICO_PODS;
use calico_core::catalog::Entry;

pub(crate) const IMAGE_NOT_PULLED: Check = Check {
    entry: Entry {
        code: "CAL503",
        title: "an image of Calico cannot be pulled",
        meaning: "The kubelet cannot get the image of a container of Calico.",
        impact: "The part of Calico that it runs does not start, and an upgrade waits for it.",
        criteria: "The container waits with a reason such as ErrImagePull or ImagePullBackOff. Pods \
                 of a workload that wait for the same image are one finding.",
        fix: "See what the registry answered. Where images come from is said by spec.registry, \
              spec.imagePath and spec.imagePullSecrets of the Installation; for the operator \
              itself by the Helm chart's values or its Deployment; for an install from manifests \
              by the manifest.",
        source: "kubernetes v1.34, pkg/kubelet/images/types.go",
    },
    needs: &[&CALICO_PODS],
    judges: Judges::Running,
    find: |case| {
        let waiting = all_stopped(case.snapshot, Stop::Image, |found| &found.image);
        waiting
            .iter()
            .map(|stopped| finding(case, stopped))
            .collect()
    },
};

fn finding(case: &Case, stopped: &Stopped) -> Finding {
    let (pod, container) = (stopped.pod, stopped.container);
    let waiting = container.state.waiting.clone().unwrap_or_default();
    let by_operator = matches!(
        case.facts.install.method.value(),
        Some(Method::Operator { .. } | Method::Migrating)
    );
    let from = match (pods::app(pod), by_operator) {
        ("tigera-operator", _) => "tigeraOperator in Helm's values, or the operator's Deployment",
        (_, true) => "spec.registry and spec.imagePullSecrets of the Installation",
        (_, false) => "the manifest",
    };
    let fix = format!(
        "{}; where images come from: {from}",
        answer(&waiting.message)
    );
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    Finding::error(
        &IMAGE_NOT_PULLED.entry,
        &stopped.workload,
        format!(
            "its image {} cannot be pulled {}",
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
    .paste(format!(
        "kubectl describe pods -n {} {}",
        pasted(namespace),
        pasted(&pod.metadata.name)
    ))
}

/// What to do about what a registry, or the way there, answered; in the order in which a text that
/// holds several is to be understood.
fn answer(message: &str) -> &'static str {
    const ANSWERS: [(&[&str], &str); 5] = [
        (
            &["toomanyrequests", "rate limit"],
            "the registry allows no more pulls for now: wait, use a pull secret, or a mirror",
        ),
        (
            &["x509", "certificate"],
            "the nodes do not trust the registry's certificate: install its CA on them",
        ),
        (
            &[
                "unauthorized",
                "authentication required",
                "denied",
                "forbidden",
            ],
            "the registry wants credentials: use a pull secret",
        ),
        (
            &[
                "no such host",
                "timeout",
                "refused",
                "unreachable",
                "deadline exceeded",
            ],
            "the nodes do not reach the registry: see to DNS, proxy and firewall, or use a mirror",
        ),
        (
            &["not found", "manifest unknown"],
            "the registry does not have this image: copy it there, or correct its address",
        ),
    ];
    let message = message.to_lowercase();
    let is_in = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    let known = ANSWERS.iter().find(|(texts, _)| is_in(texts));
    known.map_or("see what the registry answered", |(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_registries() {
        for (message, wanted) in [
            (
                "toomanyrequests: You have reached your pull rate limit",
                "no more pulls",
            ),
            ("failed to authorize: 401 Unauthorized", "credentials"),
            ("dial tcp: lookup quay.io: no such host", "do not reach"),
            (
                "tls: failed to verify certificate: x509: unknown authority",
                "do not trust",
            ),
            ("quay.io/calico/node:v9: not found", "does not have"),
            ("Back-off pulling image", "see what"),
        ] {
            assert!(answer(message).contains(wanted), "{message}");
        }
    }
}
