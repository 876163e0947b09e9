//! Nodes.

use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    pub metadata: Meta,
    pub spec: NodeSpec,
    pub status: NodeStatus,
}

/// `spec` of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeSpec {
    /// One per address family.
    #[serde(rename = "podCIDRs", skip_serializing_if = "Vec::is_empty")]
    pub pod_cidrs: Vec<String>,
    /// Such as `aws:///eu-west-1a/i-0123`.
    #[serde(rename = "providerID", skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taints: Vec<Taint>,
    /// Whether the node is cordoned.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unschedulable: bool,
}

/// An entry of `spec.taints`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Taint {
    pub key: String,
}

/// `status` of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeStatus {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<NodeAddress>,
    pub allocatable: Allocatable,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<NodeCondition>,
    pub node_info: NodeInfo,
}

/// An entry of `status.addresses`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeAddress {
    /// InternalIP, Hostname, …
    #[serde(rename = "type")]
    pub kind: String,
    pub address: String,
}

/// `status.allocatable`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Allocatable {
    /// The maximum number of pods on the node, as a Kubernetes quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pods: Option<String>,
}

/// An entry of `status.conditions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeCondition {
    /// Ready, NetworkUnavailable, …
    #[serde(rename = "type")]
    pub kind: String,
    /// True, False or Unknown.
    pub status: String,
    pub reason: String,
    pub message: String,
}

/// `status.nodeInfo`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeInfo {
    /// Such as `5.15.0-91-generic`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kernel_version: String,
    /// k3s and RKE2 include their name.
    pub kubelet_version: String,
    /// linux or windows.
    pub operating_system: String,
    /// Such as `Talos (v1.9.0)`.
    pub os_image: String,
}

impl Node {
    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&NodeCondition> {
        self.status.conditions.iter().find(|c| c.kind == kind)
    }

    /// Whether its Ready condition is true.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(|c| c.status == "True")
    }

    /// Whether its kubelet has stopped reporting.
    pub fn is_silent(&self) -> bool {
        self.condition("Ready")
            .is_some_and(|c| c.status == "Unknown")
    }

    /// Whether the route controller of its cloud has created a route to its pod CIDRs. calico-node replaces
    /// the condition if it does networking itself.
    /// Source: kubernetes v1.34, staging/src/k8s.io/cloud-provider/controllers/route/route_controller.go.
    pub fn has_route_of_cloud(&self) -> bool {
        self.condition("NetworkUnavailable")
            .is_some_and(|c| c.status == "False" && c.reason == "RouteCreated")
    }

    /// Whether that route is missing.
    pub fn lacks_route_of_cloud(&self) -> bool {
        self.condition("NetworkUnavailable")
            .is_some_and(|c| c.status == "True" && c.reason == "NoRouteCreated")
    }

    /// Whether it runs Linux, which is also assumed if the node does not report its operating
    /// system.
    pub fn is_linux(&self) -> bool {
        let label = self.metadata.label("kubernetes.io/os");
        label.unwrap_or(&self.status.node_info.operating_system) != "windows"
    }

    /// Whether it represents a service that runs pods without a machine, and without DaemonSets: EKS
    /// Fargate, or a virtual kubelet.
    pub fn is_virtual(&self) -> bool {
        self.metadata.label("eks.amazonaws.com/compute-type") == Some("fargate")
            || self.metadata.label("type") == Some("virtual-kubelet")
    }

    /// Its addresses of type InternalIP.
    pub fn internal_addresses(&self) -> impl Iterator<Item = &str> {
        let addresses = self.status.addresses.iter();
        addresses
            .filter(|address| address.kind == "InternalIP")
            .map(|address| address.address.as_str())
    }
}
