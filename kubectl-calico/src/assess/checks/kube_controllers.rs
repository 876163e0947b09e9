//! Whether calico-kube-controllers runs.

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::typha::Replicas;
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::impact::without_pods;
use crate::assess::views::objects::{deployment, object_of};
use crate::assess::views::pods;
use crate::assess::views::stopped::stopped;
use crate::assess::words::pasted;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS};
use calico_core::catalog::Entry;

pub(crate) const CONTROLLERS_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL508",
        title: "calico-kube-controllers is not ready",
        meaning: "The Deployment calico-kube-controllers has no replica that is ready.",
        impact: "Traffic goes on. But addresses of pods and nodes that are gone are not freed, so \
                  that pools fill up. Where Calico keeps its data in etcd, it is \
                  calico-kube-controllers that brings network policies, namespaces and labels \
                  there, and that is an error.",
        criteria: "status.readyReplicas is 0. A pod whose container crash-loops, or whose image \
                 cannot be pulled, is CAL502 or CAL503 instead. That the Deployment is not there \
                 at all is no finding: some installers leave it out.",
        fix: "See what its pod waits for. It has no network of the node, and so comes up only once \
              calico-node is ready on its node.",
        source: "projectcalico/calico v3.32.1, manifests/calico.yaml; kube-controllers/",
    },
    needs: &[&DEPLOYMENTS, &DAEMON_SETS],
    judges: Judges::Running,
    find: |case| not_ready(case).into_iter().collect(),
};

fn not_ready(case: &Case) -> Option<Finding> {
    const NAME: &str = "calico-kube-controllers";
    let controllers = deployment(case.snapshot, NAME)?;
    let replicas = Replicas::of(controllers);
    // A manifest has no status.
    if replicas.ready > 0 || controllers.status.is_none() {
        return None;
    }
    let (severity, impact) = match case.facts.install.is_in_etcd() {
        true => (
            Severity::Error,
            "network policies, namespaces and labels that change no longer reach Calico's etcd",
        ),
        false => (Severity::Warning, without_pods(case, NAME)),
    };
    let object = object_of(controllers);
    let namespace = pasted(&replicas.namespace);
    if replicas.replicas == 0 {
        let finding = Finding::new(
            &CONTROLLERS_NOT_READY.entry,
            severity,
            &object,
            format!("{NAME} is scaled to zero"),
        )
        .evidence(object, "spec.replicas", 0)
        .impact(impact)
        .fix("scale it to one")
        .paste(format!(
            "kubectl scale -n {namespace} deployment {NAME} --replicas=1"
        ));
        return Some(finding);
    }
    let selector = controllers.spec.as_ref().map(|spec| &spec.selector);
    let pods = pods::of(case.snapshot, &controllers.metadata, selector);
    if pods.iter().any(|pod| stopped(pod).is_some()) {
        return None;
    }
    let finding = Finding::new(
        &CONTROLLERS_NOT_READY.entry,
        severity,
        &object,
        format!("{NAME} is not ready"),
    )
    .evidence(object, "status.readyReplicas", 0);
    let finding = pods.iter().fold(finding, |finding, pod| {
        finding.evidence(pods::object(pod), "status", pods::why(pod))
    });
    Some(
        finding
            .impact(impact)
            .fix("see what its pod waits for; it comes up only where calico-node is ready")
            .paste(format!(
                "kubectl describe pods -n {namespace} -l k8s-app={NAME}"
            )),
    )
}
