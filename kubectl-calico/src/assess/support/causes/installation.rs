//! Messages about the Installation, and about what the operator needs to apply it.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/installation and pkg/controller/migration.

use super::known_cause::{KnownCause, cause_of, edit_installation};
use crate::assess::check::Case;
use crate::assess::checks::agents::AGENT_NOT_READY;
use crate::assess::checks::crash_loops::CRASH_LOOP;
use crate::assess::checks::crds::KINDS_NOT_SERVED;
use crate::assess::checks::images::IMAGE_NOT_PULLED;
use crate::assess::checks::installation_rules::RULE_BROKEN;
use crate::assess::checks::typha_replicas::NOT_READY as TYPHA_NOT_READY;
use crate::assess::checks::typha_room::NO_ROOM;
use crate::assess::views::objects::operator_deployment;
use crate::assess::words::pasted;
use calico_core::operator::DEPLOYMENT;

pub(crate) static CAUSES: &[KnownCause] = &[
    cause_of(
        &["does not match auto-detected value"],
                "kubernetesProvider in the Installation differs from the provider that the operator detects",
        "remove kubernetesProvider, so that the operator uses the detected one",
        |_, _| {
            r#"kubectl patch installations.operator.tigera.io default --type=merge -p '{"spec":{"kubernetesProvider":null}}'"#
                .to_owned()
        },
    )
    .in_installation(),
    cause_of(
                &["error validating ip pool configuration"],
        "the operator rejects a pool of the Installation",
        "correct the Installation as the message says",
        edit_installation,
    )
    .in_installation()
    .explained_by(&[&RULE_BROKEN]),
    cause_of(
        &["does not have all required information for calico windows"],
        "the ConfigMap kubernetes-services-endpoint, which Calico for Windows requires, is missing",
        "create it in the operator's namespace with the address of the Kubernetes API server, \
         outside the cluster's Service CIDR",
        services_endpoint,
    ),
    cause_of(
        &["invalid installation provided"],
        "the operator rejects the Installation",
        "correct the Installation as the message says",
        edit_installation,
    )
    .in_installation()
    .explained_by(&[&RULE_BROKEN]),
    cause_of(
        &["existing calico installation can not be managed"],
                "the manifest install has a setting that the operator cannot migrate",
        "change the setting named in the message to one that the operator supports, in the old \
         calico-node; the migration then continues",
        |_, _| "kubectl edit daemonsets -n kube-system calico-node".to_owned(),
    ),
    cause_of(
        &["error migrating resources to calico-system"],
                "the migration of the manifest install is stuck",
        "fix the problem in the message, usually a calico-node or Typha pod that does not become \
         ready",
        |_, _| "kubectl get pods -A -l 'k8s-app in (calico-node,calico-typha)' -o wide".to_owned(),
    )
    .explained_by(&[&CRASH_LOOP, &IMAGE_NOT_PULLED, &AGENT_NOT_READY, &TYPHA_NOT_READY]),
    cause_of(
        &["not enough linux nodes to schedule typha"],
                "Typha needs more replicas than there are schedulable Linux nodes",
        "uncordon nodes, or remove nodes that run no pods; Windows nodes count toward the number \
         of replicas but cannot run Typha",
        |_, _| "kubectl get nodes -L kubernetes.io/os".to_owned(),
    )
    .explained_by(&[&NO_ROOM]),
    cause_of(
        &["error reading services endpoint configmap"],
        "the ConfigMap kubernetes-services-endpoint is missing",
        "create it in the operator's namespace with the address of the Kubernetes API server, \
         outside the cluster's Service CIDR",
        services_endpoint,
    ),
    cause_of(
        &["namespaces \"calico-system\" not found"],
        "it is waiting for the operator to create the calico-system namespace",
        "check what the calico TigeraStatus reports",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io calico -o yaml".to_owned(),
    )
    .waits_for("calico"),
    cause_of(
        &["waiting for installation variant to be set"],
        "it is waiting for the operator to accept the Installation",
        "check what the calico TigeraStatus reports about the Installation",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io calico -o yaml".to_owned(),
    )
    .waits_for("calico"),
    cause_of(
        &["waiting for installation to be ready"],
        "it is waiting for the operator to accept the Installation",
        "check what the calico TigeraStatus reports about the Installation",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io calico -o yaml".to_owned(),
    )
    .waits_for("calico"),
    cause_of(
        &["waiting for installation defaulting"],
                "it is waiting for the operator to accept the Installation",
        "check what the calico TigeraStatus reports about the Installation",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io calico -o yaml".to_owned(),
    )
    .waits_for("calico"),
    cause_of(
        &["no matches for kind"],
                "a CustomResourceDefinition is missing, or older than the operator",
        "apply operator-crds.yaml of the operator's release; helm upgrade does not do that",
        |case, _| {
            let url = case.facts.install.manifest_url("operator-crds.yaml");
            url.map(|url| format!("kubectl apply --server-side --force-conflicts -f {url}"))
                .unwrap_or_default()
        },
    )
    .explained_by(&[&KINDS_NOT_SERVED]),
];

/// The address is a placeholder: the API server does not know which address nodes use to reach it.
fn services_endpoint(case: &Case, _: &str) -> String {
    let operator = operator_deployment(case.snapshot);
    let namespace = operator.and_then(|operator| operator.metadata.namespace.as_deref());
    format!(
        "kubectl create configmap -n {} kubernetes-services-endpoint \\\n  \
         --from-literal=KUBERNETES_SERVICE_HOST=HOST --from-literal=KUBERNETES_SERVICE_PORT=6443",
        pasted(namespace.unwrap_or(DEPLOYMENT))
    )
}
