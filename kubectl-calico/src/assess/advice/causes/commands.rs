//! The commands for the causes of messages. Names from a message are pasted only if they are names.

use crate::assess::advice::pod_commands;
use crate::assess::advice::services_endpoint::{self, operator_namespace};
use crate::assess::check::Case;
use crate::assess::checks::crds;
use crate::repair::installer_step::create_api_server;
use crate::repair::kubectl::tigera_status;
use crate::snapshot::PodName;

/// Nothing where a platform or a tool would revert the change.
pub(super) fn edit_installation(case: &Case, _: &str) -> String {
    if case.facts.install.is_changed_elsewhere() {
        return String::new();
    }
    "kubectl edit installations.operator.tigera.io default".to_owned()
}

pub(super) fn edit_kubeadm_config(_: &Case, _: &str) -> String {
    "kubectl edit configmaps -n kube-system kubeadm-config".to_owned()
}

pub(super) fn status_of_calico(_: &Case, _: &str) -> String {
    tigera_status("calico")
}

pub(super) fn status_of_ip_pools(_: &Case, _: &str) -> String {
    tigera_status("ippools")
}

/// Creates the APIServer if there is none, and shows its pods otherwise.
pub(super) fn api_server(case: &Case, _: &str) -> String {
    match case.snapshot.api_servers.read().map(Vec::as_slice) {
        Some([]) => create_api_server(&case.facts.install).commands.concat(),
        _ => "kubectl get pods -A -l k8s-app=calico-apiserver -o wide".to_owned(),
    }
}

pub(super) fn create_services_endpoint(case: &Case, _: &str) -> String {
    services_endpoint::set(case)
}

pub(super) fn apply_definitions(case: &Case, _: &str) -> String {
    crds::apply(case)
}

pub(super) fn remove_provider(case: &Case, _: &str) -> String {
    if case.facts.install.is_changed_elsewhere() {
        return String::new();
    }
    r#"kubectl patch installations.operator.tigera.io default --type merge -p '{"spec":{"kubernetesProvider":null}}'"#
        .to_owned()
}

pub(super) fn edit_api_server(_: &Case, _: &str) -> String {
    "kubectl edit apiservers.operator.tigera.io default".to_owned()
}

pub(super) fn edit_old_calico_node(_: &Case, _: &str) -> String {
    "kubectl edit daemonsets -n kube-system calico-node".to_owned()
}

pub(super) fn agents_and_typha(_: &Case, _: &str) -> String {
    "kubectl get pods -A -l 'k8s-app in (calico-node,calico-typha)' -o wide".to_owned()
}

pub(super) fn nodes_by_system(_: &Case, _: &str) -> String {
    "kubectl get nodes -L kubernetes.io/os,projectcalico.org/operator-node-migration".to_owned()
}

pub(super) fn pool_cidrs(_: &Case, _: &str) -> String {
    "kubectl get ippools.crd.projectcalico.org \
     -o custom-columns=NAME:.metadata.name,CIDR:.spec.cidr"
        .to_owned()
}

pub(super) fn check_ipam(_: &Case, _: &str) -> String {
    "calicoctl ipam check".to_owned()
}

pub(super) fn strict_affinity(_: &Case, _: &str) -> String {
    "calicoctl ipam configure --strictaffinity=true".to_owned()
}

pub(super) fn namespaces(_: &Case, _: &str) -> String {
    "kubectl get namespaces".to_owned()
}

pub(super) fn quotas(_: &Case, _: &str) -> String {
    "kubectl get resourcequotas -A".to_owned()
}

pub(super) fn operator_role(_: &Case, _: &str) -> String {
    "kubectl get clusterroles tigera-operator -o yaml".to_owned()
}

pub(super) fn operator_pod(case: &Case, _: &str) -> String {
    format!("kubectl get pods -n {} -o wide", operator_namespace(case))
}

pub(super) fn secrets(case: &Case, _: &str) -> String {
    format!("kubectl get secrets -n {}", operator_namespace(case))
}

pub(super) fn image_sets(_: &Case, _: &str) -> String {
    "kubectl get imagesets.operator.tigera.io -o yaml".to_owned()
}

pub(super) fn webhooks(_: &Case, _: &str) -> String {
    "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations".to_owned()
}

pub(super) fn api_services(_: &Case, _: &str) -> String {
    "kubectl get apiservices.apiregistration.k8s.io".to_owned()
}

pub(super) fn approve_requests(_: &Case, _: &str) -> String {
    "kubectl get certificatesigningrequests".to_owned()
}

/// The pod that a message names.
pub(super) fn describe_pod(_: &Case, message: &str) -> String {
    let pod = pod_in(message);
    pod.map(|pod| pod_commands::describe(&pod))
        .unwrap_or_default()
}

pub(super) fn delete_pod(_: &Case, message: &str) -> String {
    let pod = pod_in(message);
    pod.map(|pod| pod_commands::delete(&pod))
        .unwrap_or_default()
}

/// The previous log of the container that a message names after its last colon.
pub(super) fn previous_log(_: &Case, message: &str) -> String {
    log_in(message).unwrap_or_default()
}

fn log_in(message: &str) -> Option<String> {
    let (_, rest) = message.split_once(" container: ")?;
    let container = rest.split_whitespace().next()?;
    Some(pod_commands::log(&pod_in(message)?, container) + " --previous")
}

/// The first pod that a message names, as `Pod NAMESPACE/NAME`.
fn pod_in(message: &str) -> Option<PodName> {
    let (_, rest) = message.split_once("Pod ")?;
    let (namespace, name) = rest.split_whitespace().next()?.split_once('/')?;
    Some(PodName {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_message_are_pasted_only_if_they_are_names() {
        for (message, log) in [
            (
                "Pod calico-system/calico-node-x7k2p has crash looping container: calico-node",
                Some("kubectl logs -n calico-system calico-node-x7k2p -c calico-node --previous"),
            ),
            (
                "Pod a;b/$(reboot) has crash looping container: `reboot`",
                Some("kubectl logs -n NAME NAME -c NAME --previous"),
            ),
            ("a pod", None),
        ] {
            assert_eq!(log_in(message).as_deref(), log);
        }
    }
}
