//! The impact of a missing part of Calico.

use crate::assess::check::Case;
use crate::facts::ipam::is_done_by_another_plugin;
use crate::views::objects::KUBE_CONTROLLERS;

/// The impact of a missing operator.
pub(crate) const WITHOUT_OPERATOR: &str = "changes to the Installation are not applied, \
                                           certificates are not renewed, and Typha does not scale \
                                           with the cluster; components that are already running \
                                           keep running";

/// The impact of a missing operator on a deletion of the Installation.
pub(crate) const WITHOUT_DELETION: &str = "the deletion of the Installation never completes: only the operator removes its \
                                           finalizers, and Calico; until then, what is there keeps running";

/// The impact of a missing operator; without calico-node, nothing is there that keeps running.
pub(crate) fn without_operator(case: &Case) -> &'static str {
    if case.facts.install.is_being_removed {
        WITHOUT_DELETION
    } else if case.facts.agents.is_absent() {
        "Calico is not installed: there is no calico-node, and pods get no network from it"
    } else {
        WITHOUT_OPERATOR
    }
}

/// The impact of an unhealthy component of the operator.
pub(crate) fn without_component(component: &str) -> &'static str {
    match component {
        "calico" => {
            "pod networking may not work on every node, and changes to the Installation may not be \
             applied"
        }
        "calico-windows" => "Windows nodes get no network, or no policies, from Calico",
        "ippools" => "pools are neither created nor changed; without a pool, pods get no addresses",
        "apiserver" => "projectcalico.org/v3 cannot be used, and the operator cannot change pools",
        "tiers" => {
            "the network policies of the operator's own components may be missing or outdated; no other policy is affected"
        }
        "goldmane" | "whisker" => "flow logs are not available; traffic is not affected",
        _ => "the component does not work, or not as configured",
    }
}

/// The impact of unready pods with the label `k8s-app`.
pub(crate) fn without_pods(case: &Case, app: &str) -> &'static str {
    match app {
        "calico-node" if is_done_by_another_plugin(case.snapshot, &case.facts.install) => {
            "policies there are no longer updated; another plugin provides pod networking"
        }
        "calico-node" | "canal" | "calico-node-windows" => {
            "new pods there get no network, and policies and routes are no longer updated"
        }
        "tigera-operator" => without_operator(case),
        "calico-typha" => {
            "Felix gets no updates from Typha: policies and routes are no longer updated"
        }
        KUBE_CONTROLLERS => "addresses of deleted pods and nodes are not released",
        "calico-apiserver" => without_component("apiserver"),
        "goldmane" | "whisker" => without_component(app),
        _ => "the component does not work",
    }
}
