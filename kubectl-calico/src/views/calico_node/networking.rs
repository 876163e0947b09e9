//! What calico-node does for pods: their networking, or only policy.

use super::CalicoNode;
use super::environment::Variable;

impl CalicoNode<'_> {
    /// Whether Calico provides pod networking and does not only enforce policy; `None` if that is unknown.
    /// calico-node itself uses the same variable.
    /// Source: projectcalico/calico v3.32.1, node/pkg/lifecycle/shutdown/shutdown.go.
    pub fn does_networking(&self) -> Option<bool> {
        match self.variable("CALICO_NETWORKING_BACKEND") {
            Variable::Set(backend) => Some(backend != "none"),
            Variable::Unset => Some(true),
            Variable::Unknown(_) => None,
        }
    }

    /// Whether Calico's CNI plugin connects pods; `None` if that is unknown. Without a networking backend it
    /// still does, with host-local IPAM, if the cloud has routes to the pod CIDRs of nodes: install-cni then
    /// writes its configuration. calico-policy-only.yaml leaves pods to another plugin.
    /// Source: projectcalico/calico v3.32.1, manifests/calico-policy-only.yaml ("Non-calico CNI");
    /// tigera/operator v1.42.3, pkg/render/node.go (`cniContainer`, CALICO_MANAGE_CNI).
    pub fn connects_pods(&self) -> Option<bool> {
        match self.does_networking() {
            Some(false) => {
                let manages = self.value("CALICO_MANAGE_CNI") != Some("false");
                Some(manages && self.prepares_with("install-cni"))
            }
            found => found,
        }
    }
}
