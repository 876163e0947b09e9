//! Whether the operator is running.

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::Deployment;

use crate::assess::advice::impact::{WITHOUT_DELETION, WITHOUT_OPERATOR, without_operator};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::facts::platform::Platform;
use crate::facts::replicas::Replicas;
use crate::phrases::pasted;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, INSTALLATIONS, OPERATORS};
use crate::views::calico_node::CalicoNode;
use crate::views::container_failure::container_failure;
use crate::views::objects::{default_installation, object_of, operator_deployment};
use crate::views::pods;
use crate::views::refusal::{self, REPLICA_FAILURE};

pub(crate) const OPERATOR_NOT_READY: Check = Check {
    entry: Entry {
        code: "CAL103",
        title: "the operator is missing or not ready",
        meaning: "An Installation or an operator-managed calico-node exists, but the operator's \
                  Deployment does not, or it has no ready replica.",
        impact: "The operator reconciles what the Installation specifies. Without it, no change \
                 takes effect, a deletion of the Installation never completes, certificates \
                 expire, and Typha does not scale with the cluster. The component status that it \
                 last reported remains, and may be badly out of date.",
        criteria: "The Deployment is found by its name, tigera-operator, in any namespace. If a container of its pod crash-loops, or its image cannot be pulled, CAL502 or \
                   CAL503 is reported instead.",
        fix: "Reinstall the operator version that matches Calico's, using the original method \
              (Helm or tigera-operator.yaml), or fix what prevents its pod from running.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go; \
                 projectcalico/calico#2031",
    },
    needs: &[&OPERATORS, &INSTALLATIONS, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let found = match operator_deployment(case.snapshot) {
            Some(operator) => not_ready(case, operator),
            None => missing(case),
        };
        let found = found.map(|finding| {
            let deletion = is_being_deleted(case).then_some(Suspect::Code(DELETION_STUCK));
            finding.suspects(deletion)
        });
        found.into_iter().collect()
    },
};

/// The finding that a deletion is stuck: an operator that comes back completes it, and removes Calico. Its file imports
/// this one.
const DELETION_STUCK: &str = "CAL105";

fn missing(case: &Case) -> Option<Finding> {
    let by_operator = CalicoNode::all(case.snapshot)
        .into_iter()
        .find(CalicoNode::is_of_operator)
        .map(|node| node.object());
    let installation = default_installation(case.snapshot);
    let installation = installation.map(|_| ObjectRef::installation());
    let runs = by_operator.is_some();
    let evidence = installation.or(by_operator)?;
    let by_manifests = case.facts.install.is_from_manifests();
    let severity = if by_manifests {
        Severity::Warning
    } else {
        Severity::Error
    };
    let finding = Finding::new(
        &OPERATOR_NOT_READY.entry,
        severity,
        ObjectRef::named("Deployment", "tigera-operator"),
        "the operator is missing: nothing reconciles the Installation",
    )
    .exists(evidence)
    .evidence(
        ObjectRef::all("Deployment"),
        "count (named tigera-operator)",
        0,
    );
    if !runs {
        let impact = if by_manifests {
            "the Installation has no effect: Calico keeps running from its manifests"
        } else {
            "nothing installs Calico"
        };
        return Some(finding.impact(impact).fix(
            "install the operator with Calico's tigera-operator Helm chart and --set installation.enabled=false, \
             because the Installation exists, or with tigera-operator.yaml",
        ));
    }
    Some(
        finding
            .impact(if is_being_deleted(case) {
                WITHOUT_DELETION
            } else {
                WITHOUT_OPERATOR
            })
            .fix(format!(
                "reinstall the operator of the same release, using the original install method{}",
                as_rendered(case)
            ))
            .paste(install_again(case).unwrap_or_default()),
    )
}

/// A reminder of what Helm does not store with a release: without its post-renderer, an upgrade
/// removes the pools from the Installation.
pub(crate) fn as_rendered(case: &Case) -> &'static str {
    match case.facts.install.method.value() {
        Some(Method::Operator {
            by: Installer::Helm { .. },
        }) => ", with the same --post-renderer if the release was installed with one",
        _ if case.facts.cluster.platform.value() == Some(&Platform::OpenShift) => {
            ": from OperatorHub, check its Subscription and its ClusterServiceVersion"
        }
        _ => "",
    }
}

