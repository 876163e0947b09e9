//! What does not work without a part of Calico.

use crate::assess::check::Case;
use crate::assess::facts::ipam::is_done_by_another_plugin;

/// What does not happen without the operator.
pub(crate) const WITHOUT_OPERATOR: &str = "no change of the Installation is carried out, \
    certificates are not renewed, and Typha does not grow with the cluster; what runs goes on as \
    it is";

/// Without one of the operator's components.
pub(crate) fn without_component(component: &str) -> &'static str {
    match component {
        "calico" => {
            "the network may not work on every node, and a change of the Installation may not be \
             carried out"
        }
        "calico-windows" => "nodes with Windows have no network, or no policies, from Calico",
        "ippools" => "no pool is made or changed; without a pool, pods get no addresses",
        "apiserver" => "projectcalico.org/v3 cannot be used, and the operator cannot change pools",
        "tiers" => "policies that the operator keeps in tiers of its own may be missing or old",
        "goldmane" | "whisker" => "flows cannot be looked at; traffic does not suffer",
        _ => "what this component brings does not work, or not as it was asked for",
    }
}

/// Without the pods that have that `k8s-app`.
pub(crate) fn without_pods(case: &Case, app: &str) -> &'static str {
    match app {
        "calico-node" if is_done_by_another_plugin(case.snapshot, &case.facts.install) => {
            "on these nodes policies no longer change; the network is another plugin's"
        }
        "calico-node" | "canal" | "calico-node-windows" => {
            "on these nodes new pods get no network, and policies and routes no longer change"
        }
        "tigera-operator" => WITHOUT_OPERATOR,
        "calico-typha" => "Felix gets no updates from it: policies and routes no longer change",
        "calico-kube-controllers" => "addresses of pods and nodes that are gone are not freed",
        "calico-apiserver" => without_component("apiserver"),
        "goldmane" | "whisker" => without_component(app),
        _ => "what it runs does not work",
    }
}
