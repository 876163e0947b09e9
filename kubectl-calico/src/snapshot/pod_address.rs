//! Addresses of IPAM whose pods do not have them, and the grace period of kube-controllers. Both are read
//! only on request.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::meta::Meta;

/// An address that IPAM has assigned to a pod which does not have it. Kubernetes has no such kind: it is
/// how a snapshot holds the result of comparing IPAM with all pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PodAddress {
    /// Its name is the address.
    pub metadata: Meta,
    pub spec: PodAddressSpec,
    pub status: PodAddressStatus,
}

/// Whose the address is in IPAM.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodAddressSpec {
    /// The node that it was assigned on.
    pub node: String,
    pub namespace: String,
    pub pod: String,
    /// How long before the run it was assigned, in seconds; not set if IPAM does not say when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<u64>,
}

/// What the pod showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PodAddressStatus {
    pub pod: PodState,
}

/// Why a pod does not have an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PodState {
    /// No pod of that name exists.
    #[default]
    Gone,
    /// It has finished.
    Finished,
    /// It is on another node.
    OnOtherNode,
    /// It has another address.
    HasOtherAddress,
}

impl PodAddress {
    /// The address of a pod that does not have it.
    pub fn new(address: IpAddr, spec: PodAddressSpec, pod: PodState) -> Self {
        Self {
            metadata: Meta {
                name: address.to_string(),
                ..Meta::default()
            },
            spec,
            status: PodAddressStatus { pod },
        }
    }
}

/// A KubeControllersConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KubeControllersConfiguration {
    pub metadata: Meta,
    pub spec: KubeControllersSpec,
}

/// Its `spec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KubeControllersSpec {
    pub controllers: Controllers,
}

/// Which controllers run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Controllers {
    /// Not set if the controller is turned off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeController>,
}

/// The controller that releases addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeController {
    /// As Go writes a duration, such as `15m0s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leak_grace_period: Option<String>,
}