/// The values with which the chart installs the operator alone. Otherwise, it would create an APIServer
/// again, for which the deletion of the Installation waits.
/// Source: projectcalico/calico v3.32.1, charts/tigera-operator/templates/crs.
const OPERATOR_ALONE: &str = "installation.enabled=false,apiServer.enabled=false,goldmane.enabled=false,whisker.enabled=false";

/// Whether the Installation is being deleted, which nothing can undo.
pub(crate) fn is_being_deleted(case: &Case) -> bool {
    default_installation(case.snapshot)
        .is_some_and(|found| found.metadata.deletion_timestamp.is_some())
}

/// Reinstalls the operator of the installed release; if the Installation is being deleted, without what the
/// chart creates for it.
pub(crate) fn install_again(case: &Case) -> Option<String> {
    let install = &case.facts.install;
    let Some(Method::Operator { by }) = install.method.value() else {
        return None;
    };
    match by {
        Installer::Helm { release, namespace } => {
            let mut command = format!(
                "helm upgrade --install --reuse-values -n {} {} tigera-operator \\\n  \
                 --repo https://docs.tigera.io/calico/charts --version {}",
                pasted(namespace),
                pasted(release),
                install.release()?
            );
            if is_being_deleted(case) {
                command.push_str(&format!(" \\\n  --set {OPERATOR_ALONE}"));
            }
            Some(command)
        }
        // There, it comes from OperatorHub, or from a manifest of its own.
        Installer::Manifests
            if case.facts.cluster.platform.value() == Some(&Platform::OpenShift) =>
        {
            None
        }
        Installer::Manifests => {
            let url = install.manifest_url("tigera-operator.yaml")?;
            Some(format!("kubectl apply --server-side -f {url}"))
        }
        Installer::Owner { .. } | Installer::Platform { .. } => None,
    }
}

fn not_ready(case: &Case, operator: &Deployment) -> Option<Finding> {
    let replicas = Replicas::of(operator);
    let object = object_of(operator);
    let namespace = pasted(&replicas.namespace);
    if replicas.replicas == 0 {
        let finding = Finding::error(
            &OPERATOR_NOT_READY.entry,
            &object,
            "the operator is scaled to zero",
        )
        .evidence(object, "spec.replicas", 0)
        .impact(without_operator(case))
        .fix("scale it to one replica")
        .paste(format!(
            "kubectl scale -n {namespace} deployment tigera-operator --replicas=1"
        ));
        return Some(finding);
    }
    // In a manifest there is no status.
    operator.status.as_ref()?;
    if replicas.ready > 0 {
        return None;
    }
    let selector = operator.spec.as_ref().map(|spec| &spec.selector);
    let pods = pods::of(case.snapshot, &operator.metadata, selector);
    if pods.iter().any(|pod| container_failure(pod).is_some()) {
        return None;
    }
    let mut finding = Finding::error(
        &OPERATOR_NOT_READY.entry,
        &object,
        "the operator has no ready pod",
    )
    .evidence(&object, "status.readyReplicas", 0);
    for pod in &pods {
        finding = finding.evidence(pods::object(pod), "status", pods::why(pod));
    }
    if pods.is_empty() && case.snapshot.calico_pods.read().is_some() {
        finding = finding.evidence(
            ObjectRef::all("Pod"),
            "count (label k8s-app=tigera-operator)",
            0,
        );
    }
    if let Some(why) = refusal::of(operator) {
        finding = finding.evidence(&object, REPLICA_FAILURE, why);
    }
    let finding = finding.impact(without_operator(case));
    Some(
        finding
            .fix(
                "fix what keeps its pod from running; the events of the pod and its ReplicaSet show the cause",
            )
            .paste(format!(
                "kubectl get events -n {namespace} --sort-by=.lastTimestamp"
            )),
    )
}
